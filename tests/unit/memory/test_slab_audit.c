/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The audit of free lists, over caches, slabs and lists that are as bad as can be. */
#include "unit.h"

#define FAKE_REAL_FREELIST
#include "fake_owner.h"
#include "kernel/dump/dump.h"
#include "kernel/memory/memory.h"
#include "kernel/mm/page.h"
#include "kernel/mm/slab_caches.h"
#include "kernel/mm/slab_page.h"
#include "kernel/tasks/percpu.h"
#include "memory/memory_found.h"

#define CACHE FAKE_BASE						/* struct kmem_cache */
#define NODE (FAKE_BASE + 0x400)				/* struct kmem_cache_node */
#define CPU_SLAB (FAKE_BASE + 0x600)				/* struct kmem_cache_cpu */
#define DESCRIPTOR(i) (FAKE_BASE + 0x1000 + 64 * (uint64_t)(i)) /* struct slab */
#define OBJECTS_AT (FAKE_BASE + 0x20000)
#define SIZE 64

enum { D_LIST = 0, D_FREELIST = 16 }; /* offsets in a descriptor */

static struct slab_cache cache;
static unsigned slabs, objects, pages_read, pages_a_slab;

static void more_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	static const char *const list[] = {"next", "prev"}, *const cpu[] = {"freelist", "slab"};
	uint32_t head = fake_longs(b, "list_head_", l, list, 2);
	uint32_t pointers = b_array(b, l, 4);

	(void)i;
	fake_longs(b, "kmem_cache_cpu", l, cpu, 2);
	b_record(b, B_STRUCT, "slab", 64, 2, "slab_list", head, D_LIST * 8, "freelist", l,
		 D_FREELIST * 8);
	b_record(b, B_STRUCT, "kmem_cache_node", 16, 1, "partial", head, 0);
	b_record(b, B_STRUCT, "kmem_cache", 64, 1, "node", pointers, 0);
}

/* --- what stands in for the kernel's side ----------------------------------------------------- */

struct err *slab_page_read_at(struct kernel *of, uint64_t descriptor, struct slab *ret)
{
	uint64_t index = (descriptor - DESCRIPTOR(0)) / 64;

	if (descriptor < DESCRIPTOR(0) || descriptor != DESCRIPTOR(index) || index >= slabs)
		return err_at(ERR_CORRUPT, descriptor, "no slab");
	pages_read += pages_a_slab;
	*ret = (struct slab){.cache = &cache,
			     .address = descriptor,
			     .objects = objects,
			     .base = OBJECTS_AT + index * objects * SIZE};
	return memory_read_u64(of->memory, descriptor + D_FREELIST, &ret->freelist);
}

struct err *slab_caches_each(struct kernel *of,
			     struct err *(*each)(void *context, const struct slab_cache *one),
			     void *context)
{
	(void)of;
	return each(context, &cache);
}

struct err *slab_caches_get(struct kernel *of, uint64_t address, const struct slab_cache **ret)
{
	(void)of;
	(void)ret;
	return err_at(ERR_NOT_FOUND, address, "no cache");
}

unsigned percpu_cpus(const struct percpu *percpu)
{
	(void)percpu;
	return 2;
}

struct err *percpu_address(const struct percpu *percpu, uint64_t variable, unsigned cpu,
			   uint64_t *ret)
{
	(void)percpu;
	*ret = variable + 64 * cpu;
	return NULL;
}

uint64_t dump_pages_read(const struct dump *dump)
{
	(void)dump;
	return pages_read;
}

bool memory_is_canonical(const struct memory *memory, uint64_t va)
{
	return memory_is_kernel(memory, va) || va >> 47 == 0;
}

/* --- scenes ----------------------------------------------------------------------------------- */

static uint64_t object(unsigned slab, unsigned index)
{
	return OBJECTS_AT + ((uint64_t)slab * objects + index) * SIZE;
}

/* Slabs on the node's partial list, each with all of its objects on its own free list. */
static void start(unsigned slab_count, unsigned object_count)
{
	fake_open(more_types);
	memset(&fake_slabs, 0, sizeof(fake_slabs));
	cache = (struct slab_cache){.address = CACHE,
				    .name = "test-64",
				    .size = SIZE,
				    .object_size = SIZE,
				    .offset = 32,
				    .cpu_slab = CPU_SLAB};
	slabs = slab_count;
	objects = object_count;
	pages_read = 0;
	pages_a_slab = 0;
	fake_u64(CACHE, NODE);
	for (unsigned i = 0; i < slabs; i++) {
		fake_u64(DESCRIPTOR(i), i + 1 < slabs ? DESCRIPTOR(i + 1) : NODE);
		fake_u64(DESCRIPTOR(i) + 8, i ? DESCRIPTOR(i - 1) : NODE);
		fake_u64(DESCRIPTOR(i) + D_FREELIST, object(i, 0));
		for (unsigned j = 0; j < objects; j++)
			fake_u64(object(i, j) + 32, j + 1 < objects ? object(i, j + 1) : 0);
	}
	fake_u64(NODE, slabs ? DESCRIPTOR(0) : NODE);
	fake_u64(NODE + 8, slabs ? DESCRIPTOR(slabs - 1) : NODE);
	fake_analysis_start();
}

static void finish(void)
{
	fake_analysis_end();
	fake_close();
}

/* The crash has this address at hand. */
static void at_hand(uint64_t address)
{
	memory_found_pointer(&analysis, &(struct crash_pointer){.value = address});
}

/*
 * How many broken lists were found; the evidence of the first goes to *first. suspect: memory may
 * be damaged.
 */
static unsigned audit(bool suspect, const json_t **first)
{
	if (suspect)
		at_hand(0);
	assert_ok(slab_audit_analyzer.run(&analysis));
	if (analysis.memory.freelist_count && first)
		*first = fake_finding(FINDING_FREELIST)->evidence;
	return (unsigned)analysis.memory.freelist_count;
}

static const char *text(const json_t *json, const char *key)
{
	return json_string_value(json_object_get(json, key));
}

START_TEST(whole_lists_are_no_finding)
{
	start(8, 16);
	ck_assert_uint_eq(audit(true, NULL), 0);
	finish();
}
END_TEST

START_TEST(memory_not_in_question_is_left_alone)
{
	start(2, 8);
	fake_u64(object(1, 4) + 32, 0x0072006900560318);
	ck_assert_uint_eq(audit(false, NULL), 0);
	finish();
}
END_TEST

START_TEST(each_kind_of_break_is_found_where_it_is)
{
	static const struct {
		uint64_t pointer; /* 0: to the object itself */
		const char *why;
	} breaks[] = {
		{0x0072006900560318, "points outside of its slab"},
		{0, "comes back to an object already on it"},
		{OBJECTS_AT + 9 * SIZE + 8, "points into the middle of an object"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(breaks); i++) {
		const json_t *json = NULL;
		uint64_t at = 0;

		start(2, 8);
		fake_u64(object(1, 4) + 32, breaks[i].pointer ? breaks[i].pointer : object(1, 4));
		ck_assert_uint_eq(audit(true, &json), 1);
		ck_assert_str_eq(text(json, "why"), breaks[i].why);
		ck_assert_str_eq(text(json, "list"), "slab");
		ck_assert(json_is_false(json_object_get(json, "near")));
		ck_assert(json_address_value(json_object_get(json, "object"), &at));
		ck_assert_uint_eq(at, object(1, 4));
		finish();
	}
}
END_TEST

START_TEST(lists_of_cpus_are_walked)
{
	const json_t *json = NULL;

	start(2, 8);
	fake_u64(CPU_SLAB + 64, object(0, 2)); /* CPU 1 */
	fake_u64(CPU_SLAB + 64 + 8, DESCRIPTOR(0));
	fake_u64(DESCRIPTOR(0) + D_FREELIST, 0);
	fake_u64(object(0, 6) + 32, object(0, 3));
	ck_assert_uint_eq(audit(true, &json), 1);
	ck_assert_str_eq(text(json, "list"), "cpu");
	finish();
}
END_TEST

START_TEST(absurd_lists_end)
{
	/* a ring of slabs that never comes back to its head */
	start(40, 8);
	fake_u64(DESCRIPTOR(39), DESCRIPTOR(20));
	fake_u64(DESCRIPTOR(20) + 8, DESCRIPTOR(39));
	ck_assert_uint_eq(audit(true, NULL), 0);
	ck_assert_uint_lt(fake.reads, 2000);
	finish();

	/* each slab broken: the first of them say enough */
	start(100, 4);
	for (unsigned i = 0; i < 100; i++)
		fake_u64(object(i, 3) + 32, 0x4141414141414141);
	ck_assert_uint_le(audit(true, NULL), 16);
	finish();

	/* more objects than any slab has, free in a circle */
	start(1, 1500);
	fake_u64(object(0, 1499) + 32, object(0, 0));
	ck_assert_uint_eq(audit(true, NULL), 1);
	ck_assert_uint_lt(fake.reads, 20000);
	finish();

	/* descriptors that are none, a list head that is NULL */
	start(2, 4);
	fake_u64(NODE, 0);
	fake_u64(CPU_SLAB + 8, 0xdead000000000100);
	ck_assert_uint_eq(audit(true, NULL), 0);
	finish();
}
END_TEST

START_TEST(the_budget_ends_it)
{
	start(60, 4);
	fake_u64(object(59, 3) + 32, 0x4141414141414141);
	pages_a_slab = 100; /* a slab costs so much that twelve of them are all */
	ck_assert_uint_eq(audit(true, NULL), 0);
	ck_assert_uint_lt(pages_read, 2000);
	finish();
}
END_TEST

/* A crash at a non-canonical address in this function, with a pointer into a hardened slab. */
static void crash_in(const char *symbol, uint64_t address, const struct slab *slab)
{
	fake_symbol(symbol, 0xffffffff81000000);
	frames[0].address = 0xffffffff81000004;
	crash.trace.count = 1;
	crash.exception = crash.fault = true;
	crash.address = address;
	regs_set(&crash.regs, REG_R9, slab_object_start(slab, 5));
	at_hand(slab_object_start(slab, 2));
}

/* A free pointer that no list has any more is only looked for when the allocator crashed. */
START_TEST(a_fault_elsewhere_is_no_lost_free_pointer)
{
	static const struct {
		const char *symbol;
		unsigned found;
	} places[] = {{"kmem_cache_alloc", 1}, {"__refill_objects_node", 1}, {"ext4_readdir", 0}};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		const json_t *json = NULL;
		uint64_t at = 0;

		start(0, 0);
		const struct slab *slab = fake_slab("other", OBJECTS_AT, 1024, 8);
		fake_slabs.caches[0].hardened = true;
		fake_slabs.caches[0].offset = 512;
		uint64_t bad =
			0x0072006900560318 ^ __builtin_bswap64(slab_object_start(slab, 5) + 512);
		crash_in(places[i].symbol, bad + 512, slab);
		ck_assert_uint_eq(audit(false, &json), places[i].found);
		if (json) {
			ck_assert_str_eq(text(json, "list"), "fault");
			ck_assert(json_is_true(json_object_get(json, "near")));
			ck_assert(json_address_value(json_object_get(json, "object"), &at));
			ck_assert_uint_eq(at, slab_object_start(slab, 5));
		}
		finish();
	}
}
END_TEST

/* A broken list in a slab of which the crash has some other object is chance, unless the allocator died of it. */
START_TEST(a_neighbour_at_hand_is_not_what_the_crash_met)
{
	static const struct {
		const char *symbol;
		unsigned at_hand; /* index of the object that a register points to; 3 is broken */
		bool near;
	} crashes[] = {{"ext4_readdir", 1, false}, {"ext4_readdir", 3, true}, {"kfree", 1, true}};

	for (size_t i = 0; i < ARRAY_SIZE(crashes); i++) {
		const json_t *json = NULL;

		start(1, 8);
		const struct slab *slab = fake_slab("other", OBJECTS_AT, SIZE, 8);
		fake_slabs.caches[0].offset = 32;
		fake_slabs.slabs[0].freelist = object(0, 2);
		fake_slabs.slabs[0].address = DESCRIPTOR(0);
		crash_in(crashes[i].symbol, 0x1234, slab);
		fake_u64(object(0, 3) + 32, 0x0072006900560318);
		analysis.memory.pointer_count = 0;
		at_hand(object(0, crashes[i].at_hand));
		ck_assert_uint_eq(audit(false, &json), 1);
		ck_assert_int_eq(json_is_true(json_object_get(json, "near")), crashes[i].near);
		finish();
	}
}
END_TEST

UNIT_MAIN("slab_audit", a_neighbour_at_hand_is_not_what_the_crash_met, whole_lists_are_no_finding,
	  memory_not_in_question_is_left_alone, each_kind_of_break_is_found_where_it_is,
	  lists_of_cpus_are_walked, absurd_lists_end, the_budget_ends_it,
	  a_fault_elsewhere_is_no_lost_free_pointer)
