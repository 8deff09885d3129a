/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_WAITS_JSON
#define TRIAGE_LOCKS_WAITS_JSON

#include "json.h"
#include "kernel/kernel.h"
#include "locks/io_waits.h"
#include "locks/wait_graph.h"

/* The section "waits" of the verdict, of a solved graph. */
json_t *waits_json(struct kernel *kernel, const struct wait_graph *graph,
		   const struct io_waits *io);

#endif
