/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_MM_SLAB
#define TRIAGE_KERNEL_MM_SLAB

#include "kernel/kernel.h"

/*
 * Caches, slabs and objects. SLUB (mm/slub.c): slabs described by struct page until d122019bf061
 * v5.17, by struct slab since; free objects on the slab's list, a CPU's list (until 7.0) or in
 * sheaves (2d517aa09bbc v6.18). SLAB: see slab_array.h.
 */
#define SLAB_OBJECTS_MAX 32767 /* slab.objects has 15 bits */

struct slab_cache {
	uint64_t address;
	char name[64];	       /* printable, "?" when it is not */
	uint64_t size;	       /* from one object to the next, bytes */
	uint64_t object_size;  /* what the user of the cache sees */
	uint64_t offset;       /* of the free pointer in a free object */
	uint64_t red_left_pad; /* before each object under SLAB_RED_ZONE */
	bool hardened;	       /* free pointers are xored: CONFIG_SLAB_FREELIST_HARDENED */
	uint64_t random;
	uint64_t cpu_slab, cpu_sheaves; /* per-CPU pointers, 0 = none */
	bool arrays;			/* SLAB's */
	bool red_zone;			/* red_left_pad says whether an object is allocated */
	bool kasan;			/* freed objects may wait in a quarantine */
	uint64_t tracks; /* offset of two struct track from an object's start, 0 = none */
};

enum object_state { OBJECT_UNKNOWN, OBJECT_ALLOCATED, OBJECT_FREE };

/* The lists a free object can be on. */
enum free_list {
	FREE_NOT,
	FREE_SLAB_LIST,	 /* its slab's own */
	FREE_CPU_LIST,	 /* of the CPU that has taken the slab (kmem_cache_cpu, until 7.0) */
	FREE_CPU_SHEAF,	 /* a sheaf of a CPU (since 6.18) */
	FREE_FULL_SHEAF, /* a sheaf in a node's barn */
	FREE_CPU_ARRAY,	 /* these three: an array_cache of a CPU, of a node, of a foreign node */
	FREE_SHARED_ARRAY,
	FREE_ALIEN_ARRAY,
};

struct free_place {
	enum free_list list;
	unsigned index; /* of the CPU or node */
};

/* A slab: one compound page of objects. */
struct slab {
	const struct slab_cache *cache;
	uint64_t address; /* of struct slab, or struct page */
	uint64_t base;	  /* of its first object's slot, direct map */
	unsigned objects, inuse;
	bool frozen;
	uint64_t freelist;
};

/* Where a free list breaks: the object whose free pointer is bad. */
struct freelist_break {
	uint64_t object;       /* 0: the list's first pointer itself */
	uint64_t raw, decoded; /* as stored, and with the hardening undone */
	enum { BREAK_NONE, BREAK_OUTSIDE, BREAK_MISALIGNED, BREAK_LOOP, BREAK_UNREADABLE } why;
};

/* Who allocated or freed an object (struct track, under SLAB_STORE_USER). */
struct slab_track {
	uint64_t address; /* the code behind the call; 0: not recorded */
	int32_t pid;
	unsigned cpu;
	char symbol[96]; /* "name+0x12/0x34 [module]" */
};

/* What the bytes in front of an object say, under SLAB_RED_ZONE. */
enum red_zone { RED_ZONE_NONE, RED_ZONE_FREE, RED_ZONE_ALLOCATED, RED_ZONE_OVERWRITTEN };

struct slab_object {
	struct slab slab;
	unsigned index;
	uint64_t start; /* the address kmalloc() returned */
	int64_t offset; /* of the address asked for; beyond object_size: padding, red zone */
	enum object_state state;
	char where[64];		      /* the list a free one is on, "" otherwise */
	struct freelist_break broken; /* why the state is unknown */
	enum red_zone red_zone;
	struct slab_track allocated, freed;
	bool unread; /* the state is unknown since a list of free objects is not in the dump */
};

/* Start of the object with this index. */
static inline uint64_t slab_object_start(const struct slab *slab, unsigned index)
{
	return slab->base + index * slab->cache->size + slab->cache->red_left_pad;
}

/* NUMA nodes a cache has entries for: kmem_cache.node[] is no longer than that (nr_node_ids). */
unsigned slab_nodes(struct kernel *kernel);
/* Address of a cache's kmem_cache_node for the node with this index. False when it has none. */
bool slab_node(struct kernel *kernel, const struct slab_cache *cache, unsigned index,
	       uint64_t *ret);

#endif
