/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Super blocks in made memory: where they are listed, and what is no list of them. */
#include "fake_kernel.h"
#include "kernel/probe/probe_supers.h"
#include "kernel/types/probed.h"

#define SUPERS 5u
#define HEAD (FAKE_BASE + 0x800)
#define SUPER(i) (FAKE_BASE + 0x1000 + 0x800 * (uint64_t)(i))
#define KIND (FAKE_BASE + 0x8000)
#define NAME (FAKE_BASE + 0x8100)

enum { AT_LIST = 8, AT_TYPE = 40, AT_ID = 600 };

static struct type_provider *types;

struct err *memory_read_string(struct memory *memory, uint64_t va, char *buf, size_t size)
{
	TRY(memory_read(memory, va, buf, size));
	buf[size - 1] = '\0';
	return NULL;
}

static void link_nodes(uint64_t first, uint64_t second)
{
	fake_u64(first, second);
	fake_u64(second + 8, first);
}

static void put_supers(void)
{
	fake_open(NULL);
	fake_symbol("super_blocks", HEAD);
	fake_put(NAME, "ext4", 5);
	fake_u64(KIND, NAME);
	for (unsigned i = 0; i < SUPERS; i++) {
		link_nodes(i ? SUPER(i - 1) + AT_LIST : HEAD, SUPER(i) + AT_LIST);
		fake_u64(SUPER(i) + AT_TYPE, KIND);
		fake_put(SUPER(i) + AT_ID, "vda", 4);
	}
	link_nodes(SUPER(SUPERS - 1) + AT_LIST, HEAD);
	assert_ok(probed_open(&types));
	assert_ok(probed_add(types, "list_head", "next", 0, PROBED_POINTER));
	assert_ok(probed_add(types, "super_block", "s_type", AT_TYPE, PROBED_POINTER));
	assert_ok(probed_add(types, "super_block", "s_id", AT_ID, PROBED_CHARS(32)));
	assert_ok(probed_add(types, "file_system_type", "name", 0, PROBED_POINTER));
}

/* Where the list was found; UINT64_MAX for nowhere. The fake kernel is closed. */
static uint64_t list_found(void)
{
	struct member member;
	uint64_t found = UINT64_MAX;

	assert_ok(probe_supers(&kernel, types));
	if (type_find_member(types->ops->find(types, TYPE_STRUCT, "super_block"), "s_list",
			     &member))
		found = member_offset(&member);
	types->ops->close(types);
	fake_close();
	return found;
}

START_TEST(list)
{
	put_supers();
	ck_assert_uint_eq(list_found(), AT_LIST);
}
END_TEST

START_TEST(loop_ends)
{
	put_supers();
	link_nodes(SUPER(SUPERS - 1) + AT_LIST, SUPER(1) + AT_LIST);
	list_found();
	ck_assert_uint_lt(fake.reads, 100000);
}
END_TEST

START_TEST(nothing_of_damage)
{
	put_supers();
	fake_u64(SUPER(2) + AT_TYPE, KIND + 4); /* no pointer to a type */
	ck_assert_uint_eq(list_found(), UINT64_MAX);
	put_supers();
	fake_put(SUPER(3) + AT_ID, "\x01\x02", 3);
	ck_assert_uint_eq(list_found(), UINT64_MAX);
	put_supers();
	link_nodes(SUPER(0) + AT_LIST, HEAD); /* one is no witness */
	ck_assert_uint_eq(list_found(), UINT64_MAX);
}
END_TEST

/* Nothing told by code: three are called as their type is, two by their device. */
static void put_unknown_supers(void)
{
	static const char *const names[SUPERS] = {"sysfs", "proc", "tmpfs", "xfs", "ext4"};

	fake_open(NULL);
	fake_symbol("super_blocks", HEAD);
	for (unsigned i = 0; i < SUPERS; i++) {
		uint64_t kind = KIND + 0x200 * i, name = kind + 0x100;
		const char *id = i < 3 ? names[i] : "dm-2";

		link_nodes(i ? SUPER(i - 1) : HEAD, SUPER(i));
		fake_put(name, names[i], strlen(names[i]) + 1);
		fake_u64(kind, name);
		fake_u64(SUPER(i) + AT_TYPE, kind);
		fake_put(SUPER(i) + AT_ID, id, strlen(id) + 1);
	}
	link_nodes(SUPER(SUPERS - 1), HEAD);
	assert_ok(probed_open(&types));
	assert_ok(probed_add(types, "list_head", "next", 0, PROBED_POINTER));
}

static uint64_t place(const char *path)
{
	struct member member;

	return type_find_member(types->ops->find(types, TYPE_STRUCT, "super_block"), path, &member)
		       ? member_offset(&member)
		       : UINT64_MAX;
}

START_TEST(names_without_code)
{
	put_unknown_supers();
	assert_ok(probe_supers(&kernel, types));
	ck_assert_uint_eq(place("s_type"), AT_TYPE);
	ck_assert_uint_eq(place("s_id"), AT_ID);
	ck_assert_uint_eq(place("s_list"), 0);
	types->ops->close(types);
	fake_close();
	put_unknown_supers();
	fake_put(SUPER(2) + AT_ID, "loop0", 6); /* two are no witnesses */
	ck_assert_uint_eq(list_found(), UINT64_MAX);
	put_unknown_supers();
	fake_put(SUPER(4) + AT_ID, "\x01", 2);
	ck_assert_uint_eq(list_found(), UINT64_MAX);
}
END_TEST

UNIT_MAIN("probe_supers", list, loop_ends, nothing_of_damage, names_without_code)
