/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables for a terminal. */
#include "daemon/cli/table.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "daemon/render/render.h"

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

static void print_row(const struct table *table, const char *const *cells, const size_t *widths,
		      size_t rest)
{
	for (size_t i = 0; i + 1 < table->columns; i++)
		printf("%-*s  ", (int)widths[i], cells[i]);
	printf("%.*s\n", (int)MIN(rest, 1000000), cells[table->columns - 1]);
}

void table_print(struct table *table)
{
	struct render_style style = render_style_for(STDOUT_FILENO);
	size_t widths[16] = {0}, used = 0, rest = SIZE_MAX;

	for (size_t i = 0; i + 1 < table->columns; i++) {
		widths[i] = strlen(table->headings[i]);
		for (size_t at = i; at < table->count; at += table->columns)
			widths[i] = MAX(widths[i], strlen(table->cells[at]));
		used += widths[i] + 2;
	}
	if (isatty(STDOUT_FILENO))
		rest = MAX(8, style.width > used ? style.width - used : 0);
	if (style.colour)
		fputs("\033[1m", stdout);
	print_row(table, table->headings, widths, rest);
	if (style.colour)
		fputs("\033[0m", stdout);
	for (size_t at = 0; at + table->columns <= table->count; at += table->columns)
		print_row(table, (const char *const *)table->cells + at, widths, rest);
	if (table->failed)
		fputs("triage: out of memory: the list is not whole\n", stderr);
}

void table_deinit(struct table *table)
{
	for (size_t i = 0; i < table->count; i++)
		free(table->cells[i]);
	free(table->cells);
}
