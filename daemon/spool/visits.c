/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Directories that are to be looked at. */
#include "daemon/spool/visits.h"

#include <string.h>

#include "daemon/log.h"
#include "daemon/loop.h"

/* Directories that were slow once are forgotten when they are so many. */
#define NOT_BEFORE_MAX 10000

static struct visit *create(const char *path, const char *root)
{
	struct visit *visit = calloc(1, sizeof(*visit));

	if (visit)
		visit->path = strdup(path);
	if (!visit || !visit->path) {
		free(visit);
		log_line(LOG_ERR, "out of memory: %s is left to the next scan", path);
		return NULL;
	}
	visit->root = root;
	return visit;
}

static void append(struct visits *visits, struct visit *visit)
{
	visit->next = NULL;
	if (visits->last)
		visits->last->next = visit;
	else
		visits->first = visit;
	visits->last = visit;
}

static uint64_t value(const struct map *map, uint64_t key)
{
	const uint64_t *at = map_get(map, key);

	return at ? *at : 0;
}

void visits_add(struct visits *visits, const char *path, const char *root)
{
	uint64_t key = hash_string(path);
	struct visit *visit;

	if (value(&visits->listed, key))
		return;
	visit = create(path, root);
	if (!visit)
		return;
	map_set(&visits->listed, key, 1);
	visit->due_ms = (int64_t)value(&visits->not_before, key);
	if (visit->due_ms <= loop_now_ms()) {
		append(visits, visit);
		return;
	}
	visit->next = visits->put_off;
	visits->put_off = visit;
}

void visits_not_before(struct visits *visits, const char *path, int64_t due_ms)
{
	uint64_t key = hash_string(path);

	if (!due_ms && !map_get(&visits->not_before, key))
		return;
	if (visits->not_before.count >= NOT_BEFORE_MAX)
		map_deinit(&visits->not_before);
	map_set(&visits->not_before, key, (uint64_t)due_ms);
}

/* Move what was put off, and is due now, into the list. */
static void take_put_off(struct visits *visits)
{
	int64_t now = loop_now_ms();

	for (struct visit **at = &visits->put_off; *at;) {
		struct visit *visit = *at;

		if (visit->due_ms > now) {
			at = &visit->next;
			continue;
		}
		*at = visit->next;
		append(visits, visit);
	}
}

struct visit *visits_take(struct visits *visits)
{
	struct visit *visit;

	take_put_off(visits);
	visit = visits->first;
	if (!visit)
		return NULL;
	visits->first = visit->next;
	if (!visits->first)
		visits->last = NULL;
	map_set(&visits->listed, hash_string(visit->path), 0);
	/* Paths that come no more would stay in it for ever. */
	if (!visits->first && !visits->put_off)
		map_deinit(&visits->listed);
	return visit;
}

bool visits_are_due(const struct visits *visits)
{
	return visits->first;
}

int64_t visits_due_ms(const struct visits *visits)
{
	int64_t due = visits->first ? 0 : -1;

	for (const struct visit *visit = visits->put_off; visit && due; visit = visit->next)
		due = due < 0 ? visit->due_ms : MIN(due, visit->due_ms);
	return due;
}

void visit_free(struct visit *visit)
{
	free(visit->path);
	free(visit);
}

static void free_list(struct visit *list)
{
	while (list) {
		struct visit *next = list->next;

		visit_free(list);
		list = next;
	}
}

void visits_deinit(struct visits *visits)
{
	free_list(visits->first);
	free_list(visits->put_off);
	map_deinit(&visits->listed);
	map_deinit(&visits->not_before);
	*visits = (struct visits){0};
}
