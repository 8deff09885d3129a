/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who waits for a tasklet that is due and disabled, and tasklets that are neither. */
#include "fake_locks.h"

/* struct tasklet_struct { struct tasklet_struct *next; unsigned long state; atomic_t count; void *func; } */
enum { S_STATE = 8, S_COUNT = 16, S_FUNC = 24 };

static void tasklet_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	static const char *const counter[] = {"counter"};
	uint32_t count = fake_longs(b, "atomic_t", i, counter, 1);

	b_record(b, B_STRUCT, "tasklet_struct", 32, 4, "next", l, 0, "state", l, S_STATE * 8,
		 "count", count, S_COUNT * 8, "func", l, S_FUNC * 8);
}

#define TASKLET LOCK
#define FUNCTION (FAKE_BASE + 0xf000)

static struct call call;

/* Task 1 waits in this function, with the tasklet's address on its stack. */
static void set_up(const char *function, uint64_t state, uint32_t count, uint64_t func)
{
	put_tasks(tasklet_types);
	fake_symbol("lab_tasklet", FUNCTION);
	fake_u64(TASKLET + S_STATE, state);
	fake_u32(TASKLET + S_COUNT, count);
	fake_u64(TASKLET + S_FUNC, func);
	fake_u64(STACK(1) + 0x3c40, TASKLET);
	open_tasks();
	call.function = function;
	struct sleeper *sleeper = put_asleep(1, WAIT_NONE, MODE_UNKNOWN);
	sleeper->calls = &call;
	sleeper->call_count = 1;
}

static bool told(void)
{
	ck_assert(run_again(&tasklet_analyzer));
	bool ret = found.count == 1 && found.list[0].id == FINDING_TASKLET;
	close_tasks();
	return ret;
}

START_TEST(one_that_is_due_and_disabled)
{
	set_up("tasklet_kill", 1, 1, FUNCTION);
	ck_assert(told());
}
END_TEST

START_TEST(others_are_not_told)
{
	set_up("lab_wait", 1, 1, FUNCTION);
	ck_assert(!told());
	set_up("tasklet_kill", 0, 1, FUNCTION); /* not due */
	ck_assert(!told());
	set_up("tasklet_kill", 3, 1, FUNCTION); /* it runs */
	ck_assert(!told());
	set_up("tasklet_kill", 1, 0, FUNCTION); /* not disabled */
	ck_assert(!told());
	set_up("tasklet_kill", 1, 100000, FUNCTION); /* no count */
	ck_assert(!told());
	set_up("tasklet_kill", 1, 1, FUNCTION + 4); /* no function begins there */
	ck_assert(!told());
}
END_TEST

UNIT_MAIN("tasklets", one_that_is_due_and_disabled, others_are_not_told)
