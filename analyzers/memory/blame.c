/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: what a check of the kernel's own was about, where it stopped the machine: the list node
 *   that is wrong, or the object whose references were miscounted, and who owns it; what the allocator,
 *   a copy or a subsystem was given that it cannot take; a part of the task's own that it died of.
 * Needs: symbols, types, stacks.
 * False positives: what the check was given is worked out from its caller's code; memory may have
 *   changed between the check and the dump.
 * Kernel commits: the checks' names have changed, their arguments have not: lib/list_debug.c,
 *   lib/refcount.c.
 */
#include <inttypes.h>
#include <string.h>

#include "analysis.h"
#include "base/str.h"
#include "kernel/memory/memory.h"
#include "kernel/tasks/tasks.h"
#include "memory/bad_argument.h"
#include "memory/check_subject.h"
#include "memory/helper_argument.h"
#include "memory/memory_found.h"
#include "memory/stack_pointer.h"
#include "memory/task_part.h"
#include "memory/unmade.h"
#include "memory/value.h"

/* ": text "BBBBBBBB"", for what stands where a pointer should. */
static void put_look(uint64_t value, struct str *text)
{
	struct value_look looks[VALUE_LOOKS_MAX];

	str_printf(text, "0x%016" PRIx64, value);
	if (!value)
		str_puts(text, " (NULL)");
	else if (value_looks(value, looks))
		str_printf(text, " (%s)", looks[0].text);
}

/* --- lists ------------------------------------------------------------------------------------ */

/* One of a node's links is not what its neighbour says it should be. */
static bool blame_link(struct kernel *kernel, uint64_t node, unsigned link, uint64_t good,
		       struct blamed *ret, struct str *text)
{
	uint64_t word;

	if (!err_ok(memory_read_u64(kernel->memory, node + link, &word)) || word == good)
		return false;
	ret->address = node;
	ret->what = "list_node";
	str_printf(text, "%s of the list node at 0x%016" PRIx64, link ? "prev" : "next", node);
	str_puts(text, " is ");
	put_look(word, text);
	str_printf(text, ", not 0x%016" PRIx64, good);
	return true;
}

static bool is_poison(uint64_t link)
{
	struct value_look looks[VALUE_LOOKS_MAX];

	return value_looks(link, looks) && !strcmp(looks[0].kind, "list_poison");
}

/* __list_del_entry_valid(entry) */
static bool blame_del(struct kernel *kernel, uint64_t entry, struct blamed *ret, struct str *text)
{
	uint64_t next, prev;

	if (!err_ok(memory_read_u64(kernel->memory, entry, &next)) ||
	    !err_ok(memory_read_u64(kernel->memory, entry + 8, &prev)))
		return false;
	if (is_poison(next) || is_poison(prev)) {
		ret->address = entry;
		ret->what = "list_node";
		str_printf(text, "the list node at 0x%016" PRIx64 " was deleted before", entry);
		return true;
	}
	return blame_link(kernel, prev, 0, entry, ret, text) ||
	       blame_link(kernel, next, 8, entry, ret, text);
}

/* __list_add_valid(new, prev, next) */
static bool blame_add(struct kernel *kernel, const struct helper_call *call, struct blamed *ret,
		      struct str *text)
{
	uint64_t new = call->value[0], prev = call->value[1], next = call->value[2];

	if (call->known[0] &&
	    ((call->known[1] && new == prev) || (call->known[2] && new == next))) {
		ret->address = new;
		ret->what = "list_node";
		str_printf(text, "the list node at 0x%016" PRIx64 " is on the list already", new);
		return true;
	}
	return call->known[1] && call->known[2] &&
	       (blame_link(kernel, next, 8, prev, ret, text) ||
		blame_link(kernel, prev, 0, next, ret, text));
}

static bool blame_list(struct analysis *analysis, struct blamed *ret, struct str *text)
{
	static const char *const add[] = {"__list_add_valid", "__list_add"},
				 *const del[] = {"__list_del_entry", "list_del"};
	struct kernel *kernel = analysis->kernel;
	struct helper_call call;

	if (helper_argument_find(analysis->crash, add, ARRAY_SIZE(add), &call))
		return blame_add(kernel, &call, ret, text);
	return helper_argument_find(analysis->crash, del, ARRAY_SIZE(del), &call) &&
	       call.known[0] && blame_del(kernel, call.value[0], ret, text);
}

/* --- reference counts ------------------------------------------------------------------------- */

/* refcount_warn_saturate(count, why) */
static bool blame_count(struct analysis *analysis, struct blamed *ret, struct str *text)
{
	static const char *const names[] = {"refcount_warn_saturate"};
	struct helper_call call;

	if (!helper_argument_find(analysis->crash, names, 1, &call) || !call.known[0])
		return false;
	ret->address = call.value[0];
	ret->what = "reference_count";
	str_printf(text, "the count is at 0x%016" PRIx64, ret->address);
	return true;
}

static bool find(struct analysis *analysis, struct blamed *ret, struct str *text)
{
	const struct crash *crash = analysis->crash;

	return stack_pointer_find(crash, ret, text) ||
	       (crash->trace.count &&
		(unmade_find(crash, ret, text) || blame_list(analysis, ret, text) ||
		 blame_count(analysis, ret, text) || bad_argument_find(crash, ret, text) ||
		 task_part_find(crash, &analysis->memory.bad, ret, text) ||
		 check_subject_find(crash, ret, text)));
}

static struct err *run(struct analysis *analysis)
{
	struct blamed blamed = {0};
	_str_ struct str text = {0};
	char owner[256];

	if (!analysis->crash || !find(analysis, &blamed, &text))
		return NULL;
	owner_find(analysis->kernel, blamed.address, &blamed.owner);
	owner_find_frame(analysis->kernel, &blamed.owner);
	if (analysis->kernel->tasks && blamed.owner.kind == OWNER_SLAB)
		blamed.task = tasks_find(analysis->kernel->tasks, blamed.owner.start);
	owner_format(&blamed.owner, owner, sizeof(owner));
	if (strcmp(blamed.what, "freed_error") != 0) /* which is no address */
		str_printf(&text, " (%s)", owner);
	if (text.failed)
		return &err_nomem;
	memory_found_blamed(analysis, &blamed, text.data);
	return NULL;
}

const struct analyzer blame_analyzer = {
	.name = "blame",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_STACKS,
	.run = run,
};
