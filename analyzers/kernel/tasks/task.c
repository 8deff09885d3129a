/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads one task out of its task_struct. */
#include "kernel/tasks/task.h"

#include <string.h>

#include "base/parse.h"
#include "base/str.h"
#include "kernel/dump/dump.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"

/* The bits of task_struct.state and .flags that have not moved since 2.6.32. */
#define TASK_UNINTERRUPTIBLE 0x2u
#define TASK_NOLOAD 0x400u /* since 80ed87c8a9ca v4.2; nothing lived there before */
#define PF_KTHREAD 0x00200000u
/* Sleeps that ps reports as D: PREEMPT_RT's on a lock, the freezer's (f5d39b020809 v6.1). */
#define TASK_RTLOCK_WAIT 0x1000u
#define TASK_FROZEN 0x8000u

/* What is read of every task. Those a kernel lacks cost nothing. */
static const enum member_id members[] = {
	MEMBER_TASK_STATE, MEMBER_TASK_EXIT_STATE,   MEMBER_TASK_FLAGS,	  MEMBER_TASK_STACK,
	MEMBER_TASK_CPU,   MEMBER_TASK_LAST_ARRIVAL, MEMBER_TASK_TASKS,	  MEMBER_TASK_MM,
	MEMBER_TASK_PID,   MEMBER_TASK_TGID,	     MEMBER_TASK_THREADS, MEMBER_TASK_START_TIME,
	MEMBER_TASK_COMM,  MEMBER_TASK_SIGNAL,
};

static int compare_spans(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return x < y ? -1 : x > y;
}

/* Stretches closer than this are one read: copying beats another translation. */
#define SPAN_GAP 256

static struct err *find_spans(struct task_reader *reader)
{
	struct {
		size_t start, end;
	} found[ARRAY_SIZE(members)];
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		const struct member *member = members_get(reader->kernel->members, members[i]);

		if (!member)
			continue;
		found[count].start = member_offset(member);
		found[count].end = found[count].start + MAX(type_size(member->type), 4);
		if (found[count].end > TASK_STRUCT_MAX || found[count].end < found[count].start)
			return err_new(ERR_CORRUPT, "%s lies beyond any task_struct",
				       members_name(members[i]));
		reader->length = MAX(reader->length, found[count].end);
		count++;
	}
	qsort(found, count, sizeof(*found), compare_spans);
	for (size_t i = 0; i < count; i++) {
		unsigned last = reader->span_count - 1;

		if (reader->span_count && found[i].start < reader->spans[last].end + SPAN_GAP) {
			reader->spans[last].end = MAX(reader->spans[last].end, found[i].end);
			continue;
		}
		reader->spans[reader->span_count].start = found[i].start;
		reader->spans[reader->span_count++].end = found[i].end;
	}
	return NULL;
}

/*
 * The letters of the state bits, out of the kernel's own table (fs/proc/array.c: "S (sleeping)",
 * …): Z and X changed places in ad86622b478e (v3.14), P moved in 8ef9925b02c2 (v4.14).
 */
static void read_letters(struct task_reader *reader)
{
	struct memory *memory = reader->kernel->memory;
	uint64_t table, text;
	size_t count = 0;
	char entry[4];

	copy_string(reader->letters, sizeof(reader->letters), "RSDTtXZP");
	if (!symbols_find(reader->kernel->symbols, "task_state_array", &table))
		return;
	while (count < sizeof(reader->letters) - 1 &&
	       err_ok(memory_read_u64(memory, table + count * 8, &text)) &&
	       err_ok(memory_read(memory, text, entry, sizeof(entry))) &&
	       !memcmp(entry + 1, " (", 2)) {
		/* 2.6.32 has two T: the second is for traced tasks. */
		reader->letters[count] = entry[0] == 'T' && count == 4 ? 't' : entry[0];
		count++;
	}
	if (count >= 7)
		memset(reader->letters + count, 0, sizeof(reader->letters) - count);
	else
		copy_string(reader->letters, sizeof(reader->letters), "RSDTtXZP");
}

/* THREAD_SIZE: the type spans a whole stack; where it is absent, init's stack does. */
static uint64_t stack_size(struct kernel *kernel)
{
	static const char *const bounds[][2] = {
		{"__start_init_stack", "__end_init_stack"}, /* 8f69cba096b5 v6.10 */
		{"__start_init_task", "__end_init_task"},
	};
	uint64_t size = type_size(types_find(kernel->types, TYPE_UNION, "thread_union"));
	uint64_t start, end;

	for (size_t i = 0; !size && i < ARRAY_SIZE(bounds); i++)
		if (symbols_find(kernel->symbols, bounds[i][0], &start) &&
		    symbols_find(kernel->symbols, bounds[i][1], &end))
			size = end - start;
	return size >= 2 * PAGE_SIZE && size <= 64 * PAGE_SIZE && !(size & (size - 1))
		       ? size
		       : 4 * PAGE_SIZE;
}

struct err *task_reader_init(struct task_reader *reader, struct kernel *kernel)
{
	*reader = (struct task_reader){.kernel = kernel};
	TRY(find_spans(reader));
	if (!members_has(kernel->members, MEMBER_TASK_TASKS) ||
	    !members_has(kernel->members, MEMBER_TASK_PID))
		return err_new(ERR_NOT_FOUND, "no task_struct among this kernel's types");
	reader->bytes = calloc(1, reader->length);
	if (!reader->bytes)
		return &err_nomem;
	read_letters(reader);
	reader->stack_size = stack_size(kernel);
	return NULL;
}

void task_reader_deinit(struct task_reader *reader)
{
	free(reader->bytes);
	reader->bytes = NULL;
}

/* A member of the task at hand; 0 when this kernel has none. */
static uint64_t get(const struct task_reader *reader, enum member_id id)
{
	uint64_t value;

	return member_get(reader->kernel, reader->bytes, reader->length, id, &value) ? value : 0;
}

/* As the kernel's own task_state_to_char(): the highest reported bit names the state. */
static char state_letter(const struct task_reader *reader, uint64_t state, uint64_t exit_state)
{
	bool modern = reader->letters[5] == 'X' && reader->letters[7] == 'P';
	uint64_t report = (state | exit_state) & (modern ? 0x7f : 0x3f);
	unsigned bit = report ? 64 - (unsigned)__builtin_clzll(report) : 0;

	if (!report && modern && state & (TASK_RTLOCK_WAIT | TASK_FROZEN))
		return 'D';
	if (report == TASK_UNINTERRUPTIBLE && state & TASK_NOLOAD)
		return 'I';
	/* P in its place of before v4.14, among bits that are not reported otherwise. */
	if (!report && !modern && strchr(reader->letters, 'P')) {
		size_t parked = (size_t)(strchr(reader->letters, 'P') - reader->letters);

		if (parked && state >> (parked - 1) & 1)
			return 'P';
	}
	return reader->letters[bit] ? reader->letters[bit] : '?';
}

static uint64_t start_time(const struct task_reader *reader, uint64_t address)
{
	struct kernel *kernel = reader->kernel;
	uint64_t seconds, nanoseconds;

	if (!members_has(kernel->members, MEMBER_TASK_START_SECONDS))
		return get(reader, MEMBER_TASK_START_TIME);
	if (!err_ok(member_read(kernel, address, MEMBER_TASK_START_SECONDS, &seconds)) ||
	    !err_ok(member_read(kernel, address, MEMBER_TASK_START_NANOSECONDS, &nanoseconds)))
		return 0;
	return seconds * 1000000000 + nanoseconds;
}

static int32_t last_cpu(const struct task_reader *reader, uint64_t stack)
{
	struct kernel *kernel = reader->kernel;
	uint64_t cpu;

	if (members_has(kernel->members, MEMBER_TASK_CPU))
		return (int32_t)get(reader, MEMBER_TASK_CPU);
	return stack && err_ok(member_read(kernel, stack, MEMBER_THREAD_INFO_CPU, &cpu))
		       ? (int32_t)cpu
		       : -1;
}

static void read_comm(const struct task_reader *reader, char *comm, size_t size)
{
	const struct member *member = members_get(reader->kernel->members, MEMBER_TASK_COMM);

	memset(comm, 0, size);
	if (member)
		memcpy(comm, reader->bytes + member_offset(member),
		       MIN(type_size(member->type), size - 1));
}

static uint64_t get_pointer(const struct task_reader *reader, enum member_id head,
			    enum member_id id)
{
	const struct member *list = members_get(reader->kernel->members, head);
	const struct member *link = members_get(reader->kernel->members, id);
	uint64_t offset = list && link ? member_offset(list) + member_offset(link) : reader->length;

	return offset + 8 <= reader->length ? load_u64(reader->bytes + offset) : 0;
}

struct err *task_reader_read(struct task_reader *reader, uint64_t address, struct task *ret,
			     struct task_links *links)
{
	for (unsigned i = 0; i < reader->span_count; i++)
		TRY(err_wrap(memory_read(reader->kernel->memory, address + reader->spans[i].start,
					 reader->bytes + reader->spans[i].start,
					 reader->spans[i].end - reader->spans[i].start),
			     "task_struct"));
	*ret = (struct task){
		.address = address,
		.pid = (int32_t)get(reader, MEMBER_TASK_PID),
		.tgid = (int32_t)get(reader, MEMBER_TASK_TGID),
		.state_raw = get(reader, MEMBER_TASK_STATE),
		.flags = get(reader, MEMBER_TASK_FLAGS),
		.on_cpu = -1,
		.stack = get(reader, MEMBER_TASK_STACK),
		.stack_size = reader->stack_size,
		.mm = get(reader, MEMBER_TASK_MM),
		.blocked_ns = get(reader, MEMBER_TASK_LAST_ARRIVAL),
	};
	ret->state = state_letter(reader, ret->state_raw, get(reader, MEMBER_TASK_EXIT_STATE));
	ret->kthread = ret->flags & PF_KTHREAD;
	ret->cpu = last_cpu(reader, ret->stack);
	ret->start_time = start_time(reader, address);
	read_comm(reader, ret->comm, sizeof(ret->comm));
	*links = (struct task_links){
		.next = get_pointer(reader, MEMBER_TASK_TASKS, MEMBER_LIST_NEXT),
		.prev = get_pointer(reader, MEMBER_TASK_TASKS, MEMBER_LIST_PREV),
		.thread_next = get_pointer(reader, MEMBER_TASK_THREADS, MEMBER_LIST_NEXT),
		.signal = get(reader, MEMBER_TASK_SIGNAL),
	};
	return NULL;
}

struct err *task_saved_sp(struct kernel *kernel, const struct task *task, uint64_t *ret)
{
	return member_read(kernel, task->address, MEMBER_TASK_THREAD_SP, ret);
}
