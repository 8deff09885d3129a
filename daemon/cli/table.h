/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_CLI_TABLE
#define TRIAGE_DAEMON_CLI_TABLE

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/*
 * A table: cells are escaped here, so a byte is a column. Where lines have a width, one column gets the
 * room that the others leave; those give way while that is less than half of the line and less
 * than it needs, the highest rank first.
 */
enum { TABLE_COLUMNS_MAX = 16, TABLE_REST_LEAST = 30, TABLE_CELL_MAX = 36 };

struct table_column {
	const char *heading;
	unsigned rank; /* 0 never gives way */
	bool rest;     /* gets the room that is left */
	bool whole;    /* is never cut: to be copied */
};

struct table {
	const struct table_column *columns;
	size_t column_count; /* TABLE_COLUMNS_MAX at most */
	char **cells;	     /* row after row */
	size_t count;
	size_t least[TABLE_COLUMNS_MAX]; /* what each was as wide as in the tables before */
	bool failed;
};

void table_add(struct table *table, const char *text); /* NULL is "-" */
/* How wide each column is on lines of width bytes, 0 where it gives way. Width 0: as wide as need be. */
void table_layout(const struct table *table, size_t width, size_t widths[TABLE_COLUMNS_MAX]);
/* Append the heading, if wanted, and all rows. */
void table_format(const struct table *table, size_t width, bool heading, bool colour,
		  struct str *out);
/* Forget the rows; columns stay as wide as they were, for rows to come. */
void table_next(struct table *table);
void table_deinit(struct table *table);

#endif
