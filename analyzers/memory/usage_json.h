/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_USAGE_JSON
#define TRIAGE_MEMORY_USAGE_JSON

#include "json.h"
#include "memory/usage_facts.h"

/* What memory is used for, as the verdict has it; sizes in KiB. */
json_t *usage_json(struct kernel *kernel, const struct usage *usage);

#endif
