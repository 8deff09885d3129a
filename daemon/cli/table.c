/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables for a terminal. */
#include "daemon/cli/table.h"

#include <string.h>

#include "base/array.h"

#define GAP 2 /* blanks between columns */

void table_add(struct table *table, const char *text)
{
	_str_ struct str cell = {0};

	text = text && *text ? text : "-";
	str_escape(&cell, text, strlen(text));
	if (!array_grow(table->cells, table->count) ||
	    !(table->cells[table->count] = str_take(&cell)))
		table->failed = true;
	else
		table->count++;
}

/* As wide as the widest of its cells. */
static size_t natural(const struct table *table, size_t column)
{
	size_t width = MAX(strlen(table->columns[column].heading), table->least[column]);

	for (size_t at = column; at < table->count; at += table->column_count)
		width = MAX(width, strlen(table->cells[at]));
	return width;
}

static size_t used_by_others(const struct table *table, const size_t *widths)
{
	size_t used = 0;

	for (size_t i = 0; i < table->column_count; i++)
		if (!table->columns[i].rest && widths[i])
			used += widths[i] + GAP;
	return used;
}

/* The one that gives way next, column_count when none is left. */
static size_t next_to_go(const struct table *table, const size_t *widths)
{
	size_t next = table->column_count;

	for (size_t i = 0; i < table->column_count; i++)
		if (widths[i] && table->columns[i].rank &&
		    (next == table->column_count ||
		     table->columns[i].rank > table->columns[next].rank))
			next = i;
	return next;
}

void table_layout(const struct table *table, size_t width, size_t widths[TABLE_COLUMNS_MAX])
{
	size_t rest = table->column_count, wanted, next, used;

	for (size_t i = 0; i < table->column_count; i++) {
		widths[i] = natural(table, i);
		if (table->columns[i].rest)
			rest = i;
		else if (width && !table->columns[i].whole)
			widths[i] = MIN(widths[i], (size_t)TABLE_CELL_MAX);
	}
	if (!width || rest == table->column_count)
		return;
	wanted = MIN(widths[rest], MAX((size_t)TABLE_REST_LEAST, width / 2));
	while (used_by_others(table, widths) + wanted > width) {
		next = next_to_go(table, widths);
		if (next == table->column_count)
			break;
		widths[next] = 0;
	}
	used = used_by_others(table, widths);
	/* A little of it stays, though the line gets too long. */
	widths[rest] =
		MIN(widths[rest],
		    used + TABLE_REST_LEAST / 3 < width ? width - used : TABLE_REST_LEAST / 3);
}

/* A cell, cut to its width; padded unless it is the last of its line. */
static void put_cell(struct str *out, const char *cell, size_t width, bool last)
{
	size_t length = strlen(cell), pad = length < width ? width - length : 0;

	if (length > width) {
		str_append(out, cell, width - 1);
		str_puts(out, "…");
	} else {
		str_puts(out, cell);
	}
	if (!last)
		str_printf(out, "%*s", (int)(pad + GAP), "");
}

static void put_row(const struct table *table, const char *const *cells, const size_t *widths,
		    struct str *out)
{
	size_t last = table->column_count;

	while (last && !widths[last - 1])
		last--;
	for (size_t i = 0; i < last; i++)
		if (widths[i])
			put_cell(out, cells[i], widths[i], i + 1 == last);
	str_puts(out, "\n");
}

void table_format(const struct table *table, size_t width, bool heading, bool colour,
		  struct str *out)
{
	size_t widths[TABLE_COLUMNS_MAX] = {0};
	const char *headings[TABLE_COLUMNS_MAX];

	table_layout(table, width, widths);
	for (size_t i = 0; i < table->column_count; i++)
		headings[i] = table->columns[i].heading;
	if (heading) {
		str_puts(out, colour ? "\033[1m" : "");
		put_row(table, headings, widths, out);
		str_puts(out, colour ? "\033[0m" : "");
	}
	for (size_t at = 0; at + table->column_count <= table->count; at += table->column_count)
		put_row(table, (const char *const *)table->cells + at, widths, out);
}

void table_next(struct table *table)
{
	for (size_t i = 0; i < table->column_count; i++)
		table->least[i] = natural(table, i);
	for (size_t i = 0; i < table->count; i++)
		free(table->cells[i]);
	table->count = 0;
}

void table_deinit(struct table *table)
{
	for (size_t i = 0; i < table->count; i++)
		free(table->cells[i]);
	free(table->cells);
}
