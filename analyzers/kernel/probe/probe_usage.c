/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts of memory of tasks and cgroups, by their neighbours. */
#include "kernel/probe/probe_usage.h"

#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/probe/probe_find.h"
#include "kernel/types/probed.h"

#define RSS_COUNTS 4 /* file, anonymous, swapped, shared */
#define COUNTER_BYTES 256u
#define UNLIMITED (INT64_MAX / 4096) /* PAGE_COUNTER_MAX */
#define SUBSYSTEMS_MAX 16u

/* rss_anon, rss_anon_counter: accessors_tried.def's names of the count of anonymous pages. */
static struct err *add_rss(struct type_provider *types)
{
	uint64_t anon, size;

	if (probe_find(types, "mm_struct", "rss_anon", &anon) && anon >= 8)
		return probed_add(types, "mm_struct", "rss_stat.count", anon - 8,
				  PROBED_ARRAY("atomic_long_t", RSS_COUNTS * 8));
	/* struct percpu_counter ends with the pointer to its counters. */
	if (!probe_find(types, "mm_struct", "rss_anon_counter", &anon) ||
	    !probe_find(types, "percpu_counter", "counters", &size) || anon < size + 8)
		return NULL;
	return probed_add(types, "mm_struct", "rss_stat", anon - size - 8,
			  PROBED_ARRAY("percpu_counter", RSS_COUNTS * (size + 8)));
}

/* Which of a task's subsystems that of memory is: that whose root all tasks of the first set are in. */
static struct err *add_subsystem(struct kernel *kernel, struct type_provider *types, uint64_t root)
{
	uint64_t set, subsys, css;

	if (!symbols_find(kernel->symbols, "init_css_set", &set) ||
	    !probe_find(types, "css_set", "subsys", &subsys))
		return NULL;
	for (unsigned i = 0; i < SUBSYSTEMS_MAX; i++)
		if (err_ok(memory_read_u64(kernel->memory, set + subsys + 8 * i, &css)) &&
		    css == root)
			return probed_add_enumerator(types, "cgroup_subsys_id", "memory_cgrp_id",
						     i);
	return NULL;
}

/* The root has no limit: high and max stand side by side, or limit alone. */
static struct err *add_limit(struct kernel *kernel, struct type_provider *types, uint64_t root)
{
	uint64_t usage, value, at = 0;

	if (!probe_find(types, "mem_cgroup", "memory.usage", &usage))
		return NULL;
	for (uint64_t i = 8; i < COUNTER_BYTES; i += 8) {
		bool unlimited =
			err_ok(memory_read_u64(kernel->memory, root + usage + i, &value)) &&
			value == UNLIMITED;

		if (unlimited)
			at = usage + i;
		else if (at)
			break;
	}
	return at ? probed_witness(types, "mem_cgroup", "memory.max", at, PROBED_NUMBER(8)) : NULL;
}

/* sibling stands in front of children; the root has none, so its node leads to itself. */
static struct err *add_sibling(struct kernel *kernel, struct type_provider *types, uint64_t root)
{
	uint64_t children, link[2];

	if (!probe_find(types, "cgroup_subsys_state", "children", &children) || children < 16)
		return NULL;
	uint64_t node = root + children - 16;
	if (!err_ok(memory_read(kernel->memory, node, link, sizeof(link))) || link[0] != node ||
	    link[1] != node)
		return NULL;
	return probed_witness(types, "cgroup_subsys_state", "sibling", children - 16,
			      PROBED_STRUCT("list_head"));
}

/* pipe_inode_info.head stands in front of tail: what fills a pipe wrote to nrbufs before 8cefc107ca54 v5.5. */
static struct err *add_pipe_head(struct type_provider *types)
{
	uint64_t tail;

	return probe_find(types, "pipe_inode_info", "tail", &tail) && tail >= 4
		       ? probed_add(types, "pipe_inode_info", "head", tail - 4, PROBED_NUMBER(4))
		       : NULL;
}

struct err *probe_usage(struct kernel *kernel, struct type_provider *types)
{
	uint64_t variable, root, css;

	TRY(add_rss(types));
	TRY(add_pipe_head(types));
	if (!symbols_find(kernel->symbols, "root_mem_cgroup", &variable) ||
	    !err_ok(memory_read_u64(kernel->memory, variable, &root)) ||
	    !memory_is_kernel(kernel->memory, root) ||
	    !probe_find(types, "mem_cgroup", "css", &css))
		return NULL;
	TRY(add_subsystem(kernel, types, root + css));
	TRY(add_limit(kernel, types, root));
	return add_sibling(kernel, types, root + css);
}
