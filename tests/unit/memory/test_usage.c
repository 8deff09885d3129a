/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What memory is used for: top lists, counters, trees and lists that lie. */
#include "fake_kernel.h"
#include "kernel/mm/mm_counters.h"
#include "kernel/mm/vmap.h"
#include "kernel/tasks/percpu.h"
#include "memory/usage_read.h"
#include "memory/usage_top.h"
#include "memory/usage_path.h"

#define AREAS (FAKE_BASE + 0x4000)
#define CGROUPS (FAKE_BASE + 0x8000)
#define NAMES (FAKE_BASE + 0xc000)
#define ROOT (FAKE_BASE + 0x100)

enum { AREA_START = 0, AREA_END = 8, AREA_RB = 16, AREA_VM = 40, AREA_SIZE = 48 };
/* Super blocks and inodes. */
enum { SB_LIST = 0, SB_TYPE = 16, SB_INODES = 24, SB_SIZE = 64, INODE_LINK = 0, INODE_PAGES = 16 };
enum { CSS_CHILDREN = 0, CSS_SIBLING = 16, CSS_CGROUP = 32, GROUP_USAGE = 40, GROUP_MAX = 48 };

struct err *memory_read_string(struct memory *memory, uint64_t va, char *buf, size_t size)
{
	TRY(memory_read(memory, va, buf, size));
	buf[size - 1] = '\0';
	return NULL;
}

static void put_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	uint32_t list = b_record(b, B_STRUCT, "list_head", 16, 2, "next", l, 0, "prev", l, 64);
	uint32_t rb = b_record(b, B_STRUCT, "rb_node", 24, 2, "rb_right", l, 64, "rb_left", l, 128);
	uint32_t css = b_record(b, B_STRUCT, "cgroup_subsys_state", 40, 3, "children", list, 0,
				"sibling", list, CSS_SIBLING * 8, "cgroup", l, CSS_CGROUP * 8);
	uint32_t counter =
		b_record(b, B_STRUCT, "page_counter", 16, 2, "usage", l, 0, "max", l, 64);

	(void)i;
	b_record(b, B_STRUCT, "vmap_area", AREA_SIZE, 4, "va_start", l, 0, "va_end", l, 64,
		 "rb_node", rb, AREA_RB * 8, "vm", l, AREA_VM * 8);
	b_record(b, B_STRUCT, "mem_cgroup", 56, 2, "css", css, 0, "memory", counter,
		 GROUP_USAGE * 8);
	b_record(b, B_STRUCT, "cgroup", 8, 1, "kn", l, 0);
	uint32_t cached = b_record(b, B_STRUCT, "address_space", 8, 1, "nrpages", l, 0);
	b_record(b, B_STRUCT, "super_block", SB_SIZE, 3, "s_list", list, SB_LIST * 8, "s_type", l,
		 SB_TYPE * 8, "s_inodes", list, SB_INODES * 8);
	b_record(b, B_STRUCT, "inode", 24, 2, "i_sb_list", list, INODE_LINK * 8, "i_data", cached,
		 INODE_PAGES * 8);
	b_record(b, B_STRUCT, "file_system_type", 8, 1, "name", l, 0);
	b_record(b, B_STRUCT, "kernfs_node", 16, 2, "name", l, 0, "parent", l, 64);
}

START_TEST(the_largest_stay_in_order)
{
	static const uint64_t pages[] = {5, 0, 9, 1, 7, 7, 3, 2, 8, 6, 4, 10};
	struct usage usage = {0};

	for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
		int at = usage_top_place(usage.callers, sizeof(*usage.callers), &usage.caller_count,
					 offsetof(struct usage_caller, pages), pages[i]);

		if (at >= 0)
			usage.callers[at].pages = pages[i];
	}
	ck_assert_uint_eq(usage.caller_count, USAGE_TOP);
	ck_assert_uint_eq(usage.callers[0].pages, 10);
	for (size_t i = 1; i < USAGE_TOP; i++)
		ck_assert_uint_le(usage.callers[i].pages, usage.callers[i - 1].pages);
	ck_assert_uint_eq(usage.callers[USAGE_TOP - 1].pages, 4);
}
END_TEST

static size_t areas_met;

static struct err *count_area(void *context, const struct vmap_area *area)
{
	(void)context;
	areas_met++;
	ck_assert_uint_lt(area->start, area->end);
	return NULL;
}

static void put_area(unsigned i, uint64_t left, uint64_t right)
{
	uint64_t at = AREAS + i * AREA_SIZE;

	fake_u64(at + AREA_START, 0x1000 * i);
	fake_u64(at + AREA_END, 0x1000 * i + 0x800);
	fake_u64(at + AREA_RB + 8, right);
	fake_u64(at + AREA_RB + 16, left);
}

#define AREA_NODE(i) (AREAS + (i)*AREA_SIZE + AREA_RB)

START_TEST(trees_of_areas_have_an_end)
{
	fake_open(put_types);
	fake_symbol("vmap_area_root", ROOT);
	fake_u64(ROOT, AREA_NODE(1));
	put_area(0, 0, 0);
	put_area(1, AREA_NODE(0), AREA_NODE(2));
	put_area(2, 0, 0);
	areas_met = 0;
	assert_ok(vmap_each(&kernel, count_area, NULL));
	ck_assert_uint_eq(areas_met, 3);
	/* In circles: deep enough for any tree, and no deeper. */
	put_area(2, AREA_NODE(1), 0x4141414141414141);
	assert_ok(vmap_each(&kernel, count_area, NULL));
	put_area(2, 0, AREA_NODE(2));
	assert_ok(vmap_each(&kernel, count_area, NULL));
	ck_assert_uint_lt(areas_met, 1000);
	fake_close();
}
END_TEST

static void link_group(uint64_t parent, uint64_t child)
{
	uint64_t head = parent + CSS_CHILDREN, node = child + CSS_SIBLING;

	fake_u64(head, node);
	fake_u64(head + 8, node);
	fake_u64(node, head);
	fake_u64(node + 8, head);
	fake_u64(child + CSS_CHILDREN, child + CSS_CHILDREN);
	fake_u64(child + CSS_CHILDREN + 8, child + CSS_CHILDREN);
}

static void put_name(uint64_t css, uint64_t cgroup, uint64_t parent, const char *name)
{
	fake_u64(css + CSS_CGROUP, cgroup);
	fake_u64(cgroup, cgroup + 8);
	fake_u64(cgroup + 8, NAMES + (cgroup & 0xff0));
	fake_u64(cgroup + 16, parent);
	fake_put(NAMES + (cgroup & 0xff0), name, strlen(name) + 1);
}

/* Groups in groups: /a/b, and one whose children lead back to it. */
START_TEST(groups_are_walked_once)
{
	uint64_t root = CGROUPS, a = CGROUPS + 0x100, b = CGROUPS + 0x200;
	struct usage usage = {.total = 1000};

	fake_open(put_types);
	fake_symbol("root_mem_cgroup", ROOT);
	fake_u64(ROOT, root);
	link_group(root, a);
	link_group(a, b);
	put_name(a, CGROUPS + 0x340, CGROUPS + 0x508, "a");
	put_name(b, CGROUPS + 0x380, CGROUPS + 0x348, "b");
	fake_u64(a + GROUP_USAGE, 30);
	fake_u64(a + GROUP_MAX, 40);
	fake_u64(b + GROUP_USAGE, 20);
	fake_u64(b + GROUP_MAX, INT64_MAX / PAGE_SIZE);
	assert_ok(usage_read_cgroups(&kernel, &usage));
	ck_assert_uint_eq(usage.cgroup_count, 2);
	ck_assert_str_eq(usage.cgroups[0].path, "/a");
	ck_assert_uint_eq(usage.cgroups[0].limit, 40);
	ck_assert_str_eq(usage.cgroups[1].path, "/a/b");
	ck_assert(usage.cgroups[1].limit == UINT64_MAX);
	/* More than there is memory is none's. */
	fake_u64(a + GROUP_USAGE, 1001);
	link_group(b, a);
	usage = (struct usage){.total = 1000};
	assert_ok(usage_read_cgroups(&kernel, &usage));
	ck_assert_uint_le(usage.cgroup_count, USAGE_TOP);
	fake_close();
}
END_TEST

/* A chain of names that leads in circles. */
START_TEST(paths_have_an_end)
{
	char path[192];

	fake_open(put_types);
	put_name(CGROUPS, CGROUPS + 0x340, CGROUPS + 0x348, "a");
	usage_path_of_css(&kernel, CGROUPS, path, sizeof(path));
	ck_assert_uint_lt(strlen(path), sizeof(path));
	usage_path_of_css(&kernel, 0x4141414141414141, path, sizeof(path));
	ck_assert_str_eq(path, "");
	fake_close();
}
END_TEST

#define SB(i) (FAKE_BASE + 0x2000 + 0x100 * (uint64_t)(i))
#define INODE(i) (FAKE_BASE + 0x3000 + 0x40 * (uint64_t)(i))

static void ring(const uint64_t *nodes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		fake_u64(nodes[i], nodes[(i + 1) % count]);
		fake_u64(nodes[i] + 8, nodes[(i + count - 1) % count]);
	}
}

static void put_superblock(unsigned i, const char *type, const uint64_t *inodes, size_t count)
{
	uint64_t nodes[8] = {SB(i) + SB_INODES};

	fake_put(NAMES + 0x20 * i, type, strlen(type) + 1);
	fake_u64(NAMES + 0x100 + 8 * i, NAMES + 0x20 * i);
	fake_u64(SB(i) + SB_TYPE, NAMES + 0x100 + 8 * i);
	memcpy(nodes + 1, inodes, count * sizeof(*inodes));
	ring(nodes, count + 1);
}

/* Of a ramfs, an ext4 and a tmpfs; one inode has more pages than there are, one list leads astray. */
START_TEST(the_page_cache_is_told_by_file_system)
{
	struct usage usage = {.total = 1000};

	fake_open(put_types);
	fake_symbol("super_blocks", ROOT);
	ring((uint64_t[]){ROOT, SB(0), SB(1), SB(2)}, 4);
	put_superblock(0, "ext4", (uint64_t[]){INODE(0), INODE(1)}, 2);
	put_superblock(1, "ramfs", (uint64_t[]){INODE(2), INODE(3), INODE(4)}, 3);
	put_superblock(2, "tmpfs", (uint64_t[]){INODE(5)}, 1);
	for (unsigned i = 0; i < 6; i++)
		fake_u64(INODE(i) + INODE_PAGES, 100 * (i + 1));
	fake_u64(INODE(4) + INODE_PAGES, UINT64_MAX);
	assert_ok(usage_read_caches(&kernel, &usage));
	ck_assert_uint_eq(usage.cache_count, 2);
	ck_assert_str_eq(usage.caches[0].type, "ramfs");
	ck_assert_uint_eq(usage.caches[0].pages, 300 + 400);
	ck_assert_str_eq(usage.caches[1].type, "ext4");
	ck_assert_uint_eq(usage.caches[1].pages, 100 + 200);
	fake_u64(INODE(3), INODE(2));
	usage = (struct usage){.total = 1000};
	assert_ok(usage_read_caches(&kernel, &usage));
	ck_assert_uint_eq(usage.cache_count, 2);
	fake_close();
}
END_TEST

UNIT_MAIN("usage", the_page_cache_is_told_by_file_system, the_largest_stay_in_order,
	  trees_of_areas_have_an_end, groups_are_walked_once, paths_have_an_end)
