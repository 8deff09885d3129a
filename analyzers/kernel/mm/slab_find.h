/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_MM_SLAB_FIND
#define TRIAGE_KERNEL_MM_SLAB_FIND

#include "kernel/mm/page.h"
#include "kernel/mm/slab.h"

/* The object an address lies in. ERR_NOT_FOUND when the address is in no slab. */
struct err *slab_find(struct kernel *kernel, uint64_t va, struct slab_object *ret);
/* The same for an address on a page found already, which must be a slab's. */
struct err *slab_find_on_page(struct kernel *kernel, const struct page_info *page, uint64_t va,
			      struct slab_object *ret);

#endif
