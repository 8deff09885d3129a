/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake_kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/tasks/percpu.h"
#include "kernel/tasks/tasks.h"
#include "locks/wait_target.h"

/* What the files under test ask for besides. */
struct err *memory_read_string(struct memory *memory, uint64_t va, char *buf, size_t size)
{
	return memory_read(memory, va, buf, size);
}

static void io_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	static const char *const
		bdev[] = {"bd_disk", "bd_partno"},
		*const key[] = {"flags", "bit_nr"}, *const bio[] = {"bi_bdev", "bi_private"},
		*const queue[] = {"disk"}, *const request[] = {"q", "end_io_data"},
		*const entry[] = {"func", "private"}, *const buffer[] = {"b_state", "b_bdev"},
		*const journal[] = {"j_fs_dev", "j_task"};
	uint32_t c = b_int(b, "char", 1), name = b_array(b, c, 32);

	(void)i;
	b_record(b, B_STRUCT, "gendisk", 32, 1, "disk_name", name, 0);
	fake_longs(b, "block_device", l, bdev, 2);
	fake_longs(b, "bio", l, bio, 2);
	fake_longs(b, "request", l, request, 2);
	fake_longs(b, "request_queue", l, queue, 1);
	fake_longs(b, "buffer_head", l, buffer, 2);
	fake_longs(b, "journal_s", l, journal, 2);
	static const char *const list[] = {"next", "prev"}, *const head[] = {"task_list"},
				 *const wait[] = {"wait"}, *const target_of[] = {"bt_bdev"},
				 *const log[] = {"l_mp", "l_targ"},
				 *const mount[] = {"m_super", "m_log"};
	uint32_t links = b_record(b, B_STRUCT, "links", 16, 2, list[0], l, 0, list[1], l, 64);
	b_record(b, B_STRUCT, "list_head", 16, 2, list[0], l, 0, list[1], l, 64);
	b_record(b, B_STRUCT, "net_device", 64, 2, "name", b_array(b, c, 16), 0, "todo_list", links,
		 256);
	uint32_t queue_head = b_record(b, B_STRUCT, "swait_queue_head", 16, 1, head[0], links, 0);
	uint32_t done = b_record(b, B_STRUCT, "completion", 16, 1, wait[0], queue_head, 0);
	b_record(b, B_STRUCT, "xfs_buf", 24, 2, "b_target", l, 0, "b_iowait", done, 64);
	fake_longs(b, "xfs_buftarg", l, target_of, 1);
	fake_longs(b, "xlog", l, log, 2);
	fake_longs(b, "xfs_mount", l, mount, 2);
	uint32_t wq = fake_longs(b, "wait_queue_entry", l, entry, 2);
	uint32_t bits = fake_longs(b, "wait_bit_key", l, key, 2);
	b_record(b, B_STRUCT, "wait_bit_queue_entry", 32, 2, "key", bits, 0, "wq_entry", wq, 128);
}

#define TASK (FAKE_BASE + 0x1000)
#define THREAD (FAKE_BASE + 0x1400)
#define SIGNAL(i) (FAKE_BASE + 0x1800 + 0x40 * (uint64_t)(i))
#define STACK (FAKE_BASE + 0x4000)
#define SP (STACK + 0x3000)
#define BDEV (FAKE_BASE + 0x2000)
#define DISK (FAKE_BASE + 0x2100)
#define OBJECT (FAKE_BASE + 0x2200)
#define QUEUE (FAKE_BASE + 0x2300)

static struct call call = {.function = "somewhere"};
static struct sleeper sleeper;
static struct wait_target target;

static void start(enum wait_kind kind, const char *what)
{
	fake_open(io_types);
	fake_symbol("init_task", TASK);
	fake_task(TASK, 1, "dd", THREAD, THREAD, SIGNAL(0));
	fake_task(THREAD, 2, "jbd2/vda1-8", TASK, TASK, SIGNAL(1));
	fake_u64(TASK + T_STACK, STACK);
	assert_ok(tasks_open(&kernel, &kernel.tasks));
	fake_u64(BDEV, DISK);
	fake_put(DISK, "vda", 4);
	sleeper = (struct sleeper){.task = tasks_at(kernel.tasks, 0),
				   .kind = kind,
				   .what = what,
				   .sp = SP,
				   .calls = &call,
				   .call_count = 1};
}

static void finish(void)
{
	tasks_close(kernel.tasks);
	percpu_close(kernel.percpu);
	kernel.tasks = NULL;
	kernel.percpu = NULL;
	fake_close();
}

static void expect(const char *device)
{
	wait_target_find(&kernel, &sleeper, &target);
	ck_assert_str_eq(target.device, device);
}

START_TEST(a_bio_leads_to_its_device_when_it_leads_back)
{
	start(WAIT_IO, "block I/O");
	fake_u64(SP + 0x40, OBJECT);
	fake_u64(OBJECT, BDEV);
	expect("");			 /* nothing says that this bio is the sleeper's */
	fake_u64(OBJECT + 8, SP + 0x80); /* its completion, on the sleeper's stack */
	expect("vda");
	fake_u64(BDEV + 8, 2);
	expect("vda2");
	fake_put(DISK, "nvme0n1", 8);
	expect("nvme0n1p2");
	fake_u64(OBJECT + 8, TASK); /* or the sleeper itself */
	expect("nvme0n1p2");
	fake_put(DISK, "\x1b[2J", 5);
	expect("");
	fake_u64(BDEV, 0xdead000000000100);
	expect("");
	finish();
	/* On the stack itself, with no pointer to it. */
	start(WAIT_IO, "block I/O");
	fake_u64(SP + 0x40, BDEV);
	fake_u64(SP + 0x48, SP + 0x80);
	expect("vda");
	finish();
}
END_TEST

START_TEST(a_request_and_a_buffer_lead_to_theirs)
{
	start(WAIT_IO, "a block request");
	fake_u64(SP + 0x20, OBJECT);
	fake_u64(OBJECT, QUEUE);
	fake_u64(OBJECT + 8, SP + 0x60);
	fake_u64(QUEUE, DISK);
	expect("vda");
	finish();
	start(WAIT_IO, "buffer I/O");
	fake_u64(SP + 0x20, OBJECT);	/* key.flags: the buffer's b_state */
	fake_u64(SP + 0x20 + 24, TASK); /* wq_entry.private */
	fake_u64(OBJECT + 8, BDEV);
	expect("vda");
	finish();
}
END_TEST

#define WAKE (FAKE_BASE + 0x2700)

START_TEST(a_bit_is_told_by_its_word)
{
	start(WAIT_BIT, "bit");
	fake_symbol("wake_bit_function", WAKE);
	fake_symbol("var_wake_function", WAKE + 0x40);
	fake_u64(SP + 0x20, OBJECT);
	fake_u64(SP + 0x28, 3);
	fake_u64(SP + 0x30, WAKE);
	fake_u64(SP + 0x38, TASK);
	expect("");
	ck_assert_uint_eq(target.word, OBJECT);
	ck_assert_uint_eq(target.bit, 3);
	fake_u64(SP + 0x28, 64); /* no bit of a word */
	expect("");
	ck_assert_uint_eq(target.word, 0);
	fake_u64(SP + 0x28, UINT64_MAX);
	expect("");
	ck_assert_uint_eq(target.word, 0);
	fake_u64(SP + 0x28, 3);
	fake_u64(SP + 0x30, WAKE + 0x40); /* another wait, of the same shape */
	expect("");
	ck_assert_uint_eq(target.word, 0);
	fake_u64(SP + 0x30, WAKE);
	fake_u64(SP + 0x38, THREAD); /* another's */
	expect("");
	ck_assert_uint_eq(target.word, 0);
	finish();
}
END_TEST

START_TEST(a_journal_names_its_thread)
{
	start(WAIT_OTHER, "jbd2 journal commit");
	fake_u64(SP + 0x20, OBJECT);
	fake_u64(OBJECT, BDEV);
	fake_u64(OBJECT + 8, TASK); /* some other structure that points to a task */
	expect("");
	ck_assert_ptr_null(target.server);
	fake_u64(OBJECT + 8, THREAD);
	expect("vda");
	ck_assert_int_eq(target.server->pid, 2);
	/* Other waits are not looked into, nor a task without a stack. */
	sleeper.what = "an RCU grace period";
	expect("");
	ck_assert_ptr_null(target.server);
	sleeper.what = "jbd2 journal commit";
	sleeper.call_count = 0;
	expect("");
	finish();
}
END_TEST

#define MOUNT (FAKE_BASE + 0x2400)
#define LOG (FAKE_BASE + 0x2500)
#define XFS_TARGET (FAKE_BASE + 0x2600)

START_TEST(xfs_buffers_and_logs_lead_to_theirs)
{
	start(WAIT_IO, "xfs buffer I/O");
	fake_u64(XFS_TARGET, BDEV);
	fake_u64(SP + 0x20, OBJECT);
	fake_u64(OBJECT, XFS_TARGET);
	fake_u64(OBJECT + 8, OBJECT + 8); /* nobody waits for this one */
	expect("");
	fake_u64(OBJECT + 8, SP + 0x90);
	expect("vda");
	finish();
	start(WAIT_OTHER, "xfs log space");
	fake_u64(XFS_TARGET, BDEV);
	fake_u64(LOG, MOUNT);
	fake_u64(LOG + 8, XFS_TARGET);
	fake_u64(SP + 0x20, LOG);
	expect(""); /* the mount has another log */
	fake_u64(MOUNT + 8, LOG);
	expect("vda");
	fake_u64(SP + 0x20, MOUNT);
	expect("vda");
	finish();
}
END_TEST

#define NETDEV (FAKE_BASE + 0x2400)
#define TODO 32

START_TEST(a_network_device_that_is_to_go)
{
	start(WAIT_OTHER, "the end of all references");
	fake_put(NETDEV, "eth0.5", 7);
	fake_u64(SP + 0x40, NETDEV + TODO); /* the list's head */
	expect("");
	fake_u64(NETDEV + TODO + 8, SP + 0x40);
	expect("eth0.5");
	fake_put(NETDEV, "\x1b[2Jx", 6);
	expect("");
	fake_put(NETDEV, "sixteen.letters!", 16); /* without an end */
	expect("");
	fake_put(NETDEV, "eth0", 5);
	fake_u64(SP + 0x40, NETDEV); /* taken off it */
	expect("");
	fake_u64(NETDEV + TODO + 8, 0xdead000000000122);
	expect("eth0");
	fake_u64(SP + 0x40, 0x4141414141414141);
	expect("");
	fake_u64(SP + 0x40, UINT64_MAX);
	expect("");
	finish();
}
END_TEST

UNIT_MAIN("wait_target", xfs_buffers_and_logs_lead_to_theirs,
	  a_bio_leads_to_its_device_when_it_leads_back, a_request_and_a_buffer_lead_to_theirs,
	  a_bit_is_told_by_its_word, a_journal_names_its_thread, a_network_device_that_is_to_go)
