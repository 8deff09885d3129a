// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lists, counts and pointers that go wrong in one place and are noticed in another.
 *
 * Truth: "broken_link=address:good" is the word of a list that leads astray, and what it should hold.
 */
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "crashme.h"

struct lab_node {
	struct list_head link;
	u64 value;
	u64 rest[5];
};

struct lab_owner {
	char name[16];
	refcount_t count;
	u64 rest[12];
};

struct lab_queue {
	char name[0x2a0];
	struct lab_owner *owner; /* at 0x2a0 */
	char rest[1024 - 0x2a8];
};

#define NODES 4096
#define LISTED 8

static u64 total;

static crash_fn u64 crashme_sum_nodes(struct list_head *list)
{
	struct lab_node *node;
	u64 sum = 0;

	list_for_each_entry(node, list, link) sum += node->value;
	return sum;
}

static int find_node(struct lab_node **nodes, u64 address)
{
	int i;

	for (i = LISTED; i < NODES; i++)
		if ((u64)nodes[i] == address)
			return i;
	return -1;
}

/* A list's link of which one bit is wrong, and which leads into a live object filled with byte. */
static crash_fn void flip_to_live(u8 byte, const char *kind)
{
	struct lab_node **nodes = kvmalloc_array(NODES, sizeof(*nodes), GFP_KERNEL);
	int i, bit, other = -1;
	LIST_HEAD(list);
	u64 good, bad = 0;

	for (i = 0; i < NODES; i++)
		nodes[i] = kzalloc(sizeof(**nodes), GFP_KERNEL);
	for (i = 0; i < LISTED; i++)
		list_add_tail(&nodes[i]->link, &list);
	good = (u64)nodes[3]->link.next;
	for (bit = 6; bit < 30 && other < 0; bit++) {
		bad = good ^ 1ULL << bit;
		other = find_node(nodes, bad);
	}
	memset(nodes[other], byte, sizeof(**nodes));
	WRITE_ONCE(nodes[3]->link.next, (void *)bad);
	truth_here(kind, "crashme_sum_nodes");
	truth("module=crashme");
	truth("cause=hardware");
	truth("hypothesis=bit_flip");
	truth("restored=0x%016llx", good);
	truth("broken_link=0x%px:0x%016llx", &nodes[3]->link.next, good);
	truth("culprit=bit %d", bit - 1);
	total = crashme_sum_nodes(&list);
}

static void flip_live_null(void)
{
	flip_to_live(0, "null_dereference");
}

static void flip_live_text(void)
{
	flip_to_live('A', "general_protection");
}

static crash_fn u64 crashme_owner_count(struct lab_queue *queue)
{
	return refcount_read(&queue->owner->count) + 1;
}

#define QUEUES 64

/* A bit flips in an object whose neighbours, by chance, agree on another cache. */
static void flip_kmalloc(void)
{
	struct lab_queue *queue[QUEUES], *victim;
	u64 good;
	int i;

	for (i = 0; i < QUEUES; i++) {
		queue[i] = kzalloc(sizeof(**queue), GFP_KERNEL);
		queue[i]->owner = kzalloc(48, GFP_KERNEL);
	}
	victim = queue[QUEUES / 2];
	do /* not where a page begins, as much else does */
		good = (u64)kzalloc(sizeof(struct lab_owner), GFP_KERNEL);
	while (!(good % PAGE_SIZE));
	victim->owner = (void *)(good ^ 1ULL << 46);
	truth_here("page_fault", "crashme_owner_count");
	truth("module=crashme");
	truth("fault_address=0x%px", &victim->owner->count);
	truth("object=0x%px:kmalloc-1k:allocated", victim);
	truth("value_at=0x%px", &victim->owner);
	truth("restored=0x%016llx", good);
	truth("hypothesis=bit_flip");
	truth("cause=hardware");
	truth("culprit=bit 46");
	total = crashme_owner_count(victim);
}

/* --- lists ------------------------------------------------------------------------------------ */

static crash_fn void crashme_unlink(struct lab_node *node)
{
	list_del(&node->link);
	total++;
}

/* A node is freed while it is on the list, and its memory filled by somebody else. */
static void list_freed(void)
{
	struct lab_node *node[3];
	void *other = NULL;
	LIST_HEAD(list);
	int i;

	for (i = 0; i < 3; i++) {
		node[i] = kzalloc(sizeof(**node), GFP_KERNEL);
		list_add_tail(&node[i]->link, &list);
	}
	kfree(node[1]);
	for (i = 0; i < 4096 && other != node[1]; i++)
		other = kmalloc(sizeof(**node), GFP_KERNEL);
	memset(other, 'B', sizeof(**node));
	truth_here("bug", "");
	truth("caller=crashme_unlink");
	truth("cause=memory_corruption");
	truth("object=0x%px:kmalloc-64:allocated", node[1]);
	truth("culprit=crashme_unlink");
	truth("culprit=0x%px", node[1]);
	crashme_unlink(node[0]);
}

static crash_fn void crashme_link(struct lab_node *node, struct list_head *list)
{
	list_add(&node->link, list);
	total++;
}

/* A head that was never initialised. */
static void list_blank(void)
{
	struct lab_node *node = kzalloc(sizeof(*node), GFP_KERNEL);
	struct lab_node *head = kzalloc(sizeof(*head), GFP_KERNEL);

	head->link.next = &head->link;
	truth_here("bug", "");
	truth("caller=crashme_link");
	truth("culprit=crashme_link");
	truth("culprit=0x%px", head);
	crashme_link(node, &head->link);
}

/* --- counts ----------------------------------------------------------------------------------- */

static crash_fn void crashme_get_owner(struct lab_owner *owner)
{
	refcount_inc(&owner->count);
	total++;
}

/* A reference to what is free. */
static void refcount_freed(void)
{
	struct lab_owner *owner = kzalloc(sizeof(*owner), GFP_KERNEL);

	kfree(owner);
	truth_here("warn", "");
	truth("caller=crashme_get_owner");
	truth("cause=use_after_free");
	truth("object=0x%px:kmalloc-128:free", owner);
	truth("culprit=crashme_get_owner");
	truth("culprit=0x%px", owner);
	crashme_get_owner(owner);
	truth("owner=0x%px", owner); /* not reached: it is kept for this */
}

const struct crash link_crashes[] = {{"flip_live_null", flip_live_null},
				     {"flip_live_text", flip_live_text},
				     {"flip_kmalloc", flip_kmalloc},
				     {"list_freed", list_freed},
				     {"list_blank", list_blank},
				     {"refcount_freed", refcount_freed},
				     {}};
