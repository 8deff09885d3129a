/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_MM_VMAP
#define TRIAGE_KERNEL_MM_VMAP

#include "kernel/kernel.h"

/* An area of the vmalloc region (mm/vmalloc.c: struct vmap_area). */
struct vmap_area {
	uint64_t start, end;
	uint64_t caller; /* the code that asked for it, 0 unknown */
};

/* The area that covers an address. False when none does, or none that can be read. */
bool vmap_find(struct kernel *kernel, uint64_t address, struct vmap_area *ret);

#endif
