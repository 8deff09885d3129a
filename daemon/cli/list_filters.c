/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The filters of triage list and signatures. */
#include "daemon/cli/list_filters.h"

#include <string.h>

#include "daemon/cli/nearest.h"
#include "daemon/store/analyze.h"
#include "rules/rules.h"

static const char *const column_names[LIST_COLUMN_COUNT] = {"host", "kernel", "cause", "severity",
							    "signature"};
static const char *const states[] = {"queued", "running",     "done",
				     "failed", "quarantined", "removed"};
static const char *const severities[] = {"info", "notice", "warning", "critical"};

static bool is_pattern(const char *value)
{
	return strpbrk(value, "*?");
}

bool list_filters_take(struct list_filters *filters, int option, const char *value)
{
	if (option == OPTION_SINCE)
		filters->since = value;
	else if (option == OPTION_UNTIL)
		filters->until = value;
	else if (option == OPTION_STATE)
		filters->state = value;
	else if (option >= OPTION_FILTER && option < OPTION_FILTER + LIST_COLUMN_COUNT)
		filters->values[option - OPTION_FILTER] = value;
	else
		return false;
	return true;
}

/* --- values that there are -------------------------------------------------------------------- */

/* "; did you mean …?", and the whole list, for a message. */
static void put_words(struct str *text, const char *meant, const char *const *words, size_t count)
{
	struct nearest nearest = {0};

	for (size_t i = 0; i < count; i++)
		nearest_try(&nearest, meant, words[i]);
	if (nearest_is_typo(&nearest, meant))
		str_printf(text, "; did you mean %s?", nearest.word);
	for (size_t i = 0; i < count; i++)
		str_printf(text, "%s%s", i ? ", " : " (", words[i]);
	str_puts(text, ")");
}

static struct err *check_word(const char *kind, const char *meant, const char *const *words,
			      size_t count)
{
	_str_ struct str text = {0};

	for (size_t i = 0; i < count; i++)
		if (!strcmp(words[i], meant))
			return NULL;
	put_words(&text, meant, words, count);
	return err_new(ERR_INVALID, "no such %s: %s%s", kind, meant, text.data ? text.data : "");
}

struct err *list_filters_settle(struct list_filters *filters, const struct when *when)
{
	const char *severity = filters->values[LIST_SEVERITY];

	if (filters->since)
		TRY(when_parse(filters->since, when, &filters->since_s));
	if (filters->until)
		TRY(when_parse(filters->until, when, &filters->until_s));
	if (severity && !is_pattern(severity))
		TRY(check_word("severity", severity, severities, ARRAY_SIZE(severities)));
	return filters->state ? check_word("state", filters->state, states, ARRAY_SIZE(states))
			      : NULL;
}

/* Is a cause one of those that there are, or one of a site's rule? */
static struct err *try_causes(const char *cause, struct nearest *nearest, bool *known)
{
	static const char *const causes[] = {
#define CAUSE(name, what) #name,
#include "rules/causes.def"
#undef CAUSE
	};
	_cleanup_(cleanup_rules_free) struct rules *rules = NULL;

	TRY(rules_load(SITE_RULES_DIR, &rules));
	for (size_t i = 0; i < rules_count(rules); i++) {
		const char *one = rules_at(rules, i)->cause;

		*known |= one && !strcmp(one, cause);
		nearest_try(nearest, cause, one);
	}
	for (size_t i = 0; i < ARRAY_SIZE(causes); i++) {
		*known |= !strcmp(causes[i], cause);
		nearest_try(nearest, cause, causes[i]);
	}
	return NULL;
}

/* The nearest of the values that dumps have; *some when there are any. */
static struct err *try_store(struct db *db, enum list_column column, const char *meant,
			     struct nearest *nearest, bool *some)
{
	/* The central database counts by them anyway; severities are not looked for. */
	static const char *const queries[][LIST_COLUMN_COUNT] = {
		[DB_SQLITE] =
			{"SELECT DISTINCT host FROM job WHERE host IS NOT NULL ORDER BY 1",
			 "SELECT DISTINCT kernel FROM job WHERE kernel IS NOT NULL ORDER BY 1",
			 "SELECT DISTINCT cause FROM job WHERE cause IS NOT NULL ORDER BY 1",
			 "SELECT NULL WHERE false",
			 "SELECT DISTINCT signature FROM job WHERE signature IS NOT NULL "
			 "ORDER BY 1"},
		[DB_POSTGRESQL] = {"SELECT host FROM fleet.host ORDER BY 1",
				   "SELECT kernel FROM fleet.kernel ORDER BY 1",
				   "SELECT DISTINCT part FROM fleet.tally "
				   "WHERE kind = 'host_cause' ORDER BY 1",
				   "SELECT NULL WHERE false",
				   "SELECT signature FROM fleet.signature ORDER BY 1"},
	};
	struct stmt *stmt;

	TRY(db_query(db, &stmt, queries[db_dialect(db)][column], ""));
	for (bool row;;) {
		TRY(stmt_step(stmt, &row));
		if (!row)
			break;
		nearest_try(nearest, meant, stmt_text(stmt, 0));
	}
	*some = *nearest->word;
	return NULL;
}

static struct err *has_value(struct db *db, enum list_column column, const char *value, bool *ret)
{
	static const char *const queries[LIST_COLUMN_COUNT] = {
		"SELECT 1 FROM job WHERE host = ? LIMIT 1",
		"SELECT 1 FROM job WHERE kernel = ? LIMIT 1",
		"SELECT 1 FROM job WHERE cause = ? LIMIT 1",
		"SELECT 1 FROM job WHERE severity = ? LIMIT 1",
		"SELECT 1 FROM job WHERE signature = ? LIMIT 1",
	};
	int64_t found = 0;

	TRY(db_number(db, &found, queries[column], "t", value));
	*ret = found;
	return NULL;
}

static struct err *check_value(struct db *db, enum list_column column, const char *value)
{
	const char *name = column_names[column];
	struct nearest nearest = {0};
	bool known = false, some = false;

	/* A pattern is a question that nobody may answer; severities were looked at before. */
	if (is_pattern(value) || column == LIST_SEVERITY)
		return NULL;
	TRY(has_value(db, column, value, &known));
	if (known)
		return NULL;
	TRY(try_store(db, column, value, &nearest, &some));
	if (column == LIST_CAUSE)
		TRY(try_causes(value, &nearest, &known));
	if (known)
		return NULL;
	if (column == LIST_CAUSE)
		return err_new(ERR_INVALID,
			       "no such cause: %s; did you mean %s? triage(1) has them all", value,
			       nearest.word);
	if (!some) /* nothing is here yet: nothing can be wrong with the question */
		return NULL;
	return err_new(ERR_NOT_FOUND, "no dump here has %s %s; the nearest is %s", name, value,
		       nearest.word);
}

struct err *list_filters_check(const struct list_filters *filters, struct db *db)
{
	for (enum list_column i = 0; i < LIST_COLUMN_COUNT; i++)
		if (filters->values[i])
			TRY(check_value(db, i, filters->values[i]));
	return NULL;
}

/* --- their SQL -------------------------------------------------------------------------------- */

/* "*" and "?" alone have a meaning: what else a dialect's patterns know is quoted in them. */
static char *pattern_of(const char *value, enum db_dialect dialect)
{
	_str_ struct str pattern = {0};

	for (; *value; value++) {
		if (dialect == DB_SQLITE)
			str_printf(&pattern, *value == '[' ? "[%c]" : "%c", *value);
		else if (*value == '*' || *value == '?')
			str_puts(&pattern, *value == '*' ? "%" : "_");
		else
			str_printf(&pattern, strchr("%_\\", *value) ? "\\%c" : "%c", *value);
	}
	return str_take(&pattern);
}

static void put_value(enum list_column column, bool pattern, enum db_dialect dialect, int at,
		      struct str *sql)
{
	if (!pattern)
		str_printf(sql, " AND j.%s = ?%d", column_names[column], at);
	else if (dialect == DB_POSTGRESQL)
		str_printf(sql, " AND j.%s LIKE ?%d", column_names[column], at);
	else /* "+" keeps a pattern off the column's own index: see job_time */
		str_printf(sql, " AND +j.%s GLOB ?%d", column_names[column], at);
}

void list_filters_put(const struct list_filters *filters, enum db_dialect dialect, int *at,
		      struct str *sql)
{
	for (enum list_column i = 0; i < LIST_COLUMN_COUNT; i++)
		if (filters->values[i])
			put_value(i, is_pattern(filters->values[i]), dialect, (*at)++, sql);
	if (filters->state && !strcmp(filters->state, "removed"))
		str_puts(sql, " AND j.removed_at IS NOT NULL");
	else if (filters->state)
		str_printf(sql, " AND j.state = ?%d", (*at)++);
	if (filters->since)
		str_printf(sql, " AND j.crash_time >= ?%d", (*at)++);
	if (filters->until)
		str_printf(sql, " AND j.crash_time < ?%d", (*at)++);
}

static struct err *bind_pattern(struct stmt *stmt, int at, const char *value,
				enum db_dialect dialect)
{
	_free_ char *pattern = pattern_of(value, dialect);

	return pattern ? stmt_bind_text(stmt, at, pattern) : &err_nomem;
}

struct err *list_filters_bind(const struct list_filters *filters, enum db_dialect dialect, int *at,
			      struct stmt *stmt)
{
	for (enum list_column i = 0; i < LIST_COLUMN_COUNT; i++)
		if (filters->values[i] && is_pattern(filters->values[i]))
			TRY(bind_pattern(stmt, (*at)++, filters->values[i], dialect));
		else if (filters->values[i])
			TRY(stmt_bind_text(stmt, (*at)++, filters->values[i]));
	if (filters->state && strcmp(filters->state, "removed"))
		TRY(stmt_bind_text(stmt, (*at)++, filters->state));
	if (filters->since)
		TRY(stmt_bind_int(stmt, (*at)++, filters->since_s));
	if (filters->until)
		TRY(stmt_bind_int(stmt, (*at)++, filters->until_s));
	return NULL;
}

bool list_filters_any(const struct list_filters *filters)
{
	for (enum list_column i = 0; i < LIST_COLUMN_COUNT; i++)
		if (filters->values[i])
			return true;
	return filters->state || filters->since || filters->until;
}
