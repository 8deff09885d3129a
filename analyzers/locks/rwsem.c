/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: tasks blocked on a rw_semaphore; its state, holders and waiters in order.
 * Needs: symbols, types, tasks, stacks.
 * False positives: none for waiters (each is proven by its own stack and the lock's list); reader
 *   holders are inferred, since no rwsem records them.
 * Kernel commits: 70bdc6e0644f v2.6.36 one bias for all waiters; 64489e78004c v5.3 flag bits and
 *   reader count; 94a9717b3c40 v5.3 owner as atomic_long_t; 617f3ef95177 v5.11 reader flag bit
 *   dropped; 42254105dfe8 v5.15 rwbase_rt; 7.2 first_waiter in place of wait_list.
 */
#include <string.h>

#include "analysis.h"
#include "kernel/locking/rwsem_count.h"
#include "kernel/tasks/task.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"
#include "locks/critical_section.h"
#include "locks/frozen_fs.h"
#include "locks/lock_class.h"
#include "locks/lock_holders.h"
#include "locks/owner_died.h"
#include "locks/owner_task.h"

/* --- which form this kernel has: told by the members' types, never by its release ------------- */

static bool owner_is_flags(struct kernel *kernel)
{
	const struct member *owner = members_get(kernel->members, MEMBER_RWSEM_OWNER);

	return owner && owner->type.kind != TYPE_POINTER;
}

static enum rwsem_form bias_form(struct kernel *kernel)
{
	/*
	 * Until v2.6.35 the second parameter of rwsem_down_failed_common() was the waiter, then
	 * flags. Where its type is not known, waiters with flags and a lock without an owner
	 * mean the older form.
	 */
	struct type function = types_find_symbol(kernel->types, "rwsem_down_failed_common");
	struct member parameter;

	if (function.kind == TYPE_FUNCTION && type_member_at(function, 1, &parameter))
		return parameter.type.kind == TYPE_POINTER ? RWSEM_BIAS_PER_WAITER : RWSEM_BIAS;
	struct type waiter = types_find_struct(kernel->types, "rwsem_waiter");
	struct member flags;
	return type_find_member(waiter, "flags", &flags) &&
			       !members_has(kernel->members, MEMBER_RWSEM_OWNER)
		       ? RWSEM_BIAS_PER_WAITER
		       : RWSEM_BIAS;
}

static enum rwsem_form count_form(struct kernel *kernel)
{
	const struct member *count = members_get(kernel->members, MEMBER_RWSEM_COUNT);

	if (count && !strcmp(count->name, "activity"))
		return RWSEM_ACTIVITY;
	return owner_is_flags(kernel) ? RWSEM_FLAGS : bias_form(kernel);
}

static bool plausible(struct kernel *kernel, uint64_t lock, size_t waiters)
{
	struct rwsem_count state;
	uint64_t count;

	if (!err_ok(member_read(kernel, lock, MEMBER_RWSEM_COUNT, &count)))
		return false;
	rwsem_count_decode(count_form(kernel), count, waiters, &state);
	return !state.inconsistent && state.readers < 1u << 24;
}

static enum lock_mode waiter_mode(struct kernel *kernel, uint64_t waiter, const struct task *task)
{
	const struct member *type = members_get(kernel->members, MEMBER_RWSEM_WAITER_TYPE);
	uint64_t value;

	(void)task;
	if (!type || !err_ok(member_read(kernel, waiter, MEMBER_RWSEM_WAITER_TYPE, &value)))
		return MODE_UNKNOWN;
	/* flags: 1 read, 2 write. type: 0 RWSEM_WAITING_FOR_WRITE, 1 RWSEM_WAITING_FOR_READ. */
	if (!strcmp(type->name, "flags"))
		return value & 1 ? MODE_READ : value & 2 ? MODE_WRITE : MODE_UNKNOWN;
	return value == 0 ? MODE_WRITE : value == 1 ? MODE_READ : MODE_UNKNOWN;
}

static const struct waitlist_ops rwsem_ops = {
	.waiter_list = MEMBER_RWSEM_WAITER_LIST,
	.waiter_task = MEMBER_RWSEM_WAITER_TASK,
	.lock_list = MEMBER_RWSEM_WAITERS,
	.cleared_when_woken = true,
	.plausible = plausible,
	.mode = waiter_mode,
};

/* --- holders ---------------------------------------------------------------------------------- */

#define OWNER_READER 1ull /* RWSEM_READER_OWNED; the other two flag bits come and go by era */
#define OWNER_FLAGS 7ull

/*
 * The writer's owner word is proof. A reader's is a hint at best: the last reader to come, who may
 * have left long ago; *hint is set to that task when it is one.
 */
static const struct task *read_owner(struct kernel *kernel, uint64_t lock, const struct task **hint)
{
	uint64_t owner;

	*hint = NULL;
	if (!members_has(kernel->members, MEMBER_RWSEM_OWNER) ||
	    !err_ok(member_read(kernel, lock, MEMBER_RWSEM_OWNER, &owner)))
		return NULL;
	if (!(owner & OWNER_READER))
		return owner_task(kernel, owner, OWNER_FLAGS);
	*hint = lock_owner(kernel->tasks, owner, OWNER_FLAGS);
	return NULL;
}

static void add_dead(const struct owner_died *died, enum lock_mode mode, struct lock *lock)
{
	str_deinit(&lock->headline);
	str_deinit(&lock->state);
	owner_died_add(lock, died, mode);
}

static struct err *add_writer(struct analysis *analysis, const struct waitlist *list,
			      const struct task *writer, struct lock *lock)
{
	struct owner_died died;

	TRY(owner_died_find(analysis, list, critical_section_rwsem, writer, &died));
	if (died.task) {
		add_dead(&died, MODE_WRITE, lock);
		return NULL;
	}
	lock_add_holder(lock, writer, MODE_WRITE,
			died.doubt < 1 ? EVIDENCE_INFERRED : EVIDENCE_PROVEN, died.doubt,
			"the count says a writer holds it, the owner field says who%s",
			owner_doubt(&died));
	if (died.left)
		lock_holder_left(lock);
	lock->confidence = died.doubt;
	return NULL;
}

/* Nobody who lives: a task that died with it, or nobody known. */
static struct err *add_nobody(struct analysis *analysis, const struct waitlist *list,
			      enum lock_mode mode, struct lock *lock)
{
	struct owner_died died;

	TRY(owner_died_find(analysis, list, critical_section_rwsem, NULL, &died));
	if (died.task)
		add_dead(&died, mode, lock);
	else
		lock_add_holder(lock, NULL, mode, EVIDENCE_MISSING, 0,
				"the lock records no holder, and no stack shows one");
	return NULL;
}

/* Nobody is inside, and nobody will leave: the count can never come to what it is when it is free. */
static void add_over(const struct rwsem_count *state, struct lock *lock)
{
	str_printf(&lock->because, "%s was released %s than taken", lock_display_name(lock),
		   state->over == 1 ? "once more" : "more often");
	lock_add_holder(lock, NULL, MODE_READ, EVIDENCE_MISSING, 0,
			"by its count fewer than no readers are inside");
	lock->confidence = 0.95;
}

/*
 * Who gives back as a writer, or downgrades, what he has as a reader borrows from bits that nobody uses: the count
 * says that a writer is inside, who is not and will not leave.
 */
static void add_upset(struct lock *lock)
{
	str_printf(&lock->because, "%s is %s", lock_display_name(lock), RWSEM_UPSET);
	lock_add_holder(lock, NULL, MODE_UNKNOWN, EVIDENCE_MISSING, 0,
			"bits of its count are set that no holder sets");
	lock->confidence = 0.95;
}

static struct err *add_holders(struct analysis *analysis, const struct waitlist *list,
			       const struct rwsem_count *state, struct lock *lock)
{
	struct kernel *kernel = analysis->kernel;
	const struct task *hint, *writer = read_owner(kernel, list->lock, &hint);
	size_t suspects = 0;

	if (state->over || state->stray) {
		if (state->over)
			add_over(state, lock);
		else
			add_upset(lock);
		return NULL;
	}
	if (state->writer && writer)
		return add_writer(analysis, list, writer, lock);
	if (!state->writer && !state->readers)
		return NULL;
	TRY(lock_holders_infer(kernel, list, lock, hint, &suspects));
	/* A waiter is suspected by its own code alone: that there is but one reader to find, fits. */
	if (suspects == 1 && state->readers == 1 && waitlist_has(list, lock->holders[0].task))
		lock->holders[0].confidence = MIN(lock->holders[0].confidence + 0.15, 0.95);
	lock->confidence = suspects == 1 ? 0.85 : suspects ? 0.7 : 0.6;
	return suspects ? NULL
			: add_nobody(analysis, list, state->writer ? MODE_WRITE : MODE_READ, lock);
}

static void count_modes(const struct waitlist *list, size_t *readers, size_t *writers)
{
	*readers = *writers = 0;
	for (size_t i = 0; i < list->count; i++) {
		*readers += list->waiters[i].mode == MODE_READ;
		*writers += list->waiters[i].mode == MODE_WRITE;
	}
}

static void find_writer_ahead(const struct rwsem_count *state, struct lock *lock)
{
	size_t i = 0;

	while (i < lock->waiter_count && lock->waiters[i].mode != MODE_WRITE)
		i++;
	if (!state->writer && state->readers && i < lock->waiter_count && lock->waiters[i].task)
		lock_set_ahead(lock, i, EVIDENCE_PROVEN);
}

static struct err *describe(struct analysis *analysis, const struct waitlist *list,
			    struct lock *lock)
{
	struct kernel *kernel = analysis->kernel;
	enum rwsem_form form = count_form(kernel);
	struct rwsem_count state;
	size_t readers, writers;
	uint64_t count;
	char text[160];

	TRY(member_read(kernel, list->lock, MEMBER_RWSEM_COUNT, &count));
	rwsem_count_decode(form, count, list->count, &state);
	rwsem_count_format(&state, text, sizeof(text));
	count_modes(list, &readers, &writers);
	lock_set_raw(lock, count);
	/* The rwsem in a percpu_rw_semaphore, until v5.7: whoever froze has it, and may be no more. */
	if (frozen_fs_state(kernel, lock) == SB_FREEZE_COMPLETE) {
		frozen_fs_describe(kernel, list, lock);
		return NULL;
	}
	str_printf(&lock->state, "%s; %zu writer%s and %zu reader%s wait", text, writers,
		   writers == 1 ? "" : "s", readers, readers == 1 ? "" : "s");
	str_printf(&lock->headline, "%s: %s, %zu writer%s and %zu reader%s queued",
		   lock_display_name(lock), text, writers, writers == 1 ? "" : "s", readers,
		   readers == 1 ? "" : "s");
	find_writer_ahead(&state, lock);
	return add_holders(analysis, list, &state, lock);
}

static struct err *run(struct analysis *analysis)
{
	static const struct lock_class class = {
		.finding = FINDING_LOCK_RWSEM,
		.kind = LOCK_RWSEM,
		.waits = 1u << WAIT_RWSEM,
		.ops = &rwsem_ops,
		.describe = describe,
	};

	return lock_class_report(analysis, &class);
}

const struct analyzer rwsem_analyzer = {
	.name = "rwsem",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_TASKS | STEP_STACKS,
	.run = run,
};
