// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who waits for himself, or for somebody who will not come; and who leaves what he should have undone.
 */
#include <linux/cpuhotplug.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/notifier.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/srcu.h>
#include <linux/timer.h>
#include <linux/version.h>
#include <linux/wait.h>
#include <linux/wait_bit.h>
#include <linux/workqueue.h>
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)
#include <linux/panic_notifier.h>
#endif

#include "crashme.h"

static u64 sink;
static DECLARE_WAIT_QUEUE_HEAD(crashme_nobody);
static DEFINE_SPINLOCK(crashme_lock);

/* Starts a thread and returns when it sleeps. */
static struct task_struct *start(int (*play)(void *), const char *name)
{
	struct task_struct *task = kthread_run(play, NULL, "%s", name);
	int tries;

	for (tries = 0; tries < 2000 && task_state_to_char(task) != 'D'; tries++)
		msleep(2);
	return task;
}

/* --- CPUs ------------------------------------------------------------------------------------- */

static crash_fn void crashme_lock_again(void)
{
	spin_lock(&crashme_lock);
	sink++;
}

static void spin_again(void)
{
	truth_here("soft_lockup", "");
	truth("caller=crashme_lock_again");
	truth("culprit=crashme_lock_again");
	truth("culprit=crashme_lock ");
	truth("culprit=itself");
	spin_lock(&crashme_lock);
	crashme_lock_again();
	sink++; /* it stays on the stack */
}

static DEFINE_RWLOCK(crashme_rwlock);

static crash_fn void crashme_upgrade(void)
{
	write_lock(&crashme_rwlock);
	sink++;
}

/* Who reads wants to write: it waits for the reader to leave. */
static void rwlock_upgrade(void)
{
	truth_here("soft_lockup", "");
	truth("caller=crashme_upgrade");
	truth("culprit=crashme_upgrade");
	truth("culprit=crashme_rwlock");
	truth("culprit=itself");
	read_lock(&crashme_rwlock);
	crashme_upgrade();
	sink++;
}

static crash_fn void crashme_tick(struct timer_list *unused)
{
	truth("context=timer:crashme_tick");
	truth("culprit=crashme_tick");
	spin_lock(&crashme_lock);
	sink++;
}

static DEFINE_TIMER(ticking, crashme_tick);

static crash_fn void crashme_hold(void)
{
	spin_lock(&crashme_lock);
	for (;;)
		cpu_relax();
}

/*
 * A lock that a timer takes is held with softirqs on: the timer waits for whom it interrupted. While ksoftirqd
 * has something to do, no interrupt runs timers: it is given the time to end.
 */
static void spin_softirq(void)
{
	int cpu = 1;

	set_cpus_allowed_ptr(current, cpumask_of(cpu));
	truth_here("soft_lockup", "");
	truth("culprit=crashme_lock");
	truth("culprit=%s/%d", current->comm, current->pid);
	msleep(200);
	preempt_disable();
	ticking.expires = jiffies + HZ / 2;
	add_timer_on(&ticking, cpu);
	crashme_hold();
}

static void truth_interrupted(const char *function)
{
	truth("kind=soft_lockup");
	truth("context=timer:%s", function);
	truth("culprit=%s", function);
	truth("innocent=%s/%d", current->comm, current->pid);
}

static crash_fn void crashme_endless(struct timer_list *unused)
{
	truth_interrupted("crashme_endless");
	for (;;)
		cpu_relax();
}

static DEFINE_TIMER(endless, crashme_endless);

static void timer_endless(void)
{
	mod_timer(&endless, jiffies + 2);
	msleep(100000);
}

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define timer_delete_sync del_timer_sync
#endif

static struct timer_list stopped;

/* A timer's function waits until the timer's function has ended. */
static crash_fn void crashme_stop_timer(struct timer_list *timer)
{
	truth_interrupted("crashme_stop_timer");
	timer_delete_sync(timer);
	sink++;
}

static void timer_self(void)
{
	truth("culprit=itself");
	timer_setup(&stopped, crashme_stop_timer, 0);
	mod_timer(&stopped, jiffies + 2);
	msleep(100000);
}

/* --- tasks ------------------------------------------------------------------------------------ */

static crash_fn void crashme_flush_itself(struct work_struct *work)
{
	truth("cycle=%d", current->pid);
	flush_work(work);
	sink++;
}

static DECLARE_WORK(flushing, crashme_flush_itself);

static void work_self(void)
{
	truth("cause=deadlock");
	truth("culprit=crashme_flush_itself");
	truth("culprit=itself");
	schedule_work(&flushing);
	msleep(3000);
}

static crash_fn void crashme_leaky_work(struct work_struct *work)
{
	spin_lock_bh(&crashme_lock);
	sink++;
}

static DECLARE_WORK(leaky, crashme_leaky_work);

/* A work item ends with a lock in hand; its worker, innocent, is caught when it sleeps. */
static void work_leaks(void)
{
	truth("kind=scheduling_while_atomic");
	truth("culprit=crashme_leaky_work");
	schedule_work(&leaky);
	msleep(5000);
}

static crash_fn void crashme_sleep(void)
{
	msleep(1000);
	sink++;
}

static crash_fn void crashme_lock_and_sleep(void)
{
	spin_lock_bh(&crashme_lock);
	crashme_sleep();
	spin_unlock_bh(&crashme_lock);
}

static void sleep_atomic(void)
{
	truth_here("scheduling_while_atomic", "");
	truth("caller=crashme_lock_and_sleep");
	truth("culprit=crashme_sleep");
	truth("culprit=scheduling while atomic");
	crashme_lock_and_sleep();
}

static crash_fn int crashme_do_not_listen(void *unused)
{
	for (;;)
		schedule_timeout_uninterruptible(HZ / 4);
	return 0;
}

static struct task_struct *deaf;

static crash_fn int crashme_stop_it(void *unused)
{
	kthread_stop(deaf);
	sink++;
	return 0;
}

static void stop_ignored(void)
{
	int pid;

	deaf = start(crashme_do_not_listen, "crashme_deaf");
	pid = start(crashme_stop_it, "crashme_stops")->pid;
	truth("cause=hang");
	truth("edge=%d:%d", pid, deaf->pid);
	truth("culprit=crashme_deaf/%d", deaf->pid);
	msleep(1000);
}

DEFINE_STATIC_SRCU(crashme_srcu);

static crash_fn int crashme_read_and_wait(void *unused)
{
	sink = srcu_read_lock(&crashme_srcu);
	synchronize_srcu(&crashme_srcu);
	sink++;
	return 0;
}

static void srcu_self(void)
{
	int pid = start(crashme_read_and_wait, "crashme_reads")->pid;

	truth("cause=deadlock");
	truth("culprit=crashme_reads/%d", pid);
	truth("culprit=own SRCU read section of crashme_srcu");
	msleep(2000);
}

struct lab_page {
	char name[16];
	unsigned long flags;
};

static struct lab_page *lab_page;

static crash_fn int crashme_wait_bit(void *unused)
{
	wait_on_bit(&lab_page->flags, 3, TASK_UNINTERRUPTIBLE);
	sink++;
	return 0;
}

static void bit_never(void)
{
	int pid;

	lab_page = kzalloc(sizeof(*lab_page), GFP_KERNEL);
	lab_page->flags = 1 << 3;
	pid = start(crashme_wait_bit, "crashme_waits")->pid;
	truth("cause=hang");
	truth("culprit=crashme_waits/%d", pid);
	truth("culprit=crashme_wait_bit");
	truth("culprit=bit 3 in kmalloc-32 object");
	msleep(1000);
}

/* A driver does not let a CPU go. */
static crash_fn int crashme_teardown(unsigned int cpu)
{
	truth("root=%d", current->pid);
	truth("culprit=%s/%d", current->comm, current->pid);
	wait_event(crashme_nobody, sink == ~0ull);
	return 0;
}

static void hotplug_stuck(void)
{
	truth("cause=hang");
	truth("culprit=crashme_teardown");
	if (cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "crashme", NULL, crashme_teardown) < 0)
		pr_err("crashme: no state\n");
}

static u64 *nothing;

static crash_fn int crashme_last_will(struct notifier_block *block, unsigned long event, void *data)
{
	static bool met;

	if (met)
		return NOTIFY_DONE;
	met = true;
	sink = READ_ONCE(*nothing);
	return NOTIFY_DONE;
}

static struct notifier_block last_will = {.notifier_call = crashme_last_will};

static crash_fn void crashme_give_up(void)
{
	panic("crashme: the disk is gone");
}

/* The machine gives up, and who is told of it crashes. */
static void panic_twice(void)
{
	truth("kind=panic|null_dereference");
	truth("culprit=the disk is gone");
	truth("culprit=crashme_give_up");
	atomic_notifier_chain_register(&panic_notifier_list, &last_will);
	crashme_give_up();
}

const struct crash self_crashes[] = {
	{"spin_again", spin_again},	{"rwlock_upgrade", rwlock_upgrade},
	{"spin_softirq", spin_softirq}, {"timer_endless", timer_endless},
	{"timer_self", timer_self},	{"work_self", work_self},
	{"work_leaks", work_leaks},	{"sleep_atomic", sleep_atomic},
	{"stop_ignored", stop_ignored}, {"srcu_self", srcu_self},
	{"bit_never", bit_never},	{"hotplug_stuck", hotplug_stuck},
	{"panic_twice", panic_twice},	{}};
