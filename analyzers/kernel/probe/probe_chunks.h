/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_PROBE_CHUNKS
#define TRIAGE_KERNEL_PROBE_PROBE_CHUNKS

#include "base/error.h"

struct kernel;
struct type_provider;

/* pcpu_chunk.nr_populated, by the first chunk: all its pages are there, and a map of them says so, too. */
struct err *probe_chunks(struct kernel *kernel, struct type_provider *types);

#endif
