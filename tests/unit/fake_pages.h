/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_FAKE_PAGES_H
#define TRIAGE_FAKE_PAGES_H

#include <stdio.h>

#include "fake_kernel.h"
#include "kernel/dump/dump.h"
#include "kernel/dump/vmcoreinfo.h"
#include "kernel/memory/memory.h"
#include "kernel/mm/slab.h"
#include "kernel/mm/slab_caches.h"
#include "kernel/mm/slab_states.h"
#include "kernel/tasks/percpu.h"

/*
 * Pages, slabs and caches in fake memory, in the shapes they have had. All 64 pages of it have a
 * struct page; physical addresses begin at its start.
 */
enum fake_era {
	ERA_PAGE,    /* slabs in struct page, a list for each CPU */
	ERA_SLAB,    /* struct slab */
	ERA_SHEAVES, /* and sheaves */
};

#define FAKE_PAGES (sizeof(fake.bytes) / PAGE_SIZE)
#define PAGE_STRUCT 64
#define VMEMMAP (FAKE_BASE + 0x30000) /* the array of struct page */
#define CPU_AREAS (FAKE_BASE + 0x32000)
#define CPU_AREA 0x100
#define CACHES (FAKE_BASE + 0x34000)
#define CACHE_STRUCT 0x100
#define CACHE_LIST_HEAD (FAKE_BASE + 0x36000)
#define CPUS 2
#define NODES 2

enum {
	P_FLAGS = 0,
	P_HEAD = 8,
	P_FREELIST = 16,
	P_MAPPING = 24,
	P_CACHE = 24,
	P_PRIVATE = 32,
	P_COUNTS = 40,
	P_TYPE = 48,
	P_REFCOUNT = 52,
	C_SIZE = 0,
	C_OBJECT_SIZE = 4,
	C_OFFSET = 8,
	C_RED = 12,
	C_NAME = 16,
	C_LIST = 24,
	C_FLAGS = 40,
	C_INUSE = 48,
	C_CPU = 56,
	C_NODE = 64,
	C_TEXT = 128,
};

static enum fake_era fake_era;
static struct dump_info fake_info;

bool memory_virt_to_phys_linear(const struct memory *memory, uint64_t va, uint64_t *phys)
{
	(void)memory;
	*phys = va - FAKE_BASE;
	return va >= FAKE_BASE && va - FAKE_BASE < sizeof(fake.bytes);
}

uint64_t memory_phys_to_virt(const struct memory *memory, uint64_t phys)
{
	(void)memory;
	return FAKE_BASE + phys;
}

uint64_t memory_vmemmap(const struct memory *memory)
{
	(void)memory;
	return VMEMMAP;
}

struct err *memory_read_string(struct memory *memory, uint64_t va, char *buf, size_t size)
{
	TRY(memory_read(memory, va, buf, size));
	buf[size - 1] = '\0';
	return NULL;
}

const struct dump_info *dump_info(const struct dump *dump)
{
	(void)dump;
	return &fake_info;
}

/* --- types ------------------------------------------------------------------------------------ */

#define BITS(size, at) ((uint32_t)(size) << 24 | (uint32_t)(at))

static inline void fake_slab_members(struct btf_build *b, const char *name, uint32_t i, uint32_t l)
{
	b_record(b, B_STRUCT | B_KIND_FLAG, name, PAGE_STRUCT, 11, "flags", l, P_FLAGS * 8,
		 "compound_head", l, P_HEAD * 8, "freelist", l, P_FREELIST * 8, "slab_cache", l,
		 P_CACHE * 8, "private", l, P_PRIVATE * 8, "inuse", i, BITS(16, P_COUNTS * 8),
		 "objects", i, BITS(15, P_COUNTS * 8 + 16), "frozen", i, BITS(1, P_COUNTS * 8 + 31),
		 "mapping", l, P_MAPPING * 8, "_refcount", i, P_REFCOUNT * 8, "_mapcount", i,
		 P_TYPE * 8);
}

static inline void fake_sheaf_types(struct btf_build *b, uint32_t i, uint32_t l, uint32_t list)
{
	static const char *const sheaves[] = {"main", "spare", "rcu_free"}, *const pointers[] = {
										    "barn", "node"};

	fake_longs(b, "slub_percpu_sheaves", l, sheaves, 3);
	b_record(b, B_STRUCT, "slab_sheaf", 24, 3, "barn_list", list, 0, "size", i, 16 * 8,
		 "objects", b_array(b, l, 0), 24 * 8);
	b_record(b, B_STRUCT, "node_barn", 16, 1, "sheaves_full", list, 0);
	uint32_t entry = fake_longs(b, "kmem_cache_per_node_ptrs", l, pointers, 2);
	b_record(b, B_STRUCT, "kmem_cache", CACHE_STRUCT, 10, "size", i, C_SIZE * 8, "object_size",
		 i, C_OBJECT_SIZE * 8, "offset", i, C_OFFSET * 8, "red_left_pad", i, C_RED * 8,
		 "name", l, C_NAME * 8, "list", list, C_LIST * 8, "flags", l, C_FLAGS * 8, "inuse",
		 i, C_INUSE * 8, "cpu_sheaves", l, C_CPU * 8, "per_node", b_array(b, entry, 1024),
		 C_NODE * 8);
}

static inline void fake_slab_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	static const char *const links[] = {"next", "prev"}, *const cpu[] = {"freelist", "slab"},
				 *const page_cpu[] = {"freelist", "page"};
	uint32_t list = fake_longs(b, "links", l, links, 2);

	if (fake_era == ERA_PAGE) {
		fake_slab_members(b, "page", i, l);
	} else {
		fake_slab_members(b, "slab", i, l);
		b_record(b, B_STRUCT, "page", PAGE_STRUCT, 6, "flags", l, P_FLAGS * 8,
			 "compound_head", l, P_HEAD * 8, "mapping", l, P_MAPPING * 8, "private", l,
			 P_PRIVATE * 8, "page_type", i, P_TYPE * 8, "_refcount", i, P_REFCOUNT * 8);
	}
	if (fake_era == ERA_SHEAVES) {
		fake_sheaf_types(b, i, l, list);
		return;
	}
	fake_longs(b, "kmem_cache_cpu", l, fake_era == ERA_PAGE ? page_cpu : cpu, 2);
	b_record(b, B_STRUCT, "kmem_cache", CACHE_STRUCT, 10, "size", i, C_SIZE * 8, "object_size",
		 i, C_OBJECT_SIZE * 8, "offset", i, C_OFFSET * 8, "red_left_pad", i, C_RED * 8,
		 "name", l, C_NAME * 8, "list", list, C_LIST * 8, "flags", l, C_FLAGS * 8, "inuse",
		 i, C_INUSE * 8, "cpu_slab", l, C_CPU * 8, "node", b_array(b, l, 1024), C_NODE * 8);
}

/* --- a kernel with them ------------------------------------------------------------------------- */

static inline void fake_vmcoreinfo(const char *text)
{
	vmcoreinfo_free(kernel.vmcoreinfo);
	assert_ok(vmcoreinfo_parse(text, strlen(text), &kernel.vmcoreinfo));
}

static inline void fake_slab_open(enum fake_era era,
				  void (*types)(struct btf_build *b, uint32_t i, uint32_t l))
{
	static const char *const marks[] = {
		[ERA_PAGE] = "SIZE(page)=64\nNUMBER(PG_slab)=9\n",
		[ERA_SLAB] = "SIZE(page)=64\nNUMBER(PG_slab)=9\n",
		[ERA_SHEAVES] = "SIZE(page)=64\nNUMBER(PAGE_SLAB_MAPCOUNT_VALUE)=-184549376\n",
	};

	fake_era = era;
	fake_open(types ? types : fake_slab_types);
	fake_info.max_pfn = FAKE_PAGES;
	fake_vmcoreinfo(marks[era]);
	fake_symbol("__per_cpu_offset", CPU_AREAS - 32);
	fake_symbol("nr_cpu_ids", CPU_AREAS - 16);
	fake_symbol("nr_node_ids", CPU_AREAS - 8);
	fake_symbol("slab_caches", CACHE_LIST_HEAD);
	for (unsigned cpu = 0; cpu < CPUS; cpu++)
		fake_u64(CPU_AREAS - 32 + cpu * 8, CPU_AREAS + cpu * 0x1000);
	fake_u32(CPU_AREAS - 16, CPUS);
	fake_u32(CPU_AREAS - 8, NODES);
	fake_u64(CACHE_LIST_HEAD, CACHE_LIST_HEAD);
	fake_u64(CACHE_LIST_HEAD + 8, CACHE_LIST_HEAD);
	kernel.memory = (struct memory *)&fake; /* never looked into */
	assert_ok(percpu_open(&kernel, &kernel.percpu));
}

static inline void fake_slab_close(void)
{
	slab_states_close(kernel.slab_states);
	slab_caches_close(kernel.slab_caches);
	free(kernel.page_flags);
	kernel.page_flags = NULL;
	percpu_close(kernel.percpu);
	vmcoreinfo_free(kernel.vmcoreinfo);
	fake_close();
}

static inline uint64_t fake_page(unsigned pfn)
{
	return VMEMMAP + pfn * PAGE_STRUCT;
}

/* The n-th cache, last in the list; its per-CPU data n * CPU_AREA bytes into each CPU's area. */
static inline uint64_t fake_cache(unsigned n, const char *name, uint32_t size, uint32_t offset)
{
	uint64_t cache = CACHES + n * CACHE_STRUCT,
		 last = n ? cache - CACHE_STRUCT + C_LIST : CACHE_LIST_HEAD;

	fake_u32(cache + C_SIZE, size);
	fake_u32(cache + C_OBJECT_SIZE, size);
	fake_u32(cache + C_OFFSET, offset);
	fake_u64(cache + C_NAME, cache + C_TEXT);
	fake_put(cache + C_TEXT, name, strlen(name) + 1);
	fake_u64(cache + C_CPU, (n + 1) * CPU_AREA);
	fake_u64(cache + C_LIST, CACHE_LIST_HEAD);
	fake_u64(cache + C_LIST + 8, last);
	fake_u64(last, cache + C_LIST);
	fake_u64(CACHE_LIST_HEAD + 8, cache + C_LIST);
	return cache;
}

static inline uint64_t fake_cpu_area(unsigned n, unsigned cpu)
{
	return CPU_AREAS + cpu * 0x1000 + (n + 1) * CPU_AREA;
}

/* A slab of whole pages from pfn on. */
static inline void fake_slab(unsigned pfn, unsigned pages, uint64_t cache, uint32_t objects,
			     uint32_t inuse, uint64_t freelist)
{
	uint64_t page = fake_page(pfn);

	fake_u64(page + P_FLAGS, fake_era == ERA_SHEAVES ? 0 : 1 << 9);
	if (fake_era == ERA_SHEAVES)
		fake_u32(page + P_TYPE, 0xf5000000);
	fake_u64(page + P_CACHE, cache);
	fake_u64(page + P_FREELIST, freelist);
	fake_u32(page + P_COUNTS, inuse | objects << 16);
	for (unsigned i = 1; i < pages; i++)
		fake_u64(page + i * PAGE_STRUCT + P_HEAD, page | 1);
}

#endif
