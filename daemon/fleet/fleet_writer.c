/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes batches of verdicts into the central database. */
#include "daemon/fleet/fleet_writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "rules/embedded.h"

void fleet_record_deinit(struct fleet_record *record)
{
	json_decref(record->brief);
	free(record->findings);
	free(record->verdict);
	*record = (struct fleet_record){0};
}

/* --- the source ------------------------------------------------------------------------------- */

#define NOW_S "floor(extract(epoch FROM now()))::bigint"

/*
 * lz4 takes a third of the time that a server's own compression takes, and less room. Asked for of each session,
 * where the server has it: PostgreSQL 14, if it was built so.
 */
#define COMPRESS_BETTER                                                                            \
	"SELECT set_config(name, 'lz4', false) FROM pg_catalog.pg_settings WHERE name = "          \
	"'default_toast_compression' AND 'lz4' = ANY (enumvals)"

struct err *fleet_writer_prepare(struct pg *pg)
{
	return pg_run(pg, COMPRESS_BETTER, "");
}

/* The numbers of sources are given while the feed is locked, as all numbers are. */
static struct err *make_source(struct pg *pg, const struct fleet_source *source)
{
	_cleanup_(cleanup_pg_rollback) struct pg *open = pg;

	TRY(pg_begin(open));
	TRY(pg_run(open, "UPDATE fleet.feed SET base = last", ""));
	TRY(pg_run(open,
		   "INSERT INTO fleet.source (id, machine, epoch, generation, cursor, hostname, "
		   "version, forwarded_s) SELECT (SELECT coalesce(max(id), 0) + 1 FROM "
		   "fleet.source), $1, $2, 0, 0, $3, $4, " NOW_S
		   " ON CONFLICT (machine, epoch) DO NOTHING",
		   "tttt", source->machine, source->epoch, source->hostname, source->version));
	return pg_commit(open);
}

static struct err *find_source(struct pg *pg, struct fleet_source *source, bool *found)
{
	_pg_rows_ struct pg_rows *rows = NULL;

	TRY(pg_query(pg, &rows,
		     "SELECT id, generation, cursor FROM fleet.source WHERE machine = $1 AND "
		     "epoch = $2",
		     "tt", source->machine, source->epoch));
	*found = pg_count(rows);
	if (!*found)
		return NULL;
	source->id = pg_int(rows, 0, 0);
	source->generation = pg_int(rows, 0, 1);
	source->cursor = pg_int(rows, 0, 2);
	return NULL;
}

struct err *fleet_source_read(struct pg *pg, struct fleet_source *source)
{
	bool found;

	TRY(pg_run(pg,
		   "INSERT INTO fleet.running (machine, kernel, since_s, seen_s) VALUES ($1, "
		   "$2, " NOW_S ", " NOW_S ") ON CONFLICT (machine, kernel) DO UPDATE SET seen_s = "
		   "excluded.seen_s",
		   "tt", source->machine, source->kernel));
	TRY(find_source(pg, source, &found));
	if (found)
		return NULL;
	TRY(make_source(pg, source));
	TRY(find_source(pg, source, &found));
	return found ? NULL
		     : err_new(ERR_NOT_FOUND,
			       "the server does not keep where this host's verdicts end");
}

struct err *fleet_source_anew(struct pg *pg, struct fleet_source *source)
{
	TRY(pg_run(pg,
		   "UPDATE fleet.source SET generation = generation + 1, cursor = 0 WHERE id = $1 "
		   "AND generation = $2",
		   "ii", source->id, source->generation));
	return fleet_source_read(pg, source);
}

struct err *fleet_source_anchors(struct pg *pg, const struct fleet_source *source, json_t **ret)
{
	_pg_rows_ struct pg_rows *rows = NULL;

	TRY(pg_query(pg, &rows,
		     "SELECT c.uid, s.number FROM fleet.sighting s JOIN fleet.crash c ON c.id = "
		     "s.crash WHERE s.source = $1 AND s.generation = $2 ORDER BY s.number DESC "
		     "LIMIT $3",
		     "iii", source->id, source->generation, (int64_t)FLEET_ANCHORS_MAX));
	*ret = json_array();
	for (int i = 0; i < pg_count(rows); i++)
		json_array_append_new(*ret, json_pack("{s:s, s:I}", "uid", pg_text(rows, i, 0),
						      "number", (json_int_t)pg_int(rows, i, 1)));
	return NULL;
}

/* --- a batch ---------------------------------------------------------------------------------- */

/*
 * Who comes second waits here for the first, finds no row with the cursor that it believed in, and divides by 0:
 * that ends the transaction without a word of ours between.
 */
static struct err *send_cursor(struct pg *pg, const struct fleet_source *source, int64_t cursor)
{
	TRY(pg_send(pg,
		    "UPDATE fleet.source SET cursor = $5::bigint, hostname = $6, version = $7, "
		    "forwarded_s = " NOW_S " WHERE machine = $1 AND epoch = $2 AND generation = "
		    "$3::integer AND cursor = $4::bigint",
		    "ttiiitt", source->machine, source->epoch, source->generation, source->cursor,
		    cursor, source->hostname, source->version));
	return pg_send(pg,
		       "SELECT 1 / count(*) FROM fleet.source WHERE machine = $1 AND epoch = $2 "
		       "AND generation = "
		       "$3::integer AND cursor = $4::bigint",
		       "ttii", source->machine, source->epoch, source->generation, cursor);
}

#define CURSOR_MOVED "22012" /* division_by_zero */
#define NO_PARTITION "23514" /* check_violation */

/* Which verdict stands: as in schema/fleet/write/02-crash.sql. */
#define FINDINGS(findings, verdict)                                                                \
	"INSERT INTO fleet.findings AS f (uid, month, machine, epoch, generation, number, state, " \
	"analyzed_at, findings, verdict) VALUES ($1, coalesce((SELECT month FROM fleet.crash "     \
	"WHERE "                                                                                   \
	"uid = $1), date_trunc('month', now() AT TIME ZONE 'UTC')::date), $2, $3, $4::integer, "   \
	"$5::bigint, $6, $7::bigint, " findings ", " verdict ") "                                  \
	"ON CONFLICT (uid, month) DO UPDATE SET machine = excluded.machine, epoch = "              \
	"excluded.epoch, generation = excluded.generation, number = excluded.number, state = "     \
	"excluded.state, analyzed_at = excluded.analyzed_at, findings = excluded.findings, "       \
	"verdict = excluded.verdict WHERE CASE "                                                   \
	"WHEN f.machine <> excluded.machine THEN f.state <> 'done' AND excluded.state = 'done' "   \
	"WHEN f.epoch = excluded.epoch AND f.generation = excluded.generation THEN "               \
	"excluded.number > f.number "                                                              \
	"ELSE excluded.analyzed_at > f.analyzed_at END"

/*
 * What JSONB refuses is refused here, where it is one verdict that stays behind, and does not end the question of who
 * reads it. To have all of it read as JSONB takes more time than all else: so only what may be refused is.
 */
#define CHECKED(parameter)                                                                         \
	"CASE WHEN (" parameter "::text)::jsonb IS NOT NULL THEN (" parameter "::text)::json END"

#define DIGITS_MAX 100 /* numeric has 131,072 before its point and 16,383 behind it */
#define EXPONENT_MAX 3
#define DEC "0123456789"

/* The end of the string that begins at this quote; NULL if a character of it is escaped, which may be none. */
static const char *end_of_string(const char *at)
{
	for (at++; *at && *at != '"'; at++) {
		if (*at == '\\' && at[1] == 'u')
			return NULL;
		at += *at == '\\' && at[1];
	}
	return at;
}

/* Escaped characters, and numbers that may be beyond what numeric holds. */
static bool may_be_refused(const char *at)
{
	while (at && (at = strpbrk(at, "\"" DEC))) {
		size_t digits = strspn(at, DEC);

		if (!digits) {
			at = end_of_string(at);
			if (!at)
				return true;
			at += *at == '"';
			continue;
		}
		at += digits;
		if (*at == 'e' || *at == 'E')
			at += 1 + (at[1] == '+' || at[1] == '-');
		if (digits > DIGITS_MAX || strspn(at, DEC) > EXPONENT_MAX)
			return true;
	}
	return false;
}

static struct err *send_findings(struct pg *pg, const struct fleet_source *source,
				 const struct fleet_record *record)
{
	bool checked = may_be_refused(record->findings) || may_be_refused(record->verdict);

	return pg_send(
		pg,
		checked ? FINDINGS(CHECKED("$8"), CHECKED("$9")) : FINDINGS("$8::json", "$9::json"),
		"tttiititt", json_string_at(record->brief, "uid"), source->machine, source->epoch,
		source->generation, (int64_t)json_integer_at(record->brief, "number"),
		json_string_at(record->brief, "state"),
		(int64_t)json_integer_at(record->brief, "analyzed_at"), record->findings,
		record->verdict);
}

/* A statement of schema/fleet/write takes the first so many of the four. */
static unsigned count_parameters(const char *sql)
{
	unsigned count = 0;

	/* Comments name them too. */
	for (const char *line = sql; *line;) {
		size_t length = strcspn(line, "\n");

		for (size_t i = 0; !has_prefix(line, "--") && i < length; i++)
			if (line[i] == '$' && line[i + 1] >= '1' && line[i + 1] <= '9')
				count = MAX(count, (unsigned)(line[i + 1] - '0'));
		line += length + (line[length] == '\n');
	}
	return count;
}

static struct err *send_rest(struct pg *pg, const struct fleet_source *source, const char *briefs)
{
	static const char *const kinds[] = {"", "t", "tt", "ttt", "ttti"};

	for (const struct embedded_sql *one = embedded_fleet_writes; one->name; one++) {
		unsigned count = count_parameters(one->sql);

		TRY(pg_send(pg, one->sql, kinds[MIN(count, 4)], briefs, source->machine,
			    source->epoch, source->generation));
	}
	return NULL;
}

static struct err *send_batch(struct pg *pg, const struct fleet_source *source,
			      const struct fleet_record *records, size_t count, int64_t cursor,
			      const char *briefs)
{
	TRY(pg_send(pg, "BEGIN", ""));
	TRY(send_cursor(pg, source, cursor));
	for (size_t i = 0; i < count; i++)
		TRY(send_findings(pg, source, &records[i]));
	TRY(send_rest(pg, source, briefs));
	return pg_send(pg, "COMMIT", "");
}

/* All writers take the dumps that they share in the same order, so that none waits for another in a circle. */
static int by_uid(const void *a, const void *b)
{
	const struct fleet_record *one = a, *other = b;

	return strcmp(json_string_at(one->brief, "uid"), json_string_at(other->brief, "uid"));
}

/* Numbers of the feed are given in the order of the store, whatever the order of sending. */
static int by_number(const void *a, const void *b)
{
	const struct fleet_record *one = a, *other = b;
	json_int_t mine = json_integer_at(one->brief, "number"),
		   its = json_integer_at(other->brief, "number");

	return mine < its ? -1 : mine > its;
}

static struct err *format_briefs(struct fleet_record *records, size_t count, char **ret)
{
	_json_ json_t *list = json_array();

	qsort(records, count, sizeof(*records), by_number);
	for (size_t i = 0; i < count; i++) {
		json_object_set_new(records[i].brief, "n", json_integer((json_int_t)i + 1));
		json_array_append(list, records[i].brief);
	}
	*ret = json_dumps(list, JSON_REALS | JSON_COMPACT);
	return *ret ? NULL : &err_nomem;
}

/* What an error of a batch means to who sent it. */
static struct err *told(struct pg *pg, struct err *err)
{
	if (!strcmp(pg_sqlstate(pg), NO_PARTITION))
		return err_wrap(err, "the server's tables have no room for this month, triage "
				     "fleet upgrade makes some");
	if (strcmp(pg_sqlstate(pg), CURSOR_MOVED))
		return err;
	err_free(err);
	return err_new(ERR_LOOP, "somebody else forwards the verdicts of this store");
}

struct err *fleet_write(struct pg *pg, struct fleet_source *source, struct fleet_record *records,
			size_t count, int64_t cursor)
{
	_free_ char *briefs = NULL;
	struct err *sent, *err;

	if (count > FLEET_BATCH_MAX)
		return err_new(ERR_LIMIT, "more than %d verdicts at once", FLEET_BATCH_MAX);
	TRY(format_briefs(records, count, &briefs));
	qsort(records, count, sizeof(*records), by_uid);
	TRY(pg_pipeline_begin(pg));
	sent = send_batch(pg, source, records, count, cursor, briefs);
	err = pg_pipeline_end(pg);
	if (!err && !sent) {
		source->cursor = cursor;
		return NULL;
	}
	if (!err) {
		pg_rollback(pg);
		return sent;
	}
	err_free(sent);
	return told(pg, err);
}

void fleet_record_leave_out(struct fleet_record *record, const char *why)
{
	free(take_ptr(record->findings));
	free(take_ptr(record->verdict));
	json_object_set_new(record->brief, "left_out", json_escaped(why));
}
