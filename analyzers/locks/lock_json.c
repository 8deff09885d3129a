/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes a lock as the verdict has it. */
#include "locks/lock_json.h"

#include <inttypes.h>

#include "describe.h"

static json_t *text_json(const struct str *text)
{
	return text->length ? json_escaped(text->data) : NULL;
}

/* NULL, so that the key is left out, where the mode is not known. */
static json_t *mode_json(enum lock_mode mode)
{
	return mode == MODE_UNKNOWN ? NULL : json_string(lock_mode_name(mode));
}

static json_t *task_json(const struct task *task)
{
	return task ? describe_task(task) : json_null();
}

static json_t *container_json(const struct lock_place *place)
{
	return json_pack("{s:o, s:o, s:o, s:s, s:o}", "type", json_escaped(place->type), "member",
			 json_escaped(place->member), "address", json_address(place->object),
			 "evidence", place->evidence, "why", json_escaped(place->why));
}

static bool is_freed(const struct lock *lock)
{
	const struct owner *owner = &lock->place.owner;

	return lock->address && owner->kind == OWNER_SLAB && owner->slab.state == OBJECT_FREE;
}

static void put_place(const struct lock *lock, json_t *json)
{
	json_put(json, "name", json_escaped(lock->place.name));
	if (lock->place.type[0] && !lock->work_item)
		json_put(json, "container", container_json(&lock->place));
	json_put(json, "owner", describe_owner(&lock->place.owner));
	if (is_freed(lock))
		json_put(json, "note", json_string("the object this lock lies in has been freed"));
}

static json_t *holders_json(const struct lock *lock)
{
	json_t *holders = json_array();

	for (size_t i = 0; i < lock->holder_count; i++) {
		const struct lock_holder *holder = &lock->holders[i];
		json_t *json = json_object();

		json_put(json, "task", task_json(holder->task));
		json_put(json, "mode", mode_json(holder->mode));
		json_put(json, "evidence", json_string(holder->evidence));
		json_put(json, "confidence", json_real(holder->confidence));
		json_put(json, "why", json_escaped(holder->why));
		json_array_append_new(holders, json);
	}
	return holders;
}

static json_t *waiters_json(const struct lock *lock)
{
	json_t *waiters = json_array();

	for (size_t i = 0; i < lock->waiter_count; i++) {
		const struct lock_waiter *waiter = &lock->waiters[i];
		json_t *json = json_object();

		json_put(json, "task", task_json(waiter->task));
		json_put(json, "mode", mode_json(waiter->mode));
		json_put(json, "position",
			 waiter->position < 0 ? json_null() : json_integer(waiter->position));
		json_put(json, "node", waiter->node ? json_address(waiter->node) : NULL);
		if (waiter->ticket >= 0)
			json_put(json, "ticket",
				 json_sprintf("0x%04" PRIx64, (uint64_t)waiter->ticket));
		if (waiter->cpu >= 0)
			json_put(json, "cpu", json_integer(waiter->cpu));
		json_array_append_new(waiters, json);
	}
	return waiters;
}

static void put_tickets(const struct ticket_spinlock *tickets, json_t *json)
{
	json_put(json, "owner_ticket", json_sprintf("0x%04" PRIx32, tickets->owner));
	json_put(json, "next_ticket", json_sprintf("0x%04" PRIx32, tickets->next));
	json_put(json, "outstanding", json_integer(tickets->outstanding));
}

/* What is known of a wait whose lock has no address. */
static void put_wait(const struct lock *lock, json_t *json)
{
	if (lock->place.name[0])
		json_put(json, "name", json_escaped(lock->place.name));
	if (lock->device[0])
		json_put(json, "device", json_escaped(lock->device));
	if (lock->unnamed)
		json_put(json, "unnamed", json_true());
}

json_t *lock_json(const struct lock *lock)
{
	json_t *json = json_object();

	json_put(json, "kind", json_string(lock_kind_name(lock->kind)));
	if (lock->address) {
		json_put(json, "address", json_address(lock->address));
		put_place(lock, json);
	}
	json_put(json, "holders", holders_json(lock));
	json_put(json, "waiters", waiters_json(lock));
	if (lock->listed >= 0)
		json_put(json, "waiter_count", json_integer(lock->listed));
	json_put(json, "note", text_json(&lock->note));
	if (lock->has_raw)
		json_put(json, "raw", json_address(lock->raw));
	if (!lock->address)
		put_wait(lock, json);
	if (lock->work_item)
		json_put(json, "container", container_json(&lock->place));
	json_put(json, "state", text_json(&lock->state));
	if (lock->kind == LOCK_TICKET_SPINLOCK)
		put_tickets(&lock->tickets, json);
	return json;
}
