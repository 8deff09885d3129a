// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Pointers and lengths that are of another kind than they are used as, and memory that does not end
 * where it is thought to.
 */
#include <linux/bug.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <asm/pgtable.h>

#include "crashme.h"

static u64 sink;

static void truth_in_module(const char *kind, const char *function)
{
	truth_here(kind, function);
	truth("module=crashme");
	truth("culprit=%s", function);
}

/* A crash in a function of the kernel that the caller gave something wrong. */
static void truth_of_caller(const char *kind, const char *function)
{
	truth_here(kind, "");
	truth("caller=%s", function);
	truth("culprit=%s", function);
}

/* --- pointers --------------------------------------------------------------------------------- */

struct lab_stats {
	char name[16];
	u64 *packets;
	u64 rest[4];
};

static crash_fn u64 crashme_count_packet(struct lab_stats *stats)
{
	return READ_ONCE(*stats->packets) + 1;
}

static void percpu_plain(void)
{
	struct lab_stats *stats = kzalloc(sizeof(*stats), GFP_KERNEL);

	stats->packets = (u64 __force *)alloc_percpu(u64);
	truth_in_module("page_fault|null_dereference", "crashme_count_packet");
	truth("culprit=per-CPU");
	sink = crashme_count_packet(stats);
}

struct lab_table {
	u64 size;
	u64 entry[63];
};

static crash_fn u64 crashme_entry(struct lab_table *table, u64 index)
{
	return READ_ONCE(table->entry[index]) + 1;
}

static void index_far(void)
{
	struct lab_table *table = kzalloc(sizeof(*table), GFP_KERNEL);

	truth_in_module("page_fault", "crashme_entry");
	truth("fault_address=0x%px", &table->entry[0x7e5711d0]);
	truth("culprit=0x7e5711d0");
	sink = crashme_entry(table, 0x7e5711d0);
}

static void index_null(void)
{
	struct lab_table *table = NULL;

	OPTIMIZER_HIDE_VAR(table);
	truth_in_module("page_fault|null_dereference", "crashme_entry");
	truth("fault_address=0x%016zx", offsetof(struct lab_table, entry) + 5000 * 8);
	truth("cause=null_dereference");
	truth("culprit=NULL");
	sink = crashme_entry(table, 5000);
}

struct lab_device {
	char name[48];
	struct mutex lock;
};

static crash_fn void crashme_lock_device(struct lab_device *device)
{
	mutex_lock(&device->lock);
	sink++;
}

static void mutex_null(void)
{
	struct lab_device *device = NULL;

	OPTIMIZER_HIDE_VAR(device);
	truth_of_caller("null_dereference", "crashme_lock_device");
	truth("cause=null_dereference");
	truth("culprit=NULL");
	crashme_lock_device(device);
}

static crash_fn void *crashme_new_thing(struct kmem_cache *cache)
{
	void *thing = kmem_cache_alloc(cache, GFP_KERNEL);

	sink++;
	return thing;
}

static void cache_null(void)
{
	struct kmem_cache *cache = NULL;

	OPTIMIZER_HIDE_VAR(cache);
	truth_of_caller("null_dereference", "crashme_new_thing");
	truth("cause=null_dereference");
	truth("culprit=NULL");
	sink = (u64)crashme_new_thing(cache);
}

static crash_fn void crashme_release_buffer(void *buffer)
{
	kfree(buffer);
	sink++;
}

static void kfree_stack(void)
{
	char room[128] = "";
	void *buffer = room;

	OPTIMIZER_HIDE_VAR(buffer);
	truth_of_caller("page_fault|bug|warn|general_protection", "crashme_release_buffer");
	truth("culprit=stack");
	crashme_release_buffer(buffer);
	barrier_data(room);
}

static crash_fn void crashme_release_answer(void *answer)
{
	kfree(answer);
	sink++;
}

static void kfree_error(void)
{
	void *answer = ERR_PTR(-ENOMEM);

	OPTIMIZER_HIDE_VAR(answer);
	truth_of_caller("page_fault|bug|warn|general_protection", "crashme_release_answer");
	truth("culprit=ENOMEM");
	crashme_release_answer(answer);
}

static crash_fn size_t crashme_measure(const char *name)
{
	return strlen(name) + sink;
}

static void string_user(void)
{
	unsigned long at =
		vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, 0);

	if (IS_ERR_VALUE(at) || put_user(7, (char __user *)at))
		return;
	truth_of_caller("page_fault", "crashme_measure");
	truth("fault_address=0x%016lx", at);
	truth("culprit=user");
	sink = crashme_measure((char *)at);
}

/* --- lengths ---------------------------------------------------------------------------------- */

static crash_fn unsigned long crashme_copy_in(void *to, const void __user *from, size_t size)
{
	return copy_from_user(to, from, size) + sink;
}

static void usercopy_over(void)
{
	unsigned long at =
		vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, 0);
	void *to = kzalloc(64, GFP_KERNEL);
	size_t size = 200;

	OPTIMIZER_HIDE_VAR(size);
	truth_of_caller("bug", "crashme_copy_in");
	truth("object=0x%px:kmalloc-64:allocated", to);
	truth("culprit=kmalloc-64");
	sink = crashme_copy_in(to, (void __user *)at, size);
}

static crash_fn u64 crashme_copy_label(const char *from, size_t size)
{
	char label[16];

	memcpy(label, from, size);
	return label[sink % sizeof(label)];
}

static void fortify_copy(void)
{
	char *from = kzalloc(256, GFP_KERNEL);
	size_t size = 100;

	OPTIMIZER_HIDE_VAR(size);
	truth_of_caller("bug", "crashme_copy_label");
	truth("culprit=memcpy");
	sink = crashme_copy_label(from, size);
}

static crash_fn void crashme_fill_area(u64 *area, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		WRITE_ONCE(area[i], i);
	sink++;
}

static void area_overrun(void)
{
	u64 *area = vmalloc(2 * PAGE_SIZE);

	truth_in_module("page_fault", "crashme_fill_area");
	truth("fault_address=0x%px", area + 2 * PAGE_SIZE / sizeof(*area));
	truth("access=write");
	truth("cause=memory_corruption");
	truth("culprit=vmalloc");
	crashme_fill_area(area, 2 * PAGE_SIZE / sizeof(*area) + 1);
}

/* --- the stack -------------------------------------------------------------------------------- */

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wframe-larger-than="
static crash_fn u64 crashme_leap(u64 index)
{
	u64 room[2500];

	barrier_data(room);
	room[index % 2500] = index;
	sink++;
	pr_info("crashme: there is room\n");
	return room[(index + 7) % 2500];
}
#pragma GCC diagnostic pop

/* A frame larger than the stack: the guard page is below it, and is not met. */
static void stack_leap(void)
{
	truth_here("stack_overflow|double_fault", "crashme_leap");
	truth("trace=lost"); /* the kernel prints none: it knows no stack at RSP */
	truth("module=crashme");
	truth("cause=stack_overflow");
	truth("culprit=crashme_leap");
	sink = crashme_leap(sink);
}

static crash_fn void crashme_copy_name(char *to, const char *from, size_t size)
{
	memcpy(to, from, size);
	sink++;
}

static crash_fn u64 crashme_take_name(const char *from, size_t size)
{
	char name[32];
	char *to = name;

	OPTIMIZER_HIDE_VAR(to);
	crashme_copy_name(to, from, size);
	return name[sink % sizeof(name)];
}

/* Upwards over all frames, and over the stack's end. */
static void stack_blast(void)
{
	char *from = vmalloc(1 << 16);

	memset(from, 'A', 1 << 16);
	truth_here("stack_overflow|page_fault", "");
	truth("trace=lost");
	truth("cause=memory_corruption");
	truth("access=write");
	truth("culprit=crashme_copy_name");
	sink = crashme_take_name(from, 1 << 16);
}

/* --- page tables ------------------------------------------------------------------------------ */

static crash_fn u64 crashme_read_area(const u64 *area)
{
	return READ_ONCE(*area) + 1;
}

/* One bit of the entry that maps a live area's page. */
static void flip_entry(int bit)
{
	u64 *area = vmalloc(4 * PAGE_SIZE);
	unsigned int level;
	pte_t *entry;

	area += PAGE_SIZE / sizeof(*area);
	WRITE_ONCE(*area, 1);
	entry = lookup_address((unsigned long)area, &level);
	truth_in_module("page_fault", "crashme_read_area");
	truth("fault_address=0x%px", area);
	truth("culprit=page table");
	truth("culprit=bit %d", bit);
	truth("cause=hardware");
	truth("entry=0x%px", entry);
	WRITE_ONCE(entry->pte, entry->pte ^ 1ul << bit);
	asm volatile("invlpg (%0)" : : "r"(area) : "memory");
	sink = crashme_read_area(area);
}

static void pte_absent(void)
{
	flip_entry(0);
}

static void pte_reserved(void)
{
	flip_entry(50);
}

/* --- an assertion in an inline function ------------------------------------------------------- */

static inline void assert_small(u64 value)
{
	BUG_ON(value > 7);
}

static crash_fn void crashme_check_timer(struct timer_list *unused)
{
	truth_in_module("bug", "crashme_check_timer");
	truth("context=timer:crashme_check_timer");
	truth("innocent=%s/%d", current->comm, current->pid);
	assert_small(READ_ONCE(sink) + 9);
	sink++;
}

static DEFINE_TIMER(checking, crashme_check_timer);

static void bug_timer(void)
{
	mod_timer(&checking, jiffies + 2);
	msleep(5000);
}

const struct crash given_crashes[] = {{"percpu_plain", percpu_plain},
				      {"index_far", index_far},
				      {"index_null", index_null},
				      {"mutex_null", mutex_null},
				      {"cache_null", cache_null},
				      {"kfree_stack", kfree_stack},
				      {"kfree_error", kfree_error},
				      {"string_user", string_user},
				      {"usercopy_over", usercopy_over},
				      {"fortify_copy", fortify_copy},
				      {"area_overrun", area_overrun},
				      {"stack_leap", stack_leap},
				      {"stack_blast", stack_blast},
				      {"pte_absent", pte_absent},
				      {"pte_reserved", pte_reserved},
				      {"bug_timer", bug_timer},
				      {}};
