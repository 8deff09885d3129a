/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries of the page tables of a vmalloc area, beside what its list of pages says. */
#include "unit.h"

#define FAKE_OWN_OWNERS
#include "analyzer.h"
#include "fake_owner.h"
#include "kernel/memory/pagetable.h"
#include "kernel/mm/page.h"
#include "kernel/mm/vmap.h"

extern const struct analyzer page_entry_analyzer;

#define AREA 0xffffc90000100000ull
#define LIST (FAKE_BASE + 0x1000)
#define PAGES 4
#define PGD (FAKE_BASE + 0x7000)
#define MM (FAKE_BASE + 0x7100)
#define MAX_PFN (FAKE_BASE + 0x7200)
#define FLAGS 0x8000000000000163ull

static uint64_t entries[PAGES];
static struct vmap_area area;

void owner_find(struct kernel *of, uint64_t address, struct owner *ret)
{
	(void)of;
	*ret = (struct owner){.kind = OWNER_UNKNOWN, .address = address, .cpu = -1};
}

bool memory_table_entry(struct memory *memory, uint64_t va, struct table_entry *ret)
{
	uint64_t page = (va - AREA) / PAGE_SIZE;

	(void)memory;
	*ret = (struct table_entry){.phys = 0x5000 + page * 8, .level = 1};
	if (page < PAGES)
		ret->value = entries[page];
	return page < PAGES;
}

/* The same entries stand for those of a process. */
bool memory_table_entry_of(struct memory *memory, uint64_t pgd, uint64_t va,
			   struct table_entry *ret)
{
	return pgd == PGD && memory_table_entry(memory, va, ret);
}

bool vmap_find(struct kernel *of, uint64_t address, struct vmap_area *ret)
{
	(void)of;
	*ret = area;
	return address - area.start < area.end - area.start;
}

bool page_to_phys(struct kernel *of, uint64_t page, uint64_t *phys)
{
	(void)of;
	*phys = page << 12;
	return page;
}

/* A fault at the second page, whose entry is wrong in these bits. */
static void fault(uint64_t wrong)
{
	fake_open(NULL);
	fake_region(AREA, AREA + 0x100000, VA_VMALLOC);
	fake_analysis_start();
	area = (struct vmap_area){.start = AREA,
				  .end = AREA + (PAGES + 1) * PAGE_SIZE,
				  .page_list = LIST,
				  .pages = PAGES};
	for (uint64_t i = 0; i < PAGES; i++) {
		fake_u64(LIST + 8 * i, 0x1000 + 7 * i);
		entries[i] = (0x1000 + 7 * i) << 12 | FLAGS;
	}
	entries[1] ^= wrong;
	crash.kind = CRASH_PAGE_FAULT;
	crash.exception = crash.fault = true;
	crash.address = AREA + PAGE_SIZE + 0x18;
}

static size_t told(void)
{
	assert_ok(page_entry_analyzer.run(&analysis));
	return findings.count;
}

static void stop(void)
{
	fake_analysis_end();
	fake_close();
}

static void assert_bit(uint64_t wrong, int bit)
{
	fault(wrong);
	ck_assert_uint_eq(told(), 1);
	const json_t *found = json_object_get(findings.list[0].evidence, "bit");
	ck_assert(bit < 0 ? json_is_null(found) : json_integer_value(found) == bit);
	stop();
}

START_TEST(a_bit_that_is_wrong_is_found)
{
	assert_bit(1, 0);
	assert_bit(1ull << 50, 50);
	assert_bit(1ull << 14, 14);
	assert_bit(1ull << 50 | 1, -1);
}
END_TEST

/* What the CPU sets, and what is no page of the area. */
START_TEST(sound_entries_say_nothing)
{
	fault(0);
	ck_assert_uint_eq(told(), 0);
	stop();
	fault(1ull << 5 | 1ull << 6);
	ck_assert_uint_eq(told(), 0);
	stop();
	fault(1);
	crash.address = AREA + PAGES * PAGE_SIZE; /* the guard page */
	ck_assert_uint_eq(told(), 0);
	stop();
	fault(1);
	area.page_list = 0;
	ck_assert_uint_eq(told(), 0);
	stop();
	fault(1);
	area.page_list = UINT64_MAX - 0xfff;
	ck_assert_uint_eq(told(), 0);
	stop();
	fault(1);
	area.pages = 1; /* an area that is shorter than it seems */
	ck_assert_uint_eq(told(), 0);
	stop();
	fault(1);
	entries[0] = entries[2] = 0; /* nobody to compare with */
	ck_assert_uint_eq(told(), 0);
	stop();
	fault(1);
	crash.kind = CRASH_SOFT_LOCKUP;
	ck_assert_uint_eq(told(), 0);
	stop();
}
END_TEST

static void types(struct btf_build *b, uint32_t i, uint32_t l)
{
	(void)i;
	b_record(b, B_STRUCT, "mm_struct", 8, 1, "pgd", l, 0);
}

/* A fault at an address of a process, of a machine of 4 GiB. */
static size_t told_of_process(uint64_t entry, uint64_t pages)
{
	static struct task task = {.mm = MM, .comm = "cat", .pid = 7};

	fault(0);
	fake_close();
	fake_open(types);
	fake_analysis_start();
	fake_region(AREA, AREA + 0x100000, VA_USER);
	fake_symbol("max_pfn", MAX_PFN);
	fake_u64(MAX_PFN, pages);
	fake_u64(MM, PGD);
	entries[1] = entry;
	crash.task = &task;
	crash.kind = CRASH_PAGE_FAULT;
	crash.exception = crash.fault = true;
	crash.address = AREA + PAGE_SIZE;
	size_t ret = told();
	stop();
	return ret;
}

START_TEST(a_page_above_all_memory_is_none)
{
	ck_assert_uint_eq(told_of_process(0x8004000009de4867, 1 << 20), 1);
	ck_assert_uint_eq(told_of_process(0x8000000009de4867, 1 << 20), 0);
	ck_assert_uint_eq(told_of_process(0x8004000009de4866, 1 << 20), 0); /* not present */
	ck_assert_uint_eq(told_of_process(0x800c000009de4867, 1 << 20), 0); /* two bits */
	ck_assert_uint_eq(told_of_process(0x8004000009de4867, 0), 0);
	ck_assert_uint_eq(told_of_process(0x8004000009de4867, UINT64_MAX), 0);
}
END_TEST

UNIT_MAIN("page_entry", a_page_above_all_memory_is_none, a_bit_that_is_wrong_is_found,
	  sound_entries_say_nothing)
