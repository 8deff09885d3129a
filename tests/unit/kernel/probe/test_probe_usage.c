/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the root cgroup in made memory tells of all, and what contradicts it. */
#include "fake_kernel.h"
#include "kernel/probe/probe_usage.h"
#include "kernel/types/probed.h"

#define VARIABLE (FAKE_BASE + 0x1000)
#define ROOT (FAKE_BASE + 0x2000)
#define SET (FAKE_BASE + 0x4000)
#define UNLIMITED (INT64_MAX / 4096)

enum { AT_CHILDREN = 48, AT_USAGE = 256, AT_MAX = AT_USAGE + 88, SUBSYSTEM = 5 };

static struct type_provider *types;

static void put_link(uint64_t node)
{
	fake_u64(node, node);
	fake_u64(node + 8, node);
}

static void put_root(void)
{
	fake_open(NULL);
	fake_symbol("root_mem_cgroup", VARIABLE);
	fake_symbol("init_css_set", SET);
	fake_u64(VARIABLE, ROOT);
	put_link(ROOT + AT_CHILDREN - 16);
	put_link(ROOT + AT_CHILDREN);
	fake_u64(ROOT + AT_MAX - 8, UNLIMITED); /* high */
	fake_u64(ROOT + AT_MAX, UNLIMITED);
	fake_u64(ROOT + AT_MAX + 16, UNLIMITED); /* another counter's */
	fake_u64(SET + 8 * SUBSYSTEM, ROOT);
	assert_ok(probed_open(&types));
	assert_ok(probed_add(types, "list_head", "next", 0, PROBED_POINTER));
	assert_ok(probed_add(types, "mem_cgroup", "css", 0, PROBED_CHARS(200)));
	assert_ok(probed_add(types, "mem_cgroup", "memory.usage", AT_USAGE, PROBED_NUMBER(8)));
	assert_ok(probed_add(types, "cgroup_subsys_state", "children", AT_CHILDREN,
			     PROBED_STRUCT("list_head")));
	assert_ok(probed_add(types, "css_set", "subsys", 0, PROBED_CHARS(104)));
}

static void close_root(void)
{
	types->ops->close(types);
	fake_close();
}

/* Where a member is; UINT64_MAX when it is not known. */
static uint64_t at(const char *type, const char *path)
{
	struct member member;

	return type_find_member(types->ops->find(types, TYPE_STRUCT, type), path, &member)
		       ? member_offset(&member)
		       : UINT64_MAX;
}

START_TEST(root)
{
	const char *name;
	uint64_t value;

	put_root();
	assert_ok(probe_usage(&kernel, types));
	ck_assert_uint_eq(at("mem_cgroup", "memory.max"), AT_MAX);
	ck_assert_uint_eq(at("cgroup_subsys_state", "sibling"), AT_CHILDREN - 16);
	struct type ids = types->ops->find(types, TYPE_ENUM, "cgroup_subsys_id");
	ck_assert(types->ops->enumerator(types, ids, 0, &name, &value));
	ck_assert_str_eq(name, "memory_cgrp_id");
	ck_assert_uint_eq(value, SUBSYSTEM);
	close_root();
}
END_TEST

START_TEST(nothing_of_damage)
{
	put_root();
	fake_u64(ROOT + AT_CHILDREN - 16, ROOT + AT_CHILDREN); /* a root with a brother */
	fake_u64(ROOT + AT_MAX - 8, 1);
	fake_u64(ROOT + AT_MAX, 1);
	fake_u64(ROOT + AT_MAX + 16, 1);
	fake_u64(SET + 8 * SUBSYSTEM, 0);
	assert_ok(probe_usage(&kernel, types));
	ck_assert_uint_eq(at("mem_cgroup", "memory.max"), UINT64_MAX);
	ck_assert_uint_eq(at("cgroup_subsys_state", "sibling"), UINT64_MAX);
	ck_assert(types->ops->find(types, TYPE_ENUM, "cgroup_subsys_id").kind == TYPE_NONE);
	fake_u64(VARIABLE, 8); /* a wild pointer */
	assert_ok(probe_usage(&kernel, types));
	close_root();
}
END_TEST

START_TEST(counts_of_tasks)
{
	put_root();
	assert_ok(probed_add(types, "percpu_counter", "counters", 32, PROBED_POINTER));
	assert_ok(probed_add(types, "mm_struct", "rss_anon_counter", 864, PROBED_NUMBER(8)));
	assert_ok(probe_usage(&kernel, types));
	ck_assert_uint_eq(at("mm_struct", "rss_stat"), 824);
	ck_assert_uint_eq(at("mm_struct", "rss_stat[1]"), 864);
	ck_assert_uint_eq(at("mm_struct", "rss_stat[4]"), UINT64_MAX);
	close_root();
	put_root();
	assert_ok(probed_add(types, "atomic_long_t", "counter", 0, PROBED_NUMBER(8)));
	assert_ok(probed_add(types, "mm_struct", "rss_anon", 736, PROBED_NUMBER(8)));
	assert_ok(probe_usage(&kernel, types));
	ck_assert_uint_eq(at("mm_struct", "rss_stat.count"), 728);
	close_root();
}
END_TEST

UNIT_MAIN("probe_usage", root, nothing_of_damage, counts_of_tasks)
