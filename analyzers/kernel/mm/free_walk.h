/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_MM_FREE_WALK
#define TRIAGE_KERNEL_MM_FREE_WALK

#include "kernel/mm/slab.h"

/*
 * What CPUs and nodes keep of a cache's free objects, in arrays of pointers: a walk over them that
 * tells of each object. What cannot be read is passed over, and complete is then false.
 */
struct free_walk {
	struct kernel *kernel;
	const struct slab_cache *cache;
	/* Told of a free object that some list of its cache holds. */
	struct err *(*each)(void *context, uint64_t object, struct free_place place);
	void *context;
	bool complete;
};

/* Tells of count objects by an array of pointers. Errors are those of each, and ERR_NOMEM. */
struct err *free_walk_array(struct free_walk *walk, uint64_t array, uint64_t count,
			    struct free_place place);

#endif
