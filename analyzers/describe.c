/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes what many parts of the verdict hold: tasks, owners of an address, stacks. */
#include "describe.h"

#include <string.h>

#include "kernel/mm/freelist.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/task.h"
#include "kernel/types/dwarf.h"
#include "kernel/unwind/trace.h"

json_t *describe_task(const struct task *task)
{
	char state[2] = {task->state, '\0'};
	json_t *json = json_object();

	json_put(json, "pid", task->dead && !task->pid ? json_null() : json_integer(task->pid));
	json_put(json, "tgid", task->tgid >= 0 ? json_integer(task->tgid) : json_null());
	json_put(json, "comm",
		 json_escaped_bytes(task->comm, strnlen(task->comm, sizeof(task->comm))));
	json_put(json, "address", task->address ? json_address(task->address) : json_null());
	json_put(json, "state", json_string(state));
	json_put(json, "cpu", task->cpu >= 0 ? json_integer(task->cpu) : json_null());
	return json;
}

static void put_track(json_t *json, const char *key, const struct slab_track *track)
{
	if (track->address)
		json_put(json, key,
			 json_pack("{s:o, s:o, s:i, s:i}", "address", json_address(track->address),
				   "symbol", json_escaped(track->symbol), "pid", (int)track->pid,
				   "cpu", (int)track->cpu));
}

static void put_slab(json_t *json, const struct slab_object *object)
{
	static const char *const states[] = {NULL, "allocated", "free"};

	json_put(json, "cache", json_string(object->slab.cache->name));
	if (object->state != OBJECT_UNKNOWN)
		json_put(json, "state", json_string(states[object->state]));
	if (object->red_zone == RED_ZONE_OVERWRITTEN)
		json_put(json, "red_zone", json_string("overwritten"));
	put_track(json, "allocated_by", &object->allocated);
	put_track(json, "freed_by", &object->freed);
	if (object->broken.why != BREAK_NONE)
		json_put(json, "note",
			 json_sprintf("its slab's free list %s",
				      freelist_break_name(&object->broken)));
	else if (object->state == OBJECT_UNKNOWN && object->unread)
		json_put(json, "note",
			 json_string("on no list of free objects that the dump holds, "
				     "but it does not hold all of them"));
}

json_t *describe_owner(const struct owner *owner)
{
	json_t *json = json_object();
	char text[256];

	json_put(json, "kind", json_string(owner_kind_name(owner->kind)));
	if (owner->kind == OWNER_SLAB)
		put_slab(json, &owner->slab);
	if (owner->start) {
		json_put(json, "start", json_address(owner->start));
		json_put(json, "offset", json_integer(owner->offset));
		json_put(json, "size", json_integer((json_int_t)owner->size));
	}
	if (owner->symbol[0])
		json_put(json, "symbol", json_escaped(owner->symbol));
	if (owner->task)
		json_put(json, "task", describe_task(owner->task));
	if (owner->cpu >= 0)
		json_put(json, "cpu", json_integer(owner->cpu));
	owner_format(owner, text, sizeof(text));
	json_put(json, "text", json_escaped(text));
	return json;
}

#define INLINED_MAX 8

/* Source place by a vmlinux's DWARF; what was inlined there goes to "inlined", innermost first. */
static void put_lines(struct kernel *kernel, const struct frame *frame, json_t *json)
{
	struct source_line lines[INLINED_MAX];
	size_t count = kernel->dwarf
			       ? dwarf_lines(kernel->dwarf,
					     frame_lookup_address(frame) - kernel->link_offset,
					     lines, INLINED_MAX)
			       : 0;

	if (!count)
		return;
	json_put(json, "file", json_escaped(lines[0].file));
	json_put(json, "line", json_integer(lines[0].line));
	if (count == 1)
		return;
	json_t *inlined = json_array();
	for (size_t i = 0; i + 1 < count; i++)
		json_array_append_new(inlined, json_pack("{s:o, s:o, s:i}", "function",
							 json_escaped(lines[i].function), "file",
							 json_escaped(lines[i].file), "line",
							 lines[i].line));
	json_put(json, "inlined", inlined);
}

json_t *describe_frame(struct kernel *kernel, const struct frame *frame)
{
	json_t *json = json_object();
	struct symbol symbol;

	json_put(json, "address", json_address(frame->address));
	if (frame->kind != FRAME_USER && kernel->symbols &&
	    symbols_at(kernel->symbols, frame_lookup_address(frame), &symbol)) {
		json_put(json, "symbol", json_escaped(symbol.name));
		json_put(json, "offset",
			 json_integer((json_int_t)(frame->address - symbol.address)));
		json_put(json, "module",
			 symbol.module[0] ? json_escaped(symbol.module) : json_null());
		put_lines(kernel, frame, json);
	}
	json_put(json, "kind", json_string(frame_kind_name(frame->kind)));
	json_put(json, "found_by", json_string(frame_source_name(frame->source)));
	return json;
}

json_t *describe_trace(struct kernel *kernel, const struct trace *trace)
{
	json_t *frames = json_array();

	for (size_t i = 0; i < trace->count; i++)
		json_array_append_new(frames, describe_frame(kernel, &trace->frames[i]));
	return frames;
}
