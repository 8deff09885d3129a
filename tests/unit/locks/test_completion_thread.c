/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Completions that a kernel thread owes: its own end, or what a structure names it for. */
#include "fake_locks.h"
#include "locks/completion_thread.h"

/*
 * struct kthread { unsigned long flags; void *data; struct completion exited; }
 * struct engine { struct task_struct *thread; struct completion done; }
 */
enum { K_EXITED = 16, E_THREAD = 0, E_DONE = 8 };

static void thread_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	uint32_t done = b_record(b, B_STRUCT, "completion", 8, 1, "done", i, 0);

	b_record(b, B_STRUCT, "kthread", 24, 3, "flags", l, 0, "data", l, 64, "exited", done,
		 K_EXITED * 8);
	b_record(b, B_STRUCT, "engine", 16, 2, "thread", l, E_THREAD * 8, "done", done, E_DONE * 8);
}

#define FAKE_KTHREAD 0x00200000
#define ENGINE (LOCK - E_DONE)

static struct lock *lock;

static bool add(const char *type)
{
	lock_free(lock);
	lock = lock_new(LOCK_COMPLETION, LOCK);
	ck_assert_ptr_nonnull(lock);
	if (type) {
		lock->place.object = ENGINE;
		copy_string(lock->place.type, sizeof(lock->place.type), type);
	}
	return completion_thread_add(&kernel, lock);
}

static void set_up(void)
{
	put_tasks(thread_types);
	fake_u32(TASK(4) + T_FLAGS, FAKE_KTHREAD);
	fake_u64(ENGINE + E_THREAD, TASK(4));
	open_tasks();
}

static void tear_down(void)
{
	lock_free(lock);
	lock = NULL;
	close_tasks();
}

START_TEST(a_structure_names_its_thread)
{
	set_up();
	ck_assert(add("engine"));
	ck_assert_str_eq(holders_of(lock), "4e");
	ck_assert(lock->holders[0].confidence < 1);
	ck_assert(strstr(lock->holders[0].why, "engine.thread"));
	tear_down();
}
END_TEST

START_TEST(others_are_not_named)
{
	set_up();
	ck_assert(!add(NULL));
	ck_assert(!add("no_such_type"));
	fake_u64(ENGINE + E_THREAD, TASK(3)); /* a user's */
	ck_assert(!add("engine"));
	fake_u64(ENGINE + E_THREAD, TASK(4) + 8);
	ck_assert(!add("engine"));
	fake_u64(ENGINE + E_THREAD, UINT64_MAX);
	ck_assert(!add("engine"));
	tear_down();
}
END_TEST

UNIT_MAIN("completion_thread", a_structure_names_its_thread, others_are_not_named)
