// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lists, counts and pointers that go wrong in one place and are noticed in another.
 *
 * Truth: "broken_link=address:good" is the word of a list that leads astray, and what it should hold.
 */
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/rbtree.h>
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

/* The same in a tree, in a hash chain, and in a chain that knows no way back. */

struct lab_leaf {
	struct rb_node node;
	u64 key;
	u64 rest[4];
};

struct lab_hashed {
	struct hlist_node node;
	u64 value;
	u64 rest[5];
};

struct lab_link {
	u64 value;
	struct lab_link *next;
	u64 rest[6];
};

#define LEAVES 63

#define FIRST (NODES / 2) /* of those that are put in order: with enough others before and behind */

/* Makes of a good pointer one that leads to one of the others, and says all. */
static void flip_pointer(struct lab_node **nodes, int used, void *slot, const char *symbol)
{
	u64 good = *(u64 *)slot, bad = 0;
	int bit, other, i;

	for (bit = 6, other = -1; bit < 30 && other < 0; bit++) {
		bad = good ^ 1ULL << bit;
		for (i = 0; i < NODES && other < 0; i++)
			if ((u64)nodes[i] == bad && (i < FIRST || i >= FIRST + used))
				other = i;
	}
	if (other < 0)
		return;
	memset(nodes[other], 'A', sizeof(**nodes));
	WRITE_ONCE(*(u64 *)slot, bad);
	truth_here("general_protection", symbol);
	truth("module=crashme");
	truth("cause=hardware");
	truth("restored=0x%016llx", good);
	truth("broken_link=0x%px:0x%016llx", slot, good);
	truth("culprit=bit %d", bit - 1);
}

static struct lab_node **many_nodes(void)
{
	struct lab_node **nodes = kvmalloc_array(NODES, sizeof(*nodes), GFP_KERNEL);
	int i;

	for (i = 0; i < NODES; i++)
		nodes[i] = kzalloc(sizeof(**nodes), GFP_KERNEL);
	return nodes;
}

static crash_fn u64 crashme_find_leaf(struct rb_root *root, u64 key)
{
	struct rb_node *node = root->rb_node;
	u64 steps = 0;

	while (node) {
		struct lab_leaf *leaf = rb_entry(node, struct lab_leaf, node);

		steps++;
		if (key < leaf->key)
			node = node->rb_left;
		else if (key > leaf->key)
			node = node->rb_right;
		else
			return steps;
	}
	return 0;
}

static void insert_leaf(struct rb_root *root, struct lab_leaf *leaf)
{
	struct rb_node **at = &root->rb_node, *parent = NULL;

	while (*at) {
		parent = *at;
		at = leaf->key < rb_entry(parent, struct lab_leaf, node)->key ? &parent->rb_left
									      : &parent->rb_right;
	}
	rb_link_node(&leaf->node, parent, at);
	rb_insert_color(&leaf->node, root);
}

static struct rb_root crashme_tree = RB_ROOT;

static void flip_rbtree(void)
{
	struct lab_node **nodes = many_nodes();
	struct lab_leaf *leaf;
	int i;

	for (i = 0; i < LEAVES; i++) {
		leaf = (struct lab_leaf *)nodes[FIRST + i];
		leaf->key = i + 1;
		insert_leaf(&crashme_tree, leaf);
	}
	flip_pointer(nodes, LEAVES, &crashme_tree.rb_node->rb_left->rb_left, "crashme_find_leaf");
	total = crashme_find_leaf(&crashme_tree, 1);
}

static crash_fn u64 crashme_find_hashed(struct hlist_head *bucket, u64 value)
{
	struct lab_hashed *entry;

	hlist_for_each_entry(entry, bucket, node)
	{
		if (entry->value == value)
			return (u64)entry;
	}
	return 0;
}

static struct hlist_head crashme_buckets[16];

static void flip_hlist(void)
{
	struct lab_node **nodes = many_nodes();
	struct hlist_head *bucket = &crashme_buckets[5];
	int i;

	for (i = 0; i < LISTED; i++)
		hlist_add_head(&((struct lab_hashed *)nodes[FIRST + i])->node, bucket);
	flip_pointer(nodes, LISTED, &((struct lab_hashed *)nodes[FIRST + 4])->node.next,
		     "crashme_find_hashed");
	total = crashme_find_hashed(bucket, 0x1234);
}

static crash_fn u64 crashme_sum_links(struct lab_link *link)
{
	u64 sum = 0;

	for (; link; link = link->next)
		sum += link->value;
	return sum;
}

static void flip_chain(void)
{
	struct lab_node **nodes = many_nodes();
	struct lab_link *link, *first = NULL;
	int i;

	for (i = 0; i < LISTED; i++) {
		link = (struct lab_link *)nodes[FIRST + i];
		link->value = i + 100;
		link->next = first;
		first = link;
	}
	flip_pointer(nodes, LISTED, &((struct lab_link *)nodes[FIRST + 4])->next,
		     "crashme_sum_links");
	total = crashme_sum_links(first);
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
	void *other = NULL, **keeper = kzalloc(512, GFP_KERNEL);
	LIST_HEAD(list);
	int i;

	for (i = 0; i < 3; i++) {
		node[i] = kzalloc(sizeof(**node), GFP_KERNEL);
		list_add_tail(&node[i]->link, &list);
	}
	keeper[7] = node[1];
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
	truth("linked_from=0x%px", &keeper[7]);
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

const struct crash link_crashes[] = {
	{"flip_live_null", flip_live_null}, {"flip_live_text", flip_live_text},
	{"flip_kmalloc", flip_kmalloc},	    {"flip_rbtree", flip_rbtree},
	{"flip_hlist", flip_hlist},	    {"flip_chain", flip_chain},
	{"list_freed", list_freed},	    {"list_blank", list_blank},
	{"refcount_freed", refcount_freed}, {}};
