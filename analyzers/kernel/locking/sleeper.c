/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the blocked tasks, and tells by their stacks what each of them sleeps on. */
#include "kernel/locking/sleeper.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/hash.h"
#include "base/str.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/tasks.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/unwind/unwind_task.h"

struct wait_entry {
	const char *function;
	enum wait_kind refines; /* WAIT_NONE for an entry that stands alone */
	enum wait_kind kind;
	enum lock_mode mode;
	const char *what;
};

static const struct wait_entry wait_table[] = {
#define WAIT(function, kind, mode, what) {function, WAIT_NONE, WAIT_##kind, MODE_##mode, what},
#define REFINES(function, from, kind, mode, what)                                                  \
	{function, WAIT_##from, WAIT_##kind, MODE_##mode, what},
#include "kernel/locking/sleep_functions.def"
#undef WAIT
#undef REFINES
};

/* Interned function names, by the frame address they were looked up for. */
struct names {
	struct map by_address; /* lookup address → char * */
	struct map by_hash;    /* hash of the text → char * */
};

static const char *intern(struct names *names, const char *text)
{
	uint64_t hash = hash_string(text);
	uint64_t *known = map_get(&names->by_hash, hash);

	if (known)
		return (const char *)(uintptr_t)*known;
	char *copy = strdup(text);
	if (!copy || !map_set(&names->by_hash, hash, (uintptr_t)copy)) {
		free(copy);
		return "";
	}
	return copy;
}

static const char *function_name(struct kernel *kernel, struct names *names, uint64_t address)
{
	uint64_t *known = map_get(&names->by_address, address);
	struct symbol symbol;

	if (known)
		return (const char *)(uintptr_t)*known;
	if (!symbols_at(kernel->symbols, address, &symbol))
		symbol.name[0] = '\0';
	symbol_name_strip_suffix(symbol.name);
	const char *name = intern(names, symbol.name);
	map_set(&names->by_address, address, (uintptr_t)name);
	return name;
}

static void names_free(struct names *names)
{
	if (!names)
		return;
	for (size_t i = 0; i < names->by_hash.count; i++)
		free((char *)(uintptr_t)names->by_hash.entries[i].value);
	map_deinit(&names->by_hash);
	map_deinit(&names->by_address);
	free(names);
}

static const struct wait_entry *find_entry(const char *function, enum wait_kind refines)
{
	for (size_t i = 0; i < ARRAY_SIZE(wait_table); i++)
		if (wait_table[i].refines == refines && !strcmp(wait_table[i].function, function))
			return &wait_table[i];
	return NULL;
}

/* So many callers of the function that sleeps may tell more exactly what it waits for. */
#define REFINE_CALLS 8

static void apply(struct sleeper *sleeper, const struct wait_entry *entry)
{
	sleeper->kind = entry->kind;
	sleeper->what = entry->what;
	if (entry->mode != MODE_UNKNOWN)
		sleeper->mode = entry->mode;
}

/* Walk outwards from the call that was recognised, through the lock's own functions. */
static void refine(struct sleeper *sleeper, unsigned at)
{
	unsigned last = at;

	for (unsigned i = at + 1; i < sleeper->call_count && i <= at + REFINE_CALLS; i++) {
		const char *function = sleeper->calls[i].function;
		const struct wait_entry *finer = find_entry(function, sleeper->kind);
		const struct wait_entry *same = find_entry(function, WAIT_NONE);

		if (finer)
			apply(sleeper, finer);
		else if (same && same->kind == sleeper->kind && sleeper->mode == MODE_UNKNOWN)
			sleeper->mode = same->mode;
		if (finer || (same && same->kind == sleeper->kind))
			last = i;
	}
	if (last + 1 < sleeper->call_count)
		sleeper->caller = sleeper->calls[last + 1].address;
}

#define EXIT_CALLS                                                                                 \
	3 /* do_exit() itself sleeps in schedule() alone: farther out it has called what sleeps */

void sleeper_classify(struct sleeper *sleeper)
{
	sleeper->kind = WAIT_NONE;
	sleeper->mode = MODE_UNKNOWN;
	sleeper->what = "something we have no name for";
	for (unsigned i = 0, at = 0; i < sleeper->call_count; i++) {
		const struct wait_entry *entry = find_entry(sleeper->calls[i].function, WAIT_NONE);

		if (!entry || (i > EXIT_CALLS && !strcmp(entry->function, "do_exit")))
			continue;
		/* io_schedule() inside a page or bit wait: a frame near it says more. */
		bool vague = sleeper->kind == WAIT_IO && i <= at + REFINE_CALLS;
		if (sleeper->kind != WAIT_NONE && !vague)
			break;
		at = i;
		apply(sleeper, entry);
		refine(sleeper, i);
	}
}

/* The stack of a task, reduced; ret is for sleeper_deinit(), also when it fails. */
static struct err *read_stack(struct kernel *kernel, struct names *names, const struct task *task,
			      struct sleeper *ret)
{
	_trace_ struct trace trace = {0};

	*ret = (struct sleeper){.task = task};
	ret->sp = task->stack;
	TRY(unwind_task(kernel, task, &trace));
	if (trace.count)
		ret->sp = MAX(trace.frames[0].sp & ~7ull, task->stack);
	ret->call_count = (unsigned)MIN(trace.count, SLEEPER_CALLS);
	ret->calls = calloc(ret->call_count + 1, sizeof(*ret->calls));
	if (!ret->calls)
		return &err_nomem;
	for (unsigned i = 0; i < ret->call_count; i++) {
		const struct frame *frame = &trace.frames[i];

		ret->calls[i] = (struct call){
			.function = function_name(kernel, names, frame_lookup_address(frame)),
			.address = frame->address,
			.sp = frame->sp,
			.kind = frame->kind,
		};
	}
	sleeper_classify(ret);
	return NULL;
}

void sleeper_deinit(struct sleeper *sleeper)
{
	free(sleeper->calls);
	*sleeper = (struct sleeper){0};
}

const struct call *sleeper_call(const struct sleeper *sleeper, const char *function)
{
	for (unsigned i = 0; i < sleeper->call_count; i++)
		if (!strcmp(sleeper->calls[i].function, function))
			return &sleeper->calls[i];
	return NULL;
}

const struct sleeper *sleepers_find(const struct sleepers *sleepers, const struct task *task)
{
	const struct sleeper *list = sleepers->list;
	/* The list keeps the order of the task array, so pointers ascend. */
	size_t at = array_first(sleepers->count, i, list[i].task >= task);

	return at < sleepers->count && list[at].task == task ? &list[at] : NULL;
}

const struct sleeper *sleepers_stack(struct kernel *kernel, const struct task *task,
				     struct sleeper *own)
{
	const struct sleeper *known = sleepers_find(kernel->sleepers, task);

	if (known || !kernel->unwinder || task->dead)
		return known;
	return err_ok(read_stack(kernel, kernel->sleepers->names, task, own)) ? own : NULL;
}

/* include/linux/hung_task.h: the lock's address with its kind in the low bits. */
static const struct {
	enum wait_kind kind;
	enum lock_mode mode;
	const char *what;
} blockers[] = {
	{WAIT_MUTEX, MODE_EXCLUSIVE, "mutex"},
	{WAIT_SEMAPHORE, MODE_EXCLUSIVE, "semaphore"},
	{WAIT_RWSEM, MODE_READ, "rwsem"},
	{WAIT_RWSEM, MODE_WRITE, "rwsem"},
};

/* The lock a task has noted down itself; says what it waits for when its stack does not. */
static void read_blocker(struct kernel *kernel, struct sleeper *sleeper)
{
	uint64_t word;

	if (!members_has(kernel->members, MEMBER_TASK_BLOCKER) ||
	    !err_ok(member_read(kernel, sleeper->task->address, MEMBER_TASK_BLOCKER, &word)) ||
	    !memory_is_kernel(kernel->memory, word))
		return;
	unsigned kind = word % ARRAY_SIZE(blockers);
	if (sleeper_stackless(sleeper)) {
		sleeper->kind = blockers[kind].kind;
		sleeper->mode = blockers[kind].mode;
		sleeper->what = blockers[kind].what;
	}
	if (sleeper->kind == blockers[kind].kind)
		sleeper->lock = word - kind;
}

static struct err *open_all(struct kernel *kernel, struct sleepers *sleepers)
{
	size_t total = tasks_count(kernel->tasks), blocked = 0;

	for (size_t i = 0; i < total; i++)
		blocked += tasks_at(kernel->tasks, i)->state == 'D';
	sleepers->list = calloc(blocked + 1, sizeof(*sleepers->list));
	if (!sleepers->list)
		return &err_nomem;
	for (size_t i = 0; i < total; i++) {
		const struct task *task = tasks_at(kernel->tasks, i);

		if (task->state != 'D')
			continue;
		struct sleeper *sleeper = &sleepers->list[sleepers->count++];
		struct err *err = read_stack(kernel, sleepers->names, task, sleeper);
		if (err == &err_nomem)
			return err;
		if (err) /* the task is still listed, as one whose wait is not known */
			sleeper_classify(sleeper);
		err_free(err);
		read_blocker(kernel, sleeper);
	}
	return NULL;
}

static struct err *sleepers_open(struct kernel *kernel, struct sleepers **ret)
{
	struct sleepers *sleepers = calloc(1, sizeof(*sleepers));

	if (!sleepers)
		return &err_nomem;
	sleepers->names = calloc(1, sizeof(*sleepers->names));
	struct err *err = sleepers->names ? open_all(kernel, sleepers) : &err_nomem;
	if (err) {
		sleepers_close(sleepers);
		return err;
	}
	*ret = sleepers;
	return NULL;
}

void sleepers_close(struct sleepers *sleepers)
{
	if (!sleepers)
		return;
	for (size_t i = 0; i < sleepers->count; i++)
		sleeper_deinit(&sleepers->list[i]);
	free(sleepers->list);
	names_free(sleepers->names);
	free(sleepers);
}

static int by_task(const void *a, const void *b)
{
	const struct sleeper *x = a, *y = b;

	return x->task < y->task ? -1 : x->task > y->task;
}

static void keep_names(struct names *names, struct sleeper *sleeper)
{
	for (unsigned i = 0; i < sleeper->call_count; i++) {
		char name[SYMBOL_NAME_MAX];

		copy_string(name, sizeof(name), sleeper->calls[i].function);
		symbol_name_strip_suffix(name);
		sleeper->calls[i].function = intern(names, name);
	}
}

struct err *sleepers_set(struct kernel *kernel, struct sleeper *list, size_t count)
{
	struct sleepers *sleepers = calloc(1, sizeof(*sleepers));

	if (!sleepers) {
		for (size_t i = 0; i < count; i++)
			sleeper_deinit(&list[i]);
		free(list);
		return &err_nomem;
	}
	*sleepers = (struct sleepers){.list = list, .count = count};
	kernel->sleepers = sleepers;
	sleepers->names = calloc(1, sizeof(*sleepers->names));
	if (!sleepers->names)
		return &err_nomem;
	if (count)
		qsort(list, count, sizeof(*list), by_task);
	for (size_t i = 0; i < count; i++) {
		keep_names(sleepers->names, &list[i]);
		sleeper_classify(&list[i]);
	}
	return NULL;
}

struct err *sleepers_of(struct kernel *kernel, struct sleepers **ret)
{
	if (!kernel->sleepers)
		TRY(sleepers_open(kernel, &kernel->sleepers));
	*ret = kernel->sleepers;
	return NULL;
}
