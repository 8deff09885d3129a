// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tasks that wait across what is no lock of their own: RCU and a mutex, the kernel's own locks, a file that removes
 * itself, functions that wait for their own kind, a device that somebody froze.
 */
#include <linux/async.h>
#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kobject.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/rtmutex.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/seqlock.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/wait.h>
#include <linux/wait_bit.h>
#include <linux/workqueue.h>

#include "crashme.h"

static u64 sink;
static DECLARE_WAIT_QUEUE_HEAD(crashme_no_event);

static int start(int (*play)(void *), const char *name)
{
	int pid = kthread_run(play, NULL, "%s", name)->pid;

	msleep(500);
	return pid;
}

static void truth_cycle(int one, int other)
{
	truth("cause=deadlock");
	truth("cycle=%d,%d", one, other);
}

/* --- locks ------------------------------------------------------------------------------------ */

static DEFINE_MUTEX(crashme_routes);

static crash_fn void crashme_lock_routes(void)
{
	mutex_lock(&crashme_routes);
	sink++;
}

static crash_fn int crashme_read_routes(void *unused)
{
	rcu_read_lock();
	msleep(1000);
	crashme_lock_routes();
	mutex_unlock(&crashme_routes);
	rcu_read_unlock();
	return 0;
}

static crash_fn int crashme_swap_routes(void *unused)
{
	crashme_lock_routes();
	msleep(1500);
	synchronize_rcu();
	mutex_unlock(&crashme_routes);
	return 0;
}

/* Who has the mutex waits for all readers, and one of these for the mutex. */
static void rcu_mutex(void)
{
	int reader = kthread_run(crashme_read_routes, NULL, "crashme_reads")->pid;
	int writer = kthread_run(crashme_swap_routes, NULL, "crashme_swaps")->pid;

	msleep(4000);
	truth("cause=deadlock");
	truth("culprit=crashme_reads/%d", reader);
	truth("culprit=crashme_swaps/%d", writer);
	truth("culprit=crashme_routes");
}

static crash_fn int crashme_configure(void *unused)
{
	rtnl_lock();
	wait_event(crashme_no_event, sink == ~0ull);
	rtnl_unlock();
	return 0;
}

/* A lock of the kernel's own, which half of user space wants. */
static void rtnl_held(void)
{
	int pid = start(crashme_configure, "crashme_config");

	truth("root=%d", pid);
	truth("culprit=crashme_config/%d", pid);
	truth("culprit=rtnl_mutex");
	truth("culprit=crashme_configure");
}

static DEFINE_RT_MUTEX(crashme_rt_one);
static DEFINE_RT_MUTEX(crashme_rt_two);

static crash_fn int crashme_rt_upward(void *unused)
{
	rt_mutex_lock(&crashme_rt_one);
	msleep(500);
	rt_mutex_lock(&crashme_rt_two);
	sink++;
	return 0;
}

static crash_fn int crashme_rt_downward(void *unused)
{
	rt_mutex_lock(&crashme_rt_two);
	msleep(500);
	rt_mutex_lock(&crashme_rt_one);
	sink++;
	return 0;
}

static void rtmutex_abba(void)
{
	int one = kthread_run(crashme_rt_upward, NULL, "crashme_up")->pid;
	int two = kthread_run(crashme_rt_downward, NULL, "crashme_down")->pid;

	msleep(2000);
	truth_cycle(one, two);
	truth("culprit=crashme_rt_one");
	truth("culprit=crashme_rt_two");
}

static seqcount_t crashme_clock = SEQCNT_ZERO(crashme_clock);

static crash_fn int crashme_set_clock(void *nothing)
{
	preempt_disable();
	write_seqcount_begin(&crashme_clock);
	sink = *(u64 *)nothing;
	write_seqcount_end(&crashme_clock);
	preempt_enable();
	return 0;
}

static crash_fn u64 crashme_read_clock(void)
{
	return read_seqcount_begin(&crashme_clock) + 1;
}

/* Who wrote has died in the middle of it; who reads waits for the end of that. */
static void seq_dead(void)
{
	int pid = start(crashme_set_clock, "crashme_sets");

	truth_here("soft_lockup", "");
	truth("culprit=crashme_clock");
	truth("culprit=crashme_sets/%d", pid);
	preempt_disable();
	sink = crashme_read_clock();
	preempt_enable();
}

/* --- files that remove themselves ------------------------------------------------------------- */

static struct kobject *crashme_dir;

static void truth_removal(const char *function)
{
	truth("cause=deadlock");
	truth("culprit=%s/%d", current->comm, current->pid);
	truth("culprit=%s", function);
}

static crash_fn ssize_t crashme_drop_store(struct kobject *kobject,
					   struct kobj_attribute *attribute, const char *from,
					   size_t size)
{
	truth_removal("crashme_drop_store");
	sysfs_remove_file(kobject, &attribute->attr);
	sink++;
	return size;
}

static struct kobj_attribute crashme_drop = __ATTR(drop, 0200, NULL, crashme_drop_store);

static void sysfs_self(void)
{
	crashme_dir = kobject_create_and_add("crashme_dir", NULL);
	if (!crashme_dir || sysfs_create_file(crashme_dir, &crashme_drop.attr))
		pr_err("crashme: no file\n");
}

static struct dentry *crashme_debug;

static crash_fn ssize_t crashme_debug_write(struct file *file, const char __user *from, size_t size,
					    loff_t *at)
{
	truth_removal("crashme_debug_write");
	debugfs_remove(crashme_debug);
	sink++;
	return size;
}

static const struct file_operations crashme_debug_ops = {.write = crashme_debug_write};

static void debugfs_self(void)
{
	crashme_debug = debugfs_create_file("crashme_drop", 0200, NULL, NULL, &crashme_debug_ops);
}

/* --- functions that wait for their own kind ---------------------------------------------------- */

static crash_fn void crashme_probe_disk(void *unused, async_cookie_t cookie)
{
	truth("cause=deadlock");
	truth("culprit=%s/%d", current->comm, current->pid);
	truth("culprit=crashme_probe_disk");
	async_synchronize_full();
	sink++;
}

static void async_self(void)
{
	async_schedule(crashme_probe_disk, NULL);
	msleep(1000);
}

static struct workqueue_struct *queue_one, *queue_two;
static int worker_one, worker_two;

static crash_fn void crashme_flush_two(struct work_struct *work)
{
	worker_one = current->pid;
	msleep(500);
	flush_workqueue(queue_two);
	sink++;
}

static crash_fn void crashme_flush_one(struct work_struct *work)
{
	worker_two = current->pid;
	msleep(500);
	flush_workqueue(queue_one);
	sink++;
}

static DECLARE_WORK(crashme_work_one, crashme_flush_two);
static DECLARE_WORK(crashme_work_two, crashme_flush_one);

/* An item of each queue waits for the end of all items of the other. */
static void queues_cross(void)
{
	queue_one = alloc_workqueue("crashme_write", WQ_MEM_RECLAIM, 0);
	queue_two = alloc_workqueue("crashme_commit", WQ_MEM_RECLAIM, 0);
	queue_work(queue_one, &crashme_work_one);
	queue_work(queue_two, &crashme_work_two);
	msleep(2000);
	truth_cycle(worker_one, worker_two);
	truth("culprit=crashme_write");
	truth("culprit=crashme_commit");
	truth("culprit=crashme_flush_two");
}

static crash_fn void crashme_queue_again(struct work_struct *work)
{
	msleep(50);
	queue_work(queue_one, work);
	sink++;
}

static DECLARE_WORK(crashme_forever, crashme_queue_again);

static crash_fn int crashme_drain(void *unused)
{
	drain_workqueue(queue_one);
	sink++;
	return 0;
}

/* An item that queues itself anew: its queue is never empty. */
static void drain_never(void)
{
	int pid;

	queue_one = alloc_workqueue("crashme_poll", WQ_UNBOUND, 0);
	queue_work(queue_one, &crashme_forever);
	pid = start(crashme_drain, "crashme_drains");
	msleep(5000);
	truth("cause=hang");
	truth("innocent=crashme_drains/%d", pid);
	truth("culprit=crashme_poll");
	truth("culprit=crashme_queue_again");
}

static struct task_struct *deaf;

static crash_fn int crashme_not_listen(void *unused)
{
	for (;;)
		schedule_timeout_uninterruptible(HZ / 4);
	return 0;
}

static crash_fn int crashme_park_it(void *unused)
{
	kthread_park(deaf);
	sink++;
	return 0;
}

static void park_ignored(void)
{
	int pid;

	deaf = kthread_run(crashme_not_listen, NULL, "crashme_deaf");
	msleep(500);
	pid = start(crashme_park_it, "crashme_parks");
	msleep(1000);
	truth("cause=hang");
	truth("edge=%d:%d", pid, deaf->pid);
	truth("culprit=crashme_deaf/%d", deaf->pid);
}

/* --- what is never given back ------------------------------------------------------------------ */

struct lab_session {
	char name[24];
	atomic_t users;
	char rest[160];
};

static struct lab_session *session;

static crash_fn int crashme_end_session(void *unused)
{
	wait_var_event(&session->users, !atomic_read(&session->users));
	sink++;
	return 0;
}

/* A user too few has given back what it had of an object. */
static void refs_never(void)
{
	int pid;

	session = kzalloc(sizeof(*session), GFP_KERNEL);
	atomic_set(&session->users, 1);
	pid = start(crashme_end_session, "crashme_ends");
	msleep(3000);
	truth("cause=hang");
	truth("culprit=crashme_ends/%d", pid);
	truth("culprit=crashme_end_session");
	truth("culprit=a change in kmalloc");
}

#ifdef CONFIG_BLOCK
static crash_fn int crashme_freeze_disk(void *unused)
{
	struct file *file = filp_open("/dev/vda", O_RDONLY, 0);

	if (IS_ERR(file))
		return 0;
	blk_mq_freeze_queue(I_BDEV(file->f_mapping->host)->bd_disk->queue);
	return 0; /* and the queue stays frozen */
}

static void queue_frozen(void)
{
	start(crashme_freeze_disk, "crashme_freezes");
	truth("cause=hang");
	truth("culprit=vda");
	truth("culprit=frozen");
}
#endif

const struct crash crossed_crashes[] = {{"rcu_mutex", rcu_mutex},
					{"rtnl_held", rtnl_held},
					{"rtmutex_abba", rtmutex_abba},
					{"seq_dead", seq_dead},
					{"sysfs_self", sysfs_self},
					{"debugfs_self", debugfs_self},
					{"async_self", async_self},
					{"queues_cross", queues_cross},
					{"drain_never", drain_never},
					{"park_ignored", park_ignored},
					{"refs_never", refs_never},
#ifdef CONFIG_BLOCK
					{"queue_frozen", queue_frozen},
#endif
					{}};
