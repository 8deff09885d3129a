/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "kernel/tasks/task.h"
#include "locks/io_waits.h"

#define TASKS 8

static struct task tasks[TASKS];
static struct wait_graph graph;
static json_t *locks[TASKS], *holder;
static unsigned lock_count;

static json_t *wait_for(const char *kind, const char *name, const char *device)
{
	json_t *lock = json_pack("{s:s, s:s, s:[]}", "kind", kind, "name", name, "waiters");

	json_put(lock, "device", device ? json_string(device) : NULL);
	locks[lock_count++] = lock;
	return lock;
}

static void add(unsigned from, int to, json_t *lock)
{
	struct wait_edge edge = {.from = &tasks[from],
				 .to = to < 0 ? NULL : &tasks[to],
				 .lock = lock,
				 .holder = holder,
				 .confidence = to < 0 ? 0 : 1};

	json_array_append_new(json_object_get(lock, "waiters"), json_object());
	assert_ok(wait_graph_add(&graph, &edge));
}

static void start(void)
{
	holder = json_object();
	for (unsigned i = 0; i < TASKS; i++) {
		tasks[i] = (struct task){.address = 0x1000 + i, .pid = 100 + (int)i, .state = 'D'};
		strcpy(tasks[i].comm, "dd");
	}
}

static void finish(const char *text)
{
	_str_ struct str found = {0};

	assert_ok(wait_graph_solve(&graph));
	io_waits_headline(&graph, &found);
	ck_assert_str_eq(found.data, text);
	wait_graph_deinit(&graph);
	while (lock_count)
		json_decref(locks[--lock_count]);
	json_decref(holder);
}

START_TEST(tasks_are_counted_by_device)
{
	start();
	json_t *page = wait_for("page", "page I/O on vda", "vda");
	json_t *bio = wait_for("io", "block I/O on vdb", "vdb");
	json_t *other = wait_for("page", "page writeback on vda", "vda");
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
	json_t *mutex = wait_for("mutex", "some_mutex", NULL);
	json_t *page = wait_for("page", "page I/O on vda1", "vda1");
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
	json_t *completion = wait_for("completion", "never", NULL);
	json_t *io = wait_for("io", "an NFS reply", NULL); /* its device is not known */
	add(0, -1, completion);
	add(1, -1, io);
	finish("1 task waits for I/O that has not ended");
}
END_TEST

UNIT_MAIN("io_waits", tasks_are_counted_by_device, those_behind_a_lock_count_too,
	  a_completion_is_not_called_io)
