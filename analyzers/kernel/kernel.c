/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a dead kernel lacks: the steps that failed, and why. */
#include "kernel/kernel.h"

#include <stdio.h>
#include <stdlib.h>
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

/* What would have kept the page that an error is about. */
static const char *cause_mended(enum err_code code)
{
	switch (code) {
	case ERR_TRUNCATED:
		return "the file was cut off: have the capture kernel's disk hold all of it, or "
		       "copy it anew";
	case ERR_DAMAGED:
		return "the file is damaged: compare its checksum with that where it was written";
	case ERR_IO:
		return "this machine cannot read the file: see its own log about the disk";
	default:
		return NULL;
	}
}

static char *join_remedies(const char *cause, const char *remedy)
{
	char *text = NULL;

	if (!cause || !remedy)
		return cause || remedy ? strdup(cause ? cause : remedy) : NULL;
	return asprintf(&text, "%s; or %s", cause, remedy) < 0 ? NULL : text;
}

void kernel_degrade(struct kernel *kernel, const char *step, struct err *err, const char *remedy)
{
	if (array_grow(kernel->degraded, kernel->degraded_count)) {
		kernel->degraded[kernel->degraded_count++] = (struct degraded){
			.step = step,
			.why = strdup(err->message),
			.remedy = join_remedies(cause_mended(err->code), remedy),
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
