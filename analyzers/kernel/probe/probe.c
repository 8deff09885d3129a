/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Types out of the dead kernel itself, where nothing describes them. */
#include "kernel/probe/probe.h"

#include "kernel/kernel.h"
#include "kernel/probe/probe_code.h"
#include "kernel/probe/probe_hugetlb.h"
#include "kernel/probe/probe_modules.h"
#include "kernel/probe/probe_runqueue.h"
#include "kernel/probe/probe_sample.h"
#include "kernel/probe/probe_slabs.h"
#include "kernel/probe/probe_switch.h"
#include "kernel/probe/probe_tasks.h"
#include "kernel/probe/probe_told.h"
#include "kernel/types/probed.h"
#include "kernel/types/types.h"

static struct err *add_abi(struct type_provider *types)
{
#define ABI_MEMBER(type, member, offset, ...)                                                      \
	TRY(probed_add(types, type, member, offset, __VA_ARGS__));
#include "kernel/probe/abi_types.def"
#undef ABI_MEMBER
	return NULL;
}

static struct err *probe_all(void *context, struct type_provider *types)
{
	struct kernel *kernel = context;
	_cleanup_(sample_deinit) struct sample sample = {0};

	probed_set_proven(types, true);
	TRY(add_abi(types));
	TRY(probe_told(kernel, types));
	probed_set_proven(types, false);
	TRY(sample_open(kernel, types, &sample));
	TRY(probe_tasks(&sample));
	TRY(probe_switch(kernel, types));
	if (kernel->percpu) {
		TRY(probe_runqueue(&sample));
		TRY(probe_irq_stack(&sample));
		TRY(probe_slabs(&sample));
	}
	TRY(probe_modules(kernel, types));
	TRY(probe_hugetlb(kernel, types));
	return probe_code(kernel, types);
}

struct err *probe_open(struct kernel *kernel)
{
	return probed_provide(kernel->types, probe_all, kernel);
}
