/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The members of task_struct, by what holds of them in every task. */
#include "kernel/probe/probe_tasks.h"

#include <string.h>

#include "base/parse.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/probe/probe_find.h"
#include "kernel/types/probed.h"

#define PID_MAX (4u << 20)	    /* PID_MAX_LIMIT, include/linux/threads.h */
#define STACK_END_MAGIC 0x57AC6E9Du /* include/uapi/linux/magic.h */
#define PF_KTHREAD 0x00200000u	    /* include/linux/sched.h, since 2.6.27 */
#define PF_TOP 0x80000000u	    /* none, or one of a moment: PF_SUSPEND_TASK */
/* EXIT_ZOMBIE and EXIT_DEAD, which changed places in ad86622b478e (v3.14). */
#define EXIT_EITHER_1 16u
#define EXIT_EITHER_2 32u
#define CHILD_SIGNAL 17 /* SIGCHLD */
#define STACK_SMALLEST 8192u
#define STACK_LARGEST 65536u

static bool is_pointer(const struct sample *sample, uint64_t value)
{
	return !(value % 8) && memory_is_kernel(sample->kernel->memory, value);
}

static struct err *add(const struct sample *sample, const char *member, size_t offset,
		       struct probed_value value)
{
	return probed_add(sample->types, "task_struct", member, offset, value);
}

/* --- pid, tgid --------------------------------------------------------------------------------- */

static bool are_unique(const struct sample *sample, size_t offset)
{
	for (size_t i = 1; i < sample->count; i++)
		for (size_t j = i + 1; j < sample->count; j++)
			if (sample_number(&sample->tasks[i], offset) ==
			    sample_number(&sample->tasks[j], offset))
				return false;
	return true;
}

/* The same number twice in leaders of processes, 0 in init_task, 1 in the next, no two the same. */
static bool pids_at(const struct sample *sample, const struct sample_task *unused, size_t offset)
{
	const struct sample_task *kthreadd = sample_named(sample, "kthreadd");

	(void)unused;
	for (size_t i = 0; i < sample->count; i++) {
		uint32_t pid = sample_number(&sample->tasks[i], offset);

		if (pid != sample_number(&sample->tasks[i], offset + 4) || pid > PID_MAX ||
		    (i < 2 && pid != i) || (i > 1 && pid < 2))
			return false;
	}
	return (!kthreadd || sample_number(kthreadd, offset) == 2) && are_unique(sample, offset);
}

static struct err *probe_pid(struct sample *sample, size_t *pid)
{
	if (!sample_find_whole(sample, 0, sample->comm, 4, pids_at, pid))
		return err_new(ERR_NOT_FOUND, "pids cannot be told from other numbers of a task");
	TRY(add(sample, "pid", *pid, PROBED_NUMBER(4)));
	return add(sample, "tgid", *pid + 4, PROBED_NUMBER(4));
}

/* --- stack ------------------------------------------------------------------------------------- */

/* Its lowest word is STACK_END_MAGIC, or, before c65eacbe290b (v4.9), thread_info's task. */
static bool stack_at(const struct sample *sample, const struct sample_task *task, size_t offset)
{
	uint64_t stack = sample_word(task, offset), word;

	return stack && !(stack % STACK_SMALLEST) &&
	       memory_is_kernel(sample->kernel->memory, stack) &&
	       err_ok(memory_read_u64(sample->kernel->memory, stack, &word)) &&
	       (word == STACK_END_MAGIC || word == task->address);
}

#define USER_CS 0x33u /* __USER_CS, arch/x86/include/asm/segment.h */
#define USER_SS 0x2bu

/* Where a process came into the kernel: at the top of its stack, the selectors of user mode. */
static bool ends_at(const struct sample *sample, const struct sample_task *task, size_t offset,
		    uint64_t size)
{
	uint64_t cs, ss, top = sample_word(task, offset) + size;
	struct memory *memory = sample->kernel->memory;

	return err_ok(memory_read_u64(memory, top - 32, &cs)) && cs == USER_CS &&
	       err_ok(memory_read_u64(memory, top - 8, &ss)) && ss == USER_SS;
}

/* The size at which most processes' stacks end so; 0 when none does, or more than one. */
static uint64_t stack_size(const struct sample *sample, size_t offset)
{
	uint64_t found = 0;

	for (uint64_t size = STACK_SMALLEST; size <= STACK_LARGEST; size *= 2) {
		size_t count = 0;

		for (size_t i = 1; i < sample->count; i++)
			count += ends_at(sample, &sample->tasks[i], offset, size);
		if (count && found)
			return 0;
		found = count ? size : found;
	}
	return found;
}

static struct err *probe_stack(struct sample *sample, size_t *stack)
{
	*stack = 0;
	if (!sample_find(sample, 0, sample->comm, 8, stack_at, stack))
		return NULL;
	TRY(add(sample, "stack", *stack, PROBED_POINTER));
	uint64_t size = stack_size(sample, *stack);
	return size ? probed_set_size(sample->types, TYPE_UNION, "thread_union", size) : NULL;
}

/* --- state ------------------------------------------------------------------------------------- */

/*
 * Sleeping tasks sleep: interruptibly (1), not (2), idle kernel threads in 0x402 (80ed87c8a9ca
 * v4.2), or are stopped or gone. Of those that don't run, a few are on their way to.
 */
static bool state_at(const struct sample *sample, const struct sample_task *unused, size_t offset)
{
	size_t asleep = 0, awake = 0;

	(void)unused;
	for (size_t i = 0; i < sample->count; i++) {
		uint32_t state = sample_number(&sample->tasks[i], offset);

		if (state > 0xffff || __builtin_popcount(state) > 3)
			return false;
		if (!sample->tasks[i].running) {
			asleep += (state & 3) != 0;
			awake += (state & 3) == 0;
		}
	}
	return asleep > 4 && awake * 8 <= asleep;
}

/* It stands in front of the stack, in every kernel. */
static struct err *probe_state(struct sample *sample, size_t stack)
{
	size_t offset;

	return stack && sample_find_whole(sample, 0, stack, 4, state_at, &offset)
		       ? add(sample, "state", offset, PROBED_NUMBER(4))
		       : NULL;
}

/* --- mm, flags --------------------------------------------------------------------------------- */

/* mm and active_mm: the same in processes; kernel threads have no mm, and borrow the other. */
static bool mm_at(const struct sample *sample, const struct sample_task *unused, size_t offset)
{
	size_t users = 0, kernels = 0;

	(void)unused;
	for (size_t i = 0; i < sample->count; i++) {
		uint64_t mm = sample_word(&sample->tasks[i], offset);
		uint64_t active = sample_word(&sample->tasks[i], offset + 8);

		if ((mm && (mm != active || !is_pointer(sample, mm))) ||
		    (!mm && active && !is_pointer(sample, active)) || (i == 0 && mm))
			return false;
		users += mm != 0;
		kernels += mm == 0;
	}
	return users && kernels > 2 && sample_word(&sample->tasks[1], offset);
}

/* PF_KTHREAD tells who has no mm. Upper halves of kernel pointers have that bit too, and the top one. */
static bool are_flags(const struct sample *sample, size_t mm, size_t offset)
{
	for (size_t i = 0; i < sample->count; i++) {
		uint32_t flags = sample_number(&sample->tasks[i], offset);
		bool user = sample_word(&sample->tasks[i], mm) != 0;

		if (flags & PF_TOP || !(flags & PF_KTHREAD) != user)
			return false;
	}
	return true;
}

static struct err *probe_flags(struct sample *sample, size_t mm)
{
	size_t found = 0, offset = 0;

	for (size_t at = 0; at + 4 <= sample->comm; at += 4)
		if (are_flags(sample, mm, at)) {
			offset = at;
			found++;
		}
	return found == 1 ? add(sample, "flags", offset, PROBED_NUMBER(4)) : NULL;
}

/* exit_state, exit_code, exit_signal: processes that live, and tell their parents by SIGCHLD. */
static bool exit_at(const struct sample *sample, const struct sample_task *unused, size_t offset)
{
	size_t told = 0;

	(void)unused;
	for (size_t i = 0; i < sample->count; i++) {
		uint32_t state = sample_number(&sample->tasks[i], offset);

		if (state && state != EXIT_EITHER_1 && state != EXIT_EITHER_2)
			return false;
		told += !state && !sample_number(&sample->tasks[i], offset + 4) &&
			sample_number(&sample->tasks[i], offset + 8) == CHILD_SIGNAL;
	}
	return told * 8 >= sample->count * 7;
}

static struct err *probe_exit_state(struct sample *sample, size_t mm)
{
	size_t offset;

	return sample_find_whole(sample, mm, sample->comm, 4, exit_at, &offset)
		       ? add(sample, "exit_state", offset, PROBED_NUMBER(4))
		       : NULL;
}

static struct err *probe_mm(struct sample *sample)
{
	size_t mm;

	if (!sample_find_whole(sample, 0, sample->comm, 8, mm_at, &mm))
		return NULL;
	TRY(add(sample, "mm", mm, PROBED_POINTER));
	TRY(probe_flags(sample, mm));
	return probe_exit_state(sample, mm);
}

/* --- threads ----------------------------------------------------------------------------------- */

/* The head of a list that leads back to the node, where the node is the only one on it. */
static bool alone_on(const struct sample *sample, const struct sample_task *task, size_t offset,
		     uint64_t *head)
{
	uint8_t link[16];

	*head = sample_word(task, offset);
	return *head == sample_word(task, offset + 8) && is_pointer(sample, *head) &&
	       *head != task->address + offset &&
	       err_ok(memory_read(sample->kernel->memory, *head, link, sizeof(link))) &&
	       load_u64(link) == task->address + offset &&
	       load_u64(link + 8) == task->address + offset;
}

/* thread_node: most processes have one thread, which is alone on signal_struct.thread_head. */
static bool thread_node_at(const struct sample *sample, const struct sample_task *unused,
			   size_t offset)
{
	size_t alone = 0;
	uint64_t head;

	(void)unused;
	for (size_t i = 0; i < sample->count; i++)
		alone += alone_on(sample, &sample->tasks[i], offset, &head);
	return alone * 4 > sample->count * 3;
}

/* The pointer to what thread_head is in: at the same distance in front of it in every task. */
static bool find_signal(const struct sample *sample, size_t thread_node, size_t *signal,
			size_t *head_offset)
{
	unsigned found = 0;

	for (size_t offset = 0; offset + 8 <= sample->length; offset += 8) {
		uint64_t distance = UINT64_MAX, head;
		size_t i = 0;

		for (; i < sample->count; i++) {
			uint64_t here;

			if (!alone_on(sample, &sample->tasks[i], thread_node, &head))
				continue;
			here = head - sample_word(&sample->tasks[i], offset);
			if (!here || here > 64 || (distance != UINT64_MAX && here != distance))
				break;
			distance = here;
		}
		if (i < sample->count || distance == UINT64_MAX)
			continue;
		*signal = offset;
		*head_offset = distance;
		found++;
	}
	return found == 1;
}

#define THREADS_MAX 4096u /* of a process: more are looked at by nobody here */
#define STEPS_MAX 65536u  /* of all processes, at all places */

/* A walk over the threads of a process; how many steps all walks may take yet. */
struct walk {
	size_t pid, offset;
	unsigned threads, steps;
};

/* From a leader through who has its tgid and a pid of their own, and back. */
static bool leads_through_threads(const struct sample *sample, const struct sample_task *task,
				  struct walk *walk)
{
	uint64_t head = task->address + walk->offset, node = sample_word(task, walk->offset);
	uint32_t leader = sample_number(task, walk->pid);
	uint8_t ids[8];

	for (unsigned i = 0; node != head; i++) {
		if (i == THREADS_MAX || !walk->steps || !is_pointer(sample, node))
			return false;
		walk->steps--;
		if (!err_ok(memory_read(sample->kernel->memory, node - walk->offset + walk->pid,
					ids, sizeof(ids))) ||
		    load_u32(ids) == leader || load_u32(ids + 4) != leader ||
		    !err_ok(memory_read_u64(sample->kernel->memory, node, &node)))
			return false;
		walk->threads++;
	}
	return true;
}

static bool is_thread_group(const struct sample *sample, struct walk *walk)
{
	size_t failed = 0;

	walk->threads = 0;
	for (size_t i = 0; i < sample->count; i++)
		if (!leads_through_threads(sample, &sample->tasks[i], walk) &&
		    ++failed * 16 > sample->count)
			return false;
	return walk->threads;
}

/* thread_group, until 0c740d0afc3b v3.14 the only list of them. Told by processes of several threads. */
static struct err *probe_thread_group(const struct sample *sample, size_t pid)
{
	struct walk walk = {.pid = pid, .steps = STEPS_MAX};
	size_t found = 0, at = 0;

	for (size_t offset = 0; offset + 16 <= sample->comm; offset += 8) {
		walk.offset = offset;
		if (is_thread_group(sample, &walk)) {
			at = offset;
			found++;
		}
	}
	return found == 1 && walk.steps
		       ? add(sample, "thread_group", at, PROBED_STRUCT("list_head"))
		       : NULL;
}

static struct err *probe_threads(struct sample *sample, size_t pid)
{
	size_t node, signal, head;

	if (!sample_find_whole(sample, 0, sample->comm, 8, thread_node_at, &node) ||
	    !find_signal(sample, node, &signal, &head))
		return probe_thread_group(sample, pid);
	TRY(add(sample, "thread_node", node, PROBED_STRUCT("list_head")));
	TRY(add(sample, "signal", signal, PROBED_POINTER));
	return probed_add(sample->types, "signal_struct", "thread_head", head,
			  PROBED_STRUCT("list_head"));
}

struct err *probe_tasks(struct sample *sample)
{
	size_t stack, pid;

	TRY(add(sample, "comm", sample->comm, PROBED_CHARS(16)));
	TRY(add(sample, "tasks", sample->list, PROBED_STRUCT("list_head")));
	TRY(probe_pid(sample, &pid));
	TRY(probe_stack(sample, &stack));
	TRY(probe_state(sample, stack));
	TRY(probe_mm(sample));
	return probe_threads(sample, pid);
}

/* --- priorities --------------------------------------------------------------------------------- */

#define RT_PRIORITIES 100u /* MAX_RT_PRIO: those of real-time tasks are lower numbers */

/* normal_prio is 99 less rt_priority in real-time tasks, 100 to 139 in others, which have none; -1 of deadlines. */
static bool is_rt_priority(const struct sample_task *task, size_t offset)
{
	uint32_t normal = sample_number(task, offset - 4), priority = sample_number(task, offset);

	if (normal >= RT_PRIORITIES)
		return !priority && (normal < 140 || normal == UINT32_MAX);
	return priority == RT_PRIORITIES - 1 - normal;
}

struct err *probe_priority(const struct sample *sample)
{
	size_t real_time = 0;
	uint64_t prio;

	if (!probe_find(sample->types, "task_struct", "prio", &prio) || prio + 16 > sample->length)
		return NULL;
	for (size_t i = 1; i < sample->count; i++) {
		if (!is_rt_priority(&sample->tasks[i], prio + 12))
			return NULL;
		real_time += sample_number(&sample->tasks[i], prio + 12) != 0;
	}
	return real_time ? probed_witness(sample->types, "task_struct", "rt_priority", prio + 12,
					  PROBED_NUMBER(4))
			 : NULL;
}
