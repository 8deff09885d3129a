/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tells where the memory above 4 GiB is in a raw image. The kernel maps all memory one to one (the direct map):
 * what its tables map shows how far memory goes below and above 4 GiB, and most of the tables lie above
 * themselves, so that they are found under the right assumption alone.
 */
#include "kernel/dump/dump_raw_place.h"

#include <string.h>

#include "base/parse.h"
#include "kernel/dump/dump_info.h"

#define HOLE_END (4ull << 30)
#define START_KERNEL_MAP 0xffffffff80000000ull
#define KERNEL_HALF 256 /* of the entries of the uppermost table */
#define TABLES_MAX 16384
#define LEAVES_MIN 8
#define ROUNDED (4ull << 20)	    /* what smaller pages at the end of memory may map */
#define LOW_RESERVED (256ull << 20) /* firmware keeps no more at the end of low memory */

#define ENTRY_PRESENT 0x1
#define ENTRY_LEAF 0x80
#define ENTRY_ADDRESS 0x000ffffffffff000ull

struct walk {
	struct dump_file *file;
	uint64_t hole; /* 0: kept */
	unsigned tables;
	uint64_t offset; /* of the direct map: from physical to virtual */
	uint64_t leaves, low_top, top;
};

static bool read_table(struct walk *walk, uint64_t phys, uint64_t table[512])
{
	if (walk->hole && phys >= walk->hole) {
		if (phys < HOLE_END)
			return false;
		phys -= HOLE_END - walk->hole;
	}
	return walk->tables++ < TABLES_MAX &&
	       err_ok(dump_file_read(walk->file, phys, table, PAGE_SIZE));
}

/* The first is of the direct map, which lies lowest; others at other distances are not. */
static void take_leaf(struct walk *walk, uint64_t virt, uint64_t phys, uint64_t size)
{
	if (!walk->leaves)
		walk->offset = virt - phys;
	if (virt - phys != walk->offset)
		return;
	walk->leaves++;
	walk->top = MAX(walk->top, phys + size);
	if (phys + size <= HOLE_END)
		walk->low_top = MAX(walk->low_top, phys + size);
}

/* level: 1 for a table of small pages, which is not looked into, up to 5. */
static void walk_table(struct walk *walk, uint64_t phys, unsigned level, uint64_t virt,
		       unsigned first)
{
	unsigned shift = PAGE_SHIFT + 9 * (level - 1);
	uint64_t table[512], size = 1ull << shift;

	if (!read_table(walk, phys, table))
		return;
	for (unsigned i = first; i < ARRAY_SIZE(table); i++) {
		uint64_t address = table[i] & ENTRY_ADDRESS, at = virt + ((uint64_t)i << shift);

		if (!(table[i] & ENTRY_PRESENT))
			continue;
		if (level <= 3 && table[i] & ENTRY_LEAF)
			take_leaf(walk, at, address & ~(size - 1), size);
		else if (level > 2)
			walk_table(walk, address, level - 1, at, 0);
	}
}

/* Does what the direct map maps fit the file, were the hole left out there? */
static bool fits(const struct walk *walk)
{
	uint64_t size = dump_file_size(walk->file);

	if (walk->leaves < LEAVES_MIN || walk->top <= HOLE_END)
		return false;
	if (!walk->hole)
		return walk->top <= size + ROUNDED;
	uint64_t end = walk->top - HOLE_END + walk->hole;

	return walk->low_top <= walk->hole && walk->hole - walk->low_top <= LOW_RESERVED &&
	       end <= size && size - end <= ROUNDED;
}

/* The root of the kernel's page tables, as its own note has it. */
static bool find_root(const char *text, uint64_t *phys, unsigned *levels)
{
	static const char base[] = "NUMBER(phys_base)=";
	uint64_t virt, moved = 0, five = 0;
	const char *at = strstr(text, base);

	if (!at || (!parse_hex_after(text, "SYMBOL(swapper_pg_dir)=", &virt) &&
		    !parse_hex_after(text, "SYMBOL(init_top_pgt)=", &virt)))
		return false;
	at += sizeof(base) - 1;
	if (!parse_dec_start(at + (*at == '-'), &moved))
		return false;
	parse_dec_after(text, "NUMBER(pgtable_l5_enabled)=", &five);
	*phys = virt - START_KERNEL_MAP + (*at == '-' ? -moved : moved);
	*levels = five ? 5 : 4;
	return true;
}

bool raw_place_find(struct dump_file *file, uint64_t vmcoreinfo, uint64_t *hole)
{
	/* Kept; QEMU's q35; QEMU's pc, VMware, cloud-hypervisor; Firecracker; VirtualBox; Hyper-V. */
	static const uint64_t holes[] = {0,	     0x80000000, 0xc0000000,
					 0xd0000000, 0xe0000000, 0xf8000000};
	char text[PAGE_SIZE + 1] = "";
	uint64_t root, best = 0;
	unsigned levels;
	size_t got;

	if (!err_ok(dump_file_read_some(file, vmcoreinfo, text, PAGE_SIZE, &got)) ||
	    !find_root(text, &root, &levels))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(holes); i++) {
		struct walk walk = {.file = file, .hole = holes[i]};

		walk_table(&walk, root, levels,
			   levels == 5 ? 0xfe00000000000000 : 0xffff000000000000, KERNEL_HALF);
		if (!fits(&walk) || walk.leaves <= best)
			continue;
		best = walk.leaves;
		*hole = holes[i];
	}
	return best;
}
