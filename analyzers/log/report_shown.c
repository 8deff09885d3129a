/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeps the tasks, CPUs and locks that a log shows, and reads the lines that show one by themselves. */
#include "log/report_shown.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/parse.h"
#include "base/str.h"

void shown_free(struct shown *shown)
{
	if (!shown)
		return;
	for (size_t i = 0; i < shown->stack_count; i++) {
		free(shown->stacks[i]->frames);
		free(shown->stacks[i]);
	}
	free(shown->tasks);
	free(shown->stacks);
	free(shown->locks);
	free(shown->cpus);
	map_deinit(&shown->by_pid);
	map_deinit(&shown->by_hash);
	free(shown);
}

/* --- tasks ------------------------------------------------------------------------------------ */

static struct shown_task *add_task(struct shown *shown, int32_t pid)
{
	if (!shown->tasks) /* for all there may be: the system gives memory as it is used */
		shown->tasks = calloc(SHOWN_TASKS_MAX, sizeof(*shown->tasks));
	if (!shown->tasks || !map_set(&shown->by_pid, (uint64_t)pid, shown->task_count))
		return NULL;
	struct shown_task *task = &shown->tasks[shown->task_count++];

	task->task = (struct task){.pid = pid, .tgid = -1, .state = '?', .cpu = -1, .on_cpu = -1};
	return task;
}

struct shown_task *shown_task_of(struct shown *shown, int32_t pid, const char *comm)
{
	uint64_t *known = map_get(&shown->by_pid, (uint64_t)pid);
	struct shown_task *task = known ? &shown->tasks[*known] : NULL;

	if (!task && pid > 0 && shown->task_count < SHOWN_TASKS_MAX)
		task = add_task(shown, pid);
	if (task && comm[0])
		copy_string(task->task.comm, sizeof(task->task.comm), comm);
	return task;
}

/* --- stacks ----------------------------------------------------------------------------------- */

static uint64_t hash_frames(const struct report_frame *frames, size_t count)
{
	uint64_t hash = count;

	for (size_t i = 0; i < count; i++)
		hash = (hash ^ hash_string(frames[i].place.symbol) ^ frames[i].place.offset) *
			       0x100000001b3ull +
		       1;
	return hash;
}

/* Frames with "?" are left-overs of the stack, unless there are no others. */
static size_t copy_frames(struct report_frame *to, const struct report_frame *from, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count && kept < SHOWN_FRAMES_MAX; i++)
		if (!from[i].unreliable)
			to[kept++] = from[i];
	for (size_t i = 0; !kept && i < count && i < SHOWN_FRAMES_MAX; i++)
		to[i] = from[i];
	return kept ? kept : MIN(count, (size_t)SHOWN_FRAMES_MAX);
}

static const struct shown_stack *add_stack(struct shown *shown, struct report_frame *frames,
					   size_t count, uint64_t hash)
{
	struct shown_stack *stack = malloc(sizeof(*stack));
	struct report_frame *own = malloc(count * sizeof(*own));

	if (!stack || !own || !array_grow(shown->stacks, shown->stack_count) ||
	    !map_set(&shown->by_hash, hash, shown->stack_count)) {
		free(stack);
		free(own);
		return NULL;
	}
	memcpy(own, frames, count * sizeof(*own));
	*stack = (struct shown_stack){.frames = own, .count = count, .hash = hash};
	shown->stacks[shown->stack_count++] = stack;
	return stack;
}

const struct shown_stack *shown_stack_of(struct shown *shown, const struct report_frame *frames,
					 size_t count)
{
	struct report_frame kept[SHOWN_FRAMES_MAX];
	size_t kept_count = copy_frames(kept, frames, count);
	uint64_t hash = hash_frames(kept, kept_count);

	uint64_t *known = map_get(&shown->by_hash, hash);

	if (known)
		return shown->stacks[*known];
	if (!kept_count || shown->stack_count == SHOWN_STACKS_MAX)
		return NULL;
	return add_stack(shown, kept, kept_count, hash);
}

/* --- CPUs ------------------------------------------------------------------------------------- */

struct shown_cpu *shown_cpu_add(struct shown *shown, int cpu)
{
	if (shown->cpu_count == SHOWN_CPUS_MAX || !array_grow(shown->cpus, shown->cpu_count))
		return NULL;
	struct shown_cpu *added = &shown->cpus[shown->cpu_count++];

	*added = (struct shown_cpu){
		.cpu = cpu,
		.task = {.pid = -1, .tgid = -1, .state = 'R', .cpu = cpu, .on_cpu = cpu}};
	return added;
}

static int by_cpu(const void *a, const void *b)
{
	const struct shown_cpu *x = a, *y = b;

	if (x->cpu != y->cpu)
		return x->cpu < y->cpu ? -1 : 1;
	return x->line < y->line ? -1 : x->line > y->line;
}

void shown_finish(struct shown *shown)
{
	if (shown->cpu_count)
		qsort(shown->cpus, shown->cpu_count, sizeof(*shown->cpus), by_cpu);
	for (size_t i = 0; i < shown->lock_count; i++) {
		const struct shown_lock *lock = &shown->locks[i];

		if (lock->list == lock->task->list && lock->last)
			shown->tasks[lock->task - shown->tasks].last_lock = i + 1;
	}
}

bool shown_cpu_counts(const struct shown *shown, size_t i, size_t crash)
{
	const struct shown_cpu *cpu = &shown->cpus[i];
	const struct shown_cpu *before = i ? cpu - 1 : NULL;
	const struct shown_cpu *next = i + 1 < shown->cpu_count ? cpu + 1 : NULL;

	if (cpu->line < crash)
		return !next || next->cpu != cpu->cpu;
	return !before || before->cpu != cpu->cpu || before->line < crash;
}

/* "NMI backtrace for cpu 3 skipped: idling at native_safe_halt+0xe/0x20" */
static bool take_idle(struct shown *shown, const char *text, size_t line)
{
	const char *at = strstr(text, " skipped: idling at ");
	uint64_t cpu;

	if (!at || !parse_dec_after(text, "NMI backtrace for cpu ", &cpu) || cpu > UINT16_MAX)
		return false;
	struct shown_cpu *idle = shown_cpu_add(shown, (int)cpu);
	if (idle) {
		idle->idle = true;
		idle->line = line;
		report_place_read(at + 20, &idle->rip);
	}
	return true;
}

/* --- locks ------------------------------------------------------------------------------------ */

static void add_lock(struct shown *shown, unsigned number, const struct report_lock *lock)
{
	struct shown_lock *before = shown->lock_count ? &shown->locks[shown->lock_count - 1] : NULL;
	struct shown_lock added = {.task = shown->lists,
				   .list = shown->lists->list,
				   .number = number,
				   .last = true,
				   .lock = *lock};

	if (before && before->task == added.task && before->list == added.list) {
		if (before->number == number) { /* inlined there: its caller says more */
			*before = added;
			return;
		}
		before->last = false;
	}
	if (shown->lock_count < SHOWN_LOCKS_MAX && array_grow(shown->locks, shown->lock_count))
		shown->locks[shown->lock_count++] = added;
}

static bool take_lock(struct shown *shown, const char *text)
{
	struct report_lock lock;
	char comm[16 + 1];
	unsigned number;
	int32_t pid;

	if (has_prefix(text, "Showing all locks held in the system:")) {
		shown->lock_count = 0;
		shown->lists = NULL;
		return true;
	}
	if (report_lock_owner_read(text, comm, sizeof(comm), &pid)) {
		shown->lists = shown_task_of(shown, pid, comm);
		if (shown->lists)
			shown->lists->list++;
		return true;
	}
	if (!report_lock_listed(text, &number, &lock))
		return false;
	if (shown->lists)
		add_lock(shown, number, &lock);
	return true;
}

/* --- owners ----------------------------------------------------------------------------------- */

/* "a mutex", "an rw-semaphore": what the task is blocked on. */
static void take_blocker(struct shown_task *task, const char *text)
{
	static const char *const kinds[] = {"rw-semaphore", "semaphore", "mutex"};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strstr(text, kinds[i])) {
			copy_string(task->blocked_on, sizeof(task->blocked_on), kinds[i]);
			return;
		}
}

/* Where the name and pid of a task end: "sh:5.", "sh:5 <writer>", "sh:5". */
static const char *task_end(const char *text)
{
	const char *end = strstr(text, " <");

	end = end ? end : text + strlen(text);
	while (end > text && (end[-1] == '.' || end[-1] == ' '))
		end--;
	return end;
}

/*
 * "INFO: task A:5 is blocked on a mutex likely owned by task B:6.", "… <reader> blocked on an rw-semaphore
 * likely owned by task B:6 <writer>", "… blocked on a semaphore likely last held by task B:6", "…, but the
 * owner is not found."
 */
static bool take_owner(struct shown *shown, const char *text)
{
	const char *on = strstr(text, "blocked on a"), *start = on ? strstr(text, "task ") : NULL;
	const char *by = on ? strstr(on, " by task ") : NULL;
	char comm[16 + 1];
	int32_t pid;

	if (!start || start > on || (!strstr(on, " likely ") && !strstr(on, " is not found")))
		return false;
	const char *end = strstr(start, " <") && strstr(start, " <") < on ? strstr(start, " <")
			  : on - start > 3 && !strncmp(on - 3, "is ", 3)  ? on - 4
									  : on - 1;
	if (!report_task_name_read(start + 5, end, comm, sizeof(comm), &pid))
		return false;
	struct shown_task *task = shown_task_of(shown, pid, comm);
	if (!task)
		return true;
	take_blocker(task, on);
	task->owner = NULL;
	if (by && report_task_name_read(by + 9, task_end(by + 9), comm, sizeof(comm), &pid)) {
		task->owner = shown_task_of(shown, pid, comm);
		task->by_reader = strstr(by, "<reader>");
	}
	return true;
}

static const char *const line_words[] = {"Show State",
					 "Showing all locks held in the system:", " held by ",
					 " skipped: idling at ", "blocked on a"};

const char *const *shown_words(size_t *count)
{
	*count = ARRAY_SIZE(line_words);
	return line_words;
}

bool shown_take_line(struct shown *shown, const char *text, size_t line)
{
	text += strspn(text, " \t");
	if ((*text == 'S' || *text == 's') && has_suffix(text, "Show State"))
		shown->all_tasks = true; /* SysRq-t; "Show Blocked State" is -w */
	return take_lock(shown, text) || take_idle(shown, text, line) || take_owner(shown, text);
}
