// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Functions of the kernel that are given what is not theirs, and accesses that memory or the processor
 * does not allow though the address is there.
 */
#include <linux/delay.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/preempt.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <linux/xarray.h>
#include <asm/fpu/api.h>

#include "crashme.h"

static u64 sink;

static void truth_in_module(const char *kind, const char *function)
{
	truth_here(kind, function);
	truth("module=crashme");
	truth("culprit=%s", function);
}

/* --- allocators ------------------------------------------------------------------------------- */

static crash_fn void crashme_release_area(void *area)
{
	kfree(area);
	sink++;
}

static void kfree_vmalloc(void)
{
	void *area = vmalloc(PAGE_SIZE);

	truth_here("page_fault|bug", "");
	truth("caller=crashme_release_area");
	truth("culprit=crashme_release_area");
	truth("culprit=0x%px", area);
	truth("culprit=vmalloc");
	crashme_release_area(area);
}

/* Usercopy bounds keep a cache from being merged with others. */
static struct kmem_cache *new_cache(const char *name)
{
	return kmem_cache_create_usercopy(name, 256, 0, 0, 0, 256, NULL);
}

static crash_fn void crashme_free_to(struct kmem_cache *cache, void *object)
{
	kmem_cache_free(cache, object);
	sink++;
}

static void wrong_cache(void)
{
	struct kmem_cache *one = new_cache("crashme_pears"), *other = new_cache("crashme_plums");

	truth_here("warn", "");
	truth("caller=crashme_free_to");
	truth("culprit=crashme_free_to");
	truth("culprit=crashme_pears");
	truth("culprit=crashme_plums");
	crashme_free_to(one, kmem_cache_alloc(other, GFP_KERNEL));
}

static crash_fn void crashme_end_cache(struct kmem_cache *cache)
{
	kmem_cache_destroy(cache);
	sink++;
}

static void cache_busy(void)
{
	struct kmem_cache *cache = new_cache("crashme_plums");

	sink = (u64)kmem_cache_alloc(cache, GFP_KERNEL);
	truth_here("panic|warn", "");
	truth("caller=crashme_end_cache");
	truth("culprit=crashme_end_cache");
	truth("culprit=crashme_plums");
	crashme_end_cache(cache);
}

static const struct proc_ops twin_ops = {};

static crash_fn void crashme_register(void)
{
	proc_create("crashme_twin", 0400, NULL, &twin_ops);
	sink++;
}

static void proc_twice(void)
{
	truth_here("warn", "");
	truth("caller=crashme_register");
	truth("culprit=crashme_register");
	truth("culprit=crashme_twin");
	crashme_register();
	crashme_register();
}

/* --- accesses --------------------------------------------------------------------------------- */

static const u64 crashme_table[64] = {1, 2, 3};

static crash_fn void crashme_store(u64 *where)
{
	WRITE_ONCE(*where, 0x600d);
	sink++;
}

static void rodata_write(void)
{
	u64 *where = (u64 *)&crashme_table[2];

	OPTIMIZER_HIDE_VAR(where);
	truth_in_module("page_fault", "crashme_store");
	truth("fault_address=0x%px", where);
	truth("access=write");
	truth("culprit=read-only");
	truth("culprit=crashme_table");
	crashme_store(where);
}

static crash_fn u64 crashme_peek(const u64 *where)
{
	return READ_ONCE(*where) + 1;
}

/* Memory of the caller's own process, without copy_from_user(). */
static void user_peek(void)
{
	unsigned long at =
		vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, 0);

	if (IS_ERR_VALUE(at) || put_user(7, (u64 __user *)at))
		return;
	truth_in_module("page_fault", "crashme_peek");
	truth("fault_address=0x%016lx", at);
	truth("culprit=user");
	sink = crashme_peek((u64 *)at);
}

static void vfree_use(void)
{
	u64 *area = vmalloc(4 * PAGE_SIZE);

	vfree(area);
	truth_in_module("page_fault", "crashme_peek");
	truth("fault_address=0x%px", area + 600);
	truth("culprit=vmalloc");
	sink = crashme_peek(area + 600);
}

static crash_fn void crashme_copy_rest(char *to, const char *from, size_t size, size_t done)
{
	memcpy(to, from, size - done);
	sink++;
}

/* A length that went below zero: the copy ends where memory does. */
static void copy_huge(void)
{
	char *to = vmalloc(PAGE_SIZE), *from = kzalloc(2 * PAGE_SIZE, GFP_KERNEL);

	truth_here("page_fault", "");
	truth("caller=crashme_copy_rest");
	truth("fault_address=0x%px", to + PAGE_SIZE);
	truth("access=write");
	truth("culprit=crashme_copy_rest");
	truth("cause=memory_corruption");
	truth("culprit=length below zero (-8)");
	crashme_copy_rest(to, from, 8, 16);
}

static crash_fn void crashme_load_vector(const u8 *from)
{
	asm volatile("movaps (%0), %%xmm0" : : "r"(from) : "memory");
	sink++;
}

static void unaligned(void)
{
	u8 *from = kzalloc(64, GFP_KERNEL);

	truth_in_module("general_protection", "crashme_load_vector");
	truth("culprit=aligned");
	kernel_fpu_begin();
	crashme_load_vector(from + 8);
	kernel_fpu_end();
}

static crash_fn u64 crashme_scale(u64 high, u64 low, u64 divisor)
{
	u64 quotient;

	asm volatile("div %3" : "=a"(quotient), "+d"(high) : "a"(low), "r"(divisor));
	return quotient + 1;
}

static void divide_overflow(void)
{
	truth_in_module("divide_error", "crashme_scale");
	truth("cause=divide_error");
	truth("innocent=by zero");
	sink = crashme_scale(5, 1, 3);
}

/* --- structures ------------------------------------------------------------------------------- */

struct lab_target {
	u64 value;
	u64 limit;
};

struct lab_request {
	char name[16];
	struct lab_target *target;
};

static crash_fn u64 crashme_target_limit(struct lab_request *request)
{
	return request->target->limit + 1;
}

static crash_fn void crashme_read_name(char *name, const char *from)
{
	while ((*name++ = *from++))
		;
	sink++;
}

static crash_fn u64 crashme_serve(const char *name)
{
	struct lab_target target = {.value = 1};
	struct lab_request request = {.target = &target};

	OPTIMIZER_HIDE_VAR(name);
	crashme_read_name(request.name, name);
	truth("value_at=0x%px", &request.target);
	return crashme_target_limit(&request) + request.name[3];
}

/* A name too long by eight bytes: what stands behind it, in the same structure on the stack, is a pointer. */
static void stack_local(void)
{
	truth_in_module("general_protection", "crashme_target_limit");
	truth("cause=memory_corruption");
	truth("culprit=stack");
	truth("culprit=crashme_serve");
	sink = crashme_serve("a-name-far-too-LongName");
}

static DEFINE_XARRAY(crashme_things);

static crash_fn u64 crashme_lookup(unsigned long index)
{
	return (u64)xa_load(&crashme_things, index) + 1;
}

/* A node of a tree of the kernel's own is overwritten by somebody. */
static void xarray_bad(void)
{
	struct xa_node *node;
	unsigned long i;

	for (i = 0; i < 4096; i++)
		xa_store(&crashme_things, i, xa_mk_value(i), GFP_KERNEL);
	node = (void *)((unsigned long)crashme_things.xa_head & ~3ul);
	memset(node->slots, 'r', sizeof(node->slots)); /* which looks like inner nodes */
	truth_here("general_protection", "");
	truth("caller=crashme_lookup");
	truth("object=0x%px:radix_tree_node:allocated", node);
	truth("cause=memory_corruption");
	truth("culprit=crashme_lookup");
	truth("culprit=0x%px", node);
	sink = crashme_lookup(2000);
}

struct lab_name {
	struct hlist_node node;
	u64 key;
	char rest[64 - 24];
};

static struct hlist_head crashme_names[16];

static crash_fn u64 crashme_find_name(struct hlist_head *bucket, u64 key)
{
	struct lab_name *name;

	hlist_for_each_entry(name, bucket, node)
	{
		if (READ_ONCE(name->key) == key)
			return (u64)name;
	}
	return 0;
}

/* Entered twice, a node is its own successor: who looks for another looks for ever. */
static void hlist_twice(void)
{
	struct lab_name *name = kzalloc(sizeof(*name), GFP_KERNEL);

	hlist_add_head(&name->node, &crashme_names[3]);
	hlist_add_head(&name->node, &crashme_names[3]);
	truth_in_module("soft_lockup", "crashme_find_name");
	truth("cause=lockup");
	truth("culprit=0x%px leads to itself", name);
	preempt_disable();
	sink = crashme_find_name(&crashme_names[3], 4711);
	preempt_enable();
}

const struct crash misuse_crashes[] = {
	{"kfree_vmalloc", kfree_vmalloc}, {"wrong_cache", wrong_cache},
	{"cache_busy", cache_busy},	  {"proc_twice", proc_twice},
	{"rodata_write", rodata_write},	  {"user_peek", user_peek},
	{"vfree_use", vfree_use},	  {"copy_huge", copy_huge},
	{"unaligned", unaligned},	  {"divide_overflow", divide_overflow},
	{"stack_local", stack_local},	  {"xarray_bad", xarray_bad},
	{"hlist_twice", hlist_twice},	  {}};
