/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_CLI_TABLE
#define TRIAGE_DAEMON_CLI_TABLE

#include <stdbool.h>
#include <stddef.h>

/*
 * A table: cells are escaped here. On a terminal the last column is cut to the width that is
 * left; elsewhere nothing is, and columns are as wide as their widest cell.
 */
struct table {
	const char *const *headings;
	size_t columns;
	char **cells; /* row after row */
	size_t count;
	bool failed;
};
void table_add(struct table *table, const char *text); /* NULL is "-" */
void table_print(struct table *table);
void table_deinit(struct table *table);

#endif
