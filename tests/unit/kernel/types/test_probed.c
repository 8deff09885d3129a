/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Types made of single members, asked for as those of BTF are. */
#include "unit.h"

#include <stdio.h>

#include "kernel/types/members.h"
#include "kernel/types/probed.h"
#include "kernel/types/types.h"

static struct type_provider *provider;
static struct types *types;

static void set_up(void)
{
	assert_ok(types_open(&types));
	assert_ok(probed_open(&provider));
	assert_ok(probed_add(provider, "list_head", "next", 0, PROBED_POINTER));
	assert_ok(probed_add(provider, "list_head", "prev", 8, PROBED_POINTER));
	assert_ok(probed_add(provider, "task_struct", "tasks", 700, PROBED_STRUCT("list_head")));
	assert_ok(probed_add(provider, "task_struct", "comm", 1000, PROBED_CHARS(16)));
	assert_ok(probed_add(provider, "task_struct", "state", 24, PROBED_NUMBER(4)));
	assert_ok(probed_set_size(provider, TYPE_UNION, "thread_union", 16384));
	assert_ok(types_add(types, provider));
}

START_TEST(members_by_path)
{
	struct member member;

	set_up();
	struct type task = types_find(types, TYPE_NONE, "task_struct");
	ck_assert(type_find_member(task, "tasks.prev", &member));
	ck_assert_uint_eq(member_offset(&member), 708);
	ck_assert_int_eq(member.type.kind, TYPE_POINTER);
	ck_assert(type_find_member(task, "state", &member));
	ck_assert_uint_eq(type_size(member.type), 4);
	ck_assert(type_find_member(task, "comm", &member));
	ck_assert_uint_eq(type_size(member.type), 16);
	ck_assert_uint_eq(type_size(task), 1016);
	ck_assert(!type_find_member(task, "pid", &member));
	types_close(types);
}
END_TEST

START_TEST(eras_by_what_was_found)
{
	struct members *members;

	set_up();
	assert_ok(members_open(types, &members));
	ck_assert_uint_eq(member_offset(members_get(members, MEMBER_TASK_STATE)), 24);
	ck_assert_ptr_null(members_get(members, MEMBER_TASK_MM));
	ck_assert_uint_eq(type_size(types_find(types, TYPE_UNION, "thread_union")), 16384);
	ck_assert_int_eq(types_find_struct(types, "thread_union").kind, TYPE_NONE);
	members_close(members);
	types_close(types);
}
END_TEST

START_TEST(bounds)
{
	static char names[300][8];
	struct err *err = NULL;

	set_up();
	assert_err(probed_add(provider, "x", "y", 0, PROBED_STRUCT("unknown")), ERR_NOT_FOUND);
	for (size_t i = 0; !err && i < ARRAY_SIZE(names); i++) {
		snprintf(names[i], sizeof(names[i]), "m%zu", i);
		err = probed_add(provider, "many", names[i], i * 8, PROBED_NUMBER(8));
	}
	assert_err(err, ERR_LIMIT);
	err = NULL;
	for (size_t i = 0; !err && i < ARRAY_SIZE(names); i++)
		err = probed_add(provider, names[i], "m", 0, PROBED_NUMBER(8));
	assert_err(err, ERR_LIMIT);
	types_close(types);
}
END_TEST

START_TEST(witnesses)
{
	size_t proven, inferred;
	struct member member;

	set_up();
	assert_ok(probed_witness(provider, "task_struct", "state", 24, PROBED_NUMBER(4)));
	probed_count(provider, &proven, &inferred);
	ck_assert_uint_eq(proven, 1);
	ck_assert_uint_eq(inferred, 4);
	assert_ok(probed_witness(provider, "task_struct", "comm", 992, PROBED_CHARS(16)));
	assert_ok(probed_witness(provider, "task_struct", "cpu", 20, PROBED_NUMBER(4)));
	struct type task = types_find(types, TYPE_NONE, "task_struct");
	ck_assert(!type_find_member(task, "comm", &member));
	/* A third one does not bring it back. */
	assert_ok(probed_witness(provider, "task_struct", "comm", 992, PROBED_CHARS(16)));
	ck_assert(!type_find_member(task, "comm", &member));
	ck_assert(type_find_member(task, "cpu", &member));
	ck_assert(type_find_member(task, "tasks.next", &member));
	types_close(types);
}
END_TEST

START_TEST(hints)
{
	size_t proven, inferred, before;
	struct member member;

	set_up();
	probed_count(provider, &proven, &before);
	assert_ok(probed_hint(provider, "task_struct", "prio", 100, PROBED_NUMBER(4)));
	struct type task = types_find(types, TYPE_NONE, "task_struct");
	ck_assert(!type_find_member(task, "prio", &member));
	probed_count(provider, &proven, &inferred);
	ck_assert_uint_eq(proven, 0);
	ck_assert_uint_eq(inferred, before);
	/* Another says the same: then it is told. */
	assert_ok(probed_hint(provider, "task_struct", "prio", 100, PROBED_NUMBER(4)));
	ck_assert(type_find_member(task, "prio", &member));
	ck_assert_uint_eq(member_offset(&member), 100);
	/* Or another place: then neither is. */
	assert_ok(probed_hint(provider, "task_struct", "policy", 200, PROBED_NUMBER(4)));
	assert_ok(probed_hint(provider, "task_struct", "policy", 204, PROBED_NUMBER(4)));
	ck_assert(!type_find_member(task, "policy", &member));
	/* It is a witness against one that was found otherwise, too. */
	assert_ok(probed_hint(provider, "task_struct", "comm", 992, PROBED_CHARS(16)));
	ck_assert(!type_find_member(task, "comm", &member));
	types_close(types);
}
END_TEST

START_TEST(member_of_what_is_not_known)
{
	struct member member;

	set_up();
	assert_ok(probed_add(provider, "rq", "rt.rt_throttled", 2244, PROBED_NUMBER(4)));
	struct type rq = types_find(types, TYPE_NONE, "rq");
	ck_assert(type_find_member(rq, "rt.rt_throttled", &member));
	ck_assert_uint_eq(member_offset(&member), 2244);
	ck_assert(!type_find_member(rq, "rt", &member));
	ck_assert(!type_find_member(rq, "rt.rt_nr_running", &member));
	types_close(types);
}
END_TEST

static struct err *add_cpu(void *context, struct type_provider *more)
{
	(void)context;
	return probed_add(more, "task_struct", "cpu", 20, PROBED_NUMBER(4));
}

/* What is found later belongs to the structs that are there. */
START_TEST(found_later)
{
	struct member member;
	size_t before;

	set_up();
	before = types_generation(types);
	assert_ok(probed_provide(types, add_cpu, NULL));
	struct type task = types_find(types, TYPE_NONE, "task_struct");
	ck_assert(type_find_member(task, "cpu", &member));
	ck_assert(type_find_member(task, "comm", &member));
	ck_assert_uint_gt(types_generation(types), before);
	types_close(types);
}
END_TEST

START_TEST(bit_fields)
{
	struct member member;

	set_up();
	assert_ok(probed_add(provider, "slab", "objects", 40, PROBED_BITS(4, 16, 15)));
	ck_assert(type_find_member(types_find(types, TYPE_NONE, "slab"), "objects", &member));
	ck_assert_uint_eq(member.bit_offset, 40 * 8 + 16);
	ck_assert_uint_eq(member.bit_size, 15);
	types_close(types);
}
END_TEST

UNIT_MAIN("probed", members_by_path, eras_by_what_was_found, bounds, witnesses, hints,
	  member_of_what_is_not_known, found_later, bit_fields)
