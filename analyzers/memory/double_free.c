/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: an object that is freed while it is the first of its free list: BUG_ON(object == fp) in
 *   set_freepointer(), mm/slub.c.
 * Needs: symbols, types.
 * False positives: another BUG() of the allocator that has the same object in two registers; none
 *   is known.
 * Kernel commits: ce6fa91b9363 v4.14 (the check, CONFIG_SLAB_FREELIST_HARDENED).
 */
#include <string.h>

#include "analysis.h"
#include "kernel/dump/regs.h"
#include "kernel/mm/owner.h"
#include "kernel/mm/slab_find.h"
#include "memory/memory_found.h"
#include "memory/slab_functions.h"

/* Told by the file BUG() names or, without CONFIG_DEBUG_BUGVERBOSE, by the function. */
static bool bug_in_allocator(const struct crash *crash)
{
	static const char *const functions[] = {
		"set_freepointer", "__slab_free",	"kfree",
		"kmem_cache_free", "__kmem_cache_free", "build_detached_freelist"};

	if (crash->kind != CRASH_BUG)
		return false;
	if (strstr(crash->message, " at "))
		return strstr(crash->message, "mm/slub.c");
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		if (!strcmp(crash->at.symbol, functions[i]))
			return true;
	return false;
}

/*
 * set_freepointer()'s object and fp: two registers hold the start of one object. A free object is
 * preferred.
 */
static bool find_twice(struct kernel *kernel, const struct regs *regs, struct slab_object *ret)
{
	bool found = false;

	for (enum reg reg = REG_RAX; regs && reg <= REG_R15; reg++) {
		uint64_t held = regs->value[reg];
		struct slab_object object;

		if (!regs_known(regs, reg) || regs_holding(regs, held) < 2 ||
		    !err_ok(slab_find(kernel, held, &object)) || object.start != held ||
		    !strcmp(object.slab.cache->name, "kmem_cache"))
			continue;
		if (found && (ret->state == OBJECT_FREE || object.state != OBJECT_FREE))
			continue;
		*ret = object;
		found = true;
	}
	return found;
}

/*
 * Who freed it: the first caller outside of the allocator. NULL where a sheaf of objects was being
 * handed back (2d517aa09bbc v6.18): whoever freed them has long since returned.
 */
static const struct frame *find_caller(const struct crash *crash)
{
	struct symbol symbol;

	for (size_t i = crash->frame; i < crash->trace.count; i++) {
		if (!crash_frame_symbol(crash, i, &symbol))
			continue;
		if (strstr(symbol.name, "sheaf") || strstr(symbol.name, "sheaves"))
			return NULL;
		if (!slab_functions_has(symbol.name))
			return &crash->trace.frames[i];
	}
	return NULL;
}

static struct err *run(struct analysis *analysis)
{
	const struct crash *crash = analysis->crash;
	struct double_free twice;

	if (!crash || !bug_in_allocator(crash) ||
	    !find_twice(analysis->kernel, crash_regs(crash), &twice.object))
		return NULL;
	twice.freed_by = find_caller(crash);
	owner_find(analysis->kernel, twice.object.start, &twice.owner);
	memory_found_double_free(analysis, &twice);
	return NULL;
}

const struct analyzer double_free_analyzer = {
	.name = "double_free",
	.needs = STEP_SYMBOLS | STEP_TYPES,
	.run = run,
};
