/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: a page fault in a vmalloc area that is in use, where the page tables do not say what the area's own list
 *   of pages says: which bits of the entry are wrong. A fault at an address of a process whose entry has a
 *   bit that none may have: that bit.
 * Needs: symbols, types.
 * False positives: a driver that changes the mapping of a vmalloc area of its own (set_memory_ro() and others know
 *   of it: the neighbours' flags differ then as well).
 * Kernel commits: see kernel/types/members.def.
 */
#include <inttypes.h>

#include "analysis.h"
#include "base/str.h"
#include "crash/crash.h"
#include "describe.h"
#include "kernel/memory/memory.h"
#include "kernel/memory/pagetable.h"
#include "kernel/mm/page.h"
#include "kernel/mm/vmap.h"
#include "kernel/tasks/task.h"
#include "kernel/tasks/task_label.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"

#define ENTRY_USED (1ull << 5 | 1ull << 6) /* accessed, dirty: the CPU sets them */
#define ENTRY_PHYS 0x000ffffffffff000ull
#define ENTRY_PRESENT 1ull

/* The flags of a page's neighbour in the area, of the same table's level; false where there is none. */
static bool flags_beside(struct kernel *kernel, const struct vmap_area *area, uint64_t address,
			 uint64_t *flags)
{
	static const int64_t beside[] = {-(int64_t)PAGE_SIZE, PAGE_SIZE};
	struct table_entry entry;

	for (size_t i = 0; i < ARRAY_SIZE(beside); i++) {
		uint64_t at = address + (uint64_t)beside[i];

		if (at - area->start >= area->pages * PAGE_SIZE ||
		    !memory_table_entry(kernel->memory, at, &entry) || entry.level != 1 ||
		    !(entry.value & ENTRY_PRESENT))
			continue;
		*flags = entry.value & ~ENTRY_PHYS;
		return true;
	}
	return false;
}

/* What the entry should be, by the area's list of pages and by the entry beside it. */
static bool expect(struct kernel *kernel, uint64_t address, const struct table_entry *entry,
		   struct vmap_area *area, uint64_t *ret)
{
	uint64_t page, phys, flags;

	if (!vmap_find(kernel, address, area) || !area->page_list ||
	    (address - area->start) / PAGE_SIZE >= area->pages ||
	    !err_ok(memory_read_u64(kernel->memory,
				    area->page_list + (address - area->start) / PAGE_SIZE * 8,
				    &page)) ||
	    !page_to_phys(kernel, page, &phys) || !flags_beside(kernel, area, address, &flags))
		return false;
	*ret = ((phys & ENTRY_PHYS) | (flags & ~ENTRY_USED)) | (entry->value & ENTRY_USED);
	return true;
}

static void describe(uint64_t address, const struct table_entry *entry, uint64_t good,
		     struct str *text)
{
	uint64_t wrong = entry->value ^ good;

	str_printf(text,
		   "the page table entry of 0x%016" PRIx64
		   ", a page of a vmalloc area in use, is 0x%016" PRIx64
		   " and should be 0x%016" PRIx64,
		   (uint64_t)(address & ~(PAGE_SIZE - 1ull)), entry->value, good);
	if (!(wrong & (wrong - 1)))
		str_printf(text, ": bit %d is wrong%s", __builtin_ctzll(wrong),
			   wrong == ENTRY_PRESENT ? " (present)" : "");
}

static struct err *add(struct analysis *analysis, const struct table_entry *entry, uint64_t good,
		       const struct str *text)
{
	uint64_t wrong = entry->value ^ good;

	if (text->failed)
		return &err_nomem;
	finding_add(
		analysis->findings, FINDING_PAGE_ENTRY, SEVERITY_CRITICAL, 0.95,
		json_pack("{s:o, s:o, s:o, s:o, s:o, s:s}", "address",
			  json_address(analysis->crash->address), "at", json_address(entry->phys),
			  "found", json_address(entry->value), "good", json_address(good), "bit",
			  wrong & (wrong - 1) ? json_null() : json_integer(__builtin_ctzll(wrong)),
			  "evidence", EVIDENCE_INFERRED),
		"%s", text->data);
	return NULL;
}

/* --- bits that no entry may have -------------------------------------------------------------- */

static bool process_entry(struct kernel *kernel, const struct task *task, uint64_t address,
			  struct table_entry *ret)
{
	struct type type = types_find_struct(kernel->types, "mm_struct");
	uint64_t pgd;

	return task && task->mm && err_ok(object_read(kernel, type, task->mm, "pgd", &pgd)) &&
	       memory_table_entry_of(kernel->memory, pgd, address, ret);
}

/* A page's address above all memory, in one bit: the machine has no such wires. */
static bool expect_reserved(struct kernel *kernel, const struct table_entry *entry, uint64_t *ret)
{
	uint64_t pages, high;

	if (!err_ok(variable_read(kernel, "max_pfn", 8, &pages)) || !pages || pages >= 1ull << 40 ||
	    !(entry->value & ENTRY_PRESENT))
		return false;
	unsigned bits = 64 - (unsigned)__builtin_clzll(pages * PAGE_SIZE - 1);
	high = entry->value & ENTRY_PHYS & ~((1ull << bits) - 1);
	*ret = entry->value & ~high;
	return high && !(high & (high - 1));
}

static struct err *look_at_process(struct analysis *analysis)
{
	const struct crash *crash = analysis->crash;
	_str_ struct str text = {0};
	struct table_entry entry;
	uint64_t good;

	if (!process_entry(analysis->kernel, crash->task, crash->address, &entry) ||
	    !expect_reserved(analysis->kernel, &entry, &good))
		return NULL;
	str_printf(&text, "the page table entry of 0x%016" PRIx64 ", a page of ",
		   (uint64_t)(crash->address & ~(PAGE_SIZE - 1ull)));
	task_label(crash->task, &text);
	str_printf(&text,
		   ", is 0x%016" PRIx64 " and should be 0x%016" PRIx64
		   ": bit %d is wrong; no memory has such an address, and the CPU refuses it",
		   entry.value, good, __builtin_ctzll(entry.value ^ good));
	return add(analysis, &entry, good, &text);
}

/* --- areas of vmalloc ------------------------------------------------------------------------- */

static struct err *look_at_area(struct analysis *analysis)
{
	const struct crash *crash = analysis->crash;
	struct kernel *kernel = analysis->kernel;
	_str_ struct str text = {0};
	struct table_entry entry;
	struct vmap_area area;
	uint64_t good;

	if (!memory_table_entry(kernel->memory, crash->address, &entry) || entry.level != 1 ||
	    !expect(kernel, crash->address, &entry, &area, &good) || good == entry.value)
		return NULL;
	describe(crash->address, &entry, good, &text);
	return add(analysis, &entry, good, &text);
}

static struct err *run(struct analysis *analysis)
{
	const struct crash *crash = analysis->crash;

	if (!crash || !crash->exception || !crash->fault || crash->kind != CRASH_PAGE_FAULT)
		return NULL;
	enum va_class class = memory_class(analysis->kernel->memory, crash->address);
	if (class == VA_VMALLOC)
		return look_at_area(analysis);
	if (class == VA_USER)
		return look_at_process(analysis);
	return NULL;
}

const struct analyzer page_entry_analyzer = {
	.name = "page_entry",
	.needs = STEP_SYMBOLS | STEP_TYPES,
	.run = run,
};
