/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A lock as the verdict has it: each key where it belongs, and none for what is not known. */
#include "unit.h"

#include "finding.h"
#include "kernel/tasks/task.h"
#include "locks/lock.h"
#include "locks/lock_json.h"

static const struct task one = {.address = 0x1000, .pid = 7, .tgid = 7, .comm = "sh", .state = 'D'};

#define TASK                                                                                       \
	"{\"pid\": 7, \"tgid\": 7, \"comm\": \"sh\", \"address\": \"0x0000000000001000\", "        \
	"\"state\": \"D\", \"cpu\": 0}"

static void expect(struct lock *lock, const char *text)
{
	struct locks locks = {0};

	assert_ok(locks_add(&locks, lock));
	_json_ json_t *json = lock_json(lock);
	_free_ char *written = json_dumps(json, JSON_REALS);
	ck_assert_str_eq(written, text);
	locks_deinit(&locks);
}

START_TEST(a_lock_with_everything)
{
	struct lock *lock = lock_new(LOCK_MUTEX, 0xffff888000001040);

	strcpy(lock->place.name, "m of thing");
	strcpy(lock->place.type, "thing");
	strcpy(lock->place.member, "m");
	strcpy(lock->place.why, "so it is");
	lock->place.object = 0xffff888000001000;
	lock->place.evidence = EVIDENCE_PROVEN;
	lock->place.owner = (struct owner){.kind = OWNER_USER, .address = lock->address, .cpu = -1};
	lock_set_raw(lock, 0x1001);
	lock_add_holder(lock, &one, MODE_EXCLUSIVE, EVIDENCE_INFERRED, 0.7, "by %s", "name");
	lock_add_holder(lock, NULL, MODE_UNKNOWN, EVIDENCE_MISSING, 0, "nobody");
	lock_add_sleeper(lock, &one, MODE_READ, 0, 0x2000);
	lock_add_sleeper(lock, NULL, MODE_WRITE, -1, 0);
	lock->listed = 5000;
	str_puts(&lock->note, "cut short");
	str_puts(&lock->state, "locked");
	_json_ json_t *json = lock_json(lock);
	json_object_del(json, "owner"); /* another's to write */
	_free_ char *written = json_dumps(json, JSON_REALS);
	ck_assert_str_eq(
		written,
		"{\"kind\": \"mutex\", \"address\": \"0xffff888000001040\", \"name\": \"m of "
		"thing\", \"container\": {\"type\": \"thing\", \"member\": \"m\", \"address\": "
		"\"0xffff888000001000\", \"evidence\": \"proven\", \"why\": \"so it is\"}, "
		"\"holders\": [{\"task\": " TASK ", \"mode\": \"exclusive\", \"evidence\": "
		"\"inferred\", \"confidence\": 0.7, \"why\": \"by name\"}, {\"task\": null, "
		"\"evidence\": \"missing\", \"confidence\": 0.0, \"why\": \"nobody\"}], "
		"\"waiters\": [{\"task\": " TASK ", \"mode\": \"read\", \"position\": 0, "
		"\"node\": \"0x0000000000002000\"}, {\"task\": null, \"mode\": \"write\", "
		"\"position\": null}], \"waiter_count\": 5000, \"note\": \"cut short\", \"raw\": "
		"\"0x0000000000001001\", \"state\": \"locked\"}");
	lock_free(lock);
}
END_TEST

START_TEST(a_wait_for_no_lock)
{
	struct lock *lock = lock_new(LOCK_IO, 0);

	strcpy(lock->place.name, "page I/O on vda");
	strcpy(lock->device, "vda");
	lock_add_sleeper(lock, &one, MODE_UNKNOWN, 0, 0);
	str_puts(&lock->state, "1 waiting");
	expect(lock, "{\"kind\": \"io\", \"holders\": [], \"waiters\": [{\"task\": " TASK
		     ", \"position\": 0}], \"name\": \"page I/O on vda\", \"device\": \"vda\", "
		     "\"state\": \"1 waiting\"}");
	lock = lock_new(LOCK_OTHER, 0);
	lock->unnamed = true;
	expect(lock, "{\"kind\": \"other\", \"holders\": [], \"waiters\": [], \"unnamed\": true}");
}
END_TEST

START_TEST(a_spinner_has_a_cpu_and_a_ticket)
{
	struct lock *lock = lock_new(LOCK_TICKET_SPINLOCK, 0);

	lock->tickets = (struct ticket_spinlock){.owner = 5, .next = 7, .outstanding = 2};
	lock_add_waiter(lock, &(struct lock_waiter){.task = &one,
						    .mode = MODE_EXCLUSIVE,
						    .position = 1,
						    .ticket = 6,
						    .cpu = 0});
	expect(lock,
	       "{\"kind\": \"ticket_spinlock\", \"holders\": [], \"waiters\": [{\"task\": " TASK
	       ", \"mode\": \"exclusive\", \"position\": 1, \"ticket\": \"0x0006\", \"cpu\": 0}], "
	       "\"owner_ticket\": \"0x0005\", \"next_ticket\": \"0x0007\", \"outstanding\": 2}");
}
END_TEST

UNIT_MAIN("lock_json", a_lock_with_everything, a_wait_for_no_lock, a_spinner_has_a_cpu_and_a_ticket)
