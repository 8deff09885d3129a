// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who has what others wait for, and is not in a function that took it: asleep for another reason, back in
 * user space, or waiting for somebody who wants it.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/kmod.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/pagemap.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "crashme.h"

static u64 sink;
static DEFINE_MUTEX(crashme_held_mutex);
static DECLARE_RWSEM(crashme_held_sem);
static DECLARE_WAIT_QUEUE_HEAD(crashme_held_queue);
static bool crashme_held_done;

static crash_fn void crashme_hold(void)
{
	mutex_lock(&crashme_held_mutex);
	sink++;
}

static crash_fn int crashme_want_held(void *unused)
{
	crashme_hold();
	mutex_unlock(&crashme_held_mutex);
	return 0;
}

static int start(int (*play)(void *), const char *name)
{
	int pid = kthread_run(play, NULL, "%s", name)->pid;

	msleep(500);
	return pid;
}

/* --- deadlocks -------------------------------------------------------------------------------- */

static int worker;

static crash_fn void crashme_refresh_work(struct work_struct *work)
{
	WRITE_ONCE(worker, current->pid);
	crashme_hold();
	mutex_unlock(&crashme_held_mutex);
}

static DECLARE_WORK(refreshing, crashme_refresh_work);

static crash_fn int crashme_flush_inside(void *queue)
{
	crashme_hold();
	queue_work(queue, &refreshing);
	msleep(300);
	flush_workqueue(queue);
	mutex_unlock(&crashme_held_mutex);
	return 0;
}

/* A whole queue is waited for with the mutex in hand that one of its items wants. */
static void flush_holding(void)
{
	struct workqueue_struct *queue = alloc_workqueue("crashme_queue", WQ_UNBOUND, 0);
	int pid = kthread_run(crashme_flush_inside, queue, "crashme_flushes")->pid;

	msleep(1000);
	truth("cause=deadlock");
	truth("cycle=%d,%d", pid, worker);
	truth("culprit=crashme_flushes/%d", pid);
	truth("culprit=crashme_held_mutex");
	truth("culprit=crashme_queue");
}

static struct page *crashme_page;

static crash_fn int crashme_page_first(void *unused)
{
	lock_page(crashme_page);
	msleep(300);
	crashme_hold();
	mutex_unlock(&crashme_held_mutex);
	unlock_page(crashme_page);
	return 0;
}

static crash_fn int crashme_mutex_first(void *unused)
{
	crashme_hold();
	msleep(300);
	lock_page(crashme_page);
	unlock_page(crashme_page);
	mutex_unlock(&crashme_held_mutex);
	return 0;
}

static void page_abba(void)
{
	struct task_struct *first, *second;

	crashme_page = alloc_page(GFP_KERNEL);
	first = kthread_run(crashme_page_first, NULL, "crashme_first");
	second = kthread_run(crashme_mutex_first, NULL, "crashme_second");
	msleep(1500);
	truth("cause=deadlock");
	truth("cycle=%d,%d", first->pid, second->pid);
	truth("culprit=crashme_held_mutex");
	truth("culprit=page");
}

static crash_fn int crashme_inode_twice(void *inode)
{
	inode_lock(inode);
	inode_lock(inode);
	sink++;
	return 0;
}

static void inode_again(void)
{
	struct file *file = filp_open("/init", O_RDONLY, 0);
	int pid;

	if (IS_ERR(file))
		return;
	pid = kthread_run(crashme_inode_twice, file_inode(file), "crashme_again")->pid;
	msleep(1000);
	truth("cause=deadlock");
	truth("cycle=%d", pid);
	truth("culprit=crashme_again/%d", pid);
	truth("culprit=inode");
}

/* --- holders that are elsewhere --------------------------------------------------------------- */

static crash_fn int crashme_wait_inside(void *unused)
{
	crashme_hold();
	wait_event(crashme_held_queue, READ_ONCE(crashme_held_done));
	mutex_unlock(&crashme_held_mutex);
	return 0;
}

static crash_fn int crashme_would_wake(void *unused)
{
	crashme_hold();
	WRITE_ONCE(crashme_held_done, true);
	wake_up(&crashme_held_queue);
	mutex_unlock(&crashme_held_mutex);
	return 0;
}

/* Who is to bring about the event wants the mutex: no memory says that he is to. */
static void event_holding(void)
{
	int pid = start(crashme_wait_inside, "crashme_waits");

	start(crashme_would_wake, "crashme_wakes");
	truth("root=%d", pid);
	truth("culprit=crashme_waits/%d", pid);
	truth("culprit=crashme_held_mutex");
}

/* The caller goes back to user space, and on to other things. */
static void mutex_left(void)
{
	crashme_hold();
	start(crashme_want_held, "crashme_wants");
	truth("root=%d", current->pid);
	truth("culprit=/%d", current->pid);
	truth("culprit=crashme_held_mutex");
}

static crash_fn int crashme_write_held(void *unused)
{
	down_write(&crashme_held_sem);
	sink++;
	return 0;
}

static void rwsem_left(void)
{
	down_read(&crashme_held_sem);
	start(crashme_write_held, "crashme_writes");
	truth("cause=hang");
	truth("culprit=crashme_held_sem");
	truth("culprit=/%d", current->pid);
}

static crash_fn int crashme_ask_helper(void *unused)
{
	char *argv[] = {"/bin/sleep", "10000", NULL}, *envp[] = {"PATH=/bin", NULL};

	crashme_hold();
	call_usermodehelper(argv[0], argv, envp, UMH_WAIT_PROC);
	mutex_unlock(&crashme_held_mutex);
	return 0;
}

/* A program of user space that a thread waits for does not end. */
static void helper_hangs(void)
{
	int pid = start(crashme_ask_helper, "crashme_asks");

	start(crashme_want_held, "crashme_wants");
	truth("culprit=crashme_asks/%d", pid);
	truth("culprit=crashme_held_mutex");
	truth("culprit=/bin/sleep");
}

static DEFINE_SPINLOCK(crashme_slept_lock);

static crash_fn int crashme_sleep_locked(void *unused)
{
	spin_lock(&crashme_slept_lock);
	msleep(1000000);
	spin_unlock(&crashme_slept_lock);
	return 0;
}

static crash_fn int crashme_spin_for_sleeper(void *unused)
{
	spin_lock(&crashme_slept_lock);
	spin_unlock(&crashme_slept_lock);
	return 0;
}

/* Who has a spinlock sleeps; who wants it spins. */
static void spin_slept(void)
{
	int pid = start(crashme_sleep_locked, "crashme_sleeps");

	truth("kind=soft_lockup");
	truth("culprit=crashme_slept_lock");
	truth("culprit=crashme_sleeps/%d", pid);
	start(crashme_spin_for_sleeper, "crashme_spins");
}

const struct crash holder_crashes[] = {
	{"flush_holding", flush_holding}, {"page_abba", page_abba},   {"inode_again", inode_again},
	{"event_holding", event_holding}, {"mutex_left", mutex_left}, {"rwsem_left", rwsem_left},
	{"helper_hangs", helper_hangs},	  {"spin_slept", spin_slept}, {}};
