/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_MM_SLAB_PAGE
#define TRIAGE_KERNEL_MM_SLAB_PAGE

#include "kernel/mm/page.h"
#include "kernel/mm/slab.h"

/* The slab that a page found already belongs to; the page must be a slab's. */
struct err *slab_page_read(struct kernel *kernel, const struct page_info *page, struct slab *ret);
/* By the address of its descriptor (struct slab or struct page). ERR_CORRUPT when it is no slab. */
struct err *slab_page_read_at(struct kernel *kernel, uint64_t descriptor, struct slab *ret);

#endif
