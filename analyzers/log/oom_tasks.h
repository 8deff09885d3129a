/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_OOM_TASKS
#define TRIAGE_LOG_OOM_TASKS

#include "base/error.h"
#include "base/hash.h"

/*
 * The table of tasks that the OOM killer prints, summed by name. Its columns changed with each era
 * (nr_ptes, pgtables_bytes, rss_anon, …), so its head line says which column is what.
 */
struct oom_name {
	char comm[32];
	size_t count;
	uint64_t rss_pages, swap_pages;
};

struct oom_tasks {
	struct oom_name *list; /* the largest first; owned */
	size_t count;
	size_t left_out; /* processes of other names */
};

#define OOM_TASKS_KEPT_MAX 32
#define OOM_TASKS_READ_MAX 4096

/* While lines come in. Zero-initialise. */
struct oom_table {
	struct oom_tasks tasks;
	struct map by_name;
	int rss_column, swap_column;
	int columns; /* of numbers, behind "[ pid ]"; 0: no head line yet */
};

/* "[ pid ]   uid  tgid total_vm      rss …  name": takes it and is true, or it is another line. */
bool oom_table_head(struct oom_table *table, const char *text);
/* A line of the table; *taken false: it is none. ERR_NOMEM. */
struct err *oom_table_take(struct oom_table *table, const char *text, bool *taken);
/* The end of the table: its largest names, which the caller frees by oom_tasks_deinit(). */
void oom_table_finish(struct oom_table *table, struct oom_tasks *ret);
void oom_tasks_deinit(struct oom_tasks *tasks);

#endif
