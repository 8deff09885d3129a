/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_MM_FREELIST
#define TRIAGE_KERNEL_MM_FREELIST

#include "kernel/mm/slab.h"

/* The list of a slab's free objects, each of which points at the next. */

/*
 * Walk a free list from its first object; marks free objects in bits (one byte each, slab->objects
 * long, may be NULL). Stops at the first bad pointer and says so in *broken. The only error is
 * ERR_NOMEM.
 */
struct err *freelist_walk(struct kernel *kernel, const struct slab *slab, uint64_t first,
			  uint8_t *bits, struct freelist_break *broken);
/* The next free object after this one, hardening undone; both formulas are tried. */
struct err *freelist_next(struct kernel *kernel, const struct slab *slab, uint64_t object,
			  uint64_t *raw, uint64_t *next);
const char *freelist_break_name(const struct freelist_break *broken);

#endif
