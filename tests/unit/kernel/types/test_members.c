/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "btf_build.h"
#include "fake_memory.h"
#include "kernel/types/members.h"
#include "kernel/types/types.h"

static struct type_provider *task_types(const char *state_name)
{
	struct btf_build b = {0};
	uint32_t i = b_int(&b, "int", 4);
	b_record(&b, B_STRUCT, "task_struct", 16, 2, state_name, i, 0, "pid", i, 64);
	return b_open(&b, NULL, "");
}

START_TEST(each_era_is_found)
{
	static const char *const names[] = {"__state", "state"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_(cleanup_types_close) struct types *types = NULL;
		_cleanup_(cleanup_members_close) struct members *members = NULL;

		assert_ok(types_open(&types));
		assert_ok(types_add(types, task_types(names[i])));
		assert_ok(members_open(types, &members));
		const struct member *state = members_get(members, MEMBER_TASK_STATE);
		ck_assert_ptr_nonnull(state);
		ck_assert_str_eq(state->name, names[i]);
		ck_assert(!members_has(members, MEMBER_TASK_TGID));
	}
	ck_assert_str_eq(members_name(MEMBER_TASK_STATE), "task_struct.__state");
}
END_TEST

START_TEST(absence_ends_when_types_come)
{
	_cleanup_(cleanup_types_close) struct types *types = NULL;
	_cleanup_(cleanup_members_close) struct members *members = NULL;

	assert_ok(types_open(&types));
	assert_ok(members_open(types, &members));
	ck_assert(!members_has(members, MEMBER_TASK_PID));
	assert_ok(types_add(types, task_types("state")));
	ck_assert(members_has(members, MEMBER_TASK_PID));
	ck_assert_uint_eq(member_offset(members_get(members, MEMBER_TASK_PID)), 8);
}
END_TEST

UNIT_MAIN("eras", each_era_is_found, absence_ends_when_types_come)
