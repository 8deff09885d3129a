// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory that is not what it should be: wrong owners, overwritten objects, flipped bits.
 *
 * Truth: "object=address:cache:state", where the bad value stands ("holder=address", "offset="), the
 * bad value itself ("value="), and what it would have been ("restored=").
 */
#include <linux/io.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "crashme.h"

struct device_queue {
	struct device_queue *peer; /* first: what an overrun from below hits */
	char name[0x298];
	struct device_queue *parent; /* at 0x2a0 */
	u64 depth;
	char rest[1024 - 0x2b0];
};

struct node {
	struct list_head link;
	u64 value;
};

static u64 total;

static void truth_object(const void *object, const char *cache, const char *state)
{
	truth("object=0x%px:%s:%s", object, cache, state);
}

static void truth_value(const void *holder, size_t offset, u64 value)
{
	truth("value_at=0x%px", (const char *)holder + offset);
	truth("offset=0x%zx", offset);
	truth("value=0x%016llx", value);
}

static crash_fn u64 crashme_parent_depth(struct device_queue *queue)
{
	return queue->parent->depth + 1;
}

static crash_fn u64 crashme_peer_depth(struct device_queue *queue)
{
	return queue->peer->depth + 1;
}

/* A pointer in a live object leads to nowhere, below the direct map. */
static void wild_in_object(void)
{
	struct device_queue *queue = kzalloc(sizeof(*queue), GFP_KERNEL);

	queue->parent = (void *)(PAGE_OFFSET - 0x1c0de000UL);
	truth_here("page_fault", "crashme_parent_depth");
	truth("module=crashme");
	truth("fault_address=0x%px", &queue->parent->depth);
	truth("cause=wild_pointer");
	truth("damage=one_member");
	truth_object(queue, "kmalloc-1k", "allocated");
	truth_value(queue, offsetof(struct device_queue, parent), (u64)queue->parent);
	total = crashme_parent_depth(queue);
}

/* A string descriptor from a USB device ("Vir...") on top of a free object's link. */
static const u8 usb_descriptor[] = {0x18, 0x03, 0x56, 0x00, 0x69, 0x00, 0x72, 0x00};

static crash_fn void crashme_allocate_all(struct kmem_cache *cache)
{
	int i;

	for (i = 0; i < 4096; i++)
		total += (u64)kmem_cache_alloc(cache, GFP_KERNEL);
}

static void freelist_usb(void)
{
	struct kmem_cache *cache;
	void *object[16];
	int i;

	/* Usercopy bounds keep the cache from being merged with others. */
	cache = kmem_cache_create_usercopy("crashme_1k", 1024, 0, 0, 0, 1024, NULL);
	for (i = 0; i < 16; i++)
		object[i] = kmem_cache_alloc(cache, GFP_KERNEL);
	for (i = 0; i < 8; i++)
		kmem_cache_free(cache, object[i]);
	kmem_cache_shrink(cache); /* off the CPU's own lists, into the slab's */
	memcpy((char *)object[4] + 512, usb_descriptor, sizeof(usb_descriptor));
	truth_here("general_protection", "");
	truth("caller=crashme_allocate_all");
	truth_object(object[4], "crashme_1k", "free");
	truth("cause=memory_corruption");
	truth_value(object[4], 512, 0x0072006900560318ULL);
	crashme_allocate_all(cache);
}

/* A text that runs from one object over the free one behind it, as far as its link. */
static void freelist_overrun(void)
{
	static const char text[] = "the quick brown fox jumps over the lazy dog ";
	struct kmem_cache *cache;
	char *object[16], *low = NULL;
	int i, j;

	cache = kmem_cache_create_usercopy("crashme_256", 256, 0, 0, 0, 256, NULL);
	for (i = 0; i < 16; i++)
		object[i] = kmem_cache_alloc(cache, GFP_KERNEL);
	for (i = 0; i < 16 && !low; i++)
		for (j = 0; j < 16; j++)
			if (object[j] == object[i] + 256)
				low = object[i];
	for (i = 0; i < 16; i++)
		if (object[i] != low)
			kmem_cache_free(cache, object[i]);
	kmem_cache_shrink(cache);
	for (i = 0; i < 64 + 128 + 8; i++)
		low[192 + i] = text[i % (sizeof(text) - 1)];
	truth_here("general_protection", "");
	truth("caller=crashme_allocate_all");
	truth_object(low + 256, "crashme_256", "free");
	truth("cause=memory_corruption");
	truth("overrun_from=0x%px", low);
	crashme_allocate_all(cache);
}

static crash_fn void crashme_allocate_more(void)
{
	int i;

	for (i = 0; i < 256; i++)
		total += (u64)kmalloc(sizeof(struct device_queue), GFP_KERNEL);
}

/* The same in a kernel that checks (slub_debug): it reports, and panics for the taint. */
static void freelist_usb_debug(void)
{
	struct device_queue *queue = kmalloc(sizeof(*queue), GFP_KERNEL);

	kfree(queue);
	memcpy((char *)queue + 512, usb_descriptor, sizeof(usb_descriptor));
	truth_here("panic", "");
	truth("caller=crashme_allocate_more");
	truth("cause=memory_corruption");
	truth("overwritten=0x%px", (char *)queue + 512);
	crashme_allocate_more();
}

/* The object is freed and given to somebody else, who fills it with text. */
static void use_after_free(void)
{
	struct device_queue *queue = kzalloc(sizeof(*queue), GFP_KERNEL);
	void *other = NULL;
	int i;

	kfree(queue);
	for (i = 0; i < 4096 && other != queue; i++)
		other = kmalloc(sizeof(*queue), GFP_KERNEL);
	memset(other, 'A', sizeof(*queue));
	truth_here("general_protection", "crashme_parent_depth");
	truth("module=crashme");
	truth("cause=use_after_free");
	truth("damage=whole_object");
	truth("fault_address=0x%px", &queue->parent->depth);
	truth_object(queue, "kmalloc-1k", "allocated");
	truth_value(queue, offsetof(struct device_queue, parent), (u64)queue->parent);
	total = crashme_parent_depth(queue);
}

/* With slub_debug=P the freed object holds the poison. */
static void use_after_free_poison(void)
{
	struct device_queue *queue = kzalloc(sizeof(*queue), GFP_KERNEL);

	kfree(queue);
	truth_here("general_protection", "crashme_parent_depth");
	truth("module=crashme");
	truth("cause=use_after_free");
	truth("fault_address=0x%px", &queue->parent->depth);
	truth_object(queue, "kmalloc-1k", "free");
	truth_value(queue, offsetof(struct device_queue, parent), (u64)queue->parent);
	total = crashme_parent_depth(queue);
}

/* With init_on_free the freed object is blank: the pointer read from it is NULL. */
static void use_after_free_cleared(void)
{
	struct device_queue *queue = kzalloc(sizeof(*queue), GFP_KERNEL);

	queue->parent = queue;
	kfree(queue);
	truth_here("null_dereference", "crashme_parent_depth");
	truth("module=crashme");
	truth("cause=use_after_free");
	truth("fault_address=0x%016zx", offsetof(struct device_queue, depth));
	truth_object(queue, "kmalloc-1k", "free");
	total = crashme_parent_depth(queue);
}

#define NEIGHBOURS 64

/* Two objects next to each other: what is written past the end of the first hits the second. */
static void overrun(void)
{
	struct device_queue *queue[NEIGHBOURS], *victim = NULL;
	int i, j, low = 0;

	for (i = 0; i < NEIGHBOURS; i++)
		queue[i] = kzalloc(sizeof(**queue), GFP_KERNEL);
	for (i = 0; i < NEIGHBOURS && !victim; i++)
		for (j = 0; j < NEIGHBOURS; j++)
			if (queue[j] == queue[i] + 1) {
				low = i;
				victim = queue[j];
			}
	memcpy(queue[low]->rest, "GET /index.html HTTP/1.1", 24);
	memset(queue[low]->rest + 24, 'B', sizeof(queue[low]->rest) - 24 + 16);
	truth_here("general_protection", "crashme_peer_depth");
	truth("module=crashme");
	truth("cause=memory_corruption");
	truth("fault_address=0x%px", &victim->peer->depth);
	truth_object(victim, "kmalloc-1k", "allocated");
	truth("damage=overrun");
	truth("overrun_from=0x%px", queue[low]);
	truth_value(victim, 0, (u64)victim->peer);
	total = crashme_peer_depth(victim);
}

static crash_fn u64 crashme_sum_list(struct list_head *list)
{
	struct node *node;
	u64 sum = 0;

	list_for_each_entry(node, list, link) sum += node->value;
	return sum;
}

/* One bit of a list's link is wrong. */
static void bitflip_list(void)
{
	struct node *node[8];
	LIST_HEAD(list);
	u64 good;
	int i;

	for (i = 0; i < 8; i++) {
		node[i] = kzalloc(sizeof(**node), GFP_KERNEL);
		list_add_tail(&node[i]->link, &list);
	}
	good = (u64)node[3]->link.next;
	WRITE_ONCE(node[3]->link.next, (void *)(good ^ (1ULL << 40)));
	truth_here("page_fault", "crashme_sum_list");
	truth("module=crashme");
	truth("fault_address=0x%016llx", (good ^ (1ULL << 40)) + offsetof(struct node, value));
	truth_object(node[3], "kmalloc-32", "allocated");
	truth_value(node[3], offsetof(struct node, link.next), good ^ (1ULL << 40));
	truth("restored=0x%016llx", good);
	truth("hypothesis=bit_flip");
	truth("cause=hardware");
	truth("damage=one_member");
	total = crashme_sum_list(&list);
}

static crash_fn void crashme_delete(struct list_head *entry)
{
	list_del(entry);
	total++;
}

/* A node that is no longer on a list is deleted once more. */
static void list_del_twice(void)
{
	struct node *node = kzalloc(sizeof(*node), GFP_KERNEL);
	LIST_HEAD(list);

	list_add(&node->link, &list);
	list_del(&node->link);
	truth_here("bug", "");
	truth("caller=crashme_delete");
	truth("cause=use_after_free");
	crashme_delete(&node->link);
}

/* A node's neighbour does not point back at it. */
static void list_corrupt(void)
{
	struct node *node[3];
	LIST_HEAD(list);
	int i;

	for (i = 0; i < 3; i++) {
		node[i] = kzalloc(sizeof(**node), GFP_KERNEL);
		list_add_tail(&node[i]->link, &list);
	}
	WRITE_ONCE(node[0]->link.next, &node[2]->link);
	truth_here("bug", "");
	truth("caller=crashme_delete");
	truth("cause=memory_corruption");
	crashme_delete(&node[1]->link);
}

static crash_fn void crashme_put(refcount_t *count)
{
	total += refcount_dec_and_test(count);
}

/* One put too many. */
static void refcount_underflow(void)
{
	static refcount_t count = REFCOUNT_INIT(1);

	truth_here("warn", "");
	truth("caller=crashme_put");
	truth("cause=use_after_free");
	crashme_put(&count);
	crashme_put(&count);
}

/* Two bits of a plain pointer are wrong; what its neighbours' pointers lead to tells what it was. */
static void bitflip_two(void)
{
	struct device_queue *queue[NEIGHBOURS], *parent = NULL, *victim = NULL;
	u64 bits = 1ULL << 35 | 1ULL << 40;
	int i, j;

	for (i = 0; i < NEIGHBOURS; i++) {
		queue[i] = kzalloc(sizeof(**queue), GFP_KERNEL);
		queue[i]->parent = parent ? parent : queue[i];
		parent = queue[i];
	}
	/* one with a neighbour on each side */
	for (i = 0; i < NEIGHBOURS; i++) {
		int near = 0;

		for (j = 0; j < NEIGHBOURS; j++)
			near += queue[j] == queue[i] + 1 || queue[j] == queue[i] - 1;
		if (near == 2)
			victim = queue[i];
	}
	parent = victim->parent;
	WRITE_ONCE(victim->parent, (void *)((u64)parent ^ bits));
	truth_here("page_fault", "crashme_parent_depth");
	truth("module=crashme");
	truth("fault_address=0x%px", &victim->parent->depth);
	truth_object(victim, "kmalloc-1k", "allocated");
	truth_value(victim, offsetof(struct device_queue, parent), (u64)victim->parent);
	truth("restored=0x%px", parent);
	truth("hypothesis=two_bit_flip");
	truth("cause=hardware");
	total = crashme_parent_depth(victim);
}

/* cmovnp %eax,%eax: one bit away from ud2. */
#define CMOVNP "\x0f\x4b\xc0"

static crash_fn void crashme_flipped(void)
{
	asm volatile(".byte 0x0f, 0x4b, 0xc0" : : : "eax");
	total++;
}

static void text_flip(void)
{
	u8 *code = (u8 *)crashme_flipped;
	struct page *page;
	u8 *alias;

	while (memcmp(code, CMOVNP, 3))
		code++;
	code++;
	page = vmalloc_to_page(code);
	alias = vmap(&page, 1, VM_MAP, PAGE_KERNEL);
	truth_here("invalid_opcode", "crashme_flipped");
	truth("module=crashme");
	truth("cause=hardware");
	truth("text=0x%px", code);
	truth("text_good=0x4b");
	truth("text_bad=0x0b");
	alias[offset_in_page(code)] ^= 0x40;
	vunmap(alias);
	crashme_flipped();
}

const struct crash memory_crashes[] = {{"wild_in_object", wild_in_object},
				       {"freelist_usb", freelist_usb},
				       {"freelist_overrun", freelist_overrun},
				       {"freelist_usb_debug", freelist_usb_debug},
				       {"use_after_free", use_after_free},
				       {"use_after_free_poison", use_after_free_poison},
				       {"use_after_free_cleared", use_after_free_cleared},
				       {"overrun", overrun},
				       {"bitflip_list", bitflip_list},
				       {"bitflip_two", bitflip_two},
				       {"list_del_twice", list_del_twice},
				       {"list_corrupt", list_corrupt},
				       {"refcount_underflow", refcount_underflow},
				       {"text_flip", text_flip},
				       {}};
