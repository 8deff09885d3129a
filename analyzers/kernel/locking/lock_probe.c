/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Layouts of sleeping locks, told from the locks that tasks sleep on. */
#include "kernel/locking/lock_probe.h"

#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "kernel/locking/barrier_probe.h"
#include "kernel/locking/lock_witness.h"
#include "kernel/locking/percpu_probe.h"
#include "kernel/locking/sleeper.h"
#include "kernel/locking/thaw_probe.h"
#include "kernel/locking/wait_entry.h"
#include "kernel/memory/memory.h"
#include "kernel/probe/code_use.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/tasks.h"
#include "kernel/types/object.h"
#include "kernel/types/probed.h"
#include "kernel/types/types.h"

#define OWNER_FLAGS 7ull
#define TASK_ALIGN 16 /* ARCH_MIN_TASKALIGN of x86, of a cache line later */
#define OWNER_UNKNOWN (-1ull)
#define OWNER_UNKNOWN_FLAGGED (-2ull)
#define BIAS_MOST (4096ll << 32)
#define ACTIVE_MOST (1u << 20)

static const struct waiting lock_waiter = {.list = 0, .task = 16};
static const struct waiting simple_waiter = {.list = 8, .task = 0, .local = true}; /* swait_queue */

/* How a lock was laid out once: offsets of its members from its start. */
struct form {
	unsigned list, owner; /* owner 0 in rw_semaphores: there is none */
	bool (*fits)(struct kernel *kernel, const struct form *form, const struct witness *witness);
	struct err *(*add)(struct type_provider *types, const struct form *form);
	bool headless; /* the list is but a pointer to a ring of who waits */
};

/* --- the forms ---------------------------------------------------------------------------------- */

static bool read_at(struct kernel *kernel, const struct form *form, const struct witness *witness,
		    unsigned member, uint64_t *ret)
{
	return err_ok(memory_read_u64(kernel->memory, witness->head - form->list + member, ret));
}

/* A task, or what is left of one: who died with a lock is on no list, but has its name still. */
static bool is_task(struct kernel *kernel, uint64_t address)
{
	char comm[17];

	if (tasks_find(kernel->tasks, address))
		return true;
	return memory_is_kernel(kernel->memory, address) && address % TASK_ALIGN == 0 &&
	       err_ok(member_read_string(kernel, address, MEMBER_TASK_COMM, comm, sizeof(comm))) &&
	       comm[0] && is_printable(comm, strlen(comm));
}

/* 3ca0ff571b09 v4.10: owner with flags, of which the lowest says that there are waiters. */
static bool fits_mutex(struct kernel *kernel, const struct form *form,
		       const struct witness *witness)
{
	uint64_t owner;

	return read_at(kernel, form, witness, form->owner, &owner) && owner & 1 &&
	       is_task(kernel, owner & ~OWNER_FLAGS);
}

/* The same where a pointer into the ring has told the lock already: who owned it may be no more. */
static bool fits_headless_mutex(struct kernel *kernel, const struct form *form,
				const struct witness *witness)
{
	uint64_t owner;

	return read_at(kernel, form, witness, form->owner, &owner) && owner & 1 &&
	       (owner & ~OWNER_FLAGS) % TASK_ALIGN == 0 && memory_is_kernel(kernel->memory, owner);
}

/* Before: a count below zero, and the owner's task, its thread_info until v3.1. */
static bool fits_counted_mutex(struct kernel *kernel, const struct form *form,
			       const struct witness *witness)
{
	uint64_t owner, count;

	return read_at(kernel, form, witness, form->owner, &owner) &&
	       read_at(kernel, form, witness, 0, &count) && (int32_t)count < 0 &&
	       (is_task(kernel, owner) || tasks_by_stack(kernel->tasks, owner));
}

static bool mode_agrees(struct kernel *kernel, const struct witness *witness, bool flags)
{
	uint64_t type;

	/* enum rwsem_waiter_type (e2d57f782114 v3.10): write, read; before, flags: read 1, write 2 */
	return err_ok(memory_read_uint(kernel->memory, witness->waiter + 24, 4, &type)) &&
	       (!witness->writer || type == (flags ? 2u : 0u)) && (!witness->reader || type == 1) &&
	       type <= (flags ? 2u : 1u);
}

/* 64489e78004c v5.3: flags in the count; the owner with flags, of a reader perhaps none any more. */
static bool fits_rwsem(struct kernel *kernel, const struct form *form,
		       const struct witness *witness)
{
	uint64_t owner, count;

	return read_at(kernel, form, witness, 0, &count) &&
	       read_at(kernel, form, witness, form->owner, &owner) && count & 2 &&
	       count >> 62 == 0 && (!(count & 1) || is_task(kernel, owner & ~OWNER_FLAGS)) &&
	       mode_agrees(kernel, witness, false);
}

/*
 * A writer's task, or nothing; of readers a flag (19c5d690e416 v4.8), or the last of them with two
 * (925b9cd1b89a v5.1, el8). Who it was may be no more: readers leave it behind. Of who freezes a file
 * system nobody knows (RWSEM_OWNER_UNKNOWN, 5a817641f68a v4.18).
 */
static bool is_bias_owner(struct kernel *kernel, uint64_t owner)
{
	uint64_t task = owner & ~OWNER_FLAGS;

	if (owner == OWNER_UNKNOWN || owner == OWNER_UNKNOWN_FLAGGED)
		return true;
	return (!task || (task % TASK_ALIGN == 0 && memory_is_kernel(kernel->memory, task))) &&
	       (owner & 1 || owner == task);
}

/*
 * Until v5.2 the count is below zero while somebody waits, by few biases of 2^32, and its lower half
 * counts who is active: no pointer is like that.
 */
static bool is_biased(struct kernel *kernel, const struct form *form, const struct witness *witness,
		      bool flags)
{
	uint64_t owner = 0, count;

	if (!read_at(kernel, form, witness, 0, &count) || (int64_t)count >= 0 ||
	    (int64_t)count < -BIAS_MOST || (uint32_t)count > ACTIVE_MOST ||
	    (form->owner && !read_at(kernel, form, witness, form->owner, &owner)))
		return false;
	return is_bias_owner(kernel, owner) && mode_agrees(kernel, witness, flags);
}

static bool fits_bias_rwsem(struct kernel *kernel, const struct form *form,
			    const struct witness *witness)
{
	return is_biased(kernel, form, witness, false);
}

/* Before e2d57f782114 v3.10: how who waits is told by flags. */
static bool fits_flagged_rwsem(struct kernel *kernel, const struct form *form,
			       const struct witness *witness)
{
	return is_biased(kernel, form, witness, true);
}

static struct err *add_mutex(struct type_provider *types, const struct form *form)
{
	if (form->headless)
		TRY(probed_witness(types, "mutex", "wait_list", form->list, PROBED_POINTER));
	else
		TRY(probed_witness(types, "mutex", "wait_list", form->list,
				   PROBED_STRUCT("list_head")));
	TRY(probed_witness(types, "mutex_waiter", "list", 0, PROBED_STRUCT("list_head")));
	TRY(probed_witness(types, "mutex_waiter", "task", 16, PROBED_POINTER));
	return probed_witness(types, "mutex", "owner", form->owner, PROBED_NUMBER(8));
}

static struct err *add_counted_mutex(struct type_provider *types, const struct form *form)
{
	TRY(probed_witness(types, "mutex", "count", 0, PROBED_NUMBER(4)));
	return add_mutex(types, form);
}

static struct err *add_rwsem_list(struct type_provider *types, const struct form *form)
{
	TRY(probed_witness(types, "rw_semaphore", "count", 0, PROBED_NUMBER(8)));
	TRY(probed_witness(types, "rwsem_waiter", "list", 0, PROBED_STRUCT("list_head")));
	TRY(probed_witness(types, "rwsem_waiter", "task", 16, PROBED_POINTER));
	return form->headless ? probed_witness(types, "rw_semaphore", "wait_list", form->list,
					       PROBED_POINTER)
			      : probed_witness(types, "rw_semaphore", "wait_list", form->list,
					       PROBED_STRUCT("list_head"));
}

static struct err *add_any_rwsem(struct type_provider *types, const struct form *form)
{
	TRY(add_rwsem_list(types, form));
	return probed_witness(types, "rwsem_waiter", "type", 24, PROBED_NUMBER(4));
}

static struct err *add_flagged_rwsem(struct type_provider *types, const struct form *form)
{
	TRY(add_rwsem_list(types, form));
	return probed_witness(types, "rwsem_waiter", "flags", 24, PROBED_NUMBER(4));
}

static struct err *add_rwsem(struct type_provider *types, const struct form *form)
{
	TRY(add_any_rwsem(types, form));
	return probed_witness(types, "rw_semaphore", "owner", form->owner, PROBED_NUMBER(8));
}

/* The owner's type, a pointer, is what tells a count of biases from one of flags. */
static struct err *add_bias_rwsem(struct type_provider *types, const struct form *form)
{
	TRY(add_any_rwsem(types, form));
	return form->owner
		       ? probed_witness(types, "rw_semaphore", "owner", form->owner, PROBED_POINTER)
		       : NULL;
}

static const struct form mutex_forms[] = {
	{16, 0, fits_mutex, add_mutex},
	{8, 24, fits_counted_mutex, add_counted_mutex},
};

static const struct form rwsem_forms[] = {
	{24, 8, fits_rwsem, add_rwsem, false},		 /* 94a9717b3c40 v5.3 */
	{8, 32, fits_bias_rwsem, add_bias_rwsem, false}, /* v4.0 … v5.2: list, lock, osq, owner */
	{16, 0, fits_bias_rwsem, add_bias_rwsem, false}, /* before: lock, list */
	{16, 0, fits_flagged_rwsem, add_flagged_rwsem, false}, /* before v3.10 */
};

/* Forms whose lists have no head in the lock. */
static const struct form headless_mutex_forms[] = {
	{16, 0, fits_headless_mutex, add_mutex, true}, /* v7.2: owner, lock and osq, first_waiter */
};
static const struct form headless_rwsem_forms[] = {
	{16, 24, fits_bias_rwsem, add_bias_rwsem, true}, /* el7: lock and osq, list, owner */
	{24, 8, fits_rwsem, add_rwsem, true},		 /* v7.2: first_waiter */
};

/* The same members at the same places: what they mean differs in nothing that the witnesses show. */
static bool is_alike(const struct form *one, const struct form *other)
{
	return one->list == other->list && one->owner == other->owner;
}

/* The only form that fits all witnesses; NULL when none or more than one does. */
static const struct form *choose(const struct witnesses *witnesses, const struct form *forms,
				 size_t count)
{
	const struct form *found = NULL;

	for (size_t i = 0; i < count; i++) {
		size_t j = 0;

		while (j < witnesses->count &&
		       forms[i].fits(witnesses->kernel, &forms[i], &witnesses->list[j]))
			j++;
		if (j < witnesses->count)
			continue;
		if (found && !is_alike(found, &forms[i]))
			return NULL;
		found = found ? found : &forms[i];
	}
	return witnesses->count ? found : NULL;
}

#define MM_BYTES 1024u /* of mm_struct, in front of and with mmap_lock */

/* A rw_semaphore in some task's mm: at the same place in each of them. */
static struct err *add_mmap_lock(const struct witnesses *witnesses, unsigned list,
				 struct type_provider *types)
{
	struct tasks *tasks = witnesses->kernel->tasks;
	uint64_t found = 0;

	for (size_t i = 0; i < witnesses->count; i++)
		for (size_t j = 0; j < tasks_count(tasks); j++) {
			uint64_t mm = tasks_at(tasks, j)->mm;
			uint64_t offset = witnesses->list[i].head - list - mm;

			if (!mm || offset >= MM_BYTES || offset == found)
				continue;
			if (found)
				return NULL;
			found = offset;
		}
	return found ? probed_witness(types, "mm_struct", "mmap_lock", found,
				      PROBED_STRUCT("rw_semaphore"))
		     : NULL;
}

/* A lock's initialiser says where its list is, too: who contradicts it is not believed. */
static struct err *is_initialised(struct kernel *kernel, const char *function,
				  const struct form *form, bool *ret)
{
	uint64_t list;
	bool found;

	TRY(code_list_head(kernel, function, &found, &list));
	*ret = !found || list == form->list;
	return NULL;
}

/* Of forms without a head each has witnesses of its own: what points into the ring is looked for. */
static struct err *choose_headless(struct kernel *kernel, unsigned kind, const struct form *forms,
				   size_t count, struct witnesses *witnesses,
				   const struct form **ret)
{
	struct witnesses trial;

	for (size_t i = 0; i < count; i++) {
		const struct form *form = &forms[i];

		TRY(lock_witnesses_find_headless(kernel, 1u << kind, &lock_waiter, form->list,
						 &trial));
		if (!choose(&trial, form, 1))
			continue;
		if (*ret) {
			*ret = NULL;
			return NULL;
		}
		*ret = form;
		*witnesses = trial;
	}
	return NULL;
}

static struct err *probe_rwsem(struct kernel *kernel, struct type_provider *types)
{
	struct witnesses witnesses;
	const struct form *form;
	bool agreed;

	TRY(lock_witnesses_find(kernel, 1u << WAIT_RWSEM, &lock_waiter, &witnesses));
	form = choose(&witnesses, rwsem_forms, ARRAY_SIZE(rwsem_forms));
	if (!form && !witnesses.count)
		TRY(choose_headless(kernel, WAIT_RWSEM, headless_rwsem_forms,
				    ARRAY_SIZE(headless_rwsem_forms), &witnesses, &form));
	if (!form)
		return NULL;
	TRY(is_initialised(kernel, "__init_rwsem", form, &agreed));
	if (!agreed)
		return NULL;
	TRY(form->add(types, form));
	return add_mmap_lock(&witnesses, form->list, types);
}

static struct err *probe_locks(struct kernel *kernel, struct type_provider *types)
{
	struct witnesses witnesses;
	const struct form *form;
	bool agreed;

	TRY(lock_witnesses_find(kernel, 1u << WAIT_MUTEX, &lock_waiter, &witnesses));
	form = choose(&witnesses, mutex_forms, ARRAY_SIZE(mutex_forms));
	if (!form && !witnesses.count)
		TRY(choose_headless(kernel, WAIT_MUTEX, headless_mutex_forms,
				    ARRAY_SIZE(headless_mutex_forms), &witnesses, &form));
	if (form) {
		TRY(is_initialised(kernel, "__mutex_init", form, &agreed));
		if (agreed)
			TRY(form->add(types, form));
	}
	return probe_rwsem(kernel, types);
}

/* --- semaphores, completions, percpu_rw_semaphores ---------------------------------------------- */

/* raw_spinlock_t lock, unsigned count: nobody waits where that is not 0. */
static bool fits_semaphore(struct kernel *kernel, const struct form *form,
			   const struct witness *witness)
{
	uint64_t words;

	return read_at(kernel, form, witness, 0, &words) && words >> 32 == 0;
}

static struct err *add_semaphore(struct type_provider *types, const struct form *form)
{
	TRY(probed_witness(types, "semaphore", "count", 4, PROBED_NUMBER(4)));
	TRY(probed_witness(types, "semaphore", "wait_list", form->list,
			   PROBED_STRUCT("list_head")));
	TRY(probed_witness(types, "semaphore_waiter", "list", 0, PROBED_STRUCT("list_head")));
	return probed_witness(types, "semaphore_waiter", "task", 16, PROBED_POINTER);
}

/* The function that a wait queue calls to wake who waits. */
static bool is_woken_by(struct kernel *kernel, const struct witness *witness, const char *function)
{
	struct symbol symbol;
	uint64_t wakes;

	return err_ok(memory_read_u64(kernel->memory, witness->waiter + WAIT_ENTRY_WAKES,
				      &wakes)) &&
	       symbols_at(kernel->symbols, wakes, &symbol) && symbol.address == wakes &&
	       !strcmp(symbol.name, function);
}

/* unsigned done, and a queue: its spinlock and its list. */
static bool is_not_done(struct kernel *kernel, const struct form *form,
			const struct witness *witness)
{
	uint64_t done;

	return read_at(kernel, form, witness, 0, &done) && (uint32_t)done == 0;
}

static bool fits_completion(struct kernel *kernel, const struct form *form,
			    const struct witness *witness)
{
	return is_not_done(kernel, form, witness) &&
	       is_woken_by(kernel, witness, "default_wake_function");
}

static struct err *add_completion(struct type_provider *types, const struct form *form)
{
	TRY(wait_entry_add(types));
	TRY(probed_witness(types, "completion", "done", 0, PROBED_NUMBER(4)));
	return probed_witness(types, "completion", "wait", form->list - 8,
			      PROBED_STRUCT("wait_queue_head"));
}

/* a5c6234e1028 v5.7: by its name of the lock it is known to be a simple queue. */
static struct err *add_simple_completion(struct type_provider *types, const struct form *form)
{
	TRY(probed_witness(types, "raw_spinlock", "raw_lock", 0, PROBED_NUMBER(4)));
	TRY(probed_witness(types, "swait_queue_head", "lock", 0, PROBED_STRUCT("raw_spinlock")));
	TRY(probed_witness(types, "swait_queue_head", "task_list", 8, PROBED_STRUCT("list_head")));
	TRY(probed_witness(types, "swait_queue", "task", simple_waiter.task, PROBED_POINTER));
	TRY(probed_witness(types, "swait_queue", "task_list", simple_waiter.list,
			   PROBED_STRUCT("list_head")));
	TRY(probed_witness(types, "completion", "done", 0, PROBED_NUMBER(4)));
	return probed_witness(types, "completion", "wait", form->list - 8,
			      PROBED_STRUCT("swait_queue_head"));
}

/* percpu_rw_semaphore since 7f26482a872c v5.7, behind its struct rcu_sync of 48 bytes. */
#define PERCPU_READERS 48
#define PERCPU_WRITER 56
#define PERCPU_WAITERS 64
#define PERCPU_BLOCK 88

static bool fits_percpu_rwsem(struct kernel *kernel, const struct form *form,
			      const struct witness *witness)
{
	uint64_t writer, block;

	return is_woken_by(kernel, witness, "percpu_rwsem_wake_function") &&
	       read_at(kernel, form, witness, PERCPU_WRITER, &writer) &&
	       read_at(kernel, form, witness, PERCPU_BLOCK, &block) && (uint32_t)block <= 1 &&
	       (!writer || is_task(kernel, writer));
}

static struct err *add_percpu_rwsem(struct type_provider *types, const struct form *form)
{
	(void)form;
	TRY(wait_entry_add(types));
	TRY(probed_witness(types, "rcuwait", "task", 0, PROBED_POINTER));
	TRY(probed_witness(types, "percpu_rw_semaphore", "read_count", PERCPU_READERS,
			   PROBED_POINTER));
	TRY(probed_witness(types, "percpu_rw_semaphore", "writer", PERCPU_WRITER,
			   PROBED_STRUCT("rcuwait")));
	TRY(probed_witness(types, "percpu_rw_semaphore", "waiters", PERCPU_WAITERS,
			   PROBED_STRUCT("wait_queue_head")));
	return probed_witness(types, "percpu_rw_semaphore", "block", PERCPU_BLOCK,
			      PROBED_NUMBER(4));
}

static const struct {
	unsigned kinds;
	const struct waiting *waiting;
	struct form form;
} others[] = {
	{1u << WAIT_SEMAPHORE, &lock_waiter, {8, 0, fits_semaphore, add_semaphore}},
	{1u << WAIT_COMPLETION | 1u << WAIT_WORK,
	 &simple_waiter,
	 {16, 0, is_not_done, add_simple_completion}},
	{1u << WAIT_COMPLETION | 1u << WAIT_WORK,
	 &wait_entry,
	 {16, 0, fits_completion, add_completion}},
	{1u << WAIT_PERCPU_RWSEM,
	 &wait_entry,
	 {PERCPU_WAITERS + 8, 0, fits_percpu_rwsem, add_percpu_rwsem}},
};

/* Each has one form; witnesses of the wrong kind of waiter lead to no ring. */
static struct err *probe_others(struct kernel *kernel, struct type_provider *types)
{
	struct witnesses witnesses;

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		TRY(lock_witnesses_find(kernel, others[i].kinds, others[i].waiting, &witnesses));
		if (choose(&witnesses, &others[i].form, 1))
			TRY(others[i].form.add(types, &others[i].form));
	}
	return NULL;
}

static struct err *probe_all(void *context, struct type_provider *types)
{
	struct kernel *kernel = context;
	TRY(probed_witness(types, "list_head", "next", 0, PROBED_POINTER));
	TRY(probed_witness(types, "list_head", "prev", 8, PROBED_POINTER));
	TRY(probe_locks(kernel, types));
	TRY(probe_others(kernel, types));
	TRY(percpu_probe(kernel, types));
	TRY(thaw_probe(kernel, types));
	return barrier_probe(kernel, types);
}

struct err *lock_probe_open(struct kernel *kernel)
{
	return probed_provide(kernel->types, probe_all, kernel);
}
