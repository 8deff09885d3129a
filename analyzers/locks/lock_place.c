/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds what a lock is part of, and what people call it. */
#include "locks/lock_place.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "finding.h"
#include "kernel/locking/sleeper.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/percpu.h"
#include "kernel/tasks/tasks.h"
#include "kernel/tasks/task_label.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"
#include "locks/lock_container.h"
#include "locks/lock_member.h"

/* --- mm_struct -------------------------------------------------------------------------------- */

uint64_t lock_place_mm(struct kernel *kernel, uint64_t address)
{
	const struct member *member = members_get(kernel->members, MEMBER_MM_MMAP_LOCK);

	if (!member)
		return 0;
	uint64_t mm = address - member_offset(member), init;
	if (symbols_find(kernel->symbols, "init_mm", &init) && mm == init)
		return mm;
	for (size_t i = 0; i < tasks_count(kernel->tasks); i++)
		if (tasks_at(kernel->tasks, i)->mm == mm)
			return mm;
	return 0;
}

/* The process an mm belongs to: its thread group's leader, else any thread. */
static const struct task *mm_user(struct kernel *kernel, uint64_t mm)
{
	const struct task *any = NULL;

	for (size_t i = 0; i < tasks_count(kernel->tasks); i++) {
		const struct task *task = tasks_at(kernel->tasks, i);

		if (task->mm != mm)
			continue;
		if (task->pid == task->tgid)
			return task;
		any = any ? any : task;
	}
	return any;
}

/*
 * mmap_sem until da1c55f1b272 v5.8, as types say. Where those were probed the names of the slow paths tell, which were
 * others before v5.3.
 */
static const char *mmap_lock_name(struct kernel *kernel)
{
	static const char *const old[] = {"rwsem_down_read_failed",
					  "__rwsem_down_write_failed_common"};
	uint64_t address;

	for (size_t i = 0; i < ARRAY_SIZE(old); i++)
		if (symbols_find(kernel->symbols, old[i], &address))
			return "mmap_sem";
	return members_path(kernel->members, MEMBER_MM_MMAP_LOCK);
}

static bool in_mm(struct kernel *kernel, uint64_t address, struct lock_place *place)
{
	uint64_t mm = lock_place_mm(kernel, address);
	_str_ struct str label = {0};

	if (!mm)
		return false;
	const struct task *task = mm_user(kernel, mm);
	if (task)
		task_label_of_process(kernel->tasks, task, &label);
	else
		str_puts(&label, "init_mm");
	copy_string(place->type, sizeof(place->type), "mm_struct");
	copy_string(place->member, sizeof(place->member), mmap_lock_name(kernel));
	snprintf(place->name, sizeof(place->name), "%s of %s", place->member, label.data);
	place->object = mm;
	place->evidence = EVIDENCE_PROVEN;
	snprintf(place->why, sizeof(place->why), "%s",
		 task ? "a task's mm points to its object" : "it is the kernel's own");
	return true;
}

/* --- variables -------------------------------------------------------------------------------- */

static bool in_image(struct kernel *kernel, uint64_t address, struct lock_place *place)
{
	struct symbol symbol;
	size_t used;

	if (!symbols_at(kernel->symbols, address, &symbol))
		return false;
	struct type type = types_find_symbol(kernel->types, symbol.name);
	uint64_t offset = address - symbol.address;
	snprintf(place->name, sizeof(place->name), "%.200s", symbol.name);
	used = strlen(place->name);
	if (lock_member_find(type, offset, place->member, sizeof(place->member)))
		snprintf(place->name + used, sizeof(place->name) - used, ".%.80s", place->member);
	else if (offset)
		snprintf(place->name + used, sizeof(place->name) - used, "+0x%" PRIx64, offset);
	used = strlen(place->name);
	if (symbol.module[0])
		snprintf(place->name + used, sizeof(place->name) - used, " [%.30s]", symbol.module);
	return true;
}

/* Older BTF has no types of per-CPU variables. */
static struct type type_of_percpu(struct kernel *kernel, const char *symbol)
{
	struct type type = types_find_symbol(kernel->types, symbol);

	return type.kind == TYPE_NONE && !strcmp(symbol, "cpuhp_state")
		       ? types_find_struct(kernel->types, "cpuhp_cpu_state")
		       : type;
}

static bool in_percpu(struct kernel *kernel, uint64_t address, struct lock_place *place)
{
	struct symbol symbol;
	uint64_t variable;
	unsigned cpu;

	if (!percpu_owner(kernel, address, &cpu, &variable) ||
	    !symbols_at_percpu(kernel->symbols, variable, &symbol))
		return false;
	struct type type = type_of_percpu(kernel, symbol.name);
	uint64_t offset = variable - symbol.address;
	char inside[128] = "";
	if (lock_member_find(type, offset, place->member, sizeof(place->member))) {
		snprintf(inside, sizeof(inside), ".%.120s", place->member);
		copy_string(place->type, sizeof(place->type),
			    type_name(type) ? type_name(type) : "");
		place->object = address - offset;
		place->evidence = EVIDENCE_PROVEN;
	} else if (offset)
		snprintf(inside, sizeof(inside), "+0x%" PRIx64, offset);
	snprintf(place->name, sizeof(place->name), "%.128s%s of CPU %u", symbol.name, inside, cpu);
	return true;
}

/* --- stacks ----------------------------------------------------------------------------------- */

/* The function whose frame an address of this stack lies in, "" when no frame covers it. */
static const char *frame_function(const struct sleeper *stack, uint64_t address)
{
	for (unsigned i = 0; i + 1 < stack->call_count; i++)
		if (stack->calls[i].sp <= address && address < stack->calls[i + 1].sp)
			return stack->calls[i].function;
	return "";
}

static void on_stack(struct kernel *kernel, const char *kind, struct lock_place *place)
{
	const struct task *task = place->owner.task;
	_str_ struct str label = {0};
	struct sleeper own = {0};

	const struct sleeper *stack = sleepers_stack(kernel, task, &own);
	const char *function = stack ? frame_function(stack, place->owner.address) : "";
	task_label(task, &label);
	snprintf(place->name, sizeof(place->name), "%s on the stack of %s%s%s%s", kind, label.data,
		 *function ? ", in " : "", function, *function ? "()" : "");
	sleeper_deinit(&own);
}

/* --- all of them ------------------------------------------------------------------------------ */

static void in_object(struct kernel *kernel, const char *kind, struct lock_place *place)
{
	const struct owner *owner = &place->owner;
	uint64_t users = lock_container_cache_users(kernel, owner->slab.slab.cache);
	char shared[64] = "";

	if (users > 1)
		snprintf(shared, sizeof(shared), " (a cache of %" PRIu64 " kinds of objects)",
			 users);
	snprintf(place->name, sizeof(place->name),
		 "%s in %s object 0x%016" PRIx64 " +0x%" PRIx64 "%s", kind,
		 owner->slab.slab.cache->name, owner->start, (uint64_t)owner->offset, shared);
}

/* What the allocators know, when nothing knows the object's type. */
static void by_owner(struct kernel *kernel, const char *kind, struct lock_place *place)
{
	const struct owner *owner = &place->owner;

	if (owner->kind == OWNER_SLAB)
		in_object(kernel, kind, place);
	else if (owner_is_old_stack(owner))
		snprintf(place->name, sizeof(place->name),
			 "%s on the stack of a task that has ended", kind);
	else if (owner->kind == OWNER_VMALLOC && owner->symbol[0])
		snprintf(place->name, sizeof(place->name),
			 "%s at 0x%016" PRIx64 " in memory vmalloc()ed by %s", kind, owner->address,
			 owner->symbol);
	else
		snprintf(place->name, sizeof(place->name), "%s at 0x%016" PRIx64, kind,
			 owner->address);
}

void lock_place_find(struct kernel *kernel, struct lock *lock)
{
	const char *kind = lock_kind_name(lock->kind);
	struct lock_place *place = &lock->place;
	uint64_t address = lock->address;
	struct sleepers *sleepers;

	owner_find(kernel, address, &place->owner);
	if (in_mm(kernel, address, place) || lock_container_node(kernel, address, place))
		return;
	if (place->owner.task && err_ok(sleepers_of(kernel, &sleepers)))
		on_stack(kernel, kind, place);
	else if (!in_percpu(kernel, address, place) && !in_image(kernel, address, place) &&
		 !lock_container_slab(kernel, place) &&
		 !lock_container_super_block(kernel, address, place))
		by_owner(kernel, kind, place);
}
