/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a program's pipes and sockets hold: pages that no counter knows and slabs that name nobody. Each open file
 * counts for the first process that has it.
 */
#include "base/hash.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/tasks.h"
#include "kernel/types/object.h"
#include "memory/usage_read.h"
#include "memory/usage_top.h"

#define FILES_MAX (1u << 20) /* of all processes, slots that are empty included */

struct reading {
	struct kernel *kernel;
	uint64_t pipe_ops[2], socket_ops; /* 0: none */
	uint64_t left;			  /* files that may still be looked at */
	struct map seen;
};

/* fs/pipe.c: the buffers between tail and head; before 8cefc107ca54 v5.5 a count of them. */
static uint64_t pages_of_pipe(struct kernel *kernel, uint64_t pipe)
{
	uint64_t head, tail, room;

	if (err_ok(member_read(kernel, pipe, MEMBER_PIPE_COUNT, &head)))
		return head;
	if (!err_ok(member_read(kernel, pipe, MEMBER_PIPE_HEAD, &head)) ||
	    !err_ok(member_read(kernel, pipe, MEMBER_PIPE_TAIL, &tail)) ||
	    !err_ok(member_read(kernel, pipe, MEMBER_PIPE_ROOM, &room)))
		return 0;
	return MIN((uint32_t)(head - tail), room);
}

/* Both queues, in bytes, with what the kernel needs around a packet. */
static uint64_t pages_of_socket(struct kernel *kernel, uint64_t socket)
{
	uint64_t sk, sent = 0, received = 0;

	if (!err_ok(member_read(kernel, socket, MEMBER_SOCKET_SK, &sk)) || !sk ||
	    !err_ok(member_read(kernel, sk, MEMBER_SK_SENT, &sent)) ||
	    !err_ok(member_read(kernel, sk, MEMBER_SK_RECEIVED, &received)))
		return 0;
	return ((uint32_t)sent + (uint64_t)(uint32_t)received) / PAGE_SIZE;
}

/* In newer kernels, pipes without a name have operations of their own. */
static bool is_pipe(const struct reading *reading, uint64_t ops)
{
	return ops == reading->pipe_ops[0] || ops == reading->pipe_ops[1];
}

static void read_file(struct reading *reading, uint64_t file, struct usage_queues *queues)
{
	uint64_t ops, data;

	if (!file || !err_ok(member_read(reading->kernel, file, MEMBER_FILE_OPS, &ops)) || !ops ||
	    (!is_pipe(reading, ops) && ops != reading->socket_ops) ||
	    !err_ok(member_read(reading->kernel, file, MEMBER_FILE_DATA, &data)) || !data ||
	    !map_add(&reading->seen, data, 0)) /* both ends of a pipe have the same */
		return;
	if (is_pipe(reading, ops))
		queues->pipes += pages_of_pipe(reading->kernel, data);
	else
		queues->sockets += pages_of_socket(reading->kernel, data);
}

/* The files of one process: fs/file.c's table of them. */
static void read_files(struct reading *reading, uint64_t files, struct usage_queues *queues)
{
	struct kernel *kernel = reading->kernel;
	uint64_t table, count, slots, file;

	if (!err_ok(member_read(kernel, files, MEMBER_FILES_TABLE, &table)) ||
	    !err_ok(member_read(kernel, table, MEMBER_FDTABLE_COUNT, &count)) ||
	    !err_ok(member_read(kernel, table, MEMBER_FDTABLE_FILES, &slots)))
		return;
	for (uint64_t i = 0; i < count && reading->left; i++, reading->left--) {
		if (!err_ok(memory_read_u64(kernel->memory, slots + i * 8, &file)))
			return;
		read_file(reading, file, queues);
	}
}

static void read_process(struct reading *reading, const struct task *task, struct usage *usage)
{
	struct usage_queues queues = {.task = task};
	uint64_t files;
	int at;

	if (!err_ok(member_read(reading->kernel, task->address, MEMBER_TASK_FILES, &files)) ||
	    !files || !map_add(&reading->seen, files, 0))
		return;
	read_files(reading, files, &queues);
	queues.pages = MIN(queues.pipes + queues.sockets, usage->total);
	at = usage_top_place(usage->queues, sizeof(*usage->queues), &usage->queue_count,
			     offsetof(struct usage_queues, pages), queues.pages);
	if (at >= 0)
		usage->queues[at] = queues;
}

void usage_read_queues(struct kernel *kernel, struct usage *usage)
{
	static const char *const pipes[] = {"pipefifo_fops", "pipeanon_fops"};
	struct reading reading = {.kernel = kernel, .left = FILES_MAX};

	for (size_t i = 0; i < ARRAY_SIZE(pipes); i++)
		if (!symbols_find(kernel->symbols, pipes[i], &reading.pipe_ops[i]))
			reading.pipe_ops[i] = 0;
	if (!symbols_find(kernel->symbols, "socket_file_ops", &reading.socket_ops))
		reading.socket_ops = 0;
	for (size_t i = 0; i < tasks_count(kernel->tasks); i++)
		if (!tasks_at(kernel->tasks, i)->kthread)
			read_process(&reading, tasks_at(kernel->tasks, i), usage);
	map_deinit(&reading.seen);
}
