// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tasks that wait for themselves, for each other by way of what is no lock, or for nobody.
 */
#include <linux/delay.h>
#include <linux/etherdevice.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/proc_fs.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/semaphore.h>
#include <linux/slab.h>
#include <linux/srcu.h>
#include <linux/version.h>
#include <linux/workqueue.h>

#include "crashme.h"

static u64 sink;
static DEFINE_MUTEX(crashme_mutex);
static DECLARE_RWSEM(crashme_wait_sem);

/* Starts a thread and returns when it sleeps. */
static struct task_struct *start(int (*play)(void *), const char *name)
{
	struct task_struct *task = kthread_run(play, NULL, "%s", name);
	int tries;

	for (tries = 0; tries < 500; tries++) {
		msleep(2);
		if (task_state_to_char(task) == 'D')
			break;
	}
	return task;
}

static crash_fn int crashme_upgrade_sem(void *unused)
{
	down_read(&crashme_wait_sem);
	down_write(&crashme_wait_sem);
	sink++;
	return 0;
}

static void rwsem_upgrade(void)
{
	int pid = start(crashme_upgrade_sem, "crashme_grows")->pid;

	truth("cause=deadlock");
	truth("lock=0x%px:rwsem", &crashme_wait_sem);
	truth("waiter=0x%px:%d:write", &crashme_wait_sem, pid);
	truth("cycle=%d", pid);
	truth("culprit=crashme_grows/%d", pid);
	truth("culprit=crashme_wait_sem");
}

static crash_fn void crashme_enter(void)
{
	mutex_lock(&crashme_mutex);
	sink++;
}

static crash_fn int crashme_enter_twice(void *unused)
{
	crashme_enter();
	crashme_enter();
	return 0;
}

static void mutex_again(void)
{
	int pid = start(crashme_enter_twice, "crashme_again")->pid;

	truth("cause=deadlock");
	truth("cycle=%d", pid);
	truth("culprit=crashme_again/%d", pid);
	truth("culprit=crashme_mutex");
}

static int worker;

static crash_fn void crashme_update_work(struct work_struct *work)
{
	WRITE_ONCE(worker, current->pid);
	crashme_enter();
	mutex_unlock(&crashme_mutex);
}

static DECLARE_WORK(updating, crashme_update_work);

static crash_fn int crashme_cancel_inside(void *unused)
{
	mutex_lock(&crashme_mutex);
	schedule_work(&updating);
	msleep(300);
	cancel_work_sync(&updating);
	mutex_unlock(&crashme_mutex);
	return 0;
}

/* A work item is waited for with the mutex in hand that it wants. */
static void cancel_holding(void)
{
	struct task_struct *task = kthread_run(crashme_cancel_inside, NULL, "crashme_cancels");

	msleep(1000);
	truth("cause=deadlock");
	truth("cycle=%d,%d", task->pid, worker);
	truth("culprit=crashme_cancels/%d", task->pid);
	truth("culprit=crashme_mutex");
	truth("culprit=crashme_update_work");
}

static struct task_struct *helper;

static crash_fn int crashme_help(void *unused)
{
	while (!kthread_should_stop()) {
		msleep(200);
		mutex_lock(&crashme_mutex);
		sink++;
		mutex_unlock(&crashme_mutex);
	}
	return 0;
}

static crash_fn int crashme_end_helper(void *unused)
{
	mutex_lock(&crashme_mutex);
	kthread_stop(helper);
	mutex_unlock(&crashme_mutex);
	return 0;
}

static void stop_holding(void)
{
	struct task_struct *task;

	helper = kthread_run(crashme_help, NULL, "crashme_helps");
	msleep(100); /* a thread that is stopped before it ran never runs */
	task = kthread_run(crashme_end_helper, NULL, "crashme_ends");
	msleep(1500);
	truth("cause=deadlock");
	truth("cycle=%d,%d", task->pid, helper->pid);
	truth("culprit=crashme_helps/%d", helper->pid);
	truth("culprit=crashme_ends/%d", task->pid);
	truth("culprit=crashme_mutex");
}

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
static DEFINE_SEMAPHORE(crashme_sem);
#else
static DEFINE_SEMAPHORE(crashme_sem, 1);
#endif

static crash_fn void crashme_down(void)
{
	down(&crashme_sem);
	sink++;
}

static crash_fn int crashme_want_sem(void *unused)
{
	crashme_down();
	return 0;
}

static crash_fn int crashme_take_sem(void *unused)
{
	crashme_down();
	return 0;
}

/* Whoever took it is gone and has not given it back; a semaphore knows no owner. */
static void sema_never(void)
{
	int i;

	kthread_run(crashme_take_sem, NULL, "crashme_takes");
	msleep(500);
	truth("cause=hang");
	truth("lock=0x%px:semaphore", &crashme_sem);
	for (i = 0; i < 2; i++)
		truth("waiter=0x%px:%d:exclusive", &crashme_sem,
		      start(crashme_want_sem, "crashme_wants")->pid);
	truth("culprit=crashme_sem");
}

static struct proc_dir_entry *own_entry;

static crash_fn ssize_t crashme_remove_self(struct file *file, const char __user *from, size_t size,
					    loff_t *at)
{
	truth("cause=deadlock");
	truth("culprit=%s/%d", current->comm, current->pid);
	truth("culprit=crashme_remove_self");
	proc_remove(own_entry);
	sink++;
	return size;
}

static const struct proc_ops self_ops = {.proc_write = crashme_remove_self};

/* A file is removed by its own write(), and waits for that to end. */
static void proc_self(void)
{
	own_entry = proc_create("crashme_self", 0600, NULL, &self_ops);
}

static const struct net_device_ops no_ops = {};

static crash_fn int crashme_unregister(void *device)
{
	unregister_netdev(device);
	sink++;
	return 0;
}

/* A device that somebody still refers to cannot go. */
static void netdev_refs(void)
{
	struct net_device *device = alloc_netdev(0, "crashme%d", NET_NAME_UNKNOWN, ether_setup);
	int pid;

	device->netdev_ops = &no_ops;
	eth_hw_addr_random(device);
	if (register_netdev(device)) {
		pr_err("crashme: no device\n");
		return;
	}
	dev_hold(device);
	pid = kthread_run(crashme_unregister, device, "crashme_unregs")->pid;
	truth("cause=hang");
	truth("culprit=crashme0");
	truth("culprit=crashme_unregs/%d", pid);
	msleep(14000);
}

struct lab_hub {
	char name[32];
	struct srcu_struct srcu;
};

static crash_fn int crashme_leave_hub(void *data)
{
	struct lab_hub *hub = data;

	sink = srcu_read_lock(&hub->srcu);
	synchronize_srcu(&hub->srcu);
	sink++;
	return 0;
}

/* As of srcu_self, in an object. */
static void srcu_object(void)
{
	struct lab_hub *hub = kzalloc(sizeof(*hub), GFP_KERNEL);
	int pid;

	init_srcu_struct(&hub->srcu);
	pid = kthread_run(crashme_leave_hub, hub, "crashme_leaves")->pid;
	truth("cause=deadlock");
	truth("culprit=crashme_leaves/%d", pid);
	truth("culprit=own SRCU read section");
	msleep(2000);
}

static crash_fn int crashme_wait_turn(void *unused)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule();
	sink++;
	return 0;
}

/* Nobody is left to wake it, and nothing says what it waits for. */
static void lost_wakeup(void)
{
	int pid = kthread_run(crashme_wait_turn, NULL, "crashme_sleeps")->pid;

	truth("cause=hang");
	truth("culprit=crashme_sleeps/%d", pid);
	truth("culprit=crashme_wait_turn");
	msleep(1000);
}

const struct crash wait_crashes[] = {
	{"rwsem_upgrade", rwsem_upgrade},   {"mutex_again", mutex_again},
	{"cancel_holding", cancel_holding}, {"stop_holding", stop_holding},
	{"sema_never", sema_never},	    {"proc_self", proc_self},
	{"netdev_refs", netdev_refs},	    {"srcu_object", srcu_object},
	{"lost_wakeup", lost_wakeup},	    {}};
