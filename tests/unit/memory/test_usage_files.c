/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What pipes and sockets hold, by process: files that are shared, tables that lie. */
#include "fake_kernel.h"
#include "kernel/tasks/tasks.h"
#include "memory/usage_read.h"

#define TASK(i) (FAKE_BASE + 0x1000 + T_SIZE * (uint64_t)(i))
#define FILES(i) (FAKE_BASE + 0x2000 + 0x40 * (uint64_t)(i))
#define TABLE(i) (FAKE_BASE + 0x3000 + 0x40 * (uint64_t)(i))
#define SLOTS(i) (FAKE_BASE + 0x4000 + 0x40 * (uint64_t)(i))
#define FILE_AT(i) (FAKE_BASE + 0x5000 + 0x40 * (uint64_t)(i))
#define DATA(i) (FAKE_BASE + 0x6000 + 0x40 * (uint64_t)(i))
#define SOCK (FAKE_BASE + 0x7000)
#define PIPES (FAKE_BASE + 0x100)
#define NAMELESS (PIPES + 0x20)
#define SOCKETS (FAKE_BASE + 0x200)

static struct task tasks[2];

size_t tasks_count(const struct tasks *of)
{
	(void)of;
	return ARRAY_SIZE(tasks);
}

const struct task *tasks_at(const struct tasks *of, size_t i)
{
	(void)of;
	return &tasks[i];
}

static void put_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	uint32_t backlog = b_record(b, B_STRUCT, "backlog", 8, 1, "rmem_alloc", i, 0);

	b_record(b, B_STRUCT, "files_struct", 8, 1, "fdt", l, 0);
	b_record(b, B_STRUCT, "fdtable", 16, 2, "max_fds", i, 0, "fd", l, 64);
	b_record(b, B_STRUCT, "file", 16, 2, "f_op", l, 0, "private_data", l, 64);
	b_record(b, B_STRUCT, "pipe_inode_info", 16, 3, "head", i, 0, "tail", i, 32, "ring_size", i,
		 64);
	b_record(b, B_STRUCT, "socket", 8, 1, "sk", l, 0);
	b_record(b, B_STRUCT, "sock", 16, 2, "sk_wmem_alloc", i, 0, "sk_backlog", backlog, 64);
}

static void put_process(unsigned i, uint64_t slots, uint32_t count)
{
	tasks[i] = (struct task){.pid = (int32_t)(100 + i), .address = TASK(i)};
	fake_u64(TASK(i) + T_FILES, FILES(i));
	fake_u64(FILES(i), TABLE(i));
	fake_u64(TABLE(i), count);
	fake_u64(TABLE(i) + 8, slots);
}

static void put_file(unsigned i, uint64_t ops, uint64_t data)
{
	fake_u64(FILE_AT(i), ops);
	fake_u64(FILE_AT(i) + 8, data);
}

/* The second process has a pipe with 5 pages, by both ends; the first a socket, and that pipe's reading end. */
static void start(void)
{
	fake_open(put_types);
	fake_symbol("pipefifo_fops", PIPES);
	fake_symbol("pipeanon_fops", NAMELESS);
	fake_symbol("socket_file_ops", SOCKETS);
	put_process(0, SLOTS(0), 4);
	put_process(1, SLOTS(1), 4);
	put_file(0, SOCKETS, DATA(0));
	put_file(1, PIPES, DATA(1));
	put_file(2, NAMELESS, DATA(2));
	fake_u64(SLOTS(0), FILE_AT(0));
	fake_u64(SLOTS(0) + 16, FILE_AT(1));
	fake_u64(SLOTS(1), FILE_AT(1));
	fake_u64(SLOTS(1) + 8, FILE_AT(2));
	fake_u64(DATA(0), SOCK);
	fake_u64(SOCK, 9 * PAGE_SIZE);
	fake_u64(SOCK + 8, PAGE_SIZE);
	fake_u64(DATA(1), 7ull | 2ull << 32); /* head, tail */
	fake_u64(DATA(1) + 8, 16);
	fake_u64(DATA(2), 1ull | 0xfffffffeull << 32); /* the counts wrap */
	fake_u64(DATA(2) + 8, 16);
}

START_TEST(each_file_counts_once)
{
	struct usage usage = {.total = 1000};

	start();
	usage_read_queues(&kernel, &usage);
	ck_assert_uint_eq(usage.queue_count, 2);
	ck_assert_int_eq(usage.queues[0].task->pid, 100);
	ck_assert_uint_eq(usage.queues[0].sockets, 10);
	ck_assert_uint_eq(usage.queues[0].pipes, 5);
	ck_assert_uint_eq(usage.queues[1].pipes, 3);
	/* Threads share their files. */
	fake_u64(TASK(1) + T_FILES, FILES(0));
	usage = (struct usage){.total = 1000};
	usage_read_queues(&kernel, &usage);
	ck_assert_uint_eq(usage.queue_count, 1);
	fake_close();
}
END_TEST

/* A table of two thousand million files, a pipe with more pages than it has room for. */
START_TEST(absurd_numbers_are_bounded)
{
	struct usage usage = {.total = 1000};

	start();
	put_process(0, SLOTS(0), 0x7fffffff);
	fake_u64(DATA(1), 0xffffffff);
	usage_read_queues(&kernel, &usage);
	ck_assert_uint_ge(usage.queue_count, 1);
	ck_assert_uint_le(usage.queues[0].pages, 1000);
	ck_assert_uint_le(usage.queues[0].pipes, 2 * 16);
	fake_u64(TABLE(0) + 8, 0x4141414141414141);
	fake_u64(TABLE(1), 0);
	usage = (struct usage){.total = 1000};
	usage_read_queues(&kernel, &usage);
	ck_assert_uint_eq(usage.queue_count, 0);
	fake_close();
}
END_TEST

UNIT_MAIN("usage_files", each_file_counts_once, absurd_numbers_are_bounded)
