// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Crashes that a single task meets at once: bad pointers, bad instructions, assertions, lockups.
 */
#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/poison.h>
#include <linux/preempt.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#include "crashme.h"

#define MODULE_TRUTH(kind, function)                                                               \
	do {                                                                                       \
		truth_here(kind, function);                                                        \
		truth("module=crashme");                                                           \
	} while (0)

struct queue {
	char name[0x298];
	struct queue *parent;
	u64 depth; /* at 0x2a0 */
};

struct entry {
	u64 value;
	struct list_head link;
};

static u64 sink;

static crash_fn u64 crashme_null_third(struct queue *queue)
{
	return queue->depth + 1;
}

static crash_fn u64 crashme_null_second(struct queue *queue)
{
	return crashme_null_third(queue->parent) * 3;
}

static crash_fn u64 crashme_null_first(struct queue *queue)
{
	return crashme_null_second(queue) + queue->depth;
}

static void null_offset(void)
{
	struct queue *queue = kzalloc(sizeof(*queue), GFP_KERNEL);

	MODULE_TRUTH("null_dereference", "crashme_null_third");
	truth("fault_address=0x%016lx", offsetof(struct queue, depth));
	truth("access=read");
	truth("context=syscall:write");
	sink = crashme_null_first(queue);
}

/* The same on another CPU, out of an interrupt: the task met there has nothing to do with it. */

static crash_fn void crashme_in_irq(void *queue)
{
	MODULE_TRUTH("null_dereference", "crashme_null_third");
	truth("fault_address=0x%016lx", offsetof(struct queue, depth));
	truth("access=read");
	sink = crashme_null_first(queue);
}

static void truth_interrupted(const char *context, const char *function)
{
	truth("context=%s:%s", context, function);
	truth("culprit=%s", function);
	truth("innocent=%s/%d", current->comm, current->pid);
}

static crash_fn void crashme_called(void *queue)
{
	truth_interrupted("call", "crashme_called");
	crashme_in_irq(queue);
	sink++;
}

static void null_irq(void)
{
	smp_call_function_single(num_online_cpus() - 1 - get_cpu(), crashme_called,
				 kzalloc(sizeof(struct queue), GFP_ATOMIC), 1);
	put_cpu();
}

static struct queue *softirq_queue;

static crash_fn void crashme_in_timer(struct timer_list *unused)
{
	truth_interrupted("timer", "crashme_in_timer");
	crashme_in_irq(softirq_queue);
	sink++;
}

static DEFINE_TIMER(crashme_timer, crashme_in_timer);

static void null_softirq(void)
{
	softirq_queue = kzalloc(sizeof(struct queue), GFP_KERNEL);
	mod_timer(&crashme_timer, jiffies + 2);
}

static crash_fn void crashme_in_work(struct work_struct *unused)
{
	truth("context=work:crashme_in_work");
	truth("culprit=crashme_in_work");
	crashme_in_irq(kzalloc(sizeof(struct queue), GFP_KERNEL));
	sink++;
}

static DECLARE_WORK(crashme_work_item, crashme_in_work);

static void null_work(void)
{
	schedule_work(&crashme_work_item);
}

static crash_fn void crashme_wild_write(u64 *where)
{
	WRITE_ONCE(*where, 0x600d);
	sink++;
}

/* In the direct map, but far beyond any memory this machine has. */
static void wild(void)
{
	u64 *where = (u64 *)((char *)__va(1ULL << 40) + 0x128);

	MODULE_TRUTH("page_fault", "crashme_wild_write");
	truth("fault_address=0x%px", where);
	truth("access=write");
	crashme_wild_write(where);
}

static void wild_user(void)
{
	u64 *where = (u64 *)0x0000123456789abcULL;

	MODULE_TRUTH("page_fault", "crashme_wild_write");
	truth("fault_address=0x%px", where);
	truth("access=write");
	crashme_wild_write(where);
}

static crash_fn u64 crashme_next_value(struct entry *entry)
{
	return list_next_entry(entry, link)->value + 1;
}

static void list_poison(void)
{
	struct entry *entry = kzalloc(sizeof(*entry), GFP_KERNEL);
	LIST_HEAD(list);

	list_add(&entry->link, &list);
	list_del(&entry->link);
	MODULE_TRUTH("general_protection", "crashme_next_value");
	truth("fault_address=0x%px", &list_next_entry(entry, link)->value);
	truth("entry=0x%px", entry);
	sink = crashme_next_value(entry);
}

static crash_fn u64 crashme_read(const u64 *where)
{
	return READ_ONCE(*where) + 1;
}

static void gp(void)
{
	const u64 *where = (u64 *)0x4141414141414141ULL;

	MODULE_TRUTH("general_protection", "crashme_read");
	truth("fault_address=0x%px", where);
	sink = crashme_read(where);
}

static crash_fn void crashme_bug(u64 value)
{
	BUG_ON(value != 1);
	sink++;
}

static void bug(void)
{
	MODULE_TRUTH("bug", "crashme_bug");
	crashme_bug(sink);
}

static crash_fn u64 crashme_divide(u64 dividend, u64 divisor)
{
	return dividend / divisor + 1;
}

static void divide(void)
{
	MODULE_TRUTH("divide_error", "crashme_divide");
	sink = crashme_divide(42, READ_ONCE(sink));
}

static crash_fn void crashme_undefined(void)
{
	asm volatile(".byte 0x0f, 0xff, 0xc0"); /* ud0: no BUG() entry belongs to it */
	sink++;
}

static void invalid_opcode(void)
{
	MODULE_TRUTH("invalid_opcode", "crashme_undefined");
	truth("cause=unknown"); /* not memory: the instruction was compiled in */
	crashme_undefined();
}

static crash_fn u64 crashme_recurse(u64 depth)
{
	u64 room[32];

	OPTIMIZER_HIDE_VAR(depth);
	room[depth % 32] = depth;
	barrier_data(room);
	if (!depth)
		return 0;
	return crashme_recurse(depth + 1) + room[(depth + 7) % 32];
}

static void stack_overflow(void)
{
	MODULE_TRUTH("stack_overflow", "crashme_recurse");
	truth("stack=0x%px", task_stack_page(current));
	sink = crashme_recurse(1);
}

/* Newer kernels keep freed objects in sheaves, and find out when these go back to the slab. */
static crash_fn void crashme_free_twice(struct kmem_cache *cache, void *object)
{
	kmem_cache_free(cache, object);
	kmem_cache_free(cache, object);
	kmem_cache_shrink(cache);
	sink++;
}

static void double_free(void)
{
	/* Usercopy bounds keep the cache from being merged with others. */
	struct kmem_cache *cache =
		kmem_cache_create_usercopy("crashme_192", 192, 0, 0, 0, 192, NULL);
	void *kept = kmem_cache_alloc(cache, GFP_KERNEL);
	void *object = kmem_cache_alloc(cache, GFP_KERNEL);

	truth("kind=bug"); /* met by this task, or by the one that empties the sheaves */
	truth("kept=0x%px", kept);
	truth("twice_freed=0x%px", object);
	truth("cause=double_free");
	crashme_free_twice(cache, object);
}

static crash_fn void crashme_warn(void)
{
	WARN(1, "crashme: this should not happen");
	sink++;
}

static void warn(void)
{
	MODULE_TRUTH("warn", "crashme_warn");
	crashme_warn();
}

static crash_fn void crashme_panic(void)
{
	panic("crashme: the module gives up");
}

static void by_panic(void)
{
	truth_here("panic", "");
	truth("caller=crashme_panic");
	crashme_panic();
}

static crash_fn void crashme_eat_memory(void)
{
	struct page *page, *eaten = NULL;

	while ((page = alloc_page(GFP_KERNEL))) {
		page->private = (unsigned long)eaten;
		eaten = page;
	}
}

static void oom(void)
{
	truth_here("out_of_memory", "");
	truth("caller=crashme_eat_memory");
	crashme_eat_memory();
}

static crash_fn void crashme_spin(void)
{
	preempt_disable();
	for (;;)
		cpu_relax();
}

static void softlockup(void)
{
	MODULE_TRUTH("soft_lockup", "crashme_spin");
	crashme_spin();
}

/* Whoever notices the stall panics: this task or any other. */
static void rcu_stall(void)
{
	truth("kind=rcu_stall");
	truth("cause=lockup");
	truth("culprit=crashme_spin");
	truth("culprit=%s/%d", current->comm, current->pid);
	crashme_spin();
}

static DECLARE_COMPLETION(never);

static crash_fn void crashme_wait_forever(void)
{
	wait_for_completion(&never);
	sink++;
}

static int hung(void *unused)
{
	truth("hung_pid=%d", current->pid);
	truth("hung_comm=%s", current->comm);
	truth("hung_task=0x%px", current);
	truth("hung_symbol=crashme_wait_forever");
	crashme_wait_forever();
	return 0;
}

static void hung_task(void)
{
	truth("kind=hung_task");
	truth("comm=khungtaskd");
	truth("completion=0x%px", &never);
	kthread_run(hung, NULL, "crashme_hung");
}

const struct crash fault_crashes[] = {{"null_offset", null_offset},
				      {"null_irq", null_irq},
				      {"null_softirq", null_softirq},
				      {"null_work", null_work},
				      {"wild", wild},
				      {"wild_user", wild_user},
				      {"list_poison", list_poison},
				      {"gp", gp},
				      {"bug", bug},
				      {"divide", divide},
				      {"invalid_opcode", invalid_opcode},
				      {"stack_overflow", stack_overflow},
				      {"double_free", double_free},
				      {"warn", warn},
				      {"panic", by_panic},
				      {"oom", oom},
				      {"softlockup", softlockup},
				      {"rcu_stall", rcu_stall},
				      {"hung_task", hung_task},
				      {}};
