/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walks the page tables of the dead machine, for one address, a range, or the direct map's base. */
#include "kernel/memory/pagetable.h"

#include <string.h>

#include "base/parse.h"

#define ENTRIES 512u
#define PRESENT (1ull << 0)
#define HUGE_PAGE (1ull << 7)
#define ADDRESS_MASK 0x000ffffffffff000ull
/* The direct map's base is aligned to this, randomised or not (arch/x86/mm/kaslr.c). */
#define DIRECT_MAP_ALIGN (1ull << 30)

/* Bits of the virtual address below the index into a table of this level (1 = page table). */
static unsigned level_shift(unsigned level)
{
	return PAGE_SHIFT + 9 * (level - 1);
}

bool pagetable_is_canonical(uint64_t va, unsigned levels)
{
	unsigned shift = 64 - (levels == 5 ? 57 : 48);

	return (uint64_t)((int64_t)(va << shift) >> shift) == va;
}

static struct err *read_entry(const struct pagetable *table, uint64_t table_phys, unsigned index,
			      uint64_t *ret)
{
	const void *page;

	TRY(dump_page(table->dump, table_phys >> PAGE_SHIFT, &page));
	*ret = load_u64((const char *)page + index * sizeof(uint64_t));
	return NULL;
}

static uint64_t entry_address(const struct pagetable *table, uint64_t entry)
{
	return entry & ADDRESS_MASK & ~table->sme_mask;
}

/* Entries of the 2M and 1G levels may map a page themselves. */
static bool is_leaf(uint64_t entry, unsigned level)
{
	return level == 1 || (level <= 3 && entry & HUGE_PAGE);
}

/* Physical address of va under a leaf: bit 12 of a huge entry is PAT, below its alignment. */
static uint64_t leaf_phys(const struct pagetable *table, uint64_t entry, unsigned level,
			  uint64_t va)
{
	uint64_t mask = (1ull << level_shift(level)) - 1;

	return (entry_address(table, entry) & ~mask) | (va & mask);
}

enum outcome { MAPPED, NOT_CANONICAL, NOT_PRESENT, NOT_READ };

struct walk {
	enum outcome outcome;
	unsigned level; /* where it ended */
	unsigned index; /* of the entry in the table there */
	uint64_t entry;
	uint64_t table_phys; /* of the table there */
	uint64_t phys;
	struct err *err; /* of NOT_READ */
};

static void walk(const struct pagetable *table, uint64_t va, struct walk *walk)
{
	uint64_t entry;

	*walk = (struct walk){.outcome = NOT_CANONICAL, .table_phys = table->root};
	if (!pagetable_is_canonical(va, table->levels))
		return;
	for (walk->level = table->levels;; walk->level--) {
		unsigned index = va >> level_shift(walk->level) & (ENTRIES - 1);

		walk->outcome = NOT_READ;
		walk->err = read_entry(table, walk->table_phys, index, &entry);
		if (walk->err)
			return;
		walk->index = index;
		walk->entry = entry;
		walk->outcome = NOT_PRESENT;
		if (!(entry & PRESENT))
			return;
		if (is_leaf(entry, walk->level))
			break;
		walk->table_phys = entry_address(table, entry);
	}
	walk->outcome = MAPPED;
	walk->phys = leaf_phys(table, entry, walk->level, va);
}

struct err *pagetable_walk(const struct pagetable *table, uint64_t va, uint64_t *phys)
{
	struct walk result;

	walk(table, va, &result);
	switch (result.outcome) {
	case MAPPED:
		*phys = result.phys;
		return NULL;
	case NOT_CANONICAL:
		return err_at(ERR_UNMAPPED, va, "not a canonical address");
	case NOT_PRESENT:
		return err_at(ERR_UNMAPPED, va, "no translation (level %u entry not present)",
			      result.level);
	case NOT_READ:
		break;
	}
	if (result.err->code == ERR_NOMEM)
		return result.err;
	_err_ struct err *cause = result.err;
	return err_at(cause->code, va, "page table page of level %u: %s; needed to translate",
		      result.level, cause->message);
}

bool pagetable_maps(const struct pagetable *table, uint64_t va, uint64_t *phys)
{
	struct walk result;

	walk(table, va, &result);
	err_free(result.err);
	*phys = result.phys;
	return result.outcome == MAPPED;
}

bool pagetable_entry(const struct pagetable *table, uint64_t va, struct table_entry *ret)
{
	struct walk result;

	walk(table, va, &result);
	err_free(result.err);
	*ret = (struct table_entry){result.table_phys + result.index * sizeof(uint64_t),
				    result.entry, result.level};
	return result.outcome == MAPPED || result.outcome == NOT_PRESENT;
}

/* The index of the first present entry from index on. */
static bool first_present(const struct pagetable *table, uint64_t table_phys, unsigned index,
			  unsigned *ret, uint64_t *entry)
{
	for (; index < ENTRIES; index++) {
		if (!err_ok(read_entry(table, table_phys, index, entry)))
			return false;
		if (*entry & PRESENT) {
			*ret = index;
			return true;
		}
	}
	return false;
}

/* The lowest page mapped under one entry of the top level. */
static bool first_mapped(const struct pagetable *table, unsigned top, uint64_t entry, uint64_t *va,
			 uint64_t *phys)
{
	unsigned level = table->levels;
	uint64_t address = (uint64_t)top << level_shift(level);

	while (!is_leaf(entry, level)) {
		unsigned index;

		level--;
		if (!first_present(table, entry_address(table, entry), 0, &index, &entry))
			return false;
		address |= (uint64_t)index << level_shift(level);
	}
	/* Sign-extend from the highest bit that is translated. */
	unsigned unused = 64 - level_shift(table->levels + 1);
	address = (uint64_t)((int64_t)(address << unused) >> unused);
	*va = address;
	*phys = leaf_phys(table, entry, level, address);
	return true;
}

bool pagetable_has_direct_map(const struct pagetable *table, uint64_t base)
{
	uint64_t phys;

	return base && !(base % DIRECT_MAP_ALIGN) &&
	       pagetable_maps(table, base + table->root, &phys) && phys == table->root;
}

/*
 * Where the direct map begins is randomised (4.8), and moved once (4.20). But whatever is mapped
 * first under one of the top entries lies in it when its distance from its physical address is
 * well aligned, and when at that distance the page table finds itself.
 */
bool pagetable_find_direct_map(const struct pagetable *table, uint64_t *base)
{
	uint64_t entry, va, phys;

	for (unsigned top = ENTRIES / 2; top < ENTRIES; top++) {
		if (!first_present(table, table->root, top, &top, &entry))
			return false;
		if (first_mapped(table, top, entry, &va, &phys) && va - phys < START_KERNEL_MAP &&
		    pagetable_has_direct_map(table, va - phys)) {
			*base = va - phys;
			return true;
		}
	}
	return false;
}

struct range_walk {
	const struct pagetable *table;
	uint64_t first, last;
	unsigned tables_left;
	pagetable_fn *each;
	void *context;
};

static void walk_range(struct range_walk *walk, uint64_t table_phys, unsigned level, uint64_t base)
{
	uint64_t entries[ENTRIES], size = 1ull << level_shift(level);
	const void *page;

	if (!walk->tables_left)
		return;
	walk->tables_left--;
	if (!err_ok(dump_page(walk->table->dump, table_phys >> PAGE_SHIFT, &page)))
		return;
	memcpy(entries, page, sizeof(entries)); /* the page is gone with the next one */
	for (unsigned i = 0; i < ENTRIES; i++) {
		uint64_t va = base + i * size;

		if (!(entries[i] & PRESENT) || va > walk->last || va + (size - 1) < walk->first)
			continue;
		if (is_leaf(entries[i], level))
			walk->each(walk->context, va, leaf_phys(walk->table, entries[i], level, va),
				   size);
		else
			walk_range(walk, entry_address(walk->table, entries[i]), level - 1, va);
	}
}

void pagetable_each(const struct pagetable *table, uint64_t first, uint64_t last,
		    unsigned tables_max, pagetable_fn *each, void *context)
{
	struct range_walk walk = {table, first, last, tables_max, each, context};
	/* Half of the top level's indices are of the other, sign-extended half: out of range. */
	uint64_t base = first >> 63 ? ~0ull << level_shift(table->levels + 1) : 0;

	if (table->root && first >> 63 == last >> 63)
		walk_range(&walk, table->root, table->levels, base);
}
