/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Control groups by what their memory controller has charged to them, with their limits. */
#include <string.h>

#include "base/str.h"
#include "kernel/memory/memory.h"
#include "kernel/types/object.h"
#include "kernel/types/walk.h"
#include "memory/usage_read.h"
#include "memory/usage_top.h"
#include "memory/usage_path.h"

#define DEPTH_MAX 32
#define GROUPS_MAX 65536
#define NO_LIMIT (INT64_MAX / PAGE_SIZE) /* PAGE_COUNTER_MAX, include/linux/page_counter.h */

struct reading {
	struct kernel *kernel;
	struct usage *usage;
	size_t seen;
};

static void read_group(struct reading *reading, uint64_t css)
{
	const struct member *of = members_get(reading->kernel->members, MEMBER_MEMCG_CSS);
	struct usage *usage = reading->usage;
	uint64_t group = css - member_offset(of), pages, limit;
	int at;

	if (!err_ok(member_read(reading->kernel, group, MEMBER_MEMCG_USAGE, &pages)) ||
	    pages > usage->total ||
	    (at = usage_top_place(usage->cgroups, sizeof(*usage->cgroups), &usage->cgroup_count,
				  offsetof(struct usage_cgroup, pages), pages)) < 0)
		return;
	usage->cgroups[at].pages = pages;
	usage->cgroups[at].limit = UINT64_MAX;
	if (err_ok(member_read(reading->kernel, group, MEMBER_MEMCG_LIMIT, &limit)) &&
	    limit < NO_LIMIT)
		usage->cgroups[at].limit = limit;
	usage_path_of_css(reading->kernel, css, usage->cgroups[at].path,
			  sizeof(usage->cgroups[at].path));
}

/* The groups below one. */
static void read_children(struct reading *reading, uint64_t css, unsigned depth)
{
	const struct member *children = members_get(reading->kernel->members, MEMBER_CSS_CHILDREN);
	const struct member *sibling = members_get(reading->kernel->members, MEMBER_CSS_SIBLING);
	_list_walk_ struct list_walk walk = {0};

	if (!children || !sibling || depth == DEPTH_MAX)
		return;
	list_walk_init(&walk, reading->kernel, css + member_offset(children), GROUPS_MAX);
	while (reading->seen < GROUPS_MAX && list_walk_next(&walk)) {
		uint64_t child = walk.node - member_offset(sibling);

		reading->seen++;
		read_group(reading, child);
		read_children(reading, child, depth + 1);
	}
}

struct err *usage_read_cgroups(struct kernel *kernel, struct usage *usage)
{
	const struct member *css = members_get(kernel->members, MEMBER_MEMCG_CSS);
	struct reading reading = {kernel, usage, 0};
	uint64_t root;

	if (css && err_ok(variable_read(kernel, "root_mem_cgroup", 8, &root)) && root)
		read_children(&reading, root + member_offset(css), 0);
	return NULL;
}
