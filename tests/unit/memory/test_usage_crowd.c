/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Crowds of processes of one name, and many processes that are none. */
#include "unit.h"

#include <stdio.h>

#include "kernel/tasks/tasks.h"
#include "memory/usage_read.h"

#define TASKS 1000

static struct task tasks[TASKS];
static size_t task_count;

size_t tasks_count(const struct tasks *of)
{
	(void)of;
	return task_count;
}

const struct task *tasks_at(const struct tasks *of, size_t index)
{
	(void)of;
	return &tasks[index];
}

static void put(size_t count, const char *comm)
{
	for (; count--; task_count++) {
		struct task *task = &tasks[task_count];

		*task = (struct task){
			.pid = (int)task_count + 1, .tgid = (int)task_count + 1, .mm = 1};
		snprintf(task->comm, sizeof(task->comm), "%s", comm);
	}
}

static struct usage_crowd crowd_of(struct usage *usage)
{
	struct kernel kernel = {.tasks = NULL};

	usage->crowd = (struct usage_crowd){.pages = 0};
	usage_read_crowd(&kernel, usage);
	return usage->crowd;
}

static struct usage programs(void)
{
	task_count = 0;
	return (struct usage){
		.pages = {[USAGE_ANON] = 800, [USAGE_TABLES] = 100, [USAGE_STACKS] = 100}};
}

START_TEST(a_crowd_has_its_share)
{
	struct usage usage = programs();
	struct usage_crowd crowd;

	put(100, "init");
	put(300, "sh");
	crowd = crowd_of(&usage);
	ck_assert_str_eq(crowd.comm, "sh");
	ck_assert_uint_eq(crowd.processes, 300);
	ck_assert_uint_eq(crowd.all, 400);
	ck_assert_uint_eq(crowd.pages, 750);
	/* What a large one of another name has is not theirs; more than there is, is nothing. */
	usage.processes[0] = (struct usage_process){.task = &tasks[0], .own = 400};
	usage.process_count = 1;
	ck_assert_uint_eq(crowd_of(&usage).pages, 450);
	usage.processes[0].own = UINT64_MAX;
	ck_assert_uint_eq(crowd_of(&usage).pages, 75);
}
END_TEST

START_TEST(many_are_no_crowd)
{
	struct usage usage = programs();

	ck_assert_uint_eq(crowd_of(&usage).pages, 0); /* nobody at all */
	put(199, "sh");
	ck_assert_uint_eq(crowd_of(&usage).pages, 0);
	put(1, "sh");
	ck_assert_uint_ne(crowd_of(&usage).pages, 0);
	put(200, "java"); /* half is not most */
	ck_assert_uint_eq(crowd_of(&usage).pages, 0);
}
END_TEST

START_TEST(threads_do_not_count)
{
	struct usage usage = programs();

	put(400, "java");
	for (size_t i = 0; i < 400; i++)
		tasks[i].tgid = 1;
	crowd_of(&usage);
	ck_assert_uint_eq(usage.crowd.all, 0);
	ck_assert_uint_eq(usage.crowd.pages, 0);
}
END_TEST

/* They have nothing of what programs have. */
START_TEST(kernel_threads_are_a_crowd_of_their_own)
{
	struct usage usage = programs();

	put(10, "sh");
	put(300, "lab_worker");
	put(100, "kworker");
	for (size_t i = 10; i < task_count; i++)
		tasks[i].kthread = true;
	crowd_of(&usage);
	ck_assert(usage.crowd.kthreads);
	ck_assert_str_eq(usage.crowd.comm, "lab_worker");
	ck_assert_uint_eq(usage.crowd.all, 400);
	ck_assert_uint_eq(usage.crowd.pages, 75);
}
END_TEST

UNIT_MAIN("usage_crowd", a_crowd_has_its_share, many_are_no_crowd, threads_do_not_count,
	  kernel_threads_are_a_crowd_of_their_own)
