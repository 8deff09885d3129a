/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Folds bursts of events, and bounds their number. */
#include "log/event_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "log/log_time.h"

#define BURST_GAP_S 3600      /* what comes back later is told again */
#define BURST_GAP_LINES 20000 /* likewise, where lines have no time */

/* A hash of the text without its numbers, hexadecimal ones too. */
static uint64_t shape_of(const char *text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	bool in_number = false;

	for (; *text; text++) {
		bool digit = *text >= '0' && *text <= '9';
		bool more = in_number && ((*text >= 'a' && *text <= 'f') || *text == 'x');

		if (in_number && (digit || more))
			continue;
		in_number = digit;
		hash = (hash ^ (digit ? '0' : (unsigned char)*text)) * UINT64_C(0x100000001b3);
	}
	return hash;
}

/* Which CPUs were stuck is what is asked of a lockup: those of one CPU alone are folded. */
static uint64_t cpu_of(const struct event *event)
{
	bool lockup = event->kind == EVENT_SOFT_LOCKUP || event->kind == EVENT_HARD_LOCKUP;

	return lockup && event->cpu >= 0 ? (uint64_t)event->cpu + 1 : 0;
}

static uint64_t key_of(const struct event_list *list, const struct event *event)
{
	return cpu_of(event) * UINT64_C(0xd6e8feb86659fd93) ^
	       shape_of(event_text(list->log, event)) ^ hash_string(event->device) * 31 ^
	       ((uint64_t)event->kind << 8 | (uint64_t)event->severity) *
		       UINT64_C(0x9e3779b97f4a7c15);
}

/* Columns of a table with one blank between them. */
static void squeeze(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++)
		if (*from != ' ' || to == text || to[-1] != ' ')
			*to++ = *from;
	*to = '\0';
}

void event_add_detail(struct event *event, const char *text)
{
	static const char around[] = " \t.{}";
	size_t used = strlen(event->detail), length;
	char part[sizeof(event->detail)];

	text += strspn(text, around);
	length = strspn(text, "0123456789"); /* of a bit, "[ 0] RxErr" */
	if (length && text[length] == ']')
		text += length + 1 + strspn(text + length + 1, around);
	length = strlen(text);
	while (length && strchr(around, text[length - 1]))
		length--;
	copy_part(part, sizeof(part), text, length);
	squeeze(part);
	if (!part[0] || strstr(event->detail, part) || used + 3 >= sizeof(event->detail))
		return;
	if (used) {
		copy_string(event->detail + used, sizeof(event->detail) - used, ", ");
		used += 2;
	}
	copy_string(event->detail + used, sizeof(event->detail) - used, part);
}

static bool goes_on(const struct event_list *list, const struct event *burst,
		    const struct event *event)
{
	double gap;

	if (burst->kind == EVENT_OOPS || burst->kind == EVENT_PANIC || burst->boot != event->boot)
		return false;
	if (log_time_between(list->log, burst->last_line, event->line, &gap))
		return gap < BURST_GAP_S;
	return event->line - burst->last_line < BURST_GAP_LINES;
}

/* The second half's older half goes: what is near the beginning and the end stays. */
static struct err *make_room(struct event_list *list)
{
	struct events *events = list->events;
	const size_t from = EVENTS_MAX / 2, to = EVENTS_MAX / 4 * 3;

	for (size_t i = from; i < to; i++)
		events->left_out += events->list[i].count;
	events->left_out_at = from;
	memmove(&events->list[from], &events->list[to],
		(events->count - to) * sizeof(events->list[0]));
	events->count -= to - from;
	map_deinit(&list->bursts);
	list->bursts = (struct map){0};
	for (size_t i = 0; i < events->count; i++)
		if (!map_set(&list->bursts, key_of(list, &events->list[i]), i))
			return &err_nomem;
	return NULL;
}

struct err *event_list_add(struct event_list *list, const struct event *event)
{
	struct events *events = list->events;
	uint64_t key = key_of(list, event), *known = map_get(&list->bursts, key);
	struct event *burst = known ? &events->list[*known] : NULL;

	if (burst && goes_on(list, burst, event)) {
		burst->count += event->count;
		burst->last_line = event->last_line;
		if (event->detail[0])
			event_add_detail(burst, event->detail);
		return NULL;
	}
	if (events->count >= EVENTS_MAX)
		TRY(make_room(list));
	if (!array_grow(events->list, events->count) || !map_set(&list->bursts, key, events->count))
		return &err_nomem;
	events->list[events->count++] = *event;
	return NULL;
}

void event_list_deinit(struct event_list *list)
{
	map_deinit(&list->bursts);
}
