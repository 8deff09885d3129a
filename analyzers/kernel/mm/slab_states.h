/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_MM_SLAB_STATES
#define TRIAGE_KERNEL_MM_SLAB_STATES

#include "kernel/mm/page.h"
#include "kernel/mm/slab.h"

/*
 * Which objects are free, remembered: for each cache what its CPUs and nodes keep of free objects,
 * for each slab its own list. What is remembered stays below SLAB_STATES_MAX bytes; when it would
 * not, all of it is forgotten and gathered anew.
 */
#define SLAB_STATES_MAX (4u << 20)

struct slab_states;
void slab_states_close(struct slab_states *states);

/* The slab a page belongs to; the page must be a slab's. */
struct err *slab_states_slab(struct kernel *kernel, const struct page_info *page, struct slab *ret);
/* Fills in state, where, broken and unread of an object whose slab, index and start are set. */
struct err *slab_states_find(struct kernel *kernel, struct slab_object *object);
/* Bytes remembered now, at most; 0 for NULL. */
size_t slab_states_size(const struct slab_states *states);

#endif
