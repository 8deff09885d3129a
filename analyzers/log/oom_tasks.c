/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the OOM killer's table of tasks (mm/oom_kill.c dump_tasks()) and sums it by name. */
#include "log/oom_tasks.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/parse.h"
#include "base/str.h"

#define PAGES_MAX (UINT64_C(1) << 40) /* more is none: sums must not overflow */

/* What stands behind "[  pid  ]" or "[ 4388]"; NULL when text begins otherwise. */
static const char *behind_pid(const char *text, const char *inside)
{
	text += strspn(text, " ");
	if (*text != '[')
		return NULL;
	text += 1 + strspn(text + 1, " ");
	size_t length = strspn(text, inside);
	const char *end = text + length + strspn(text + length, " ");

	return length && *end == ']' ? end + 1 : NULL;
}

static const char *next_word(const char *text, size_t *length)
{
	text += strspn(text, " ");
	*length = strcspn(text, " ");
	return text;
}

static bool word_is(const char *text, size_t length, const char *word)
{
	return strlen(word) == length && !strncmp(text, word, length);
}

bool oom_table_head(struct oom_table *table, const char *text)
{
	size_t length;
	const char *at = behind_pid(text, "pid");

	if (!at || !strstr(at, " rss ") || !strstr(at, " name"))
		return false;
	table->rss_column = table->swap_column = -1;
	table->columns = 0;
	for (at = next_word(at, &length); length; at = next_word(at + length, &length)) {
		if (word_is(at, length, "name"))
			break;
		if (word_is(at, length, "rss"))
			table->rss_column = table->columns;
		if (word_is(at, length, "swapents"))
			table->swap_column = table->columns;
		table->columns++;
	}
	return true;
}

static struct err *find_name(struct oom_table *table, const char *name, struct oom_name **ret)
{
	struct oom_tasks *tasks = &table->tasks;
	uint64_t key = hash_string(name), *known = map_get(&table->by_name, key);

	*ret = known ? &tasks->list[*known] : NULL;
	if (known || tasks->count >= OOM_TASKS_READ_MAX)
		return NULL;
	if (!array_grow(tasks->list, tasks->count) || !map_set(&table->by_name, key, tasks->count))
		return &err_nomem;
	*ret = &tasks->list[tasks->count++];
	**ret = (struct oom_name){0};
	copy_string((*ret)->comm, sizeof((*ret)->comm), name);
	return NULL;
}

struct err *oom_table_take(struct oom_table *table, const char *text, bool *taken)
{
	const char *at = table->columns ? behind_pid(text, "0123456789") : NULL;
	uint64_t rss = 0, swap = 0, number;
	struct oom_name *name;
	size_t length;

	*taken = false;
	for (int column = 0; at && column < table->columns; column++) {
		at = next_word(at, &length);
		if (!length)
			return NULL;
		if (parse_dec_start(at, &number) && number < PAGES_MAX) {
			rss = column == table->rss_column ? number : rss;
			swap = column == table->swap_column ? number : swap;
		}
		at += length;
	}
	if (!at)
		return NULL;
	*taken = true;
	TRY(find_name(table, at + strspn(at, " "), &name));
	if (!name) {
		table->tasks.left_out++;
		return NULL;
	}
	name->count++;
	name->rss_pages += rss;
	name->swap_pages += swap;
	return NULL;
}

static int by_rss(const void *a, const void *b)
{
	const struct oom_name *left = a, *right = b;

	if (left->rss_pages != right->rss_pages)
		return left->rss_pages < right->rss_pages ? 1 : -1;
	return strcmp(left->comm, right->comm);
}

void oom_table_finish(struct oom_table *table, struct oom_tasks *ret)
{
	*ret = table->tasks;
	if (ret->count)
		qsort(ret->list, ret->count, sizeof(ret->list[0]), by_rss);
	while (ret->count > OOM_TASKS_KEPT_MAX)
		ret->left_out += ret->list[--ret->count].count;
	map_deinit(&table->by_name);
	*table = (struct oom_table){0};
}

void oom_tasks_deinit(struct oom_tasks *tasks)
{
	free(tasks->list);
	*tasks = (struct oom_tasks){0};
}
