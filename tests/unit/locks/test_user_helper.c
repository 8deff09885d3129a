/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs that a task of the kernel waits for: one of the name, many, and requests that lie. */
#include "fake_locks.h"
#include "locks/user_helper.h"

struct err *memory_read_string(struct memory *memory, uint64_t va, char *buf, size_t size)
{
	TRY(memory_read(memory, va, buf, size));
	buf[size - 1] = '\0';
	return NULL;
}

/* struct subprocess_info { struct completion *complete; const char *path; } */
static void helper_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	static const char *const members[] = {"complete", "path"};

	(void)i;
	fake_longs(b, "subprocess_info", l, members, 2);
}

#define REQUEST (FAKE_BASE + 0xd200)
#define PATH (FAKE_BASE + 0xd300)

static struct lock *lock;
static struct call call = {.function = "call_usermodehelper_exec"};
static struct sleeper *sleeper;

/* Task 1 has asked for lab_helper, which task 2 runs. */
static void set_up(void)
{
	put_tasks(helper_types);
	fake_put(TASK(2) + T_COMM, "lab_helper", 11);
	fake_put(PATH, "/usr/sbin/lab_helper", 21);
	fake_u64(REQUEST, LOCK);
	fake_u64(REQUEST + 8, PATH);
	fake_u64(STACK(1) + 0x3d00, REQUEST);
	open_tasks();
	sleeper = put_asleep(1, WAIT_COMPLETION, MODE_EXCLUSIVE);
	sleeper->calls = &call;
	sleeper->call_count = 1;
}

static bool name(void)
{
	lock_free(lock);
	lock = lock_new(LOCK_COMPLETION, LOCK);
	ck_assert_ptr_nonnull(lock);
	return user_helper_name(&kernel, sleeper, lock);
}

static void tear_down(void)
{
	lock_free(lock);
	lock = NULL;
	close_tasks();
}

START_TEST(the_task_that_runs_it_is_named)
{
	set_up();
	ck_assert(name());
	ck_assert_str_eq(lock->place.name, "the end of program lab_helper/2");
	tear_down();
}
END_TEST

START_TEST(of_many_or_none_the_path)
{
	set_up();
	fake_put(PATH, "/sbin/no_such_one", 18);
	ck_assert(name());
	ck_assert_str_eq(lock->place.name, "the end of program /sbin/no_such_one");
	fake_put(PATH, "task", 5); /* the others' name */
	ck_assert(name());
	ck_assert_str_eq(lock->place.name, "the end of program task");
	tear_down();
}
END_TEST

START_TEST(others_are_none)
{
	set_up();
	call.function = "lab_wait";
	ck_assert(!name());
	call.function = "call_usermodehelper_exec";
	fake_u64(REQUEST, LOCK + 8); /* another's completion */
	ck_assert(!name());
	fake_u64(REQUEST, LOCK);
	fake_u64(REQUEST + 8, UINT64_MAX);
	ck_assert(!name());
	fake_u64(REQUEST + 8, PATH);
	fake_put(PATH, "\x01\x02", 3);
	ck_assert(!name());
	sleeper->sp = UINT64_MAX;
	ck_assert(!name());
	tear_down();
}
END_TEST

UNIT_MAIN("user_helper", the_task_that_runs_it_is_named, of_many_or_none_the_path, others_are_none)
