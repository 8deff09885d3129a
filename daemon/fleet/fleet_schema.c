/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes, migrates and prunes the tables of the central database. */
#include "daemon/fleet/fleet_schema.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/str.h"
#include "rules/embedded.h"

/* As it stands in 002-findings.sql. */
#define PARTITIONED " PARTITION BY RANGE (month)"

int64_t fleet_schema_newest(void)
{
	int64_t newest = 0;

	for (const struct embedded_sql *one = embedded_fleet_migrations; one->name; one++)
		newest = MAX(newest, strtol(one->name, NULL, 10));
	return newest;
}

/* --- versions --------------------------------------------------------------------------------- */

struct err *fleet_schema_version(struct pg *pg, int64_t *ret)
{
	struct err *err;

	*ret = 0;
	/* Tried, not looked up: each reader asks this first, and catalogues are slow to read. */
	err = pg_number(pg, ret, "SELECT coalesce(max(version), 0) FROM fleet.schema_version", "");
	if (!err || err->code != ERR_NOT_FOUND)
		return err;
	err_free(err);
	return NULL;
}

static struct err *too_new(int64_t version)
{
	return err_new(ERR_UNSUPPORTED,
		       "the server's tables have version %" PRId64
		       ", newer than this program, which knows "
		       "%" PRId64 ": upgrade triage here",
		       version, fleet_schema_newest());
}

struct err *fleet_schema_check(struct pg *pg)
{
	int64_t version;
	struct err *err;

	TRY(fleet_schema_version(pg, &version));
	if (version > fleet_schema_newest())
		return too_new(version);
	if (version == fleet_schema_newest())
		return NULL;
	err = version ? err_new(ERR_IO,
				"the server's tables have version %" PRId64
				", older than this program, which "
				"knows %" PRId64 ": triage fleet upgrade brings them up",
				version, fleet_schema_newest())
		      : err_new(ERR_IO, "the server has none of triage's tables: triage fleet init "
					"makes them");
	if (err != &err_nomem)
		err->errnum = EAGAIN;
	return err;
}

/* --- migrations ------------------------------------------------------------------------------- */

/* Text without the one clause that not every server knows. */
static struct err *without_partitions(const char *sql, char **ret)
{
	const char *at = strstr(sql, PARTITIONED);
	_str_ struct str text = {0};

	if (at) {
		str_append(&text, sql, (size_t)(at - sql));
		sql = at + strlen(PARTITIONED);
	}
	str_puts(&text, sql);
	*ret = str_take(&text);
	return *ret ? NULL : &err_nomem;
}

/* A migration and the row that says so are one transaction: of two that upgrade at once, one breaks the key. */
static struct err *migrate(struct pg *pg, const struct embedded_sql *one, bool partitions)
{
	_cleanup_(cleanup_pg_rollback) struct pg *open = pg;
	_free_ char *plain = NULL;

	if (!partitions)
		TRY(without_partitions(one->sql, &plain));
	TRY(pg_begin(open));
	TRY(pg_run(open,
		   "INSERT INTO fleet.schema_version (version, applied_s) VALUES ($1, "
		   "floor(extract(epoch "
		   "FROM now()))::bigint)",
		   "i", (int64_t)strtol(one->name, NULL, 10)));
	TRY(err_wrap(pg_exec(open, plain ? plain : one->sql), "%s", one->name));
	return pg_commit(open);
}

/* Views hold no data. */
static struct err *make_views(struct pg *pg)
{
	int64_t mark = (int64_t)(hash_string(embedded_fleet_views[0].sql) >> 1), have = 0;
	_cleanup_(cleanup_pg_rollback) struct pg *open = pg;

	TRY(pg_number(pg, &have, "SELECT mark FROM fleet.view_mark", ""));
	if (have == mark)
		return NULL;
	TRY(pg_begin(open));
	TRY(pg_exec(open, "DROP SCHEMA IF EXISTS triage CASCADE; CREATE SCHEMA triage"));
	TRY(err_wrap(pg_exec(open, embedded_fleet_views[0].sql), "%s",
		     embedded_fleet_views[0].name));
	TRY(pg_exec(open, "DELETE FROM fleet.view_mark"));
	TRY(pg_run(open, "INSERT INTO fleet.view_mark (mark) VALUES ($1)", "i", mark));
	return pg_commit(open);
}

/* --- partitions ------------------------------------------------------------------------------- */

/* Said by the table itself, not by the caller: an upgrade goes on with what init began. */
static struct err *is_partitioned(struct pg *pg, bool *ret)
{
	int64_t count = 0;

	TRY(pg_number(
		pg, &count,
		"SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON "
		"n.oid = c.relnamespace WHERE n.nspname = 'fleet' AND c.relname = 'findings' AND "
		"c.relkind = 'p'",
		""));
	*ret = count;
	return NULL;
}

/* The month number `ahead` from this one as YYYY, MM: by the server's clock, as writers see it. */
static struct err *add_partition(struct pg *pg, int64_t year, int64_t month)
{
	int64_t next_year = month == 12 ? year + 1 : year, next_month = month == 12 ? 1 : month + 1;
	_str_ struct str sql = {0};

	str_printf(&sql,
		   "CREATE TABLE IF NOT EXISTS fleet.findings_%04" PRId64 "_%02" PRId64
		   " PARTITION OF fleet.findings FOR VALUES FROM ('%04" PRId64 "-%02" PRId64
		   "-01') TO ('%04" PRId64 "-%02" PRId64 "-01')",
		   year, month, year, month, next_year, next_month);
	return sql.failed ? &err_nomem : pg_exec(pg, sql.data);
}

static struct err *add_partitions(struct pg *pg)
{
	int64_t months = 0;
	bool partitioned;

	TRY(is_partitioned(pg, &partitioned));
	if (!partitioned)
		return NULL;
	TRY(pg_number(pg, &months,
		      "SELECT (extract(year FROM now() AT TIME ZONE 'UTC') * 12 + extract(month "
		      "FROM now() AT TIME ZONE 'UTC') - 1)::bigint",
		      ""));
	for (int64_t i = 0; i <= FLEET_MONTHS_AHEAD; i++)
		TRY(add_partition(pg, (months + i) / 12, (months + i) % 12 + 1));
	return NULL;
}

struct err *fleet_schema_upgrade(struct pg *pg, bool partitions)
{
	int64_t version;

	TRY(fleet_schema_version(pg, &version));
	if (version > fleet_schema_newest())
		return too_new(version);
	TRY(pg_exec(pg, "CREATE SCHEMA IF NOT EXISTS fleet"));
	TRY(pg_exec(pg, "CREATE TABLE IF NOT EXISTS fleet.schema_version (version INTEGER PRIMARY "
			"KEY, applied_s "
			"BIGINT NOT NULL)"));
	TRY(pg_exec(pg, "CREATE TABLE IF NOT EXISTS fleet.view_mark (mark BIGINT PRIMARY KEY)"));
	for (const struct embedded_sql *one = embedded_fleet_migrations; one->name; one++)
		if (strtol(one->name, NULL, 10) > version)
			TRY(migrate(pg, one, partitions));
	TRY(make_views(pg));
	return add_partitions(pg);
}

/* --- retention -------------------------------------------------------------------------------- */

/* So many at once: a transaction of a million rows would hold up who reads and who writes. */
#define PRUNE_ROWS "5000"

/* Newest month that is to go, as "YYYY-MM-01"; NULL: none. */
static struct err *last_to_go(struct pg *pg, int64_t keep_months, int64_t keep_count, char **ret)
{
	_pg_rows_ struct pg_rows *rows = NULL;

	*ret = NULL;
	TRY(pg_query(pg, &rows,
		     "SELECT max(m.month)::text FROM (SELECT month, sum(count(*)) OVER (ORDER BY "
		     "month DESC) - "
		     "count(*) AS newer FROM fleet.crash GROUP BY month) m WHERE "
		     "($1::bigint > 0 AND m.month < date_trunc('month', now() AT TIME ZONE "
		     "'UTC')::date - ($1::text "
		     "|| ' months')::interval) "
		     "OR ($2::bigint > 0 AND m.newer >= $2::bigint)",
		     "ii", keep_months, keep_count));
	if (pg_count(rows) && !pg_is_null(rows, 0, 0) && !(*ret = strdup(pg_text(rows, 0, 0))))
		return &err_nomem;
	return NULL;
}

static struct err *delete_until(struct pg *pg, const char *sql, const char *month, int64_t *count)
{
	int64_t went;

	do {
		went = 0;
		TRY(pg_number(pg, &went, sql, "t", month));
		*count += went;
	} while (went);
	return NULL;
}

static struct err *drop_partitions(struct pg *pg, const char *month, int64_t *months)
{
	_pg_rows_ struct pg_rows *rows = NULL;

	TRY(pg_query(pg, &rows,
		     "SELECT table_name FROM information_schema.tables WHERE table_schema = "
		     "'fleet' AND table_name "
		     "LIKE 'findings\\_____\\___' AND substr(table_name, 10) <= replace(substr($1, "
		     "1, 7), '-', '_') "
		     "ORDER BY 1",
		     "t", month));
	for (int i = 0; i < pg_count(rows); i++, ++*months) {
		_str_ struct str sql = {0};

		str_printf(&sql, "DROP TABLE fleet.%s", pg_text(rows, i, 0));
		if (sql.failed)
			return &err_nomem;
		TRY(pg_exec(pg, sql.data));
	}
	return NULL;
}

#define DELETED(table, key, where)                                                                 \
	"WITH gone AS (DELETE FROM fleet." table " WHERE " key " IN (SELECT " key                  \
	" FROM fleet." table " WHERE " where " LIMIT " PRUNE_ROWS                                  \
	") RETURNING 1) SELECT count(*) FROM gone"
#define OF_NO_CRASH(table)                                                                         \
	DELETED(table, "crash",                                                                    \
		"NOT EXISTS (SELECT 1 FROM fleet.crash c WHERE c.id = " table                      \
		".crash) AND $1 <> ''")

struct err *fleet_schema_prune(struct pg *pg, int64_t keep_months, int64_t keep_count,
			       int64_t *months, int64_t *crashes)
{
	_free_ char *month = NULL;
	int64_t others = 0;
	bool partitioned;

	*months = *crashes = 0;
	TRY(add_partitions(pg));
	TRY(last_to_go(pg, keep_months, keep_count, &month));
	if (!month)
		return NULL;
	TRY(delete_until(pg, DELETED("crash", "uid", "month <= $1::date"), month, crashes));
	TRY(delete_until(pg, OF_NO_CRASH("sighting"), month, &others));
	TRY(delete_until(pg, OF_NO_CRASH("title"), month, &others));
	TRY(is_partitioned(pg, &partitioned));
	if (partitioned)
		return drop_partitions(pg, month, months);
	return delete_until(pg, DELETED("findings", "uid", "month <= $1::date"), month, &others);
}
