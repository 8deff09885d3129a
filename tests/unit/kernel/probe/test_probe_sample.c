/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of tasks in made memory: found, or nothing, in bounded work. */
#include "fake_kernel.h"
#include "kernel/probe/probe_sample.h"

#define TASKS 12
#define TASK(i) (FAKE_BASE + 0x1000 + 0x400 * (uint64_t)(i))
#define SIGNAL(i) (FAKE_BASE + 0x20000 + 0x40 * (uint64_t)(i))

static void put_tasks(unsigned count)
{
	fake_open(NULL);
	fake_symbol("init_task", TASK(0));
	for (unsigned i = 0; i < count; i++)
		fake_task(TASK(i), (int)i, i ? "worker" : "swapper/0", TASK((i + 1) % count),
			  TASK((i + count - 1) % count), SIGNAL(i));
}

static struct err *open_sample(struct sample *sample)
{
	return sample_open(&kernel, NULL, sample);
}

START_TEST(tasks_by_names)
{
	struct sample sample;

	put_tasks(TASKS);
	assert_ok(open_sample(&sample));
	ck_assert_uint_eq(sample.comm, T_COMM);
	ck_assert_uint_eq(sample.list, T_TASKS);
	ck_assert_uint_eq(sample.count, TASKS);
	sample_deinit(&sample);
	fake_close();
}
END_TEST

START_TEST(loop_ends)
{
	struct sample sample;

	put_tasks(TASKS);
	fake_u64(TASK(TASKS - 1) + T_TASKS, TASK(4) + T_TASKS);
	assert_ok(open_sample(&sample));
	ck_assert_uint_eq(sample.list, T_TASKS);
	ck_assert_uint_le(sample.count, SAMPLE_TASKS);
	ck_assert_uint_lt(fake.reads, 10000);
	sample_deinit(&sample);
	fake_close();
}
END_TEST

START_TEST(too_few)
{
	struct sample sample;

	put_tasks(2);
	assert_err(open_sample(&sample), ERR_NOT_FOUND);
	fake_close();
}
END_TEST

/* Another list of the same tasks: which of them is meant cannot be told. */
START_TEST(decoy)
{
	struct sample sample;

	put_tasks(TASKS);
	for (unsigned i = 0; i < TASKS; i++) {
		fake_u64(TASK(i), TASK((i + 1) % TASKS));
		fake_u64(TASK(i) + 8, TASK((i + TASKS - 1) % TASKS));
	}
	assert_err(open_sample(&sample), ERR_NOT_FOUND);
	fake_close();
}
END_TEST

START_TEST(absurd_links)
{
	struct sample sample;

	put_tasks(TASKS);
	fake_u64(TASK(0) + T_TASKS, UINT64_MAX - 7);
	assert_err(open_sample(&sample), ERR_NOT_FOUND);
	fake_close();
	put_tasks(TASKS);
	fake_put(TASK(0) + T_COMM, "someone", 8);
	assert_err(open_sample(&sample), ERR_NOT_FOUND);
	fake_close();
}
END_TEST

UNIT_MAIN("probe_sample", tasks_by_names, loop_ends, too_few, decoy, absurd_links)
