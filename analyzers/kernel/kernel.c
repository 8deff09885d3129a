/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a dead kernel lacks: the steps that failed, and why. */
#include "kernel/kernel.h"

#include <string.h>

#include "base/array.h"

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
	if (array_grow(kernel->degraded, kernel->degraded_count)) {
		kernel->degraded[kernel->degraded_count++] = (struct degraded){
			.step = step,
			.why = strdup(err->message),
			.remedy = remedy ? strdup(remedy) : NULL,
		};
	}
	err_free(err);
}

void kernel_note(struct kernel *kernel, enum kernel_step step, struct err *err, const char *remedy)
{
	if (err)
		kernel_degrade(kernel, kernel_step_name(step), err, remedy);
	else
		kernel->steps |= step;
}
