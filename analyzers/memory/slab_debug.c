/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: what slab debugging (slub_debug=FZPU) reported: which object, what was written over it,
 *   who allocated and freed it. Where the report is cut short, the object is found by the poison
 *   that is broken in one the crashed function has at hand.
 * Needs: the log; memory and types for the object itself.
 * False positives: a report of long ago that has nothing to do with the crash; user space writing
 *   such lines to /dev/kmsg.
 * Kernel commits: see slab_report.h.
 */
#include <stdio.h>
#include <string.h>

#include "analysis.h"
#include "base/hash.h"
#include "base/parse.h"
#include "base/str.h"
#include "kernel/dump/regs.h"
#include "kernel/memory/memory.h"
#include "kernel/mm/owner.h"
#include "kernel/mm/slab.h"
#include "kernel/mm/slab_find.h"
#include "memory/memory_found.h"
#include "memory/slab_report.h"
#include "memory/value.h"

#define REPORTS_MAX 4
#define STACK_WORDS 512 /* above the stack pointer, that may hold the object's address */

/* include/linux/poison.h */
#define POISON_FREE 0x6b
#define POISON_END 0xa5

/* The range of bytes that break the poison. False when none does, or when most are no poison. */
static bool breaks_poison(const uint8_t *bytes, size_t size, size_t *first, size_t *end)
{
	size_t poison = 0;

	*first = *end = 0;
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] == POISON_FREE || (i == size - 1 && bytes[i] == POISON_END)) {
			poison++;
			continue;
		}
		if (!*end)
			*first = i;
		*end = i + 1;
	}
	return *end && 2 * poison > size;
}

static void take(struct debug_report *found, uint64_t object, const uint8_t *bytes, size_t first,
		 size_t end)
{
	found->object = object;
	found->from = object + first;
	found->length = end - first;
	memcpy(found->bytes, bytes + first, MIN(found->length, sizeof(found->bytes)));
}

/* Is this the object, its poison broken? The kernel restores the poison after its report. */
static bool look_in_memory(struct kernel *kernel, uint64_t address, struct debug_report *found)
{
	uint8_t bytes[SLAB_REPORT_BYTES];
	struct slab_object object;
	size_t first, end;

	if (!address || !err_ok(slab_find(kernel, address, &object)) ||
	    strcmp(object.slab.cache->name, found->cache))
		return false;
	size_t size = (size_t)object.slab.cache->object_size;
	if (size > sizeof(bytes) ||
	    !err_ok(memory_read(kernel->memory, object.start, bytes, size)) ||
	    !breaks_poison(bytes, size, &first, &end))
		return false;
	take(found, object.start, bytes, first, end);
	found->in_memory = true;
	return true;
}

/* The functions that check the object have its address in a register or on their stack. */
static bool look_at_hand(struct kernel *kernel, const struct regs *regs, struct debug_report *found)
{
	_map_ struct map tried = {0};

	for (enum reg reg = REG_RAX; regs && reg <= REG_R15; reg++)
		if (regs_known(regs, reg) && map_add(&tried, regs->value[reg], 0) &&
		    look_in_memory(kernel, regs->value[reg], found))
			return true;
	if (!regs || !regs_known(regs, REG_RSP))
		return false;
	uint64_t sp = regs->value[REG_RSP] & ~7ull, word;
	for (unsigned i = 0; i < STACK_WORDS; i++) {
		if (!err_ok(memory_read_u64(kernel->memory, sp + 8 * i, &word)))
			return false;
		if (memory_class(kernel->memory, word) == VA_DIRECT_MAP &&
		    map_add(&tried, word, 0) && look_in_memory(kernel, word, found))
			return true;
	}
	return false;
}

static bool look_in_log(const struct slab_report *report, struct debug_report *found)
{
	uint64_t object = report->object;
	size_t first, end;

	if (object && report->from >= object && report->to < object + report->length) {
		take(found, object, report->bytes, (size_t)(report->from - object),
		     (size_t)(report->to + 1 - object));
		return true;
	}
	if (!breaks_poison(report->bytes, report->length, &first, &end))
		return false;
	take(found, object, report->bytes, first, end);
	if (!object)
		found->from = 0;
	return true;
}

/* The range that the report names, unless the kernel has restored it since. */
static bool look_at_range(struct kernel *kernel, const struct slab_report *report,
			  struct debug_report *found)
{
	uint64_t length = report->to - report->from + 1, head;

	if (!report->from || length < 8 || !kernel->memory ||
	    !err_ok(memory_read_u64(kernel->memory, report->from, &head)) ||
	    (int)(head & 0xff) == report->expected ||
	    !err_ok(memory_read(kernel->memory, report->from, found->bytes,
				MIN(length, sizeof(found->bytes)))))
		return false;
	found->length = (size_t)length;
	found->in_memory = true;
	return true;
}

static void find_damage(struct analysis *analysis, const struct slab_report *report,
			struct debug_report *found)
{
	struct kernel *kernel = analysis->kernel;
	struct slab_object object;

	if (!found->object && kernel->memory && report->from &&
	    err_ok(slab_find(kernel, report->from, &object)))
		found->object = object.start;
	if (look_at_range(kernel, report, found) || look_in_log(report, found))
		return;
	if (!report->from && strstr(report->problem, "oison") && kernel->memory)
		look_at_hand(kernel, crash_regs(analysis->crash), found);
}

static void add_look(struct analysis *analysis, const struct debug_report *found)
{
	struct value_look looks[VALUE_LOOKS_MAX];

	if (found->length < 8 || !value_looks(load_u64(found->bytes), looks))
		return;
	struct hypothesis look = {.kind = looks[0].kind, .confidence = looks[0].confidence};
	snprintf(look.text, sizeof(look.text), "what overwrote the %s object looks like %s",
		 found->cache, looks[0].text);
	memory_found_hypothesis(analysis, &look);
}

static void explain(struct analysis *analysis, const struct slab_report *report)
{
	struct debug_report found = {.located = report->object || report->from,
				     .object = report->object,
				     .from = report->from};

	copy_string(found.cache, sizeof(found.cache), report->cache);
	copy_string(found.problem, sizeof(found.problem), report->problem);
	copy_string(found.allocated_by, sizeof(found.allocated_by), report->allocated_by);
	copy_string(found.freed_by, sizeof(found.freed_by), report->freed_by);
	find_damage(analysis, report, &found);
	found.has_owner = found.object && analysis->kernel->memory;
	if (found.has_owner)
		owner_find(analysis->kernel, found.from ? found.from : found.object, &found.owner);
	memory_found_debug_report(analysis, &found);
	add_look(analysis, &found);
}

static struct err *run(struct analysis *analysis)
{
	struct slab_report report;
	size_t line = 0;

	for (unsigned i = 0;
	     i < REPORTS_MAX && slab_report_next(analysis->kernel->log, &line, &report); i++)
		explain(analysis, &report);
	return NULL;
}

const struct analyzer slab_debug_analyzer = {
	.name = "slab_debug",
	.needs = STEP_LOG,
	.run = run,
};
