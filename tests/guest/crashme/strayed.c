// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * CPUs that go astray: probes that fault where others run, loops without end of another make, stacks and code
 * that somebody wrote to; and memory that is there but not to be had.
 */
#include <linux/processor.h>
#include <linux/bit_spinlock.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/irq_work.h>
#include <linux/kprobes.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "crashme.h"

static u64 sink;
static u64 *nothing;

static struct task_struct *start_on(int cpu, int (*play)(void *), const char *name)
{
	struct task_struct *task = kthread_create(play, NULL, "%s", name);

	kthread_bind(task, cpu);
	wake_up_process(task);
	return task;
}

static void truth_probe(const char *function)
{
	truth("kind=null_dereference");
	truth("symbol=%s", function);
	truth("module=crashme");
	truth("culprit=%s", function);
}

/* --- probes ------------------------------------------------------------------------------------ */

static crash_fn int crashme_before_sync(struct kprobe *probe, struct pt_regs *regs)
{
	truth("innocent=%s/%d", current->comm, current->pid);
	sink = READ_ONCE(*nothing);
	return 0;
}

static struct kprobe sync_probe = {.symbol_name = "ksys_sync", .pre_handler = crashme_before_sync};

static void kprobe_null(void)
{
	truth_probe("crashme_before_sync");
	truth("context=probe:crashme_before_sync");
	if (register_kprobe(&sync_probe))
		pr_err("crashme: no probe\n");
}

static crash_fn void crashme_on_switch(void *data, bool preempt, struct task_struct *from,
				       struct task_struct *to)
{
	static bool met;

	if (xchg(&met, true))
		return;
	sink = READ_ONCE(*nothing);
}

static void find_switch(struct tracepoint *point, void *found)
{
	if (!strcmp(point->name, "sched_switch"))
		*(struct tracepoint **)found = point;
}

static void switch_null(void)
{
	struct tracepoint *point = NULL;

	for_each_kernel_tracepoint(find_switch, &point);
	truth_probe("crashme_on_switch");
	if (!point || tracepoint_probe_register(point, crashme_on_switch, NULL))
		pr_err("crashme: no tracepoint\n");
}

/* --- loops ------------------------------------------------------------------------------------- */

struct lab_adapter {
	char name[16];
	u32 status;
	char rest[108];
};

static crash_fn void crashme_wait_ready(struct lab_adapter *adapter)
{
	while (!(READ_ONCE(adapter->status) & 4))
		udelay(500);
	sink++;
}

static void poll_never(void)
{
	struct lab_adapter *adapter = kzalloc(sizeof(*adapter), GFP_KERNEL);

	truth_here("soft_lockup", "");
	truth("culprit=crashme_wait_ready");
	preempt_disable();
	crashme_wait_ready(adapter);
	preempt_enable();
}

static unsigned long crashme_bucket;

static crash_fn void crashme_lock_bucket(void)
{
	bit_spin_lock(2, &crashme_bucket);
	sink++;
}

static void bit_again(void)
{
	truth_here("soft_lockup", "crashme_lock_bucket");
	truth("module=crashme");
	truth("culprit=crashme_lock_bucket");
	truth("culprit=crashme_bucket");
	crashme_lock_bucket();
	crashme_lock_bucket();
}

struct lab_label {
	char name[12];
	spinlock_t lock;
	char rest[240];
};

static crash_fn void crashme_lock_label(struct lab_label *label)
{
	spin_lock(&label->lock);
	sink++;
	spin_unlock(&label->lock);
}

/* A name that is too long ends in the lock behind it, which nobody has. */
static void spin_text(void)
{
	struct lab_label *label = kzalloc(sizeof(*label), GFP_KERNEL);

	spin_lock_init(&label->lock);
	memcpy(label->name, "first port, B", 13);
	truth_here("soft_lockup", "");
	truth("culprit=crashme_lock_label");
	truth("culprit=is no lock any more");
	crashme_lock_label(label);
}

static DEFINE_SPINLOCK(crashme_dead_lock);

static crash_fn int crashme_die_locked(void *unused)
{
	truth("culprit=%s/%d", current->comm, current->pid);
	spin_lock(&crashme_dead_lock);
	sink = READ_ONCE(*nothing);
	spin_unlock(&crashme_dead_lock);
	return 0;
}

static crash_fn void crashme_want_dead(void)
{
	spin_lock(&crashme_dead_lock);
	sink++;
	spin_unlock(&crashme_dead_lock);
}

/* Who had the lock oopsed with it in hand, and the machine went on. */
static void spin_dead(void)
{
	kthread_run(crashme_die_locked, NULL, "crashme_dies");
	msleep(1000);
	truth_here("soft_lockup", "");
	truth("culprit=crashme_dead_lock");
	crashme_want_dead();
}

static DEFINE_SPINLOCK(crashme_answer_lock);
static bool is_held;

static void answer(void *unused)
{
}

static crash_fn int crashme_call_locked(void *unused)
{
	unsigned long flags;

	spin_lock_irqsave(&crashme_answer_lock, flags);
	WRITE_ONCE(is_held, true);
	mdelay(200);
	smp_call_function_single(2, answer, NULL, 1);
	spin_unlock_irqrestore(&crashme_answer_lock, flags);
	return 0;
}

static crash_fn int crashme_spin_closed(void *unused)
{
	unsigned long flags;

	while (!READ_ONCE(is_held))
		cpu_relax();
	spin_lock_irqsave(&crashme_answer_lock, flags);
	sink++;
	spin_unlock_irqrestore(&crashme_answer_lock, flags);
	return 0;
}

/* Who has a lock calls a CPU that spins for it with interrupts off. */
static void ipi_lock(void)
{
	set_cpus_allowed_ptr(current, cpumask_of(0));
	truth("kind=rcu_stall");
	truth("cause=deadlock");
	truth("culprit=crashme_answer_lock");
	truth("culprit=CPU 2");
	start_on(1, crashme_call_locked, "crashme_calls");
	start_on(2, crashme_spin_closed, "crashme_spins");
}

static struct irq_work storm;

static crash_fn void crashme_again(struct irq_work *work)
{
	sink++;
	irq_work_queue(work);
}

static crash_fn int crashme_start_again(void *unused)
{
	init_irq_work(&storm, crashme_again);
	irq_work_queue(&storm);
	msleep(100000);
	return 0;
}

/* An interrupt that sends itself anew. */
static void irqwork_storm(void)
{
	set_cpus_allowed_ptr(current, cpumask_of(0));
	truth("kind=rcu_stall");
	truth("culprit=crashme_again");
	start_on(1, crashme_start_again, "crashme_starts");
}

static crash_fn void crashme_leave_closed(void)
{
	preempt_disable();
	sink++;
}

/* A system call returns with preemption off; the task is caught when its time is up. */
static void preempt_left(void)
{
	truth_here("scheduling_while_atomic", "");
	truth("trace=lost");
	truth("culprit=%s/%d", current->comm, current->pid);
	truth("culprit=scheduling while atomic");
	crashme_leave_closed();
}

/* --- stacks and code --------------------------------------------------------------------------- */

static crash_fn int crashme_dozes(void *unused)
{
	msleep(2000);
	return 0;
}

/* A sleeping task's stack pointer is overwritten: the CPU that goes on with it has another's memory for a stack. */
static void sp_overwritten(void)
{
	struct task_struct *task = kthread_run(crashme_dozes, NULL, "crashme_dozes");
	u64 *room = kzalloc(8192, GFP_KERNEL);

	msleep(500);
	truth("kind=null_dereference|double_fault|page_fault|general_protection|invalid_opcode|"
	      "panic");
	truth("trace=lost");
	truth("culprit=crashme_dozes/%d", task->pid);
	truth("culprit=stack pointer");
	WRITE_ONCE(task->thread.sp, (unsigned long)(room + 512));
	msleep(10000);
}

static crash_fn void crashme_switch_stack(u64 to)
{
	asm volatile("xchg %0, %%rsp\n\tpush %0" : "+a"(to) : : "memory");
	sink++;
}

static void rsp_wild(void)
{
	truth_here("double_fault", "crashme_switch_stack");
	truth("module=crashme");
	truth("trace=lost");
	truth("culprit=crashme_switch_stack");
	truth("innocent=overflow");
	crashme_switch_stack(0x4c6162207374616bull);
}

static crash_fn void crashme_stomped(void)
{
	asm volatile("nop; nop; nop; nop; nop; nop; nop; nop");
	sink++;
}

/* Somebody's eight bytes land in the middle of a function. */
static void text_stomped(void)
{
	static const u8 nops[] = {0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90};
	/* None begins an instruction. */
	static const u8 stray[] = {0x06, 0x07, 0x0e, 0x16, 0x17, 0x1e, 0x1f, 0x27};
	u8 *code = (u8 *)crashme_stomped, *alias;
	struct page *page;
	size_t i;

	while (memcmp(code, nops, sizeof(nops)))
		code++;
	page = vmalloc_to_page(code);
	alias = vmap(&page, 1, VM_MAP, PAGE_KERNEL);
	truth_here("invalid_opcode", "crashme_stomped");
	truth("module=crashme");
	truth("culprit=crashme_stomped");
	truth("text_rule=text_overwritten");
	for (i = 0; i < sizeof(nops); i++) {
		truth("text=0x%px", code + i);
		truth("text_good=0x%02x", nops[i]);
		truth("text_bad=0x%02x", stray[i]);
	}
	memcpy(alias + offset_in_page(code), stray, sizeof(stray));
	vunmap(alias);
	crashme_stomped();
}

/* An entry of a process's page table has a bit that none may have. */
static void user_entry(void)
{
	unsigned long at =
		vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, 0);
	pmd_t *pmd;
	pte_t *pte;
	char byte = 1;

	if (IS_ERR_VALUE(at) || put_user(byte, (char __user *)at))
		return;
	pmd = pmd_offset(pud_offset(p4d_offset(pgd_offset(current->mm, at), at), at), at);
	pte = pte_offset_kernel(pmd, at);
	truth("kind=page_fault");
	truth("comm=%s", current->comm);
	truth("pid=%d", current->pid);
	truth("fault_address=0x%016lx", at);
	truth("culprit=page table");
	truth("culprit=bit 50");
	WRITE_ONCE(pte->pte, pte->pte ^ 1ul << 50);
	asm volatile("invlpg (%0)" : : "r"(at) : "memory");
	if (get_user(byte, (char __user *)at))
		sink++;
}

/* --- memory that is there ---------------------------------------------------------------------- */

#define LEFT (24ul << 20 >> PAGE_SHIFT) /* pages */

static bool is_left(void)
{
	return global_zone_page_state(NR_FREE_PAGES) > LEFT;
}

struct lab_event {
	char name[16];
	struct rcu_head rcu;
	char rest[976];
};

static crash_fn void crashme_free_event(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct lab_event, rcu));
}

static crash_fn int crashme_read_long(void *unused)
{
	rcu_read_lock();
	for (;;)
		cpu_relax();
	rcu_read_unlock();
	return 0;
}

static crash_fn void crashme_replace_event(void)
{
	struct lab_event *event = kzalloc(sizeof(*event), GFP_KERNEL);

	call_rcu(&event->rcu, crashme_free_event);
}

/* Objects that are to be freed once all readers have ended, and one does not. */
static void hog_callbacks(void)
{
	set_cpus_allowed_ptr(current, cpumask_of(0));
	start_on(1, crashme_read_long, "crashme_reads");
	msleep(100);
	truth("kind=out_of_memory");
	truth("cause=out_of_memory");
	truth("culprit=-1k");
	truth("culprit=crashme_free_event");
	while (is_left())
		crashme_replace_event();
}

static crash_fn void crashme_want_order(void)
{
	sink = __get_free_pages(GFP_KERNEL, 3);
}

#define PAGE_NUMBER(page) ((unsigned long)(page) >> PAGE_SHIFT)

/* All that is free, page by page; then all but the first of each eight is given back. */
static void fragment(void)
{
	unsigned long *page, *first = NULL;

	while ((page = (void *)__get_free_page(GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN))) {
		page[0] = (unsigned long)first;
		first = page;
	}
	while ((page = first)) {
		first = (void *)page[0];
		if (PAGE_NUMBER(page) % 8)
			free_page((unsigned long)page);
	}
}

static void fragmented(void)
{
	int i;

	truth("kind=out_of_memory");
	truth("cause=out_of_memory");
	truth("culprit=order 3");
	truth("innocent=%s/%d", current->comm, current->pid);
	fragment();
	for (i = 0; i < 10000; i++)
		crashme_want_order();
}

static crash_fn int crashme_idles(void *unused)
{
	msleep(100000000);
	return 0;
}

static void hog_threads(void)
{
	truth("kind=out_of_memory");
	truth("cause=out_of_memory");
	truth("culprit=crashme_idle");
	while (is_left() && !IS_ERR(kthread_run(crashme_idles, NULL, "crashme_idle")))
		;
}

const struct crash strayed_crashes[] = {{"kprobe_null", kprobe_null},
					{"switch_null", switch_null},
					{"poll_never", poll_never},
					{"bit_again", bit_again},
					{"spin_text", spin_text},
					{"spin_dead", spin_dead},
					{"ipi_lock", ipi_lock},
					{"irqwork_storm", irqwork_storm},
					{"preempt_left", preempt_left},
					{"sp_overwritten", sp_overwritten},
					{"rsp_wild", rsp_wild},
					{"text_stomped", text_stomped},
					{"user_entry", user_entry},
					{"hog_callbacks", hog_callbacks},
					{"fragmented", fragmented},
					{"hog_threads", hog_threads},
					{}};
