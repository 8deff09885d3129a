// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lists and chains without an end, walked in other ways than one: with a pointer to the link, with a call for
 * each node, by numbers, from one ring into another.
 */
#include <linux/list.h>
#include <linux/preempt.h>
#include <linux/slab.h>

#include "crashme.h"

struct lab_stop {
	u64 value;
	struct lab_stop *next;
	u64 rest[6];
};

static u64 sink;

/* Three nodes of which the last leads back to the second; returns the first. */
static struct lab_stop *make_circle(void)
{
	struct lab_stop *stop[3];
	int i;

	for (i = 0; i < 3; i++) {
		stop[i] = kzalloc(sizeof(**stop), GFP_KERNEL);
		stop[i]->value = i;
	}
	stop[0]->next = stop[1];
	stop[1]->next = stop[2];
	stop[2]->next = stop[1];
	truth("culprit=circle");
	return stop[0];
}

static crash_fn void crashme_append_stop(struct lab_stop **at, struct lab_stop *last)
{
	while (READ_ONCE(*at))
		at = &(*at)->next;
	*at = last;
	sink++;
}

static void circle_append(void)
{
	struct lab_stop *first = make_circle();

	truth_here("soft_lockup", "crashme_append_stop");
	truth("module=crashme");
	truth("cause=lockup");
	truth("culprit=crashme_append_stop");
	preempt_disable();
	crashme_append_stop(&first, NULL);
	preempt_enable();
}

static crash_fn u64 crashme_visit_stop(struct lab_stop *stop)
{
	u64 sum = 0;
	int i;

	for (i = 0; i < 6; i++)
		sum += READ_ONCE(stop->rest[i]);
	return sum + stop->value;
}

static crash_fn u64 crashme_visit_all(struct lab_stop *stop)
{
	u64 sum = 0;

	for (; stop; stop = READ_ONCE(stop->next))
		sum += crashme_visit_stop(stop);
	return sum;
}

static void circle_visit(void)
{
	struct lab_stop *first = make_circle();

	truth_here("soft_lockup", "");
	truth("cause=lockup");
	truth("caller=crashme_visit_all");
	truth("culprit=crashme_visit_all");
	preempt_disable();
	sink = crashme_visit_all(first);
	preempt_enable();
}

struct lab_slot {
	u32 value, next;
};

#define NO_SLOT (~0u)

static crash_fn u64 crashme_follow_slots(struct lab_slot *slots, u32 at)
{
	u64 sum = 0;

	while (at != NO_SLOT) {
		sum += READ_ONCE(slots[at].value);
		at = READ_ONCE(slots[at].next);
	}
	return sum;
}

static void circle_slots(void)
{
	struct lab_slot *slots = kzalloc(64 * sizeof(*slots), GFP_KERNEL);

	slots[7].next = 12;
	slots[12].next = 31;
	slots[31].next = 12;
	truth_here("soft_lockup", "crashme_follow_slots");
	truth("module=crashme");
	truth("cause=lockup");
	truth("culprit=crashme_follow_slots");
	truth("culprit=circle");
	preempt_disable();
	sink = crashme_follow_slots(slots, 7);
	preempt_enable();
}

struct lab_entry {
	u64 value;
	struct list_head link;
	u64 rest[5];
};

static LIST_HEAD(crashme_first_list);
static LIST_HEAD(crashme_other_list);

static crash_fn u64 crashme_sum_entries(struct list_head *list)
{
	struct lab_entry *entry;
	u64 sum = 0;

	list_for_each_entry(entry, list, link) sum += READ_ONCE(entry->value);
	return sum;
}

/* An entry of one list is added to another: who walks the first comes to the second, and stays. */
static void two_rings(void)
{
	struct lab_entry *entry[4];
	int i;

	for (i = 0; i < 4; i++) {
		entry[i] = kzalloc(sizeof(**entry), GFP_KERNEL);
		list_add_tail(&entry[i]->link, i < 3 ? &crashme_first_list : &crashme_other_list);
	}
	list_add(&entry[1]->link, &crashme_other_list);
	truth_here("soft_lockup", "crashme_sum_entries");
	truth("module=crashme");
	truth("cause=lockup");
	truth("culprit=crashme_sum_entries");
	truth("culprit=crashme_first_list");
	truth("culprit=crashme_other_list");
	preempt_disable();
	sink = crashme_sum_entries(&crashme_first_list);
	preempt_enable();
}

const struct crash circle_crashes[] = {{"circle_append", circle_append},
				       {"circle_visit", circle_visit},
				       {"circle_slots", circle_slots},
				       {"two_rings", two_rings},
				       {}};
