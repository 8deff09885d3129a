// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * CPUs that wait for what they keep from happening: for whom they interrupted, for each other, for a function that
 * does not return.
 */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/etherdevice.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/seqlock.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/version.h>

#include "crashme.h"

static u64 sink;
static DEFINE_SPINLOCK(crashme_lock_one);
static DEFINE_SPINLOCK(crashme_lock_two);

static struct task_struct *start_on(int cpu, int (*play)(void *), const char *name)
{
	struct task_struct *task = kthread_create(play, NULL, "%s", name);

	kthread_bind(task, cpu);
	wake_up_process(task);
	return task;
}

static void set_hrtimer(struct hrtimer *timer, enum hrtimer_restart (*function)(struct hrtimer *))
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0)
	hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED);
	timer->function = function;
#else
	hrtimer_setup(timer, function, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED);
#endif
	hrtimer_start(timer, ms_to_ktime(50), HRTIMER_MODE_REL_PINNED);
}

/* --- for whom they interrupted ---------------------------------------------------------------- */

static struct hrtimer striking;

static crash_fn enum hrtimer_restart crashme_strike(struct hrtimer *unused)
{
	spin_lock(&crashme_lock_one);
	sink++;
	spin_unlock(&crashme_lock_one);
	return HRTIMER_NORESTART;
}

static crash_fn int crashme_hold_open(void *unused)
{
	spin_lock(&crashme_lock_one);
	set_hrtimer(&striking, crashme_strike);
	for (;;)
		cpu_relax();
	return 0;
}

/* A lock that an interrupt takes is held with interrupts on. */
static void spin_irq(void)
{
	struct task_struct *task;

	set_cpus_allowed_ptr(current, cpumask_of(0));
	task = start_on(1, crashme_hold_open, "crashme_holds");
	truth("kind=rcu_stall");
	truth("cause=deadlock");
	truth("culprit=crashme_strike");
	truth("culprit=crashme_lock_one");
	truth("culprit=crashme_holds/%d", task->pid);
}

static DEFINE_SEQLOCK(crashme_seq);

static crash_fn void crashme_sample(struct timer_list *unused)
{
	sink = read_seqbegin(&crashme_seq);
}

static DEFINE_TIMER(sampling, crashme_sample);

static crash_fn void crashme_update(void)
{
	write_seqlock(&crashme_seq);
	for (;;)
		cpu_relax();
}

/* A timer reads what the code that it interrupted is writing, and waits for that to end. */
static void seq_self(void)
{
	int cpu = get_cpu();

	truth_here("soft_lockup", "");
	truth("context=timer:crashme_sample");
	truth("culprit=crashme_sample");
	truth("culprit=crashme_seq");
	sampling.expires = jiffies + 2;
	add_timer_on(&sampling, cpu);
	crashme_update();
}

/* --- for each other --------------------------------------------------------------------------- */

static bool is_ringing;

static crash_fn void crashme_chime(struct timer_list *unused)
{
	WRITE_ONCE(is_ringing, true);
	spin_lock(&crashme_lock_one);
	sink++;
	spin_unlock(&crashme_lock_one);
}

static DEFINE_TIMER(chiming, crashme_chime);

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define timer_delete_sync del_timer_sync
#endif

static crash_fn void crashme_silence(void)
{
	timer_delete_sync(&chiming);
	sink++;
}

/* A timer is waited for with the lock in hand that its function wants. */
static void timer_holds(void)
{
	set_cpus_allowed_ptr(current, cpumask_of(0));
	truth("kind=soft_lockup");
	truth("cause=deadlock");
	truth("culprit=crashme_lock_one");
	truth("culprit=crashme_chime");
	truth("culprit=%s/%d", current->comm, current->pid);
	chiming.expires = jiffies + 2;
	spin_lock(&crashme_lock_one);
	add_timer_on(&chiming, 1);
	while (!READ_ONCE(is_ringing))
		cpu_relax();
	crashme_silence();
	spin_unlock(&crashme_lock_one);
}

static atomic_t met = ATOMIC_INIT(0);

static void meet(void)
{
	atomic_inc(&met);
	while (atomic_read(&met) < 2)
		cpu_relax();
}

static crash_fn int crashme_one_then_two(void *unused)
{
	spin_lock(&crashme_lock_one);
	meet();
	spin_lock(&crashme_lock_two);
	sink++;
	return 0;
}

static crash_fn int crashme_two_then_one(void *unused)
{
	spin_lock(&crashme_lock_two);
	meet();
	spin_lock(&crashme_lock_one);
	sink++;
	return 0;
}

static void spin_abba(void)
{
	set_cpus_allowed_ptr(current, cpumask_of(0));
	truth("kind=soft_lockup");
	truth("cause=deadlock");
	truth("culprit=crashme_lock_one");
	truth("culprit=crashme_lock_two");
	start_on(1, crashme_one_then_two, "crashme_one");
	start_on(2, crashme_two_then_one, "crashme_two");
}

static void answer(void *unused)
{
}

static crash_fn int crashme_ask_closed(void *other)
{
	unsigned long flags;

	local_irq_save(flags);
	meet();
	smp_call_function_single(3 - raw_smp_processor_id(), answer, NULL, 1);
	local_irq_restore(flags);
	return 0;
}

/* Two CPUs call each other, both with interrupts off. */
static void ipi_mutual(void)
{
	set_cpus_allowed_ptr(current, cpumask_of(0));
	truth("kind=rcu_stall");
	truth("culprit=crashme_ask_closed");
	truth("culprit=CPU 1");
	truth("culprit=CPU 2");
	start_on(1, crashme_ask_closed, "crashme_one");
	start_on(2, crashme_ask_closed, "crashme_two");
}

/* --- for what does not return ----------------------------------------------------------------- */

static crash_fn void crashme_spin_called(void *unused)
{
	for (;;)
		cpu_relax();
}

static crash_fn void crashme_call_over(void)
{
	smp_call_function_single(1, crashme_spin_called, NULL, 1);
	sink++;
}

static void ipi_spin(void)
{
	set_cpus_allowed_ptr(current, cpumask_of(0));
	truth("kind=soft_lockup");
	truth("culprit=crashme_spin_called");
	truth("culprit=CPU 1");
	crashme_call_over();
}

static struct hrtimer storming;

static crash_fn enum hrtimer_restart crashme_no_forward(struct hrtimer *unused)
{
	sink++;
	return HRTIMER_RESTART; /* for the time it was set to, again and again */
}

static crash_fn int crashme_start_storm(void *unused)
{
	set_hrtimer(&storming, crashme_no_forward);
	msleep(100000);
	return 0;
}

static void hrtimer_storm(void)
{
	set_cpus_allowed_ptr(current, cpumask_of(0));
	truth("kind=rcu_stall");
	truth("culprit=crashme_no_forward");
	start_on(1, crashme_start_storm, "crashme_storms");
}

static void truth_interrupted(const char *context, const char *function)
{
	truth("kind=soft_lockup");
	truth("context=%s:%s", context, function);
	truth("culprit=%s", function);
	truth("innocent=%s/%d", current->comm, current->pid);
}

static struct tasklet_struct stopping;

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 13, 0)
#define tasklet_disable_in_atomic tasklet_disable
#endif

static crash_fn void crashme_stop_itself(struct tasklet_struct *tasklet)
{
	truth_interrupted("tasklet", "crashme_stop_itself");
	tasklet_disable_in_atomic(tasklet);
	sink++;
}

static void tasklet_self(void)
{
	truth("culprit=itself");
	tasklet_setup(&stopping, crashme_stop_itself);
	tasklet_schedule(&stopping);
	msleep(100000);
}

static struct napi_struct polling;

static crash_fn int crashme_poll(struct napi_struct *napi, int budget)
{
	truth("kind=soft_lockup");
	truth("culprit=crashme_poll");
	for (;;)
		cpu_relax();
	return budget;
}

static void napi_spin(void)
{
	struct net_device *device = alloc_netdev(0, "crashme%d", NET_NAME_UNKNOWN, ether_setup);

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
	netif_napi_add(device, &polling, crashme_poll, 64);
#else
	netif_napi_add(device, &polling, crashme_poll);
#endif
	napi_enable(&polling);
	local_bh_disable();
	napi_schedule(&polling);
	local_bh_enable();
	msleep(100000);
}

/* --- sleep where there must be none ----------------------------------------------------------- */

static crash_fn void crashme_sleepy(struct timer_list *unused)
{
	truth("kind=scheduling_while_atomic");
	truth("context=timer:crashme_sleepy");
	truth("culprit=crashme_sleepy");
	truth("innocent=%s/%d", current->comm, current->pid);
	msleep(100);
	sink++;
}

static DEFINE_TIMER(sleeping, crashme_sleepy);

static void sleep_timer(void)
{
	mod_timer(&sleeping, jiffies + 2);
	msleep(5000);
}

static crash_fn void crashme_sleep_reading(void)
{
	rcu_read_lock();
	msleep(100);
	rcu_read_unlock();
	sink++;
}

static void rcu_sleep(void)
{
	truth_here("warn", "");
	truth("caller=crashme_sleep_reading");
	truth("culprit=crashme_sleep_reading");
	crashme_sleep_reading();
}

static crash_fn int crashme_sync_inside(void *unused)
{
	rcu_read_lock();
	synchronize_rcu();
	rcu_read_unlock();
	return 0;
}

/* Who reads waits for the end of all readers. */
static void rcu_self(void)
{
	struct task_struct *task = start_on(1, crashme_sync_inside, "crashme_syncs");

	truth("kind=rcu_stall");
	truth("culprit=crashme_sync_inside");
	truth("culprit=crashme_syncs/%d", task->pid);
}

const struct crash spin_crashes[] = {{"spin_irq", spin_irq},
				     {"seq_self", seq_self},
				     {"timer_holds", timer_holds},
				     {"spin_abba", spin_abba},
				     {"ipi_mutual", ipi_mutual},
				     {"ipi_spin", ipi_spin},
				     {"hrtimer_storm", hrtimer_storm},
				     {"tasklet_self", tasklet_self},
				     {"napi_spin", napi_spin},
				     {"sleep_timer", sleep_timer},
				     {"rcu_sleep", rcu_sleep},
				     {"rcu_self", rcu_self},
				     {}};
