/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Crashes by what they have in common. */
#include "daemon/cli/groups.h"

#include <string.h>

#include "daemon/store/annotation.h"

static const char *const names[GROUP_BY_COUNT] = {"signature", "kernel", "host", "hardware",
						  "cause"};

const char *group_by_name(enum group_by by)
{
	return names[by];
}

bool group_by_parse(const char *text, enum group_by *ret)
{
	for (enum group_by i = 0; i < GROUP_BY_COUNT; i++) {
		*ret = i;
		if (!strcmp(names[i], text))
			return true;
	}
	return false;
}

/* --- their SQL -------------------------------------------------------------------------------- */

/* Columns of each statement, in this order. */
enum {
	ROW_NAME,
	ROW_COUNT,
	ROW_HOSTS,
	ROW_HOST,
	ROW_KERNELS,
	ROW_KERNEL,
	ROW_FIRST,
	ROW_LAST,
	ROW_LAST_ID,
	ROW_LAST_UID,
	ROW_LAST_KERNEL,
	ROW_HARDWARE,
	ROW_CAUSE,
	ROW_SEVERITY,
	ROW_HEADLINE,
	ROW_TOP_CAUSE,
	ROW_TOP_COUNT,
	ROW_TICKET
};

/*
 * Counted in two steps: a million rows become a few thousand by what distinguishes them, and those the groups. What is
 * said of the last crash is of the last that the filters let pass: of two at the same second, that with the higher id.
 */
static void put_counting(enum group_by by, const struct list_filters *filters,
			 enum db_dialect dialect, struct str *sql)
{
	const char *name = names[by];
	int at = 1, again = 1;

	str_printf(sql,
		   "WITH part AS (SELECT j.%s AS name, j.host, j.kernel, j.cause, "
		   "count(*) AS crashes, min(j.crash_time) AS first_s, max(j.crash_time) AS last_s "
		   "FROM job j WHERE j.%s IS NOT NULL",
		   name, name);
	list_filters_put(filters, dialect, &at, sql);
	str_printf(
		sql,
		" GROUP BY j.%s, j.host, j.kernel, j.cause), "
		"summed AS (SELECT name, sum(crashes) AS crashes, count(DISTINCT host) AS hosts, "
		"max(host) AS host, count(DISTINCT kernel) AS kernels, max(kernel) AS kernel, "
		"min(first_s) AS first_s, max(last_s) AS last_s FROM part GROUP BY name "
		"ORDER BY max(last_s) DESC, name LIMIT ?%d), ",
		name, at);
	str_printf(sql,
		   "g AS (SELECT s.*, (SELECT j.dump FROM job j WHERE j.%s = s.name "
		   "AND j.crash_time = s.last_s",
		   name);
	list_filters_put(filters, dialect, &again, sql);
	str_puts(sql, " ORDER BY j.dump DESC LIMIT 1) AS last_id FROM summed s), "
		      "top AS (SELECT name, cause, crashes FROM (SELECT p.name, p.cause, "
		      "sum(p.crashes) AS crashes, row_number() OVER (PARTITION BY p.name "
		      "ORDER BY sum(p.crashes) DESC, p.cause) AS rank FROM part p "
		      "WHERE p.cause IS NOT NULL GROUP BY p.name, p.cause) r WHERE rank = "
		      "1), ");
	str_puts(sql, dialect == DB_POSTGRESQL ? ANNOTATION_TICKETS_OF_SERVER : ANNOTATION_TICKETS);
	str_puts(sql, " SELECT g.name, g.crashes, g.hosts, g.host, g.kernels, g.kernel, g.first_s, "
		      "g.last_s, g.last_id, d.uid, l.kernel, l.hardware, l.cause, l.severity, "
		      "l.headline, t.cause, t.crashes, ");
	str_puts(sql, by == GROUP_SIGNATURE ? ANNOTATION_TICKET : "NULL");
	str_puts(sql, " FROM g LEFT JOIN top t ON t.name = g.name JOIN job l ON l.dump = g.last_id "
		      "JOIN dump d ON d.id = l.dump ORDER BY g.last_s DESC, g.last_id DESC");
}

/* The central database keeps counts of all crashes: its writers add to them. */
#define KEPT_SIGNATURES                                                                            \
	"WITH " ANNOTATION_TICKETS_OF_SERVER                                                       \
	", g AS (SELECT *, signature AS name FROM fleet.signature "                                \
	"WHERE crashes > 0 ORDER BY last_s DESC, last_id DESC LIMIT ?1) "                          \
	"SELECT g.name, g.crashes, g.hosts, g.host, g.kernels, g.kernel, g.first_s, g.last_s, "    \
	"g.last_id, g.last_uid, g.kernel, NULL, g.cause, g.severity, g.headline, NULL, "           \
	"NULL, " ANNOTATION_TICKET " FROM g ORDER BY g.last_s DESC, g.last_id DESC"
#define KEPT_HOSTS                                                                                 \
	"WITH g AS (SELECT * FROM fleet.host WHERE crashes > 0 "                                   \
	"ORDER BY last_s DESC, host LIMIT ?1) "                                                    \
	"SELECT g.host, g.crashes, 1, g.host, k.kernels, k.kernel, g.first_s, g.last_s, "          \
	"g.last_id, g.last_uid, g.kernel, g.hardware, c.cause, c.severity, c.headline, t.part, "   \
	"t.crashes, NULL FROM g LEFT JOIN fleet.crash c ON c.id = g.last_id CROSS JOIN LATERAL "   \
	"(SELECT count(*) AS kernels, max(part) AS kernel FROM fleet.tally WHERE kind = "          \
	"'host_kernel' AND name = g.host AND crashes > 0) k LEFT JOIN LATERAL "                    \
	"(SELECT part, crashes FROM fleet.tally WHERE kind = 'host_cause' AND name = g.host "      \
	"AND crashes > 0 ORDER BY crashes DESC, part LIMIT 1) t ON true "                          \
	"ORDER BY g.last_s DESC, g.last_id DESC"

/* Of the others it keeps how many have which host, kernel and cause; which crash is the last, it is asked. */
#define KEPT_PAIRS                                                                                 \
	"WITH n AS (SELECT name, CAST(sum(crashes) AS bigint) AS crashes, min(first_s) AS "        \
	"first_s, "                                                                                \
	"max(last_s) AS last_s FROM triage.pair WHERE grouped = '%1$s' AND counted = 'cause' "     \
	"GROUP BY name), "                                                                         \
	"g AS (SELECT n.name, n.crashes, n.first_s, coalesce(c.crash_time, n.last_s) AS last_s, "  \
	"c.id AS last_id, c.uid, c.kernel, c.hardware, c.cause, c.severity, c.headline FROM n "    \
	"LEFT JOIN LATERAL (SELECT * FROM fleet.crash l WHERE l.%1$s = n.name "                    \
	"ORDER BY l.crash_time DESC, l.id DESC LIMIT 1) c ON true ORDER BY 4 DESC, n.name LIMIT "  \
	"?1) "                                                                                     \
	"SELECT g.name, g.crashes, h.hosts, h.host, k.kernels, k.kernel, g.first_s, g.last_s, "    \
	"g.last_id, g.uid, g.kernel, g.hardware, g.cause, g.severity, g.headline, t.part, "        \
	"t.crashes, NULL FROM g "                                                                  \
	"CROSS JOIN LATERAL (SELECT count(*) AS hosts, max(part) AS host FROM triage.pair "        \
	"WHERE grouped = '%1$s' AND counted = 'host' AND name = g.name) h "                        \
	"CROSS JOIN LATERAL (SELECT count(*) AS kernels, max(part) AS kernel FROM triage.pair "    \
	"WHERE grouped = '%1$s' AND counted = 'kernel' AND name = g.name) k "                      \
	"LEFT JOIN LATERAL (SELECT part, crashes FROM triage.pair WHERE grouped = '%1$s' AND "     \
	"counted = 'cause' AND name = g.name ORDER BY crashes DESC, part LIMIT 1) t ON true "      \
	"ORDER BY g.last_s DESC, g.last_id DESC"

static void put_kept(enum group_by by, struct str *sql)
{
	if (by == GROUP_SIGNATURE)
		str_puts(sql, KEPT_SIGNATURES);
	else if (by == GROUP_HOST)
		str_puts(sql, KEPT_HOSTS);
	else
		str_printf(sql, KEPT_PAIRS, names[by]);
}

static void put_groups(enum group_by by, const struct list_filters *filters,
		       enum db_dialect dialect, struct str *sql)
{
	if (dialect == DB_POSTGRESQL && !list_filters_any(filters))
		put_kept(by, sql);
	else
		put_counting(by, filters, dialect, sql);
}

/* --- reading ---------------------------------------------------------------------------------- */

static void take_row(struct stmt *stmt, struct group *group)
{
	bool one_host = stmt_int(stmt, ROW_HOSTS) == 1,
	     one_kernel = stmt_int(stmt, ROW_KERNELS) == 1;

	*group = (struct group){
		.name = stmt_text(stmt, ROW_NAME),
		.count = stmt_int(stmt, ROW_COUNT),
		.hosts = stmt_int(stmt, ROW_HOSTS),
		.kernels = stmt_int(stmt, ROW_KERNELS),
		.host = one_host ? stmt_text(stmt, ROW_HOST) : NULL,
		.kernel = one_kernel ? stmt_text(stmt, ROW_KERNEL) : NULL,
		.first_s = stmt_int(stmt, ROW_FIRST),
		.last_s = stmt_int(stmt, ROW_LAST),
		.last_id = stmt_int(stmt, ROW_LAST_ID),
		.last_uid = stmt_text(stmt, ROW_LAST_UID),
		.last_kernel = stmt_text(stmt, ROW_LAST_KERNEL),
		.hardware = stmt_text(stmt, ROW_HARDWARE),
		.cause = stmt_text(stmt, ROW_CAUSE),
		.severity = stmt_text(stmt, ROW_SEVERITY),
		.headline = stmt_text(stmt, ROW_HEADLINE),
		.top_cause = stmt_text(stmt, ROW_TOP_CAUSE),
		.top_count = stmt_int(stmt, ROW_TOP_COUNT),
		.ticket = stmt_text(stmt, ROW_TICKET),
	};
}

struct err *groups_read(struct db *db, enum group_by by, const struct list_filters *filters,
			uint64_t limit, void (*take)(void *context, const struct group *group),
			void *context)
{
	_cleanup_(cleanup_stmt_forget) struct stmt *stmt = NULL;
	enum db_dialect dialect = db_dialect(db);
	_str_ struct str sql = {0};
	struct group group;
	int at = 1;

	put_groups(by, filters, dialect, &sql);
	if (sql.failed)
		return &err_nomem;
	TRY(db_prepare(db, sql.data, &stmt));
	TRY(list_filters_bind(filters, dialect, &at, stmt));
	TRY(stmt_bind_int(stmt, at, limit ? (int64_t)limit : INT64_MAX));
	for (bool row;;) {
		TRY(stmt_step(stmt, &row));
		if (!row)
			return NULL;
		take_row(stmt, &group);
		take(context, &group);
	}
}
