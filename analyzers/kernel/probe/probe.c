/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Types out of the dead kernel itself, where nothing describes them. */
#include "kernel/probe/probe.h"

#include <string.h>

#include "base/cleanup.h"
#include "kernel/kernel.h"
#include "kernel/probe/probe_code.h"
#include "kernel/probe/probe_flags.h"
#include "kernel/probe/probe_bugs.h"
#include "kernel/probe/probe_chunks.h"
#include "kernel/probe/probe_hrtimers.h"
#include "kernel/probe/probe_pwqs.h"
#include "kernel/probe/probe_rcu.h"
#include "kernel/probe/probe_hugetlb.h"
#include "kernel/memory/memory.h"
#include "kernel/probe/probe_modules.h"
#include "kernel/probe/probe_runqueue.h"
#include "kernel/probe/probe_sample.h"
#include "kernel/probe/probe_sheaves.h"
#include "kernel/probe/probe_slabs.h"
#include "kernel/probe/probe_supers.h"
#include "kernel/probe/probe_switch.h"
#include "kernel/probe/probe_tasks.h"
#include "kernel/probe/probe_times.h"
#include "kernel/probe/probe_told.h"
#include "kernel/probe/probe_nodes.h"
#include "kernel/probe/probe_bdev.h"
#include "kernel/probe/probe_pools.h"
#include "kernel/probe/probe_smp.h"
#include "kernel/probe/probe_stopper.h"
#include "kernel/probe/probe_usage.h"
#include "kernel/probe/probe_workers.h"
#include "kernel/probe/probe_zones.h"
#include "kernel/symbols/symbol.h"
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

/*
 * init_uts_ns.name: behind a count, and since 9a56493f6942 (v5.11) in front. The first of its strings is
 * UTS_SYSNAME; all have 65 bytes (include/uapi/linux/utsname.h).
 */
static struct err *probe_uts(struct kernel *kernel, struct type_provider *types)
{
	static const char *const strings[] = {"sysname", "nodename", "release",
					      "version", "machine",  "domainname"};
	static const unsigned places[] = {4, 0};
	uint64_t base;
	char text[65];

	if (!symbols_find(kernel->symbols, "init_uts_ns", &base))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		if (!err_ok(memory_read_string(kernel->memory, base + places[i], text,
					       sizeof(text))) ||
		    strcmp(text, "Linux"))
			continue;
		for (size_t k = 0; k < ARRAY_SIZE(strings); k++)
			TRY(probed_add(types, "new_utsname", strings[k], k * sizeof(text),
				       PROBED_CHARS(sizeof(text))));
		return probed_add(types, "uts_namespace", "name", places[i],
				  PROBED_STRUCT("new_utsname"));
	}
	return NULL;
}

static struct err *probe_all(void *context, struct type_provider *types)
{
	struct kernel *kernel = context;
	_cleanup_(sample_deinit) struct sample sample = {0};

	probed_set_proven(types, true);
	TRY(add_abi(types));
	TRY(probe_told(kernel, types));
	TRY(probe_flags(kernel, types));
	probed_set_proven(types, false);
	TRY(sample_open(kernel, types, &sample));
	TRY(probe_uts(kernel, types));
	TRY(probe_tasks(&sample));
	TRY(probe_switch(kernel, types));
	if (kernel->percpu) {
		TRY(probe_runqueue(&sample));
		TRY(probe_thread_info(&sample));
		TRY(probe_irq_stack(&sample));
		TRY(probe_slabs(&sample));
		TRY(probe_times(&sample));
		TRY(probe_stopper(&sample));
		TRY(probe_pools(kernel, types));
		TRY(probe_smp(kernel, types));
		TRY(probe_hrtimers(kernel, types));
	}
	TRY(probe_modules(kernel, types));
	TRY(probe_hugetlb(kernel, types));
	TRY(probe_code(kernel, types));
	TRY(probe_workers(&sample));
	TRY(probe_pwqs(kernel, types));
	TRY(probe_rcu(&sample));
	TRY(probe_priority(&sample));
	TRY(probe_bugs(kernel, types));
	TRY(probe_chunks(kernel, types));
	TRY(probe_zones(kernel, types));
	TRY(probe_usage(kernel, types));
	TRY(probe_sheaves(kernel, types));
	TRY(probe_nodes(kernel, types));
	TRY(probe_supers(kernel, types));
	TRY(probe_bdev(kernel, types));
	probed_count(types, &kernel->members_proven, &kernel->members_inferred);
	return NULL;
}

struct err *probe_open(struct kernel *kernel)
{
	return probed_provide(kernel->types, probe_all, kernel);
}
