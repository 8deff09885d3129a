/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_PROBE_HUGETLB
#define TRIAGE_KERNEL_PROBE_PROBE_HUGETLB

#include "base/error.h"

struct kernel;
struct type_provider;

/*
 * Add the members of struct hstate (include/linux/hugetlb.h): the mask that follows its order is that of
 * pages of its order, and its name tells the same size. Fails on out-of-memory alone.
 */
struct err *probe_hugetlb(struct kernel *kernel, struct type_provider *types);

#endif
