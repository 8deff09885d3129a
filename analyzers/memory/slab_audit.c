/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: free lists with a pointer that leads out of its slab: memory written after it was freed.
 * Needs: symbols, types, per-CPU areas.
 * False positives: a list caught in the middle of an update by the CPU that died on it; the next
 *   pointer is then a moment old, but still inside the slab.
 * Kernel commits: see kernel/mm/slab.h.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analysis.h"
#include "base/hash.h"
#include "kernel/dump/dump.h"
#include "kernel/dump/regs.h"
#include "kernel/memory/memory.h"
#include "kernel/mm/freelist.h"
#include "kernel/mm/slab.h"
#include "kernel/mm/slab_caches.h"
#include "kernel/mm/slab_find.h"
#include "kernel/mm/slab_page.h"
#include "kernel/tasks/percpu.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"
#include "kernel/types/walk.h"
#include "memory/freelist_corruption.h"
#include "memory/freelist_culprit.h"
#include "memory/slab_functions.h"

#define PAGE_BUDGET 1200 /* pages the audit may read from the dump */
#define PARTIAL_MAX 64	 /* slabs of one node's partial list that are looked at */
#define BROKEN_MAX 16	 /* lists reported */

struct audit {
	struct analysis *analysis;
	struct kernel *kernel;
	struct map seen; /* slabs and lists that were checked */
	struct map told; /* breaks that were reported */
	uint64_t budget_end;
	unsigned broken;
	bool near; /* the slab at hand is one the crash touches */
};

static bool spent(const struct audit *audit)
{
	return dump_pages_read(audit->kernel->dump) >= audit->budget_end ||
	       audit->broken >= BROKEN_MAX;
}

/*
 * Can the crash have met this break? The allocator follows free pointers, and whoever has a pointer to
 * the object itself; that another object of the slab is at hand is chance.
 */
static bool met(const struct audit *audit, const struct slab *slab,
		const struct freelist_break *broken)
{
	const struct crash *crash = audit->analysis->crash;
	const struct memory_facts *facts = &audit->analysis->memory;

	if (crash && (crash->kind == CRASH_SLAB_CORRUPTION || slab_functions_crashed(crash)))
		return true;
	for (size_t i = 0; broken->object && i < facts->pointer_count; i++)
		if (facts->pointers[i].value - broken->object < slab->cache->size)
			return true;
	return false;
}

static void report(struct audit *audit, const struct slab *slab,
		   const struct freelist_break *broken, const char *list)
{
	struct freelist_corruption corruption = {.slab = *slab,
						 .broken = *broken,
						 .list = list,
						 .near = audit->near && met(audit, slab, broken)};

	/* A bad pointer may be met on a list and again as the address that faulted. */
	if (!map_add(&audit->told, slab->address ^ broken->decoded, 0))
		return;
	freelist_culprit_find(audit->kernel, crash_regs(audit->analysis->crash), slab, broken,
			      &corruption.culprit);
	audit->broken++;
	freelist_corruption_explain(audit->analysis, &corruption);
}

static struct err *check_list(struct audit *audit, const struct slab *slab, uint64_t first,
			      const char *list)
{
	struct freelist_break broken;

	TRY(freelist_walk(audit->kernel, slab, first, NULL, &broken));
	if (broken.why != BREAK_NONE && broken.why != BREAK_UNREADABLE)
		report(audit, slab, &broken, list);
	return NULL;
}

/* A slab that the dump leaves out is passed over. */
static struct err *check_slab(struct audit *audit, uint64_t address)
{
	struct slab slab;

	if (!map_add(&audit->seen, address, 0) ||
	    !err_ok(slab_page_read_at(audit->kernel, address, &slab)))
		return NULL;
	return check_list(audit, &slab, slab.freelist, "slab");
}

/* kmem_cache_cpu, until 7.0. */
static struct err *check_cpus(struct audit *audit, const struct slab_cache *cache)
{
	struct kernel *kernel = audit->kernel;

	for (unsigned cpu = 0; cache->cpu_slab && cpu < percpu_cpus(kernel->percpu); cpu++) {
		uint64_t area, current, first;
		struct slab slab;

		if (spent(audit))
			return NULL;
		if (!err_ok(percpu_address(kernel->percpu, cache->cpu_slab, cpu, &area)) ||
		    !map_add(&audit->seen, area, 0) ||
		    !err_ok(member_read(kernel, area, MEMBER_CPU_SLAB_SLAB, &current)) ||
		    !current ||
		    !err_ok(member_read(kernel, area, MEMBER_CPU_SLAB_FREELIST, &first)) ||
		    !err_ok(slab_page_read_at(kernel, current, &slab)))
			continue;
		TRY(check_list(audit, &slab, first, "cpu"));
		TRY(check_slab(audit, current));
	}
	return NULL;
}

static struct err *check_partial(struct audit *audit, const struct slab_cache *cache)
{
	const struct member *partial = members_get(audit->kernel->members, MEMBER_NODE_PARTIAL);
	const struct member *list = members_get(audit->kernel->members, MEMBER_SLAB_LIST);
	uint64_t node;

	for (unsigned i = 0; partial && list && i < slab_nodes(audit->kernel); i++) {
		_list_walk_ struct list_walk walk = {0};

		if (!slab_node(audit->kernel, cache, i, &node))
			continue;
		list_walk_init(&walk, audit->kernel, node + member_offset(partial), PARTIAL_MAX);
		while (!spent(audit) && list_walk_next(&walk))
			TRY(check_slab(audit, walk.node - member_offset(list)));
	}
	return NULL;
}

static struct err *audit_cpus(void *context, const struct slab_cache *cache)
{
	struct audit *audit = context;

	return spent(audit) ? NULL : check_cpus(audit, cache);
}

static struct err *audit_partial(void *context, const struct slab_cache *cache)
{
	struct audit *audit = context;

	return spent(audit) ? NULL : check_partial(audit, cache);
}

/*
 * The crash may have met a free pointer that no list has any more, as 7.x takes objects off in
 * batches. Then the address that faulted is that pointer, or the free pointer's place in the object
 * it should have led to. Only crashes in the allocator count, and no other register: the rest would
 * fit by chance too often.
 */
static void match_fault(struct audit *audit, const struct slab *slab)
{
	const struct crash *crash = audit->analysis->crash;

	if (!crash || !crash->fault || !slab_functions_crashed(crash) ||
	    memory_is_canonical(audit->kernel->memory, crash->address))
		return;
	uint64_t forms[] = {crash->address, crash->address - slab->cache->offset};
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct freelist_break broken = {
			.raw = forms[i], .decoded = forms[i], .why = BREAK_OUTSIDE};
		struct culprit culprit;

		if (freelist_culprit_find(audit->kernel, crash_regs(audit->analysis->crash), slab,
					  &broken, &culprit)) {
			report(audit, slab, &broken, "fault");
			return;
		}
	}
}

/* A slab that the crash has a pointer into, or to its descriptor. */
static struct err *check_touched(struct audit *audit, uint64_t address)
{
	struct slab_object object;
	struct slab slab;

	if (memory_class(audit->kernel->memory, address) == VA_VMEMMAP) {
		if (!err_ok(slab_page_read_at(audit->kernel, address, &slab)))
			return NULL;
	} else if (err_ok(slab_find(audit->kernel, address, &object))) {
		slab = object.slab;
	} else {
		return NULL;
	}
	if (!map_add(&audit->seen, slab.address, 0))
		return NULL;
	unsigned before = audit->broken;
	TRY(check_list(audit, &slab, slab.freelist, "slab"));
	if (audit->broken == before)
		TRY(check_cpus(audit, slab.cache));
	if (audit->broken == before)
		match_fault(audit, &slab);
	return NULL;
}

#define STACK_WORDS 96 /* of the crashed function and its callers */

static struct err *check_stack(struct audit *audit)
{
	const struct regs *regs = crash_regs(audit->analysis->crash);

	if (!regs || !regs_known(regs, REG_RSP))
		return NULL;
	uint64_t sp = regs->value[REG_RSP] & ~7ull;
	for (unsigned i = 0; i < STACK_WORDS && !audit->broken; i++) {
		uint64_t word;

		if (!err_ok(memory_read_u64(audit->kernel->memory, sp + 8 * i, &word)))
			break;
		if (memory_is_kernel(audit->kernel->memory, word))
			TRY(check_touched(audit, word));
	}
	return NULL;
}

/* The address may be that of the kmem_cache that is being allocated from. */
static struct err *check_cache(struct audit *audit, uint64_t address)
{
	const struct slab_cache *cache;
	struct slab_object object;

	if (!err_ok(slab_find(audit->kernel, address, &object)) ||
	    strcmp(object.slab.cache->name, "kmem_cache") ||
	    !err_ok(slab_caches_get(audit->kernel, object.start, &cache)))
		return NULL;
	TRY(check_cpus(audit, cache));
	return check_partial(audit, cache);
}

/* Slabs that the crash has pointers to are checked first, whatever the budget. */
static struct err *check_near(struct audit *audit)
{
	const struct memory_facts *facts = &audit->analysis->memory;

	for (size_t i = 0; i < facts->pointer_count; i++) {
		TRY(check_touched(audit, facts->pointers[i].value));
		TRY(check_cache(audit, facts->pointers[i].value));
	}
	return audit->broken ? NULL : check_stack(audit);
}

/* May memory be damaged? A hang, or a panic that code asked for, has other causes. */
static bool in_question(const struct analysis *analysis)
{
	static const enum crash_kind others[] = {
		CRASH_PANIC,	   CRASH_HUNG_TASK,	CRASH_SOFT_LOCKUP,
		CRASH_HARD_LOCKUP, CRASH_RCU_STALL,	CRASH_NMI,
		CRASH_SYSRQ,	   CRASH_OUT_OF_MEMORY, CRASH_INIT_DIED};
	const struct crash *crash = analysis->crash;

	for (size_t i = 0; crash && i < ARRAY_SIZE(others); i++)
		if (crash->kind == others[i] && !crash->exception)
			return false;
	return analysis->memory.pointer_count;
}

static struct err *run(struct analysis *analysis)
{
	struct kernel *kernel = analysis->kernel;
	struct audit audit = {
		.analysis = analysis,
		.kernel = kernel,
		.budget_end = dump_pages_read(kernel->dump) + PAGE_BUDGET,
		.near = true,
	};
	struct err *err = check_near(&audit);

	audit.near = false;
	/* The rest only where memory may be damaged: it reads a page for each free object. */
	bool suspect = in_question(analysis);
	if (!err && suspect)
		err = slab_caches_each(kernel, audit_cpus, &audit);
	if (!err && suspect)
		err = slab_caches_each(kernel, audit_partial, &audit);
	map_deinit(&audit.seen);
	map_deinit(&audit.told);
	return err;
}

const struct analyzer slab_audit_analyzer = {
	.name = "slab",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_PERCPU,
	.run = run,
};
