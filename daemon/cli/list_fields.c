/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a row of triage list shows. */
#include "daemon/cli/list_fields.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "daemon/cli/cmd_common.h"
#include "daemon/cli/nearest.h"

static const struct table_column columns[LIST_FIELD_COUNT] = {
#define FIELD(name, title, ...) [LIST_FIELD_##name] = {.heading = title, __VA_ARGS__},
#include "daemon/cli/list_fields.def"
#undef FIELD
};
static const char *const names[LIST_FIELD_COUNT] = {
#define FIELD(name, ...) #name,
#include "daemon/cli/list_fields.def"
#undef FIELD
};

void list_fields_usual(struct list_fields *fields, bool seen, bool path)
{
	fields->count = 0;
	for (enum list_field i = 0; i <= LIST_FIELD_headline; i++)
		fields->list[fields->count++] = i;
	if (seen)
		fields->list[fields->count++] = LIST_FIELD_seen;
	if (path)
		fields->list[fields->count++] = LIST_FIELD_path;
}

bool list_fields_have(const struct list_fields *fields, enum list_field field)
{
	for (size_t i = 0; i < fields->count; i++)
		if (fields->list[i] == field)
			return true;
	return false;
}

static struct err *no_such_field(const char *name)
{
	struct nearest nearest = {0};
	_str_ struct str text = {0};

	for (size_t i = 0; i < LIST_FIELD_COUNT; i++)
		nearest_try(&nearest, name, names[i]);
	if (nearest_is_typo(&nearest, name))
		str_printf(&text, "; did you mean %s?", nearest.word);
	for (size_t i = 0; i < LIST_FIELD_COUNT; i++)
		str_printf(&text, "%s%s", i ? ", " : " (", names[i]);
	return err_new(ERR_INVALID, "no such field: \"%.64s\"%s)", name,
		       text.data ? text.data : " (");
}

static struct err *add_named(struct list_fields *fields, const char *name)
{
	for (enum list_field i = 0; i < LIST_FIELD_COUNT; i++) {
		if (strcmp(names[i], name) != 0)
			continue;
		if (list_fields_have(fields, i))
			return err_new(ERR_INVALID, "field %s is named twice", name);
		fields->list[fields->count++] = i;
		return NULL;
	}
	return no_such_field(name);
}

struct err *list_fields_parse(struct list_fields *fields, const char *text)
{
	_free_ char *copy = strdup(text);
	char *rest = copy;

	if (!copy)
		return &err_nomem;
	fields->count = 0;
	for (char *name; (name = strsep(&rest, ","));)
		TRY(add_named(fields, name));
	return NULL;
}

void list_fields_columns(const struct list_fields *fields, struct table_column *ret)
{
	for (size_t i = 0; i < fields->count; i++)
		ret[i] = columns[fields->list[i]];
}

/* Which time it is that its signature was seen; NULL without one. */
static void add_seen(struct table *table, const struct history *history)
{
	_str_ struct str text = {0};

	if (history->number)
		history_put_ordinal(history->number, &text);
	table_add(table, text.data);
}

static void add_number(struct table *table, struct stmt *stmt, enum list_field field)
{
	char text[32];

	if (field == LIST_FIELD_size)
		cmd_format_size((uint64_t)stmt_int(stmt, ROW_SIZE), text);
	else if (field == LIST_FIELD_id)
		snprintf(text, sizeof(text), "%" PRId64, stmt_int(stmt, ROW_ID));
	else
		snprintf(text, sizeof(text), "%.0f %%", 100 * stmt_real(stmt, ROW_CONFIDENCE));
	table_add(table, field == LIST_FIELD_confidence && stmt_is_null(stmt, ROW_CONFIDENCE)
				 ? NULL
				 : text);
}

static void add_time(struct table *table, struct stmt *stmt, const struct when *when,
		     enum list_field field)
{
	char text[WHEN_SIZE];

	if (field == LIST_FIELD_age)
		when_ago(stmt_int(stmt, ROW_TIME), when, text);
	else
		when_minutes(stmt_int(stmt, ROW_TIME), when, text);
	table_add(table, text);
}

/* The headline; while there is none, and no column of its own, where the dump lies. */
static void add_headline(const struct list_fields *fields, struct stmt *stmt, struct table *table)
{
	const char *headline = stmt_text(stmt, ROW_HEADLINE);

	table_add(table, headline || list_fields_have(fields, LIST_FIELD_path)
				 ? headline
				 : stmt_text(stmt, ROW_PATH));
}

static void add_text(struct table *table, struct stmt *stmt, enum list_field field)
{
	static const int texts[LIST_FIELD_COUNT] = {
		[LIST_FIELD_state] = ROW_STATE,	     [LIST_FIELD_host] = ROW_HOST,
		[LIST_FIELD_kernel] = ROW_KERNEL,    [LIST_FIELD_cause] = ROW_CAUSE,
		[LIST_FIELD_path] = ROW_PATH,	     [LIST_FIELD_uid] = ROW_UID,
		[LIST_FIELD_layout] = ROW_LAYOUT,    [LIST_FIELD_signature] = ROW_SIGNATURE,
		[LIST_FIELD_severity] = ROW_SEVERITY};
	bool removed = field == LIST_FIELD_state && stmt_int(stmt, ROW_REMOVED);

	table_add(table, removed ? "removed" : stmt_text(stmt, texts[field]));
}

void list_fields_add(const struct list_fields *fields, struct stmt *stmt, const struct when *when,
		     const struct history *history, struct table *table)
{
	for (size_t i = 0; i < fields->count; i++) {
		enum list_field field = fields->list[i];

		if (field == LIST_FIELD_time || field == LIST_FIELD_age)
			add_time(table, stmt, when, field);
		else if (field == LIST_FIELD_id || field == LIST_FIELD_size ||
			 field == LIST_FIELD_confidence)
			add_number(table, stmt, field);
		else if (field == LIST_FIELD_seen)
			add_seen(table, history);
		else if (field == LIST_FIELD_headline)
			add_headline(fields, stmt, table);
		else
			add_text(table, stmt, field);
	}
}
