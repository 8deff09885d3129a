/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_USAGE_TOP
#define TRIAGE_MEMORY_USAGE_TOP

#include "memory/usage_facts.h"

/*
 * Makes room in a list of at most USAGE_TOP for an entry with so many pages: its index, zeroed, after
 * the larger ones; -1 when it is too small. size: of an entry; pages_at: offset of its pages.
 */
int usage_top_place(void *list, size_t size, size_t *count, size_t pages_at, uint64_t pages);

#endif
