/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: a page fault in a vmalloc area that is in use, where the page tables do not say what the area's own list
 *   of pages says: which bits of the entry are wrong.
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

static struct err *run(struct analysis *analysis)
{
	const struct crash *crash = analysis->crash;
	struct kernel *kernel = analysis->kernel;
	_str_ struct str text = {0};
	struct table_entry entry;
	struct vmap_area area;
	uint64_t good;

	if (!crash || !crash->exception || !crash->fault || crash->kind != CRASH_PAGE_FAULT ||
	    memory_class(kernel->memory, crash->address) != VA_VMALLOC ||
	    !memory_table_entry(kernel->memory, crash->address, &entry) || entry.level != 1 ||
	    !expect(kernel, crash->address, &entry, &area, &good) || good == entry.value)
		return NULL;
	uint64_t wrong = entry.value ^ good;

	describe(crash->address, &entry, good, &text);
	if (text.failed)
		return &err_nomem;
	finding_add(
		analysis->findings, FINDING_PAGE_ENTRY, SEVERITY_CRITICAL, 0.95,
		json_pack("{s:o, s:o, s:o, s:o, s:o, s:s}", "address", json_address(crash->address),
			  "at", json_address(entry.phys), "found", json_address(entry.value),
			  "good", json_address(good), "bit",
			  wrong & (wrong - 1) ? json_null() : json_integer(__builtin_ctzll(wrong)),
			  "evidence", EVIDENCE_INFERRED),
		"%s", text.data);
	return NULL;
}

const struct analyzer page_entry_analyzer = {
	.name = "page_entry",
	.needs = STEP_SYMBOLS | STEP_TYPES,
	.run = run,
};
