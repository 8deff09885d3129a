/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CPUS_SILENT_JSON
#define TRIAGE_CPUS_SILENT_JSON

#include "cpus/silent_cpu.h"
#include "finding.h"

/* Writes a CPU that does not answer into the verdict. */
void silent_json_add(struct kernel *kernel, const struct silent_cpu *silent,
		     struct findings *findings);

#endif
