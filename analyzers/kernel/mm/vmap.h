/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_MM_VMAP
#define TRIAGE_KERNEL_MM_VMAP

#include "kernel/kernel.h"

/* An area of the vmalloc region (mm/vmalloc.c: struct vmap_area). */
struct vmap_area {
	uint64_t start, end;
	uint64_t caller;    /* the code that asked for it, 0 unknown */
	uint64_t page_list; /* of their struct pages, an array; 0 unknown */
	uint64_t pages;	    /* that vmalloc() took for it; 0: other people's are mapped there */
};

/* The area that covers an address. False when none does, or none that can be read. */
bool vmap_find(struct kernel *kernel, uint64_t address, struct vmap_area *ret);
/*
 * Tells of every area that can be read, until each says stop by an error, which is returned; bounded.
 */
struct err *vmap_each(struct kernel *kernel,
		      struct err *(*each)(void *context, const struct vmap_area *area),
		      void *context);

#endif
