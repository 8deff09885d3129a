/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_MEMORY_PAGETABLE
#define TRIAGE_KERNEL_MEMORY_PAGETABLE

#include "kernel/dump/dump.h"

/* The x86-64 page tables of a dump (arch/x86/include/asm/pgtable_types.h). */
struct pagetable {
	struct dump *dump;
	uint64_t root;	   /* physical address of the top level */
	unsigned levels;   /* 4 or 5 */
	uint64_t sme_mask; /* the encryption bit in entries, 0 without SME */
};

#define START_KERNEL_MAP 0xffffffff80000000ull

/*
 * Translate. ERR_UNMAPPED for an entry that is not present; when a page table page itself cannot
 * be read, the reason for that. Errors carry the virtual address.
 */
struct err *pagetable_walk(const struct pagetable *table, uint64_t va, uint64_t *phys);
/* The same, without making an error: for trying things out. */
bool pagetable_maps(const struct pagetable *table, uint64_t va, uint64_t *phys);
/* Where a walk ends: the entry that maps an address, or is not present. */
struct table_entry {
	uint64_t phys; /* of the entry itself */
	uint64_t value;
	unsigned level; /* 1: of a page table */
};
/* False where a table on the way cannot be read. */
bool pagetable_entry(const struct pagetable *table, uint64_t va, struct table_entry *ret);
/* Base of the direct map as this table has it; false when it has none, or is no page table. */
bool pagetable_find_direct_map(const struct pagetable *table, uint64_t *base);
/* Whether va, as (base + physical address), is what the table maps there. */
bool pagetable_has_direct_map(const struct pagetable *table, uint64_t base);
/*
 * Every page that is mapped in [first, last], 2M and 1G ones as one. Reads at most tables_max
 * tables; those that cannot be read are passed over.
 */
typedef void pagetable_fn(void *context, uint64_t va, uint64_t phys, uint64_t size);
void pagetable_each(const struct pagetable *table, uint64_t first, uint64_t last,
		    unsigned tables_max, pagetable_fn *each, void *context);
/* Upper or lower canonical half for this number of levels. */
bool pagetable_is_canonical(uint64_t va, unsigned levels);

#endif
