/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From single locks to what is said of all of them together. */
#include "fake_locks.h"
#include "kernel/tasks/tasks.h"
#include "locks/lock.h"

#define LOCK_A 0xffffffff82000000ull
#define LOCK_B 0xffffffff82000100ull
#define LOCK_C 0xffffffff82000200ull

static void set_up(void)
{
	put_tasks(NULL);
	open_tasks();
}

static struct task *pid(int number)
{
	return (struct task *)tasks_by_pid(kernel.tasks, number);
}

/* A lock held by one task, waited for by others (ended by 0); a negative holder is inferred. */
static struct lock *put_lock(enum lock_kind kind, uint64_t address, int holder, ...)
{
	struct lock *lock = lock_new(kind, address);
	va_list waiters;
	int64_t count = 0;

	if (holder)
		lock_add_holder(lock, pid(abs(holder)), MODE_WRITE,
				holder > 0 ? EVIDENCE_PROVEN : EVIDENCE_INFERRED,
				holder > 0 ? 1 : 0.6, "so the test says");
	else
		lock_add_holder(lock, NULL, MODE_UNKNOWN, EVIDENCE_MISSING, 0, "nobody knows");
	va_start(waiters, holder);
	for (int number; (number = va_arg(waiters, int)); count++)
		lock_add_sleeper(lock, pid(number), MODE_EXCLUSIVE, count, 0);
	va_end(waiters);
	assert_ok(locks_add(&facts.locks, lock));
	return lock;
}

/* What the analyzer says of the locks put so far. */
static const struct finding *waits(void)
{
	wait_graph_deinit(&facts.waits);
	assert_ok(waits_analyzer.run(&facts));
	const struct finding *last = &found.list[found.count - 1];
	ck_assert_int_eq(last->id, FINDING_WAITS);
	return last;
}

START_TEST(a_cycle_through_locks_of_all_kinds)
{
	set_up();
	put_lock(LOCK_MUTEX, LOCK_A, 1, 2, 0);
	put_lock(LOCK_RWSEM, LOCK_B, -2, 3, 5, 0);
	struct lock *spin = put_lock(LOCK_QSPINLOCK, LOCK_C, 3, 1, 0);
	spin->waiters[0].cpu = 2;
	pid(1)->state = 'R'; /* a spinner runs as long as it waits */
	pid(1)->on_cpu = 2;
	const struct finding *said = waits();
	ck_assert_uint_eq(facts.waits.cycle_count, 1);
	ck_assert_uint_eq(facts.waits.cycles[0].length, 3);
	ck_assert_msg(strstr(said->headline, "deadlock of 3 tasks: "), "%s", said->headline);
	ck_assert_msg(strstr(said->headline, "(in part inferred)"), "%s", said->headline);
	ck_assert_double_eq_tol(said->confidence, 0.6, 1e-9);
	ck_assert_int_eq(said->severity, SEVERITY_CRITICAL);
	ck_assert_uint_eq(facts.waits.count, 4);
	close_tasks();
}
END_TEST

START_TEST(a_task_that_takes_its_own_mutex_again)
{
	set_up();
	put_lock(LOCK_MUTEX, LOCK_A, 1, 1, 2, 0);
	const struct finding *said = waits();
	ck_assert_uint_eq(facts.waits.cycle_count, 1);
	ck_assert_msg(strstr(said->headline, "deadlock of 1 task: "), "%s", said->headline);
	close_tasks();
}
END_TEST

/* The same, but it was woken, and handed the mutex while it still stands in the list. */
START_TEST(a_woken_waiter_waits_for_nobody)
{
	set_up();
	put_lock(LOCK_MUTEX, LOCK_A, 1, 1, 2, 0);
	pid(1)->state = 'R';
	const struct finding *said = waits();
	ck_assert_uint_eq(facts.waits.cycle_count, 0);
	ck_assert_uint_eq(facts.waits.count, 1);
	ck_assert_uint_eq(facts.waits.root_count, 1);
	ck_assert_msg(!strstr(said->headline, "deadlock"), "%s", said->headline);
	/* Not asleep yet: it looks at the lock while its owner runs. */
	pid(1)->state = 'D';
	pid(1)->on_cpu = 0;
	waits();
	ck_assert_uint_eq(facts.waits.cycle_count, 0);
	close_tasks();
}
END_TEST

/* A lock that 1 has for read, with a writer and a reader behind it in the queue. */
static struct lock *put_read_lock(uint64_t address, int holder, int writer, int reader)
{
	struct lock *lock = lock_new(LOCK_RWSEM, address);

	lock_add_holder(lock, pid(holder), MODE_READ, EVIDENCE_INFERRED, 0.8, "so the test says");
	lock_add_sleeper(lock, pid(writer), MODE_WRITE, 0, 0);
	lock_add_sleeper(lock, pid(reader), MODE_READ, 1, 0);
	lock_set_ahead(lock, 0, EVIDENCE_PROVEN);
	assert_ok(locks_add(&facts.locks, lock));
	return lock;
}

START_TEST(a_reader_waits_for_the_writer_before_it)
{
	set_up();
	put_read_lock(LOCK_A, 1, 2, 3);
	put_lock(LOCK_MUTEX, LOCK_B, 3, 1, 0);
	const struct finding *said = waits();
	ck_assert_uint_eq(facts.waits.cycle_count, 1);
	ck_assert_uint_eq(facts.waits.cycles[0].length, 3);
	ck_assert_msg(strstr(said->headline, "queued behind task/2"), "%s", said->headline);
	ck_assert_double_eq_tol(said->confidence, 0.8, 1e-9);
	close_tasks();
	/* The writer has been woken: the reader waits for whoever has the lock. */
	set_up();
	put_read_lock(LOCK_A, 1, 2, 3);
	pid(2)->state = 'R';
	waits();
	ck_assert_uint_eq(facts.waits.count, 1);
	ck_assert_ptr_eq(facts.waits.edges[0].to, pid(1));
	close_tasks();
}
END_TEST

START_TEST(a_reader_that_reads_again_behind_a_writer)
{
	set_up();
	put_read_lock(LOCK_A, 1, 2, 1);
	const struct finding *said = waits();
	ck_assert_uint_eq(facts.waits.cycle_count, 1);
	ck_assert_msg(strstr(said->headline, "self-deadlock: task/1 holds"), "%s", said->headline);
	ck_assert_msg(strstr(said->headline, "behind writer task/2"), "%s", said->headline);
	close_tasks();
}
END_TEST

START_TEST(deadlocks_that_share_nobody_are_counted)
{
	set_up();
	put_lock(LOCK_MUTEX, LOCK_A, 1, 2, 0);
	put_lock(LOCK_MUTEX, LOCK_B, 2, 1, 0);
	put_lock(LOCK_MUTEX, LOCK_C, 3, 3, 5, 0);
	const struct finding *said = waits();
	ck_assert_uint_eq(facts.waits.cycle_count, 2);
	ck_assert_msg(strstr(said->headline, "2 deadlocks: deadlock of "), "%s", said->headline);
	ck_assert_msg(strstr(said->headline, "; and deadlock of "), "%s", said->headline);
	close_tasks();
	/* One task in both: one knot. */
	set_up();
	put_lock(LOCK_MUTEX, LOCK_A, 1, 2, 3, 0);
	put_lock(LOCK_MUTEX, LOCK_B, 2, 1, 0);
	put_lock(LOCK_MUTEX, LOCK_C, 3, 1, 0);
	ck_assert_msg(!strstr(waits()->headline, "deadlocks"), "%s", waits()->headline);
	close_tasks();
}
END_TEST

START_TEST(a_holder_that_has_ended)
{
	set_up();
	put_lock(LOCK_MUTEX, LOCK_A, 1, 2, 3, 0);
	pid(1)->state = 'Z';
	const struct finding *said = waits();
	ck_assert_msg(strstr(said->headline, "held by task/1, which has ended"), "%s",
		      said->headline);
	ck_assert_msg(strstr(said->headline, "2 tasks wait"), "%s", said->headline);
	const json_t *root = json_array_get(json_object_get(said->evidence, "roots"), 0);
	ck_assert(json_is_true(json_object_get(root, "ended")));
	close_tasks();
}
END_TEST

START_TEST(the_longest_wait_is_told)
{
	set_up();
	pid(2)->blocked_ns = 3000000000;
	pid(3)->blocked_ns = 125000000000;
	pid(4)->blocked_ns = 124000000000;
	put_lock(LOCK_RWSEM, LOCK_A, 1, 2, 3, 0);
	put_lock(LOCK_MUTEX, LOCK_B, 1, 4, 0);
	const json_t *longest = json_object_get(waits()->evidence, "longest");
	ck_assert_int_eq(
		json_integer_value(json_object_get(json_object_get(longest, "task"), "pid")), 3);
	ck_assert_double_eq_tol(json_real_value(json_object_get(longest, "blocked_s")), 125, 1e-6);
	close_tasks();
	/* No time is known of anybody: none is made up. */
	set_up();
	put_lock(LOCK_MUTEX, LOCK_B, 1, 4, 0);
	longest = json_object_get(waits()->evidence, "longest");
	ck_assert(!longest || json_is_null(longest));
	close_tasks();
}
END_TEST

START_TEST(a_wait_without_a_holder_is_a_root_of_its_own)
{
	set_up();
	put_lock(LOCK_IO, 0, 0, 1, 2, 3, 0);
	const struct finding *said = waits();
	ck_assert_uint_eq(facts.waits.cycle_count, 0);
	ck_assert_uint_eq(facts.waits.root_count, 1);
	ck_assert(!facts.waits.roots[0].holder_known);
	ck_assert_uint_eq(facts.waits.roots[0].victims, 3);
	ck_assert_double_eq_tol(said->confidence, 0.7, 1e-9);
	close_tasks();
}
END_TEST

/* A lock that is on its way from one to the next, and nobody asleep on it, is no finding. */
START_TEST(nobody_asleep_is_nothing_to_say)
{
	set_up();
	pid(2)->state = 'R';
	put_lock(LOCK_MUTEX, LOCK_A, 1, 2, 0);
	assert_ok(waits_analyzer.run(&facts));
	ck_assert_uint_eq(found.count, 0);
	close_tasks();
}
END_TEST

static const char *brief(void)
{
	return json_string_value(json_object_get(waits()->evidence, "brief"));
}

static void name_lock(struct lock *lock, const char *name)
{
	copy_string(lock->place.name, sizeof(lock->place.name), name);
}

START_TEST(a_line_has_the_tasks_and_locks_of_a_cycle)
{
	set_up();
	name_lock(put_lock(LOCK_MUTEX, LOCK_A, 1, 2, 0), "one_mutex [module]");
	name_lock(put_lock(LOCK_MUTEX, LOCK_B, 2, 1, 0), "other_mutex [module]");
	ck_assert_str_eq(brief(),
			 "deadlock of 2 tasks over other_mutex, one_mutex: task/1, task/2");
	name_lock(put_lock(LOCK_MUTEX, LOCK_C, 3, 3, 0), "third_mutex");
	ck_assert_str_eq(
		brief(),
		"2 deadlocks: other_mutex, one_mutex (task/1, task/2); third_mutex (task/3)");
	close_tasks();
	set_up();
	name_lock(put_read_lock(LOCK_A, 1, 2, 1), "mmap_lock of task/1");
	ck_assert_str_eq(brief(), "self-deadlock: task/1 reads mmap_lock of task/1 again, behind "
				  "waiting writer task/2");
	close_tasks();
}
END_TEST

START_TEST(a_long_line_of_a_cycle_says_no_program_twice)
{
	static const char name[] = "a_mutex_with_a_name_that_is_long",
			  again[] = "b_mutex_of_almost_that_length";

	set_up();
	name_lock(put_lock(LOCK_MUTEX, LOCK_A, 1, 2, 0), name);
	struct lock *other = put_lock(LOCK_MUTEX, LOCK_B, 2, 1, 0);
	name_lock(other, again);
	ck_assert_msg(strlen(brief()) <= 100 && strstr(brief(), again) && strstr(brief(), name) &&
			      strstr(brief(), ": task/1, 2"),
		      "%s", brief());
	name_lock(other, "b_mutex_with_a_name_that_is_longer_still_by_far");
	ck_assert_msg(strlen(brief()) <= 100 && strstr(brief(), ", ...: task/1, 2"), "%s", brief());
	close_tasks();
}
END_TEST

START_TEST(cpus_that_wait_for_answers_are_more_than_their_tasks)
{
	set_up();
	name_lock(put_lock(LOCK_CPU_CALL, 0, 1, 2, 0),
		  "CPU 1's answer to some_function_with_a_name()");
	name_lock(put_lock(LOCK_CPU_CALL, 0, 2, 1, 0), "CPU 2's answer to some_other_function()");
	ck_assert_str_eq(brief(), "deadlock over CPU 2's answer to some_other_function(), "
				  "CPU 1's answer to some_function_with_a_name()");
	close_tasks();
}
END_TEST

/* What the root does, and how many wait, go before the line grows too long; names never do. */
START_TEST(a_line_has_as_much_of_a_root_as_fits)
{
	char name[80];

	set_up();
	struct lock *lock = put_lock(LOCK_MUTEX, LOCK_A, 1, 2, 3, 0);
	name_lock(lock, "some_mutex");
	ck_assert_msg(!strncmp(brief(), "some_mutex: writer task/1 ", 26), "%s", brief());
	ck_assert_msg(strstr(brief(), "; 2 tasks wait for it"), "%s", brief());
	lock->holders[0].left = true;
	ck_assert_str_eq(brief(),
			 "some_mutex: task/1 returned to user space with it; 2 tasks wait for it");
	lock->holders[0].left = false;
	memset(name, 'a', sizeof(name));
	name[sizeof(name) - 1] = 0;
	name_lock(lock, name);
	ck_assert_msg(!strstr(brief(), "wait"), "%s", brief());
	ck_assert_msg(!strncmp(brief(), name, strlen(name)), "%s", brief());
	pid(1)->state = 'Z';
	ck_assert_msg(strstr(brief(), "is held by task/1, which has ended; 2 tasks wait for it"),
		      "%s", brief());
	close_tasks();
	/* Nothing shorter can be said of I/O. */
	set_up();
	put_lock(LOCK_IO, 0, 0, 1, 2, 3, 0);
	ck_assert_ptr_null(brief());
	close_tasks();
}
END_TEST

UNIT_MAIN("waits", a_cycle_through_locks_of_all_kinds, a_task_that_takes_its_own_mutex_again,
	  a_reader_waits_for_the_writer_before_it, a_reader_that_reads_again_behind_a_writer,
	  deadlocks_that_share_nobody_are_counted, a_holder_that_has_ended,
	  a_woken_waiter_waits_for_nobody, the_longest_wait_is_told,
	  a_wait_without_a_holder_is_a_root_of_its_own, a_line_has_the_tasks_and_locks_of_a_cycle,
	  a_long_line_of_a_cycle_says_no_program_twice, a_line_has_as_much_of_a_root_as_fits,
	  cpus_that_wait_for_answers_are_more_than_their_tasks, nobody_asleep_is_nothing_to_say)
