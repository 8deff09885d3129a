/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs the rules of the fleet, and raises, renews and closes alerts. */
#include "daemon/fleet/fleet_watch.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "daemon/fleet/fleet_writer.h"
#include "json.h"

#define EVIDENCE_MAX (64u << 10) /* bytes of one alert's */
#define TEXT_MAX 4000		 /* of a headline, a reason */
#define DIGEST_CRASHES 256	 /* in one transaction */
#define PART_KEPT_S (60 * 86400) /* rules look back 30 days */

/* --- parts of machines ------------------------------------------------------------------------ */

#define RANGE "seq > $1::bigint AND seq <= $2::bigint"
#define FILL                                                                                       \
	"INSERT INTO fleet.part (uid, kind, name, why, cpus, host, hardware, signature, "          \
	"crash_time, model) SELECT DISTINCT ON (uid, kind, name) uid, kind, name, why, cpus, "     \
	"host, hardware, signature, crash_time, max(model) OVER (PARTITION BY uid, kind, name) "   \
	"FROM triage.part_of WHERE " RANGE " ORDER BY uid, kind, name, why = 'crash', why"

/* The next crashes by their number; *more: there were some. */
static struct err *digest_some(struct pg *pg, bool *more)
{
	int64_t from = 0, to = 0;

	TRY(pg_number(pg, &from, "SELECT digested FROM fleet.alert_feed WHERE one = 1 FOR UPDATE",
		      ""));
	TRY(pg_number(
		pg, &to,
		"SELECT coalesce(max(seq), 0) FROM (SELECT seq FROM fleet.crash WHERE seq > $1 "
		"ORDER BY seq LIMIT $2::bigint) c",
		"ii", from, (int64_t)DIGEST_CRASHES));
	*more = to > from;
	if (!*more)
		return NULL;
	TRY(pg_run(pg,
		   "DELETE FROM fleet.part WHERE uid IN (SELECT uid FROM fleet.crash WHERE " RANGE
		   ")",
		   "ii", from, to));
	TRY(pg_run(pg, FILL, "ii", from, to));
	return pg_run(pg, "UPDATE fleet.alert_feed SET digested = $1 WHERE one = 1", "i", to);
}

static struct err *digest(struct pg *pg, int64_t now)
{
	bool more = true;

	while (more) {
		_cleanup_(cleanup_pg_rollback) struct pg *open = pg;

		TRY(pg_begin(open));
		TRY(digest_some(open, &more));
		TRY(pg_commit(open));
		open = NULL;
	}
	return pg_run(pg,
		      "DELETE FROM fleet.part WHERE kind IN ('core', 'dimm', 'disk', 'device') "
		      "AND crash_time < $1::bigint",
		      "i", now - PART_KEPT_S);
}

/* --- what a rule finds ------------------------------------------------------------------------ */

struct found {
	char *subject;
	int64_t weight;
	const char *headline, *because, *evidence; /* of the rows */
	bool kept;				   /* an alert of it is there */
};

struct finds {
	struct pg_rows *rows;
	struct found *list;
	size_t count;
	bool whole; /* there were no more than are here */
};

static void finds_deinit(struct finds *finds)
{
	for (size_t i = 0; i < finds->count; i++)
		free(finds->list[i].subject);
	free(finds->list);
	pg_rows_free(finds->rows);
}

/* At most max bytes of a text, cut where a character begins. */
static char *cut(const char *text, size_t max)
{
	size_t length = strlen(text);

	if (length > max)
		for (length = max; length && (text[length] & 0xc0) == 0x80;)
			length--;
	return strndup(text, length);
}

static struct found *find_subject(const struct finds *finds, const char *subject)
{
	for (size_t i = 0; i < finds->count; i++)
		if (!strcmp(finds->list[i].subject, subject))
			return &finds->list[i];
	return NULL;
}

static struct err *take_row(struct finds *finds, int row, const int columns[5])
{
	struct found found = {.weight = pg_int(finds->rows, row, columns[1]),
			      .headline = pg_text(finds->rows, row, columns[2]),
			      .because = pg_text(finds->rows, row, columns[3]),
			      .evidence = pg_text(finds->rows, row, columns[4])};
	const char *subject = pg_text(finds->rows, row, columns[0]);

	if (!subject || !found.headline || !found.because)
		return err_new(ERR_INVALID, "a row has no subject, headline or because");
	found.subject = cut(subject, FLEET_INDEXED_MAX);
	if (!found.subject)
		return &err_nomem;
	if (find_subject(finds, found.subject))
		free(found.subject);
	else
		finds->list[finds->count++] = found;
	return NULL;
}

static struct err *take_rows(struct finds *finds)
{
	static const char *const names[] = {"subject", "weight", "headline", "because", "evidence"};
	int columns[ARRAY_SIZE(names)], count = pg_count(finds->rows);

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		columns[i] = pg_column(finds->rows, names[i]);
		if (columns[i] < 0)
			return err_new(ERR_INVALID, "it returns no column %s", names[i]);
	}
	finds->whole = count < FLEET_ALERTS_MAX;
	count = MIN(count, FLEET_ALERTS_MAX);
	finds->list = calloc((size_t)count + 1, sizeof(*finds->list));
	if (!finds->list)
		return &err_nomem;
	for (int i = 0; i < count; i++)
		TRY(take_row(finds, i, columns));
	return NULL;
}

/* One that is no single SELECT changes nothing, and is to blame itself. */
static struct err *blame_rule(struct err *err)
{
	struct err *blamed;

	if (err->code != ERR_IO || err->errnum != EROFS)
		return err;
	blamed = err_new(ERR_INVALID, "%s", err->message);
	err_free(err);
	return blamed;
}

static struct err *select_rows(struct pg *pg, const struct fleet_rule *rule, int64_t now,
			       struct finds *finds)
{
	_cleanup_(cleanup_pg_rollback) struct pg *open = pg;

	TRY(pg_exec(open, "BEGIN READ ONLY"));
	if (strstr(rule->sql, "$1"))
		TRY(pg_query(open, &finds->rows, rule->sql, "i", now));
	else
		TRY(pg_query(open, &finds->rows, rule->sql, ""));
	TRY(pg_commit(open));
	open = NULL;
	return NULL;
}

/* --- alerts ----------------------------------------------------------------------------------- */

struct update {
	struct pg *pg;
	const struct fleet_rule *rule;
	const struct fleet_watch_events *events;
	int64_t now, last; /* number of the alerts' feed */
	struct str said;   /* lines "SEVERITY LINE", said once the transaction is over */
};

static void say(struct update *update, const char *what, const char *headline)
{
	str_printf(&update->said, "%s %s: ", update->rule->severity, what);
	str_escape(&update->said, headline, strlen(headline));
	str_puts(&update->said, "\n");
}

static const char *evidence_of(const struct found *found)
{
	if (!found->evidence || strlen(found->evidence) > EVIDENCE_MAX)
		return "{\"left_out\": true}";
	return found->evidence;
}

#define SET                                                                                        \
	"weight = $3::bigint, severity = $4, title = $5, headline = $6, because = $7, advice = "   \
	"$8, evidence = $9::jsonb, seen_s = $10::bigint"
#define TOLD ", seq = $11::bigint, told = $3::bigint, changed_s = $10::bigint"
#define WHICH " WHERE rule = $1 AND subject = $2"

/* told: as that it is told of, else only kept up to date. */
static struct err *write_alert(struct update *update, const struct found *found, const char *sql,
			       const char *told)
{
	_free_ char *headline = cut(found->headline, TEXT_MAX),
		    *because = cut(found->because, TEXT_MAX);
	const struct fleet_rule *rule = update->rule;

	if (!headline || !because)
		return &err_nomem;
	if (!told)
		return pg_run(update->pg, sql,
			      "ttittttt"
			      "ti",
			      rule->id, found->subject, found->weight, rule->severity, rule->title,
			      headline, because, rule->advice, evidence_of(found), update->now);
	TRY(pg_run(update->pg, sql,
		   "ttitttttti"
		   "i",
		   rule->id, found->subject, found->weight, rule->severity, rule->title, headline,
		   because, rule->advice, evidence_of(found), update->now, ++update->last));
	say(update, told, headline);
	return NULL;
}

static struct err *raise_alert(struct update *update, const struct found *found)
{
	return write_alert(update, found,
			   "INSERT INTO fleet.alert (rule, subject, weight, severity, title, "
			   "headline, because, "
			   "advice, evidence, seen_s, id, seq, told, changed_s, opened_s, state, "
			   "raised) VALUES ($1, "
			   "$2, $3::bigint, $4, $5, $6, $7, $8, $9::jsonb, $10::bigint, "
			   "$11::bigint, $11::bigint, "
			   "$3::bigint, $10::bigint, $10::bigint, 'open', 1)",
			   "alert");
}

static struct err *raise_again(struct update *update, const struct found *found)
{
	return write_alert(update, found,
			   "UPDATE fleet.alert SET state = 'open', raised = raised + 1, opened_s = "
			   "$10::bigint, closed_s = NULL, " SET TOLD WHICH,
			   "alert again");
}

static struct err *renew(struct update *update, const struct found *found, int64_t told)
{
	if (found->weight >= 2 * MAX(told, 1))
		return write_alert(update, found, "UPDATE fleet.alert SET " SET TOLD WHICH,
				   "alert renewed");
	return write_alert(
		update, found,
		"UPDATE fleet.alert SET " SET WHICH
		" AND (weight <> $3::bigint OR headline <> $6 OR because <> $7 OR evidence "
		"<> $9::jsonb OR seen_s < $10::bigint - 3600)",
		NULL);
}

static struct err *close_alert(struct update *update, const char *rule, const char *subject,
			       const char *headline)
{
	TRY(pg_run(update->pg,
		   "UPDATE fleet.alert SET state = 'closed', closed_s = $3::bigint, changed_s = "
		   "$3::bigint, seq = $4::bigint" WHICH,
		   "ttii", rule, subject, update->now, ++update->last));
	say(update, "alert closed", headline);
	return NULL;
}

/* One that was there before, with columns subject, state, told, headline. */
static struct err *update_known(struct update *update, struct finds *finds,
				const struct pg_rows *known, int row)
{
	const char *subject = pg_text(known, row, 0);
	bool open = !strcmp(pg_text(known, row, 1), "open");
	struct found *found = find_subject(finds, subject);

	if (found) {
		found->kept = true;
		return open ? renew(update, found, pg_int(known, row, 2))
			    : raise_again(update, found);
	}
	if (open && finds->whole)
		return close_alert(update, update->rule->id, subject, pg_text(known, row, 3));
	return NULL;
}

static struct err *update_all(struct update *update, struct finds *finds)
{
	_pg_rows_ struct pg_rows *known = NULL;
	int64_t before;

	TRY(pg_number(update->pg, &update->last,
		      "SELECT last FROM fleet.alert_feed WHERE one = 1 FOR UPDATE", ""));
	before = update->last;
	TRY(pg_query(
		update->pg, &known,
		"SELECT subject, state, told, headline FROM fleet.alert WHERE rule = $1 ORDER BY "
		"seq",
		"t", update->rule->id));
	for (int i = 0; i < pg_count(known); i++)
		TRY(update_known(update, finds, known, i));
	for (size_t i = 0; i < finds->count; i++)
		if (!finds->list[i].kept)
			TRY(raise_alert(update, &finds->list[i]));
	if (update->last == before)
		return NULL;
	return pg_run(update->pg, "UPDATE fleet.alert_feed SET last = $1 WHERE one = 1", "i",
		      update->last);
}

/* What was said, now that it stands. */
static void tell(const struct update *update)
{
	char *rest = update->said.data, *line;

	while (update->events && rest && (line = strsep(&rest, "\n"))) {
		char *text = strchr(line, ' ');

		if (!text)
			continue;
		*text++ = '\0';
		update->events->changed(update->events->context, line, text);
	}
}

static struct err *apply(struct pg *pg, struct update *update, struct finds *finds)
{
	_cleanup_(cleanup_pg_rollback) struct pg *open = pg;

	TRY(pg_begin(open));
	TRY(update_all(update, finds));
	TRY(pg_commit(open));
	open = NULL;
	tell(update);
	return NULL;
}

static struct err *run_rule(struct pg *pg, const struct fleet_rule *rule, int64_t now,
			    struct finds *finds)
{
	struct err *err = select_rows(pg, rule, now, finds);

	return err ? blame_rule(err) : take_rows(finds);
}

static struct err *watch_rule(struct pg *pg, const struct fleet_rule *rule, int64_t now,
			      const struct fleet_watch_events *events)
{
	_cleanup_(finds_deinit) struct finds finds = {0};
	struct update update = {.pg = pg, .rule = rule, .events = events, .now = now};
	struct err *err = run_rule(pg, rule, now, &finds);

	if (!err)
		err = apply(pg, &update, &finds);
	str_deinit(&update.said);
	return err;
}

/* --- all rules -------------------------------------------------------------------------------- */

static bool is_loaded(const struct fleet_rules *rules, const char *id)
{
	for (size_t i = 0; i < rules->count; i++)
		if (!strcmp(rules->list[i].id, id))
			return true;
	return false;
}

/* Of rules that are no more: nobody would ever close them. */
static struct err *close_orphans(struct pg *pg, const struct fleet_rules *rules, int64_t now,
				 const struct fleet_watch_events *events)
{
	_pg_rows_ struct pg_rows *open = NULL;

	TRY(pg_query(pg, &open,
		     "SELECT DISTINCT rule, severity FROM fleet.alert WHERE state = 'open'", ""));
	for (int i = 0; i < pg_count(open); i++) {
		struct fleet_rule gone = {.id = (char *)pg_text(open, i, 0),
					  .severity = (char *)pg_text(open, i, 1)};
		struct update update = {.pg = pg, .rule = &gone, .events = events, .now = now};
		struct finds none = {.whole = true};
		struct err *err;

		if (is_loaded(rules, gone.id))
			continue;
		err = apply(pg, &update, &none);
		str_deinit(&update.said);
		TRY(err);
	}
	return NULL;
}

struct err *fleet_watch(struct pg *pg, const struct fleet_rules *rules,
			const struct fleet_watch_events *events)
{
	int64_t now = 0;

	TRY(pg_number(pg, &now, "SELECT floor(extract(epoch FROM now()))::bigint", ""));
	TRY(digest(pg, now));
	for (size_t i = 0; i < rules->count; i++) {
		struct err *err = watch_rule(pg, &rules->list[i], now, events);

		if (err && err->code == ERR_IO)
			return err;
		if (err && events)
			events->failed(events->context, rules->list[i].id, err->message);
		err_free(err);
	}
	return close_orphans(pg, rules, now, events);
}
