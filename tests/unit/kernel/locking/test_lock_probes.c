/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Layouts that sleepers tell: of barriers behind work items, of percpu_rw_semaphores with an rwsem inside, and of super
 * blocks whose thaw is waited for.
 */
#include "fake_locks.h"

#include "kernel/locking/barrier_probe.h"
#include "kernel/locking/percpu_probe.h"
#include "kernel/locking/thaw_probe.h"
#include "kernel/types/probed.h"

/* struct worker { list_head scheduled; struct task_struct *task; } */
enum { W_SCHEDULED = 8, W_TASK = 24 };
/* el8's work_struct keeps room for four words more: the completion of a barrier stands behind them. */
enum { B_ENTRY = 8, B_CALLS = 24, B_DONE = 64, C_LIST = 16 };

/* struct super_block { struct list_head s_list; … } */
enum { S_LIST = 8 };

static void worker_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	(void)i;
	b_record(b, B_STRUCT, "worker", 32, 1, "task", l, W_TASK * 8);
	b_record(b, B_STRUCT, "super_block", 16, 1, "s_list", l, S_LIST * 8);
}

#define BARRIER (STACK(1) + 0x3d00)
#define WORKER (FAKE_BASE + 0xe000)
#define FUNCTION (FAKE_BASE + 0xf000)
#define FAKE_KTHREAD 0x00200000

static struct type_provider *types;

/* Where a member is; UINT64_MAX when it is not known. */
static uint64_t at(const char *type, const char *path)
{
	struct member member;

	return type_find_member(types->ops->find(types, TYPE_STRUCT, type), path, &member)
		       ? member_offset(&member)
		       : UINT64_MAX;
}

static void ask(struct err *(*probe)(struct kernel *of, struct type_provider *to))
{
	if (types)
		types->ops->close(types);
	assert_ok(probed_open(&types));
	assert_ok(probed_add(types, "list_head", "next", 0, PROBED_POINTER));
	assert_ok(probed_add(types, "rw_semaphore", "count", 0, PROBED_NUMBER(8)));
	assert_ok(probe(&kernel, types));
}

static void close_all(void)
{
	types->ops->close(types);
	types = NULL;
	close_tasks();
}

/* --- barriers ----------------------------------------------------------------------------------- */

/* Task 1 flushes what kworker 4 runs. */
static void put_barrier(void)
{
	put_tasks(worker_types);
	fake_symbol("wq_barrier_func", FUNCTION);
	fake_u32(TASK(4) + T_FLAGS, FAKE_KTHREAD);
	fake_u64(BARRIER + B_CALLS, FUNCTION);
	fake_u32(BARRIER + B_DONE, 0);
	link_nodes(BARRIER + B_DONE + C_LIST, WAITER(1));
	link_nodes(WAITER(1), BARRIER + B_DONE + C_LIST);
	link_nodes(WORKER + W_SCHEDULED, BARRIER + B_ENTRY);
	link_nodes(BARRIER + B_ENTRY, WORKER + W_SCHEDULED);
	fake_u64(WORKER + W_TASK, TASK(4));
	open_tasks();
	put_asleep(1, WAIT_WORK, MODE_EXCLUSIVE);
}

START_TEST(barrier)
{
	put_barrier();
	ask(barrier_probe);
	ck_assert_uint_eq(at("wq_barrier", "done"), B_DONE);
	ck_assert_uint_eq(at("wq_barrier", "work.entry"), B_ENTRY);
	ck_assert_uint_eq(at("worker", "scheduled"), W_SCHEDULED);
	close_all();
}
END_TEST

START_TEST(barriers_that_lead_to_no_worker)
{
	put_barrier();
	fake_u64(WORKER + W_TASK, TASK(3)); /* no kernel thread */
	ask(barrier_probe);
	ck_assert_uint_eq(at("worker", "scheduled"), UINT64_MAX);
	ck_assert_uint_eq(at("wq_barrier", "done"), UINT64_MAX);
	fake_u64(WORKER + W_TASK, TASK(4));
	fake_u64(WORKER + W_SCHEDULED + 8, WORKER); /* its prev is not who came before */
	ask(barrier_probe);
	ck_assert_uint_eq(at("worker", "scheduled"), UINT64_MAX);
	link_nodes(BARRIER + B_ENTRY, WORKER + 0x40); /* round and round, past the first */
	link_nodes(WORKER + 0x40, WORKER + 0x40);
	ask(barrier_probe);
	ck_assert_uint_eq(at("worker", "scheduled"), UINT64_MAX);
	fake_u64(BARRIER + B_ENTRY, 0x4141414141414141);
	ask(barrier_probe);
	ck_assert_uint_eq(at("worker", "scheduled"), UINT64_MAX);
	close_all();
}
END_TEST

START_TEST(completions_that_are_done)
{
	put_barrier();
	fake_u32(BARRIER + B_DONE, 1);
	ask(barrier_probe);
	ck_assert_uint_eq(at("wq_barrier", "done"), UINT64_MAX);
	close_all();
}
END_TEST

/* --- percpu_rw_semaphores ----------------------------------------------------------------------- */

/* rcu_sync of 64 bytes, read_count, rw_sem, writer, readers_block. */
enum { P_COUNT = 64, P_RWSEM = 72, P_OWNER = P_RWSEM + 32, P_WRITER = 112, P_BLOCK = 120 };

static void put_drain(void)
{
	put_tasks(worker_types);
	fake_u64(LOCK + P_COUNT, 0x20004);
	fake_u64(LOCK + P_OWNER, TASK(2));
	fake_u64(LOCK + P_WRITER, TASK(2));
	fake_u32(LOCK + P_BLOCK, 1);
	fake_u64(STACK(2) + 0x3d08, LOCK);
	open_tasks();
	put_asleep(2, WAIT_PERCPU_RWSEM, MODE_WRITE);
}

START_TEST(drained)
{
	put_drain();
	ask(percpu_probe);
	ck_assert_uint_eq(at("percpu_rw_semaphore", "read_count"), P_COUNT);
	ck_assert_uint_eq(at("percpu_rw_semaphore", "writer.task"), P_WRITER);
	ck_assert_uint_eq(at("percpu_rw_semaphore", "readers_block"), P_BLOCK);
	close_all();
}
END_TEST

START_TEST(drained_by_nobody)
{
	put_drain();
	fake_u64(LOCK + P_OWNER, TASK(3)); /* another has the rwsem */
	ask(percpu_probe);
	ck_assert_uint_eq(at("percpu_rw_semaphore", "writer.task"), UINT64_MAX);
	fake_u64(LOCK + P_OWNER, TASK(2));
	fake_u32(LOCK + P_BLOCK, 0x4141);
	ask(percpu_probe);
	ck_assert_uint_eq(at("percpu_rw_semaphore", "writer.task"), UINT64_MAX);
	fake_u32(LOCK + P_BLOCK, 1);
	fake_sleepers_list[0].mode = MODE_READ;
	ask(percpu_probe);
	ck_assert_uint_eq(at("percpu_rw_semaphore", "writer.task"), UINT64_MAX);
	close_all();
}
END_TEST

/* --- until v4.10: a writer in a queue ----------------------------------------------------------- */

enum { E_TASK = 8, E_LIST = 24 };

static const struct queued {
	unsigned readers, writers, rwsem, slow, list, block;
	const char *list_name;
} queued[] = {
	{0, 8, 16, 48, 64, 0, "write_waitq.task_list"},	   /* v3.8, el7 */
	{0, 8, 16, 56, 72, 0, "write_waitq.task_list"},	   /* v4.0 */
	{64, 0, 72, 112, 128, 0, "write_waitq.task_list"}, /* v4.4 */
	{64, 0, 72, 0, 120, 136, "writer.task_list"},	   /* v4.8 */
};

/* Task 1 waits in the queue whose list is here. */
static void put_in_queue(uint64_t list)
{
	fake_u64(WAITER(1) + E_TASK, TASK(1));
	link_nodes(list, WAITER(1) + E_LIST);
	link_nodes(WAITER(1) + E_LIST, list);
}

static void put_queued(const struct queued *form)
{
	put_tasks(worker_types);
	fake_u64(LOCK + form->readers, 0x20004);
	fake_u64(LOCK + form->rwsem, 0xffffffff00000001); /* locked for write */
	if (form->writers)
		fake_u32(LOCK + form->writers, 1);
	if (form->slow)
		fake_u32(LOCK + form->slow, 1);
	if (form->block)
		fake_u32(LOCK + form->block, 1);
	put_in_queue(LOCK + form->list);
	open_tasks();
	put_asleep(1, WAIT_PERCPU_RWSEM, MODE_WRITE);
}

START_TEST(drained_in_a_queue)
{
	for (size_t i = 0; i < ARRAY_SIZE(queued); i++) {
		const char *readers = queued[i].slow ? "fast_read_ctr" : "read_count";

		put_queued(&queued[i]);
		ask(percpu_probe);
		ck_assert_uint_eq(at("percpu_rw_semaphore", readers), queued[i].readers);
		ck_assert_uint_eq(at("percpu_rw_semaphore", "rw_sem"), queued[i].rwsem);
		ck_assert_uint_eq(at("percpu_rw_semaphore", queued[i].list_name), queued[i].list);
		fake_u64(LOCK + queued[i].rwsem, 0); /* nobody has the rwsem */
		ask(percpu_probe);
		ck_assert_uint_eq(at("percpu_rw_semaphore", queued[i].list_name), UINT64_MAX);
		close_all();
	}
}
END_TEST

/* --- super blocks ------------------------------------------------------------------------------- */

enum { S_QUEUE = 840, S_FROZEN = S_QUEUE - 16 };
#define SUPERS WORKER
#define SUPER LOCK

static void put_frozen(uint64_t list)
{
	put_tasks(worker_types);
	fake_symbol("super_blocks", SUPERS);
	link_nodes(SUPERS, SUPER + S_LIST);
	link_nodes(SUPER + S_LIST, SUPERS);
	fake_u32(list - 16, 4);
	put_in_queue(list);
	open_tasks();
	put_asleep(1, WAIT_THAW, MODE_EXCLUSIVE);
}

START_TEST(thaw_is_waited_for)
{
	put_frozen(SUPER + S_QUEUE);
	ask(thaw_probe);
	ck_assert_uint_eq(at("super_block", "s_writers.wait_unfrozen.head"), S_QUEUE);
	ck_assert_uint_eq(at("super_block", "s_writers.frozen"), S_FROZEN);
	fake_u32(SUPER + S_FROZEN, 5); /* no state that there is */
	ask(thaw_probe);
	ck_assert_uint_eq(at("super_block", "s_writers.frozen"), UINT64_MAX);
	close_all();
	put_frozen(SUPER + 0x900); /* behind it */
	ask(thaw_probe);
	ck_assert_uint_eq(at("super_block", "s_writers.frozen"), UINT64_MAX);
	close_all();
	put_frozen(SUPER + S_QUEUE);
	link_nodes(SUPER + S_LIST, SUPER + S_LIST); /* a list that never ends */
	ask(thaw_probe);
	ck_assert_uint_lt(fake.reads, 1000000);
	close_all();
}
END_TEST

UNIT_MAIN("lock_probes", barrier, barriers_that_lead_to_no_worker, completions_that_are_done,
	  drained, drained_by_nobody, drained_in_a_queue, thaw_is_waited_for)
