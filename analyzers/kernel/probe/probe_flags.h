/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_PROBE_FLAGS
#define TRIAGE_KERNEL_PROBE_PROBE_FLAGS

#include "base/error.h"

struct kernel;
struct type_provider;

/* The flags and types of pages, by the tables of their names that the kernel prints them with. */
struct err *probe_flags(struct kernel *kernel, struct type_provider *types);

#endif
