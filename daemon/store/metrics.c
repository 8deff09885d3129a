/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The daemon and its store as numbers, for Prometheus. */
#include "daemon/store/metrics.h"

#include "base/array.h"
#include "daemon/store/queue.h"

static const char *const states[] = {"queued", "running",     "done",
				     "failed", "quarantined", "removed"};
static const char *const severities[] = {"info", "notice", "warning", "critical"};
/* A site's rules have causes of their own: together they are the last one. */
static const char *const causes[] = {
#define CAUSE(name, what) #name,
#include "rules/causes.def"
#undef CAUSE
	"other"};
#define OTHER_CAUSE (ARRAY_SIZE(causes) - 1)

/* --- the format ------------------------------------------------------------------------------- */

static void put_family(struct str *out, const char *name, const char *help)
{
	str_printf(out, "# HELP triage_%s %s\n# TYPE triage_%s gauge\n", name, help, name);
}

static void put_label(struct str *out, const char *label, const char *value)
{
	_str_ struct str safe = {0};

	str_escape(&safe, value,
		   strlen(value)); /* no line breaks and nothing but ASCII from here on */
	str_printf(out, "{%s=\"", label);
	for (const char *c = safe.data; c && *c; c++) {
		if (*c == '\\' || *c == '"')
			str_puts(out, "\\");
		str_append(out, c, 1);
	}
	str_puts(out, "\"}");
	out->failed |= safe.failed;
}

/* One value of a family; label NULL: the only one. */
static void put_sample(struct str *out, const char *name, const char *label, const char *value,
		       int64_t number)
{
	str_printf(out, "triage_%s", name);
	if (label)
		put_label(out, label, value);
	str_printf(out, " %lld\n", (long long)number);
}

static void put_single(struct str *out, const char *name, const char *help, int64_t number)
{
	put_family(out, name, help);
	put_sample(out, name, NULL, NULL, number);
}

/* --- what the daemon says --------------------------------------------------------------------- */

static bool is_said_before(const json_t *roots, size_t count, const char *path)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(json_string_at(json_array_get(roots, i), "path"), path))
			return true;
	return false;
}

/* A directory may be configured twice; a series that is there twice spoils the whole file. */
static void put_spools(const json_t *status, struct str *out)
{
	const json_t *roots = json_at(status, "spool.roots");
	const char *path;

	put_family(out, "spool_present", "1 where the directory that is watched is there.");
	for (size_t i = 0; i < json_array_size(roots); i++) {
		const json_t *root = json_array_get(roots, i);

		path = json_string_at(root, "path");
		if (path && !is_said_before(roots, i, path))
			put_sample(out, "spool_present", "path", path,
				   json_is_true(json_at(root, "present")));
	}
}

static void put_daemon(const json_t *status, int64_t now, struct str *out)
{
	const char *store = json_string_at(status, "store");

	put_single(out, "daemon_up", "1 where triaged answers.", status != NULL);
	if (!status)
		return;
	put_single(out, "daemon_start_time_seconds", "When triaged started, since the epoch.",
		   now - json_integer_at(status, "uptime_s"));
	put_single(out, "store_usable", "1 where triaged can write its database.",
		   store && !strcmp(store, "ok"));
	put_single(out, "waiting_for_room_dumps",
		   "Dumps for which there is no room to unpack them.",
		   json_integer_at(status, "waiting_for_room"));
	put_single(out, "unfinished_dumps", "Dumps in the spools that are still being written.",
		   json_integer_at(status, "spool.waiting_count"));
	put_single(out, "refused_files", "Files in the spools that are not taken.",
		   json_integer_at(status, "spool.refused_count"));
	put_single(out, "broken_rules", "Mistakes in the site's own rules, which are left out.",
		   (int64_t)json_array_size(json_at(status, "broken_rules")));
	put_spools(status, out);
}

/* --- what the store says ---------------------------------------------------------------------- */

static struct err *put_states(struct db *db, struct str *out)
{
	_json_ json_t *counts = NULL;

	TRY(queue_counts(db, &counts));
	put_family(out, "dumps", "Dumps known, by what became of them.");
	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		put_sample(out, "dumps", "state", states[i], json_integer_at(counts, states[i]));
	return NULL;
}

/* Adds to counts[] by the first column, a word that may be none of those; the last of them is for others, if any is. */
static struct err *count_words(struct db *db, const char *sql, const char *const *words,
			       size_t count, size_t others, int64_t *counts)
{
	struct stmt *stmt;
	bool row;

	TRY(db_query(db, &stmt, sql, ""));
	for (;;) {
		size_t i = 0;

		TRY(stmt_step(stmt, &row));
		if (!row)
			return NULL;
		while (i < count && strcmp(words[i], stmt_text(stmt, 0)))
			i++;
		if (i == count)
			i = others;
		if (i < count)
			counts[i] += stmt_int(stmt, 1);
	}
}

static struct err *put_causes(struct db *db, struct str *out)
{
	int64_t counts[ARRAY_SIZE(causes)] = {0};

	TRY(count_words(db,
			"SELECT cause, count(*) FROM job WHERE cause IS NOT NULL GROUP BY cause",
			causes, ARRAY_SIZE(causes), OTHER_CAUSE, counts));
	put_family(out, "verdicts",
		   "Verdicts in the store, by cause; other: causes of the site's own rules.");
	for (size_t i = 0; i < ARRAY_SIZE(causes); i++)
		put_sample(out, "verdicts", "cause", causes[i], counts[i]);
	return NULL;
}

static struct err *put_severities(struct db *db, struct str *out)
{
	int64_t counts[ARRAY_SIZE(severities)] = {0};

	TRY(count_words(db,
			"SELECT severity, count(*) FROM job WHERE severity IS NOT NULL "
			"GROUP BY severity",
			severities, ARRAY_SIZE(severities), SIZE_MAX, counts));
	put_family(out, "verdicts_by_severity", "Verdicts in the store, by severity.");
	for (size_t i = 0; i < ARRAY_SIZE(severities); i++)
		put_sample(out, "verdicts_by_severity", "severity", severities[i], counts[i]);
	return NULL;
}

/* A dump tells its time itself: one from the future says nothing, and would outlast all others. */
static struct err *put_last_crashes(struct db *db, int64_t now, struct str *out)
{
	put_family(out, "last_crash_timestamp_seconds",
		   "When the newest crash that has a verdict was, since the epoch, by severity.");
	for (size_t i = 0; i < ARRAY_SIZE(severities); i++) {
		int64_t last = 0;

		TRY(db_number(db, &last,
			      "SELECT crash_time FROM job WHERE severity = ? AND crash_time <= ? "
			      "ORDER BY crash_time DESC LIMIT 1",
			      "ti", severities[i], now));
		if (last > 0)
			put_sample(out, "last_crash_timestamp_seconds", "severity", severities[i],
				   last);
	}
	return NULL;
}

static struct err *put_last_verdict(struct db *db, struct str *out)
{
	int64_t last = 0;

	TRY(db_number(db, &last,
		      "SELECT j.finished_at FROM export e JOIN job j ON j.dump = e.dump "
		      "ORDER BY e.seq DESC LIMIT 1",
		      ""));
	if (last > 0)
		put_single(out, "last_verdict_timestamp_seconds",
			   "When the last verdict was given, since the epoch.", last);
	return NULL;
}

static struct err *put_waiting(struct db *db, int64_t now, struct str *out)
{
	int64_t oldest = now, due = 0;

	TRY(db_number(db, &oldest,
		      "SELECT found_at FROM job WHERE state = 'queued' ORDER BY found_at LIMIT 1",
		      ""));
	TRY(db_number(db, &due, "SELECT count(*) FROM job WHERE report_due", ""));
	put_single(out, "oldest_waiting_dump_age_seconds",
		   "How long the dump has been in the queue that waits longest; 0: none waits.",
		   oldest < now ? now - oldest : 0);
	put_single(out, "reports_due", "Verdicts whose report is not written yet.", due);
	return NULL;
}

struct err *metrics_put(const json_t *status, struct db *db, int64_t now, struct str *out)
{
	put_family(out, "build_info", "The version that tells this.");
	put_sample(out, "build_info", "version", TRIAGE_VERSION, 1);
	put_daemon(status, now, out);
	if (db) {
		TRY(put_states(db, out));
		TRY(put_waiting(db, now, out));
		TRY(put_causes(db, out));
		TRY(put_severities(db, out));
		TRY(put_last_crashes(db, now, out));
		TRY(put_last_verdict(db, out));
	}
	return out->failed ? &err_nomem : NULL;
}
