/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Members by what the kernel's own functions do with them. */
#include "kernel/probe/probe_code.h"

#include <stddef.h>

#include "kernel/probe/code_use.h"
#include "kernel/types/probed.h"

enum rule {
	ONLY_LOAD, /* the function's only load of detail bytes */
	CLOCK,	   /* what it takes from sched_clock_cpu()'s result */
};

struct accessor {
	const char *function;
	enum rule rule;
	unsigned detail;
	const char *type, *member;
	struct probed_value value;
};

static const struct accessor accessors[] = {
#define ACCESSOR(function, rule, detail, type, member, ...)                                        \
	{function, rule, detail, type, member, __VA_ARGS__},
#include "kernel/probe/accessors.def"
#undef ACCESSOR
};

struct err *probe_code(struct kernel *kernel, struct type_provider *types)
{
	for (size_t i = 0; i < ARRAY_SIZE(accessors); i++) {
		const struct accessor *accessor = &accessors[i];
		uint64_t offset;
		bool found;

		TRY(accessor->rule == ONLY_LOAD
			    ? code_only_load(kernel, accessor->function, accessor->detail, &found,
					     &offset)
			    : code_subtracted(kernel, accessor->function, "sched_clock_cpu", &found,
					      &offset));
		if (found)
			TRY(probed_witness(types, accessor->type, accessor->member, offset,
					   accessor->value));
	}
	return NULL;
}
