/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page of documentation that the JSON Schema of the verdict holds. */
#include "daemon/cli/schema_doc.h"

#include <string.h>

#define DEFS "#/$defs/"

static const char *reference(const json_t *field)
{
	const char *text = json_string_at(field, "$ref");

	return text && has_prefix(text, DEFS) ? text + strlen(DEFS) : NULL;
}

/* A cell: what ends one in Markdown stands behind a backslash. */
static void put_cell(struct str *out, const char *text)
{
	for (; *text; text++)
		str_printf(out, *text == '|' ? "\\%c" : "%c", *text);
}

/* "string", without the null that nearly all may be. */
static const char *plain_type(const json_t *field)
{
	json_t *type = json_object_get(field, "type"), *one;
	size_t i;

	json_array_foreach (type, i, one) {
		if (strcmp(json_string_value(one), "null") != 0)
			return json_string_value(one);
	}
	return json_is_string(type) ? json_string_value(type) : "any";
}

/* "list of [task](#task)" */
static void put_type(struct str *out, const json_t *field)
{
	const json_t *items = json_object_get(field, "items");
	const char *name = reference(field);

	if (name) {
		str_printf(out, "[%s](#%s)", name, name);
	} else if (json_is_object(items)) {
		str_puts(out, "list of ");
		put_type(out, items);
	} else {
		str_puts(out, plain_type(field));
	}
}

static void put_example(struct str *out, const json_t *field)
{
	const json_t *example = json_array_get(json_object_get(field, "examples"), 0);
	_free_ char *text =
		example ? json_dumps(example, JSON_ENCODE_ANY | JSON_REAL_PRECISION(6)) : NULL;

	if (!text)
		return;
	str_puts(out, "`");
	put_cell(out, text);
	str_puts(out, "`");
}

static void put_row(struct str *out, const char *path, const json_t *field)
{
	const char *what = json_string_at(field, "description");
	const char *unit = json_string_at(field, "unit");

	str_printf(out, "| `%s` | ", path);
	put_type(out, field);
	str_puts(out, " | ");
	put_cell(out, unit ? unit : "");
	str_puts(out, " | ");
	put_cell(out, what ? what : "");
	str_puts(out, " | ");
	put_example(out, field);
	str_puts(out, " |\n");
}

static void put_rows(struct str *out, const char *path, const json_t *node);

static void put_field(struct str *out, const char *path, const json_t *field)
{
	const json_t *items = json_object_get(field, "items");
	_str_ struct str inner = {0};

	put_row(out, path, field);
	str_printf(&inner, "%s%s", path, items ? "[]" : "");
	if (!inner.failed)
		put_rows(out, inner.data, items ? items : field);
}

/* The fields of an object, and those of the objects in it. */
static void put_rows(struct str *out, const char *path, const json_t *node)
{
	json_t *properties = json_object_get(node, "properties"), *field;
	const char *name;

	json_object_foreach (properties, name, field) {
		_str_ struct str inner = {0};

		str_printf(&inner, "%s%s%s", path, *path ? "." : "", name);
		if (!inner.failed)
			put_field(out, inner.data, field);
	}
}

static void put_heading(struct str *out, const char *name, const json_t *node)
{
	const char *what = json_string_at(node, "description");

	str_printf(out, "\n## %s\n\n%s\n", name, what ? what : "");
}

static void put_table(struct str *out)
{
	str_puts(out, "\n| field | type | unit | what it is | example |\n"
		      "| --- | --- | --- | --- | --- |\n");
}

static bool has_fields(const json_t *node)
{
	return json_object_get(node, "properties") ||
	       json_object_get(json_object_get(node, "items"), "properties");
}

static void put_section(struct str *out, const char *name, const json_t *node)
{
	const json_t *items = json_object_get(node, "items");
	_str_ struct str path = {0};

	put_heading(out, name, node);
	if (!has_fields(node))
		return;
	put_table(out);
	str_printf(&path, "%s%s", name, items ? "[]" : "");
	if (!path.failed)
		put_rows(out, path.data, items ? items : node);
}

/* What stands beside the sections, then each of these, then what several of them hold. */
void schema_doc_put(const json_t *schema, struct str *out)
{
	json_t *top = json_object_get(schema, "properties"), *field;
	json_t *shared = json_object_get(schema, "$defs");
	const char *what = json_string_at(schema, "description"), *name;

	str_printf(out,
		   "# The verdict as JSON\n\n%s\n\nThis page is what `triage schema --doc` prints "
		   "of the JSON Schema that `triage schema` prints.\n",
		   what ? what : "");
	str_puts(out, "\n## The document\n");
	put_table(out);
	json_object_foreach (top, name, field) {
		if (!has_fields(field))
			put_row(out, name, field);
	}
	json_object_foreach (top, name, field) {
		if (has_fields(field))
			put_section(out, name, field);
	}
	json_object_foreach (shared, name, field) {
		put_section(out, name, field);
	}
}
