/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the rules for the daemon, and tells the journal of those that cannot be run. */
#include "daemon/site_rules.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/log.h"
#include "daemon/store/rule_faults.h"

#define RECALLED "100" /* verdicts that a daemon that begins looks through */

struct err *site_rules_load(const char *dir, struct rules **rules, json_t **faults)
{
	_cleanup_(cleanup_rules_free) struct rules *loaded = NULL;
	json_t *one;
	size_t i;

	TRY(rules_load(dir, &loaded));
	TRY(rule_faults(loaded, faults));
	json_array_foreach (*faults, i, one) {
		_free_ char *text = rule_fault_text(one);

		log_line(LOG_WARNING, "rule %s/%s; the other rules judge without it", dir,
			 text ? text : "?");
	}
	*rules = take_ptr(loaded);
	return NULL;
}

/* --- what breaks on a dump -------------------------------------------------------------------- */

static bool is_noted(const json_t *faults, const char *rule)
{
	json_t *one;
	size_t i;

	json_array_foreach (faults, i, one) {
		const char *name = json_string_at(one, "rule");

		if (name && !strcmp(name, rule))
			return true;
	}
	return false;
}

/* Once for each rule, until the rules are read anew: it may break on every dump. */
static void note(json_t *faults, const json_t *broken, int64_t dump)
{
	const char *rule = json_string_at(broken, "rule");
	json_t *one;

	if (!rule || is_noted(faults, rule))
		return;
	one = json_pack("{s:s, s:i, s:i, s:s*, s:I}", "rule", rule, "line", 0, "column", 0, "why",
			json_string_at(broken, "why"), "dump", (json_int_t)dump);
	_free_ char *text = rule_fault_text(one);
	log_line(LOG_WARNING, "rule %s; the other rules judged without it", text ? text : "?");
	json_array_append_new(faults, one);
}

static bool is_newer(const char *dir, const json_t *broken, int64_t time)
{
	const char *rule = json_string_at(broken, "rule");
	_free_ char *path = NULL;
	struct stat st;

	return rule && asprintf(&path, "%s/%s", dir, rule) >= 0 && !stat(path, &st) &&
	       st.st_mtime >= time;
}

/* dir: NULL where the rules are those that the dump was judged by. */
static struct err *note_rows(struct stmt *stmt, const char *dir, json_t *faults)
{
	json_t *broken;
	bool row;
	size_t i;

	for (;;) {
		TRY(stmt_step(stmt, &row));
		if (!row)
			return NULL;
		_json_ json_t *list = json_loads(stmt_text(stmt, 1), 0, NULL);
		json_array_foreach (list, i, broken)
			if (!dir || !is_newer(dir, broken, stmt_int(stmt, 2)))
				note(faults, broken, stmt_int(stmt, 0));
	}
}

struct err *site_rules_note(struct store *store, int64_t dump, json_t *faults)
{
	struct stmt *stmt;

	TRY(db_query(store_db(store), &stmt,
		     "SELECT dump, broken FROM verdict WHERE dump = ? AND broken <> '[]'", "i",
		     dump));
	return note_rows(stmt, NULL, faults);
}

struct err *site_rules_recall(struct store *store, const char *dir, json_t *faults)
{
	struct stmt *stmt;

	TRY(db_query(
		store_db(store), &stmt,
		"SELECT v.dump, v.broken, v.analyzed_at FROM (SELECT dump FROM export ORDER BY seq "
		"DESC LIMIT " RECALLED ") e JOIN verdict v ON v.dump = e.dump "
		"WHERE v.broken <> '[]'",
		""));
	return note_rows(stmt, dir, faults);
}
