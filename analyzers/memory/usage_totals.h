/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_USAGE_TOTALS
#define TRIAGE_MEMORY_USAGE_TOTALS

#include "memory/usage_facts.h"

/* Total, pages by use and huge_free, by the kernel's counters. False: the kernel has none. */
bool usage_read_totals(struct kernel *kernel, struct usage *usage);
/* The largest use but for free memory. */
enum usage_kind usage_largest(const struct usage *usage);
/* Have the processes of one name more, all in all, than any one use? */
bool usage_is_crowd(const struct usage *usage);

#endif
