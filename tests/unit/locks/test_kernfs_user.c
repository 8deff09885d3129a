/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tasks that take a file of sysfs away while they are its one user; and those that wait for another. */
#include "fake_kernel.h"
#include "kernel/locking/sleeper.h"
#include "locks/kernfs_user.h"

#define STACK (FAKE_BASE + 0x4000)
#define OPEN_FILE (FAKE_BASE + 0x1000)
#define FILE_AT (FAKE_BASE + 0x1100)
#define NODE (FAKE_BASE + 0x1200)
#define FUNCTIONS (FAKE_BASE + 0x1300)
#define REMOVED 0x80000001u

static void put_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	uint32_t atomic = b_record(b, B_STRUCT, "", 4, 1, "counter", i, 0);

	b_record(b, B_STRUCT, "kernfs_open_file", 16, 2, "kn", l, 0, "file", l, 64);
	b_record(b, B_STRUCT, "kernfs_node", 8, 1, "active", atomic, 32);
	b_record(b, B_STRUCT, "file", 8, 1, "f_op", l, 0);
}

static bool is_own(uint32_t users, const char *functions, uint64_t word)
{
	static const struct task task = {.stack = STACK, .stack_size = 0x1000};
	const struct sleeper sleeper = {.task = &task, .sp = STACK + 0xf00};

	fake_open(put_types);
	fake_symbol(functions, FUNCTIONS);
	fake_symbol("end", FUNCTIONS + 0x100);
	fake_u64(STACK + 0xf40, word);
	fake_u64(OPEN_FILE, NODE);
	fake_u64(OPEN_FILE + 8, FILE_AT);
	fake_u64(FILE_AT, FUNCTIONS);
	fake_u32(NODE + 4, users);
	bool ret = kernfs_user_is_waiter(&kernel, &sleeper);
	fake_close();
	return ret;
}

START_TEST(its_one_user_takes_a_file_away)
{
	ck_assert(is_own(REMOVED + 1, "kernfs_file_fops", OPEN_FILE));
}
END_TEST

START_TEST(others_are_waited_for)
{
	ck_assert(!is_own(REMOVED, "kernfs_file_fops", OPEN_FILE));
	ck_assert(!is_own(REMOVED + 2, "kernfs_file_fops", OPEN_FILE));
	ck_assert(!is_own(1, "kernfs_file_fops", OPEN_FILE));
}
END_TEST

START_TEST(what_is_no_open_file_says_nothing)
{
	ck_assert(!is_own(REMOVED + 1, "ext4_file_operations", OPEN_FILE));
	ck_assert(!is_own(REMOVED + 1, "kernfs_file_fops", OPEN_FILE + 8));
	ck_assert(!is_own(REMOVED + 1, "kernfs_file_fops", UINT64_MAX));
	ck_assert(!is_own(REMOVED + 1, "kernfs_file_fops", 0x41));
}
END_TEST

UNIT_MAIN("kernfs_user", its_one_user_takes_a_file_away, others_are_waited_for,
	  what_is_no_open_file_says_nothing)
