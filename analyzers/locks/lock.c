/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "locks/lock.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/str.h"
#include "describe.h"
#include "kernel/tasks/task.h"
#include "kernel/types/object.h"
#include "locks/lock_name.h"

const char *lock_display_name(const json_t *lock)
{
	const char *name = json_string_value(json_object_get(lock, "name"));
	const char *kind = json_string_value(json_object_get(lock, "kind"));

	return name ? name : kind ? kind : "a lock";
}

static json_t *container_json(const struct lock_place *place)
{
	return json_pack("{s:o, s:o, s:o, s:s, s:o}", "type", json_escaped(place->type), "member",
			 json_escaped(place->member), "address", json_address(place->object),
			 "evidence", place->evidence, "why", json_escaped(place->why));
}

static void put_place(struct kernel *kernel, json_t *lock, const char *kind, uint64_t address)
{
	struct lock_place place;

	lock_place_find(kernel, kind, address, &place);
	json_put(lock, "name", json_escaped(place.name));
	if (place.type[0])
		json_put(lock, "container", container_json(&place));
	json_put(lock, "owner", describe_owner(&place.owner));
	if (place.owner.kind == OWNER_SLAB && place.owner.slab.state == OBJECT_FREE)
		json_put(lock, "note", json_string("the object this lock lies in has been freed"));
}

uint64_t lock_object(const json_t *lock)
{
	const json_t *owner = json_object_get(lock, "owner");
	const char *kind = json_string_value(json_object_get(owner, "kind"));
	uint64_t object = 0;

	if (!json_address_value(json_object_get(json_object_get(lock, "container"), "address"),
				&object) &&
	    kind && !strcmp(kind, "slab"))
		json_address_value(json_object_get(owner, "start"), &object);
	return object;
}

json_t *lock_new(struct kernel *kernel, const char *kind, uint64_t address)
{
	json_t *lock = json_object();

	json_put(lock, "kind", json_string(kind));
	json_put(lock, "address", address ? json_address(address) : NULL);
	if (address)
		put_place(kernel, lock, kind, address);
	json_put(lock, "holders", json_array());
	json_put(lock, "waiters", json_array());
	return lock;
}

void lock_add_holder(json_t *lock, const struct task *task, enum lock_mode mode,
		     const char *evidence, double confidence, const char *why, ...)
{
	json_t *holder = json_object();
	va_list args;

	va_start(args, why);
	json_put(holder, "task", task ? describe_task(task) : json_null());
	if (mode != MODE_UNKNOWN)
		json_put(holder, "mode", json_string(lock_mode_name(mode)));
	json_put(holder, "evidence", json_string(evidence));
	json_put(holder, "confidence", json_real(confidence));
	json_put(holder, "why", json_vsprintf(why, args));
	va_end(args);
	json_array_append_new(json_object_get(lock, "holders"), holder);
}

void lock_add_waiter(json_t *lock, const struct task *task, enum lock_mode mode, size_t position,
		     uint64_t node)
{
	json_t *waiter = json_object();

	json_put(waiter, "task", task ? describe_task(task) : json_null());
	if (mode != MODE_UNKNOWN)
		json_put(waiter, "mode", json_string(lock_mode_name(mode)));
	json_put(waiter, "position", json_integer((json_int_t)position));
	json_put(waiter, "node", node ? json_address(node) : NULL);
	json_array_append_new(json_object_get(lock, "waiters"), waiter);
}

const struct task *lock_owner(struct kernel *kernel, uint64_t word, uint64_t flags)
{
	return tasks_find(kernel->tasks, word & ~flags);
}

bool waits_in(const struct waitlist *list, const struct task *task)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->waiters[i].task == task)
			return true;
	return false;
}

/* --- from sleepers to locks ------------------------------------------------------------------ */

#define WAITERS_SHOWN 4096 /* in the verdict; counts are always complete */

void lock_add_waiters(json_t *lock, const struct waitlist *list)
{
	for (size_t i = 0; i < list->count && i < WAITERS_SHOWN; i++) {
		const struct waiter *waiter = &list->waiters[i];

		lock_add_waiter(lock, waiter->task, waiter->mode, i, waiter->node);
		if (!waiter->node) /* not met in the list */
			json_object_set_new(json_array_get(json_object_get(lock, "waiters"), i),
					    "position", json_null());
	}
	json_put(lock, "waiter_count", json_integer((json_int_t)list->count));
	if (list->err)
		json_put(lock, "note",
			 json_sprintf("the wait list could not be read to its end, so the order is "
				      "not all known: %s",
				      list->err->message));
}

static struct err *emit_lock(struct kernel *kernel, const struct lock_class *class,
			     const struct waitlist *list, struct findings *findings)
{
	json_t *lock = lock_new(kernel, class->kind, list->lock);
	_str_ struct str headline = {0};
	double confidence = 1.0;

	lock_add_waiters(lock, list);
	struct err *err = class->describe(kernel, list, lock, &headline, &confidence);
	if (err) {
		json_decref(lock);
		return err;
	}
	finding_add(findings, class->finding, SEVERITY_WARNING, confidence, lock, "%s",
		    headline.data ? headline.data : class->kind);
	return NULL;
}

/* A sleeper whose lock could not be reached is still a wait, with its holder missing. */
static void emit_unknown(struct kernel *kernel, const struct lock_class *class,
			 const struct sleeper *sleeper, const char *why, struct findings *findings)
{
	json_t *lock = lock_new(kernel, class->kind, 0);
	_str_ struct str label = {0};

	task_label(sleeper->task, &label);
	lock_add_waiter(lock, sleeper->task, sleeper->mode, 0, 0);
	json_put(lock, "state", json_sprintf("the lock was not found: %s", why));
	finding_add(findings, FINDING_LOCK_OTHER, SEVERITY_NOTICE, 0.5, lock,
		    "%s waits for a %s that was not found", label.data, sleeper->what);
}

/* Those that say themselves that they wait for this lock, and are not in the list as read. */
static struct err *add_blocked(const struct lock_class *class, const struct sleepers *sleepers,
			       struct waitlist *list)
{
	for (size_t i = 0; i < sleepers->count; i++) {
		const struct sleeper *sleeper = &sleepers->list[i];

		if (sleeper->lock != list->lock || !(class->waits >> sleeper->kind & 1) ||
		    waits_in(list, sleeper->task))
			continue;
		TRY(waitlist_add(list,
				 (struct waiter){.task = sleeper->task, .mode = sleeper->mode}));
	}
	return NULL;
}

/*
 * By the waiter structure on the sleeper's stack, which leads to the list and the lock; where that
 * is not in the dump, by what the task has noted down, as far as the list goes.
 */
static struct err *find_waiters(struct kernel *kernel, const struct lock_class *class,
				const struct sleepers *sleepers, const struct sleeper *sleeper,
				struct waitlist *list)
{
	struct err *err = waitlist_of_sleeper(kernel, class->ops, sleeper, list);

	if (!err || err == &err_nomem || !sleeper->lock)
		return err;
	_err_ struct err *first = err;
	TRY(waitlist_of_lock(kernel, class->ops, sleeper->lock, list));
	TRY(add_blocked(class, sleepers, list));
	if (!class->ops->plausible(kernel, list->lock, list->count))
		return err_at(ERR_CORRUPT, list->lock,
			      "no lock where the task says it waits for one");
	return NULL;
}

struct err *locks_emit(struct kernel *kernel, const struct lock_class *class,
		       struct findings *findings)
{
	_map_ struct map placed = {0}; /* tasks whose lock has been emitted */
	struct sleepers *sleepers;

	TRY(kernel_sleepers(kernel, &sleepers));
	for (size_t i = 0; i < sleepers->count; i++) {
		const struct sleeper *sleeper = &sleepers->list[i];
		_waitlist_ struct waitlist list = {0};

		if (!(class->waits >> sleeper->kind & 1) ||
		    map_get(&placed, sleeper->task->address))
			continue;
		_err_ struct err *err = find_waiters(kernel, class, sleepers, sleeper, &list);
		if (err == &err_nomem)
			return take_ptr(err);
		if (err) {
			emit_unknown(kernel, class, sleeper, err->message, findings);
			continue;
		}
		for (size_t j = 0; j < list.count; j++)
			if (list.waiters[j].task)
				map_set(&placed, list.waiters[j].task->address, 0);
		TRY(emit_lock(kernel, class, &list, findings));
	}
	return NULL;
}
