// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Objects that are freed, or given back once more, while the kernel itself still leads to them: it is a
 * timer, a worker, RCU or a chain of notifiers that comes to grief, on behalf of nobody who is there.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/mount.h>
#include <linux/notifier.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <linux/version.h>
#include <linux/workqueue.h>

#include "crashme.h"

struct session {
	char name[16];
	struct timer_list timer;
	char rest[192 - 16 - sizeof(struct timer_list)];
};

struct job {
	char name[16];
	struct work_struct work;
	char rest[192 - 16 - sizeof(struct work_struct)];
};

struct route {
	char name[16];
	struct rcu_head rcu;
	char rest[192 - 16 - sizeof(struct rcu_head)];
};

struct listener {
	char name[16];
	struct notifier_block block;
	char rest[192 - 16 - sizeof(struct notifier_block)];
};

static u64 sink;

/* What is freed on another CPU than it was allocated on, nobody else gets. */
static void stay_here(void)
{
	set_cpus_allowed_ptr(current, cpumask_of(raw_smp_processor_id()));
}

/* Frees an object; somebody else gets its memory and fills it with text. */
static void give_away(void *object, size_t size)
{
	void *other = NULL;
	int i;

	kfree(object);
	for (i = 0; i < 4096 && other != object; i++)
		other = kmalloc(size, GFP_KERNEL);
	memset(other, 'A', size);
}

static void truth_stale(const void *object)
{
	truth("cause=use_after_free");
	truth("object=0x%px:kmalloc-192:allocated", object);
	truth("culprit=0x%px", object);
}

static crash_fn void crashme_expire(struct timer_list *timer)
{
	sink++;
}

/* A timer is freed while it runs. */
static void timer_freed(void)
{
	struct session *session;

	stay_here();
	session = kzalloc(sizeof(*session), GFP_KERNEL);
	timer_setup(&session->timer, crashme_expire, 0);
	mod_timer(&session->timer, jiffies + HZ);
	truth("kind=general_protection");
	truth("culprit=timer");
	truth_stale(session);
	give_away(session, sizeof(*session));
	msleep(5000);
}

static crash_fn void crashme_job(struct work_struct *work)
{
	sink++;
}

static crash_fn void crashme_long_job(struct work_struct *work)
{
	msleep(1000);
}

static DECLARE_WORK(long_job, crashme_long_job);

/* A work item is freed while it waits for its turn. */
static void work_freed(void)
{
	struct workqueue_struct *queue = alloc_ordered_workqueue("crashme_queue", 0);
	struct job *job;

	stay_here();
	job = kzalloc(sizeof(*job), GFP_KERNEL);
	INIT_WORK(&job->work, crashme_job);
	queue_work(queue, &long_job);
	msleep(200);
	queue_work(queue, &job->work);
	truth("kind=general_protection|null_dereference");
	truth("culprit=work item");
	truth_stale(job);
	give_away(job, sizeof(*job));
	msleep(5000);
}

static BLOCKING_NOTIFIER_HEAD(crashme_chain);

static crash_fn void crashme_notify(unsigned long event)
{
	blocking_notifier_call_chain(&crashme_chain, event, NULL);
	sink++;
}

static int crashme_listen(struct notifier_block *block, unsigned long event, void *data)
{
	return NOTIFY_OK;
}

static void notifier_freed(void)
{
	struct listener *listener;

	stay_here();
	listener = kzalloc(sizeof(*listener), GFP_KERNEL);
	listener->block.notifier_call = crashme_listen;
	blocking_notifier_chain_register(&crashme_chain, &listener->block);
	truth_here("general_protection", "");
	truth("trace=lost");
	truth("culprit=notifier");
	truth_stale(listener);
	give_away(listener, sizeof(*listener));
	crashme_notify(7);
}

/* RCU calls what was in a module that is gone. */
static void rcu_unloaded(void)
{
	struct route *route = kzalloc(sizeof(*route), GFP_KERNEL);

	truth("kind=page_fault|int3");
	truth("trace=lost");
	truth("cause=use_after_free");
	truth("culprit=qemu_fw_cfg");
	truth("culprit=RCU");
	call_rcu(&route->rcu, (rcu_callback_t)unloaded_function);
	msleep(5000);
}

struct chime {
	char name[16];
	struct hrtimer timer;
	char rest[192 - 16 - sizeof(struct hrtimer)];
};

static enum hrtimer_restart crashme_chime(struct hrtimer *timer)
{
	return HRTIMER_NORESTART;
}

/* As timer_freed, in the tree of those with high resolution. */
static void hrtimer_freed(void)
{
	struct chime *chime;

	stay_here();
	chime = kzalloc(sizeof(*chime), GFP_KERNEL);
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0)
	hrtimer_init(&chime->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	chime->timer.function = crashme_chime;
#else
	hrtimer_setup(&chime->timer, crashme_chime, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
#endif
	hrtimer_start(&chime->timer, ms_to_ktime(1000), HRTIMER_MODE_REL);
	truth("kind=general_protection|page_fault|null_dereference");
	truth("trace=lost");
	truth_stale(chime);
	truth("culprit=timer");
	give_away(chime, sizeof(*chime));
	msleep(5000);
}

struct poll {
	char name[16];
	struct delayed_work work;
	char rest[256 - 16 - sizeof(struct delayed_work)];
};

/* Freed before its time has come, and somebody else's now, who keeps it blank. */
static void delayed_freed(void)
{
	struct poll *poll;
	void *other = NULL;
	int i;

	stay_here();
	poll = kzalloc(sizeof(*poll), GFP_KERNEL);
	INIT_DELAYED_WORK(&poll->work, crashme_job);
	schedule_delayed_work(&poll->work, HZ);
	truth("kind=general_protection|page_fault|null_dereference|warn");
	truth("trace=lost");
	truth("cause=use_after_free");
	truth("culprit=0x%px", poll);
	kfree(poll);
	for (i = 0; i < 4096 && other != poll; i++)
		other = kzalloc(sizeof(*poll), GFP_KERNEL);
	msleep(5000);
}

/* A timer that a module left running when it went. */
static void timer_unloaded(void)
{
	struct session *session = kzalloc(sizeof(*session), GFP_KERNEL);

	timer_setup(&session->timer, (void (*)(struct timer_list *))unloaded_function, 0);
	mod_timer(&session->timer, jiffies + HZ / 2);
	truth("kind=page_fault|int3");
	truth("trace=lost");
	truth("cause=use_after_free");
	truth("culprit=qemu_fw_cfg");
	truth("culprit=timer");
	msleep(5000);
}

/* A thread of a module that is gone. */
static void thread_unloaded(void)
{
	struct task_struct *task =
		kthread_create((int (*)(void *))unloaded_function, NULL, "crashme_orphan");

	truth("kind=page_fault|int3");
	truth("trace=lost");
	truth("cause=use_after_free");
	truth("culprit=qemu_fw_cfg");
	truth("culprit=crashme_orphan/%d", task->pid);
	wake_up_process(task);
	msleep(5000);
}

static crash_fn void crashme_drop(struct sk_buff *skb)
{
	kfree_skb(skb);
	sink++;
}

/* A packet is dropped by two who think it theirs. */
static void skb_twice(void)
{
	struct sk_buff *skb = alloc_skb(256, GFP_KERNEL);

	truth("kind=bug|null_dereference"); /* v6.12 meets what is blank first */
	truth("culprit=crashme_drop");
	truth("culprit=free");
	truth("innocent=NULL");
	crashme_drop(skb);
	crashme_drop(skb);
}

static crash_fn void crashme_put_inode(struct inode *inode)
{
	iput(inode);
	sink++;
}

/* Of a file system that has nothing of its own in an inode. */
static void inode_twice(void)
{
	struct vfsmount *mount = kern_mount(get_fs_type("ramfs"));
	struct inode *inode;

	if (IS_ERR(mount))
		return;
	inode = new_inode(mount->mnt_sb);
	truth_here("bug", "");
	truth("caller=crashme_put_inode");
	truth("culprit=crashme_put_inode");
	rcu_read_lock(); /* it is freed after a grace period */
	crashme_put_inode(inode);
	crashme_put_inode(inode);
}

const struct crash stale_crashes[] = {{"timer_freed", timer_freed},
				      {"work_freed", work_freed},
				      {"notifier_freed", notifier_freed},
				      {"rcu_unloaded", rcu_unloaded},
				      {"hrtimer_freed", hrtimer_freed},
				      {"delayed_freed", delayed_freed},
				      {"timer_unloaded", timer_unloaded},
				      {"thread_unloaded", thread_unloaded},
				      {"skb_twice", skb_twice},
				      {"inode_twice", inode_twice},
				      {}};
