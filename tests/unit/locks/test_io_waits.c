/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "kernel/tasks/tasks.h"
#include "locks/io_waits.h"

#define TASKS 8

static struct task tasks[TASKS];
static struct wait_graph graph;
static struct locks locks;
static const struct lock_holder holder;

static struct lock *wait_for(enum lock_kind kind, const char *name, const char *device)
{
	struct lock *lock = lock_new(kind, 0);

	copy_string(lock->place.name, sizeof(lock->place.name), name);
	copy_string(lock->device, sizeof(lock->device), device);
	assert_ok(locks_add(&locks, lock));
	return lock;
}

static void add(unsigned from, int to, const struct lock *lock)
{
	struct wait_edge edge = {.from = &tasks[from],
				 .to = to < 0 ? NULL : &tasks[to],
				 .lock = lock,
				 .holder = &holder,
				 .confidence = to < 0 ? 0 : 1};

	assert_ok(wait_graph_add(&graph, &edge));
}

static void start(void)
{
	for (unsigned i = 0; i < TASKS; i++) {
		tasks[i] = (struct task){.address = 0x1000 + i, .pid = 100 + (int)i, .state = 'D'};
		strcpy(tasks[i].comm, "dd");
	}
}

static void finish(const char *text)
{
	_cleanup_(io_waits_deinit) struct io_waits io = {0};
	_str_ struct str found = {0};

	assert_ok(wait_graph_solve(&graph));
	assert_ok(io_waits_count(&graph, &io));
	assert_ok(io_waits_headline(&graph, &io, &found));
	ck_assert_str_eq(found.data, text);
	wait_graph_deinit(&graph);
	locks_deinit(&locks);
}

START_TEST(tasks_are_counted_by_device)
{
	start();
	struct lock *page = wait_for(LOCK_PAGE, "page I/O on vda", "vda");
	struct lock *bio = wait_for(LOCK_IO, "block I/O on vdb", "vdb");
	struct lock *other = wait_for(LOCK_PAGE, "page writeback on vda", "vda");
	add(0, -1, page);
	add(1, -1, page);
	add(2, -1, bio);
	add(3, -1, other);
	tasks[2].blocked_ns = 6700000000;
	tasks[1].blocked_ns = 1000000000;
	finish("4 tasks wait for I/O that has not ended: 3 on vda, 1 on vdb; longest dd/102, for "
	       "6.7 s");
}
END_TEST

START_TEST(those_behind_a_lock_count_too)
{
	start();
	struct lock *mutex = wait_for(LOCK_MUTEX, "some_mutex", "");
	struct lock *page = wait_for(LOCK_PAGE, "page I/O on vda1", "vda1");
	add(0, 3, mutex);
	add(1, 3, mutex);
	add(3, -1, page);
	finish("3 tasks wait for I/O on vda1 that has not ended; 2 of them behind dd/103, which "
	       "waits for page I/O on vda1");
}
END_TEST

START_TEST(a_completion_is_not_called_io)
{
	start();
	struct lock *completion = wait_for(LOCK_COMPLETION, "never", "");
	struct lock *io = wait_for(LOCK_IO, "an NFS reply", ""); /* its device is not known */
	add(0, -1, completion);
	add(1, -1, io);
	finish("1 task waits for I/O that has not ended");
}
END_TEST

UNIT_MAIN("io_waits", tasks_are_counted_by_device, those_behind_a_lock_count_too,
	  a_completion_is_not_called_io)
