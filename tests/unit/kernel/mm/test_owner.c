/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake_pages.h"

#include "kernel/dump/dump.h"
#include "kernel/memory/memory.h"
#include "kernel/mm/owner.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/percpu.h"
#include "kernel/tasks/tasks.h"
#include "kernel/unwind/stacks.h"

#define VMAP_AREAS (FAKE_BASE + 0x37000)
#define VMALLOC 0xffffc90000000000
#define IMAGE 0xffffffff81000000
#define MODULE 0xffffffffc0000000
#define VM (FAKE_BASE + 0x38000)
#define PERCPU_START 0x5000

bool symbols_at_percpu(struct symbols *symbols, uint64_t variable, struct symbol *ret)
{
	return symbols_at(symbols, variable, ret);
}

bool memory_is_canonical(const struct memory *memory, uint64_t va)
{
	(void)memory;
	return va >> 47 == 0 || va >> 47 == 0x1ffff;
}

static struct task sleeper = {
	.pid = 7, .comm = "sl\033eep", .stack = VMALLOC + 0x8000, .stack_size = 0x4000};

const struct task *tasks_by_stack(const struct tasks *tasks, uint64_t address)
{
	(void)tasks;
	return address - sleeper.stack < sleeper.stack_size ? &sleeper : NULL;
}

const struct task *tasks_by_pid(const struct tasks *tasks, int32_t pid)
{
	(void)tasks;
	(void)pid;
	return NULL;
}

#define NMI_STACK 0xfffffe0000009000

bool stacks_find(const struct kernel *of, uint64_t address, struct stack *ret)
{
	(void)of;
	*ret = (struct stack){.kind = STACK_EXCEPTION,
			      .low = NMI_STACK,
			      .high = NMI_STACK + 0x1000,
			      .cpu = 1,
			      .name = "NMI"};
	return address >= ret->low && address < ret->high;
}

const char *regions_class_name(enum va_class class)
{
	return class == VA_CPU_ENTRY ? "cpu_entry_area" : "?";
}

const char *stacks_kind_name(enum stack_kind kind)
{
	return kind == STACK_IRQ ? "irq" : "?";
}

/* test_stack_frame.c has the real one. */
static enum stack_place place;

enum stack_place stack_frame_find(struct kernel *of, const struct task *task, uint64_t address,
				  uint64_t *function)
{
	(void)of;
	ck_assert_ptr_eq(task, &sleeper);
	ck_assert_uint_eq(address - task->stack, 0x1010);
	*function = IMAGE + 0x120;
	return place;
}

enum { A_START = 0, A_END = 8, A_RB = 16, A_VM = 40, A_SIZE = 48 };

static bool vmap_in_nodes;

static void types(struct btf_build *b, uint32_t i, uint32_t l)
{
	static const char *const rb[] = {"__rb_parent_color", "rb_right", "rb_left"},
				 *const root[] = {"rb_node"}, *const vm[] = {"caller"},
				 *const lock[] = {"lock"};
	uint32_t node = fake_longs(b, "rb_node", l, rb, 3);
	uint32_t tree = fake_longs(b, "rb_root", l, root, 1);

	fake_slab_types(b, i, l);
	b_record(b, B_STRUCT, "vmap_area", A_SIZE, 4, "va_start", l, A_START * 8, "va_end", l,
		 A_END * 8, "rb_node", node, A_RB * 8, "vm", l, A_VM * 8);
	fake_longs(b, "vm_struct", l, vm, 1);
	if (!vmap_in_nodes)
		return;
	uint32_t list = b_record(b, B_STRUCT, "rb_list", 16, 2, "root", tree, 0, "head",
				 fake_longs(b, "spin", l, lock, 1), 64);
	b_record(b, B_STRUCT, "vmap_node", 32, 2, "pool", l, 0, "busy", list, 64);
}

static void enums(struct btf_build *b, uint32_t i, uint32_t l)
{
	types(b, i, l);
	b_head(b, "pageflags", B_ENUM << 24 | 1, 4);
	b_u32(b, b_string(b, "PG_reserved"));
	b_u32(b, 13);
	b_head(b, "pagetype", B_ENUM << 24 | 1, 4);
	b_u32(b, b_string(b, "PGTY_table"));
	b_u32(b, 0xf2);
}

/* The n-th area, with what is to the left and right of it in the tree (-1: nothing). */
static void put_area(unsigned n, uint64_t start, uint64_t size, int left, int right)
{
	uint64_t area = VMAP_AREAS + n * 64;

	fake_u64(area + A_START, start);
	fake_u64(area + A_END, start + size);
	fake_u64(area + A_RB + 8, right < 0 ? 0 : VMAP_AREAS + (unsigned)right * 64 + A_RB);
	fake_u64(area + A_RB + 16, left < 0 ? 0 : VMAP_AREAS + (unsigned)left * 64 + A_RB);
	fake_u64(area + A_VM, VM);
}

static void put_vmap(void)
{
	put_area(0, VMALLOC + 0x4000, 0x2000, 1, 2);
	put_area(1, VMALLOC, 0x3000, -1, -1);
	put_area(2, VMALLOC + 0x10000, 0x40000, -1, -1);
	fake_u64(VM, IMAGE + 0x110);
	fake_symbol("vmap_area_root", VM + 0x10);
	fake_u64(VM + 0x10, VMAP_AREAS + A_RB);
}

static void start(enum fake_era era)
{
	fake_slab_open(era, enums);
	fake_region(VMEMMAP, VMEMMAP + 0x2000, VA_VMEMMAP);
	fake_region(VMALLOC, VMALLOC + (1 << 20), VA_VMALLOC);
	fake_region(IMAGE, IMAGE + (1 << 20), VA_IMAGE);
	fake_region(MODULE, MODULE + (1 << 20), VA_MODULE);
	fake_region(FAKE_BASE + sizeof(fake.bytes), FAKE_BASE + (1 << 30), VA_DIRECT_MAP_BEYOND);
	fake_region(0xffffffffff600000, 0xffffffffff601000, VA_HOLE);
	fake_region(0xffff800000000000, FAKE_BASE, VA_HOLE);
	fake_region(0xfffffe0000000000, 0xfffffe8000000000, VA_CPU_ENTRY);
	fake_region(0x8000000000000000, 0xf000000000000000, VA_NON_CANONICAL);
	fake_symbol("do_thing", IMAGE + 0x100);
	kernel.tasks = (struct tasks *)&sleeper; /* tasks_by_stack() above is all there is */
}

static struct owner find(uint64_t address)
{
	struct owner owner;
	char text[256];

	owner_find(&kernel, address, &owner);
	ck_assert_uint_eq(owner.address, address);
	owner_format(&owner, text, sizeof(text));
	ck_assert_uint_gt(strlen(text), 0);
	for (const char *c = text; *c; c++)
		ck_assert((unsigned char)*c >= ' ');
	return owner;
}

static void expect(uint64_t address, enum owner_kind kind, const char *expected)
{
	struct owner owner = find(address);
	char text[256];

	ck_assert_str_eq(owner_kind_name(owner.kind), owner_kind_name(kind));
	owner_format(&owner, text, sizeof(text));
	ck_assert_str_eq(text, expected);
}

START_TEST(every_kind_of_owner)
{
	start(ERA_SLAB);
	put_vmap();
	fake_slab(2, 1, fake_cache(0, "kmalloc-1k", 1024, 512), 4, 4, 0);
	fake_u32(fake_page(9) + P_REFCOUNT, 1);
	expect(FAKE_BASE + 2 * PAGE_SIZE + 0x6a0, OWNER_SLAB,
	       "kmalloc-1k object 0xffff888000002400 +672, allocated");
	expect(FAKE_BASE + 9 * PAGE_SIZE + 8, OWNER_PAGE, "page, in use");
	expect(VMALLOC + 0x4100, OWNER_VMALLOC, "vmalloc area of 8192 bytes by do_thing+0x10");
	expect(VMALLOC + 0x9010, OWNER_STACK, "stack of sl\\x1beep/7 +0x1010");
	fake_symbol("crashme_init", MODULE);
	expect(MODULE + 0x10, OWNER_MODULE, "crashme_init+0x10");
	expect(IMAGE + 0x104, OWNER_IMAGE, "do_thing+0x4");
	expect(VMALLOC + 0x3800, OWNER_HOLE, "in the vmalloc region, but in no area of it");
	expect(0xfffffe0000001000, OWNER_HOLE, "cpu_entry_area");
	expect(0xffffffffff600000, OWNER_HOLE, "no region of the kernel");
	expect(0xffff87c5eafa5600, OWNER_HOLE, "no region of the kernel: below the direct map");
	expect(FAKE_BASE + sizeof(fake.bytes), OWNER_BEYOND, "direct map, but no memory there");
	expect(0x7fff12345678, OWNER_USER, "user space");
	expect(0x8072006900560318, OWNER_NON_CANONICAL, "no canonical address");
	expect(fake_page(2) + 8, OWNER_VMEMMAP, "struct page, its page is: slab");
	expect(VMEMMAP + FAKE_PAGES * PAGE_STRUCT, OWNER_VMEMMAP,
	       "vmemmap, but no memory has its struct page there");
	kernel.memory = NULL;
	expect(FAKE_BASE, OWNER_UNKNOWN, "owner not known");
	fake_slab_close();
}
END_TEST

START_TEST(stacks_of_cpus)
{
	start(ERA_SLAB);
	expect(NMI_STACK + 0x10, OWNER_STACK, "NMI stack of CPU 1 +0x10");
	struct owner owner = find(NMI_STACK + 0x10);
	owner_find_frame(&kernel, &owner); /* of no task: there is none to unwind */
	ck_assert_int_eq(owner.place, PLACE_UNKNOWN);
	ck_assert_uint_eq(owner.size, 0x1000);
	fake_slab_close();
}
END_TEST

START_TEST(per_cpu_memory_names_the_variable_and_the_cpu)
{
	start(ERA_SLAB);
	percpu_close(kernel.percpu);
	fake_symbol("__per_cpu_start", 0);
	fake_symbol("__per_cpu_end", 0x80);
	fake_symbol("runqueues", 0x40);
	assert_ok(percpu_open(&kernel, &kernel.percpu));
	expect(CPU_AREAS + 0x1000 + 0x48, OWNER_PERCPU, "runqueues+0x8 of CPU 1");
	ck_assert_int_eq(find(CPU_AREAS + 0x48).cpu, 0);
	/* Behind the last variable: a unit's memory that was not given back is reserved. */
	expect(CPU_AREAS + 0x80, OWNER_PAGE, "page, unknown");
	fake_symbol("pcpu_unit_size", CPU_AREAS - 40);
	fake_u32(CPU_AREAS - 40, 0x1000);
	expect(CPU_AREAS + 0x80, OWNER_PAGE, "page, unknown");
	fake_u64(fake_page((CPU_AREAS - FAKE_BASE) / PAGE_SIZE), 1 << 13);
	expect(CPU_AREAS + 0x80, OWNER_PERCPU, "per-CPU memory of CPU 0, +0x80");
	fake_u32(CPU_AREAS - 40, UINT32_MAX);
	expect(CPU_AREAS + 0x80, OWNER_PAGE, "page, reserved");
	fake_slab_close();
}
END_TEST

START_TEST(a_stack_address_names_the_frame)
{
	static const struct {
		enum stack_place place;
		const char *text;
	} places[] = {
		{PLACE_FRAME, "stack of sl\\x1beep/7 +0x1010, in the frame of do_thing()"},
		{PLACE_BELOW, "stack of sl\\x1beep/7 +0x1010, below the stack pointer"},
		{PLACE_UNKNOWN, "stack of sl\\x1beep/7 +0x1010"},
	};

	start(ERA_SLAB);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		struct owner owner = find(VMALLOC + 0x9010);
		char text[256];

		place = places[i].place;
		owner_find_frame(&kernel, &owner);
		owner_format(&owner, text, sizeof(text));
		ck_assert_str_eq(text, places[i].text);
		ck_assert_str_eq(owner.symbol, i ? "" : "do_thing");
	}
	fake_slab_close();
}
END_TEST

/* How a kernel marks its pages, by era. */
static const struct {
	const char *marks;
	enum fake_era era;
	uint32_t flags, type;
	uint64_t mapping;
	int refcount;
	enum page_use use;
} pages[] = {
	/* el6: flags for all */
	{"NUMBER(PG_slab)=7\nNUMBER(PG_buddy)=19", ERA_PAGE, 1 << 7, UINT32_MAX, 0, 1,
	 PAGE_USE_SLAB},
	{"NUMBER(PG_slab)=7\nNUMBER(PG_buddy)=19", ERA_PAGE, 1 << 19, UINT32_MAX, 0, 0,
	 PAGE_USE_BUDDY},
	/* el7: _mapcount of -128; a page nobody maps has -1, a ballooned one -256 */
	{"NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-128", ERA_PAGE, 0, -128, 0, 0, PAGE_USE_BUDDY},
	{"NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-128", ERA_PAGE, 0, -1, 0, 1, PAGE_USE_OTHER},
	{"NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-128", ERA_PAGE, 0, -256, 0, 1, PAGE_USE_OTHER},
	/* 4.18 … 6.11: a bit cleared in an all-ones word */
	{"NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129", ERA_SLAB, 0, -129, 0, 0, PAGE_USE_BUDDY},
	{"NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129", ERA_SLAB, 0, -1, 0, 1, PAGE_USE_OTHER},
	{"NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129", ERA_SLAB, 0, 0, FAKE_BASE + 1, 1, PAGE_USE_ANON},
	{"NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-129", ERA_SLAB, 0, 0, FAKE_BASE, 1, PAGE_USE_FILE},
	/* 6.12: the top byte */
	{"NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-268435456", ERA_SHEAVES, 0, 0xf0000000, 0, 0,
	 PAGE_USE_BUDDY},
	{"NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-268435456", ERA_SHEAVES, 0, 0xf0000007, 0, 0,
	 PAGE_USE_BUDDY},
	{"NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)=-184549376", ERA_SHEAVES, 0, 0xf5001234, 0, 1,
	 PAGE_USE_SLAB},
	{"NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)=-184549376", ERA_SHEAVES, 0, UINT32_MAX, 0, 1,
	 PAGE_USE_OTHER},
	{"NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)=-184549376", ERA_SHEAVES, 0, UINT32_MAX, 0, 0,
	 PAGE_USE_UNKNOWN},
	{"NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)=-184549376", ERA_SHEAVES, 0, 0xf2000000, 0, 1,
	 PAGE_USE_TABLE},
	{"NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)=-184549376", ERA_SHEAVES, 1 << 13, UINT32_MAX, 0, 1,
	 PAGE_USE_RESERVED},
};

START_TEST(what_a_page_is_used_for)
{
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
		struct page_info page;

		fake_slab_open(pages[i].era, enums);
		fake_vmcoreinfo(pages[i].marks);
		fake_u64(fake_page(5) + P_FLAGS, pages[i].flags);
		fake_u32(fake_page(5) + P_TYPE, pages[i].type);
		fake_u32(fake_page(5) + P_REFCOUNT, (uint32_t)pages[i].refcount);
		fake_u64(fake_page(5) + P_MAPPING, pages[i].mapping);
		assert_ok(page_of_phys(&kernel, 5 * PAGE_SIZE, &page));
		ck_assert_msg(page.use == pages[i].use, "%zu is %s, not %s", i,
			      page_use_name(page.use), page_use_name(pages[i].use));
		fake_slab_close();
	}
}
END_TEST

START_TEST(free_blocks_are_marked_at_their_first_page_alone)
{
	struct page_info page;

	start(ERA_SHEAVES);
	fake_vmcoreinfo("NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)=-268435456");
	for (unsigned i = 0; i < FAKE_PAGES; i++)
		fake_u32(fake_page(i) + P_TYPE, UINT32_MAX);
	fake_u32(fake_page(8) + P_TYPE, 0xf0000000);
	fake_u64(fake_page(8) + P_PRIVATE, 2); /* pages 8 … 11 */
	assert_ok(page_of_phys(&kernel, 11 * PAGE_SIZE, &page));
	ck_assert_int_eq(page.use, PAGE_USE_BUDDY);
	assert_ok(page_of_phys(&kernel, 12 * PAGE_SIZE, &page));
	ck_assert_int_eq(page.use, PAGE_USE_UNKNOWN);
	fake_u64(fake_page(8) + P_PRIVATE, 64); /* no order there is */
	assert_ok(page_of_phys(&kernel, 11 * PAGE_SIZE, &page));
	ck_assert_int_eq(page.use, PAGE_USE_UNKNOWN);
	fake_slab_close();
}
END_TEST

START_TEST(vmap_trees_that_loop_end)
{
	start(ERA_SLAB);
	put_vmap();
	put_area(0, VMALLOC + 0x4000, 0x2000, 0, 0); /* below itself on either side */
	unsigned before = fake.reads;
	ck_assert_int_eq(find(VMALLOC + 0x20000).kind, OWNER_HOLE);
	ck_assert_uint_lt(fake.reads - before, 600);
	put_area(0, VMALLOC + 0x4000, 0x2000, 1, 2);
	put_area(2, UINT64_MAX, 2, 0, 0); /* ends before it starts */
	ck_assert_int_eq(find(VMALLOC + 0x20000).kind, OWNER_HOLE);
	fake_u64(VM + 0x10, 0x6b6b6b6b6b6b6b6b);
	ck_assert_int_eq(find(VMALLOC).kind, OWNER_HOLE);
	fake_slab_close();
}
END_TEST

#define NODE_SIZE 32

START_TEST(vmap_areas_are_found_in_any_node)
{
	static const uint32_t counts[] = {2, UINT32_MAX};

	vmap_in_nodes = true;
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		start(ERA_SHEAVES);
		fake_symbol("vmap_nodes", VM + 0x20);
		fake_symbol("nr_vmap_nodes", VM + 0x28);
		fake_symbol("vmap_zone_size", VM + 0x30);
		fake_u64(VM + 0x20, VM + 0x100);
		fake_u32(VM + 0x28, counts[i]);
		fake_u32(VM + 0x30, 0x10000);
		put_area(1, VMALLOC, 0x3000, -1, -1);
		put_area(2, VMALLOC + 0x10000, 0x40000, -1, -1);
		fake_u64(VM + 0x108, VMAP_AREAS + 64 + A_RB);
		fake_u64(VM + 0x108 + NODE_SIZE, VMAP_AREAS + 128 + A_RB);
		ck_assert_uint_eq(find(VMALLOC + 0x2000).start, VMALLOC);
		/* Its start is another node's than the address. */
		ck_assert_uint_eq(find(VMALLOC + 0x20008).start, VMALLOC + 0x10000);
		unsigned before = fake.reads;
		ck_assert_int_eq(find(VMALLOC + 0x7000).kind, OWNER_HOLE);
		ck_assert_uint_lt(fake.reads - before, 400);
		fake_slab_close();
	}
	vmap_in_nodes = false;
}
END_TEST

UNIT_MAIN("owner", every_kind_of_owner, stacks_of_cpus,
	  per_cpu_memory_names_the_variable_and_the_cpu, a_stack_address_names_the_frame,
	  what_a_page_is_used_for, free_blocks_are_marked_at_their_first_page_alone,
	  vmap_trees_that_loop_end, vmap_areas_are_found_in_any_node)
