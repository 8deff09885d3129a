/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/kernel.h"

#include <stdlib.h>
#include <string.h>

static const char *const step_names[] = {
	"header", "vmcoreinfo", "registers", "memory", "symbols", "types",
	"percpu", "log",	"modules",   "tasks",  "stacks",
};

const char *kernel_step_name(unsigned mask)
{
	return mask ? step_names[__builtin_ctz(mask)] : "nothing";
}

void kernel_degrade(struct kernel *kernel, const char *step, struct err *err, const char *remedy)
{
	struct degraded *grown = reallocarray(kernel->degraded, kernel->degraded_count + 1,
					      sizeof(*kernel->degraded));

	if (grown) {
		kernel->degraded = grown;
		grown[kernel->degraded_count++] = (struct degraded){
			.step = step,
			.why = strdup(err->message),
			.remedy = remedy ? strdup(remedy) : NULL,
		};
	}
	err_free(err);
}
