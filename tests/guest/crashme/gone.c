// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whom to wake, call or stop is no more: stacks that were left, threads that ended, queues that were
 * destroyed; and callbacks that are none.
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timer.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "crashme.h"

static u64 sink;

/* --- stacks ----------------------------------------------------------------------------------- */

static struct completion *published;

static crash_fn void crashme_ask_briefly(void)
{
	DECLARE_COMPLETION_ONSTACK(done);

	published = &done;
	wait_for_completion_timeout(&done, HZ / 10);
	sink++;
}

/* Uses the stack that the question stood on for something else. */
static crash_fn void crashme_go_on(void)
{
	char room[512];

	memset(room, 'A', sizeof(room));
	barrier_data(room);
	msleep(100000000);
	sink += room[sink % sizeof(room)];
}

static crash_fn int crashme_asks(void *unused)
{
	crashme_ask_briefly();
	crashme_go_on();
	return 0;
}

static crash_fn void crashme_answer_late(void)
{
	complete(published);
	sink++;
}

static void completion_gone(void)
{
	struct task_struct *asks = kthread_run(crashme_asks, NULL, "crashme_asks");

	msleep(500);
	truth("kind=page_fault|general_protection|rcu_stall");
	truth("culprit=crashme_answer_late");
	truth("culprit=stack of crashme_asks/%d", asks->pid);
	crashme_answer_late();
}

static DECLARE_WAIT_QUEUE_HEAD(crashme_wanted);

static crash_fn int crashme_forget_entry(void *unused)
{
	DECLARE_WAITQUEUE(wait, current);

	add_wait_queue(&crashme_wanted, &wait);
	msleep(50);
	return 0; /* and the entry stays in the queue */
}

static crash_fn int crashme_fill_stack(void *unused)
{
	char room[1800];

	memset(room, 'A', sizeof(room));
	barrier_data(room);
	msleep(100000);
	return room[sink % sizeof(room)];
}

static crash_fn void crashme_wake(void)
{
	wake_up(&crashme_wanted);
	sink++;
}

/* A thread ends while it stands in a wait queue; its stack is given to others. */
static void waiter_gone(void)
{
	int i;

	kthread_run(crashme_forget_entry, NULL, "crashme_forgets");
	msleep(500);
	for (i = 0; i < 8; i++)
		kthread_run(crashme_fill_stack, NULL, "crashme_fills");
	msleep(500);
	truth_here("general_protection|page_fault", "");
	truth("trace=lost");
	truth("culprit=crashme_wake");
	truth("culprit=crashme_wanted");
	crashme_wake();
}

/* --- threads and queues ----------------------------------------------------------------------- */

static crash_fn int crashme_is_done(void *unused)
{
	return 0;
}

static crash_fn void crashme_stop_late(struct task_struct *task)
{
	kthread_stop(task);
	sink++;
}

static void stop_finished(void)
{
	struct task_struct *task = kthread_run(crashme_is_done, NULL, "crashme_brief");

	msleep(1000);
	truth_here("warn", "");
	truth("caller=crashme_stop_late");
	truth("cause=use_after_free");
	truth("culprit=crashme_stop_late");
	truth("culprit=task_struct");
	crashme_stop_late(task);
}

static void crashme_nothing(struct work_struct *work)
{
}

static DECLARE_WORK(late_work, crashme_nothing);

static crash_fn void crashme_queue_late(struct workqueue_struct *queue)
{
	queue_work(queue, &late_work);
	sink++;
}

/* Its memory becomes somebody else's, whatever size it had. */
static void *get_memory_of(void *object)
{
	static const size_t sizes[] = {256, 512, 1024, 2048};
	void *other = NULL;
	int i, j;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		for (j = 0; j < 2048; j++) {
			other = kmalloc(sizes[i], GFP_KERNEL);
			if (other == object)
				return memset(other, 'B', sizes[i]);
		}
	return NULL;
}

static void queue_destroyed(void)
{
	struct workqueue_struct *queue = alloc_workqueue("crashme_queue", WQ_UNBOUND, 0);

	destroy_workqueue(queue);
	msleep(500);
	if (!get_memory_of(queue))
		pr_info("crashme: its memory is nobody's\n");
	truth_here("general_protection|page_fault|null_dereference|warn", "");
	truth("caller=crashme_queue_late");
	truth("cause=use_after_free");
	truth("culprit=crashme_queue_late");
	truth("culprit=0x%px", queue);
	crashme_queue_late(queue);
}

/* --- callbacks -------------------------------------------------------------------------------- */

struct lab_route {
	char name[16];
	struct rcu_head rcu;
	char rest[192 - 16 - sizeof(struct rcu_head)];
};

static void crashme_free_route(struct rcu_head *rcu)
{
}

static void rcu_wild(void)
{
	struct lab_route *route = kzalloc(sizeof(*route), GFP_KERNEL);

	truth("kind=page_fault");
	truth("trace=lost");
	truth("culprit=RCU");
	truth("culprit=0x%px", route);
	call_rcu(&route->rcu, crashme_free_route);
	route->rcu.func = kzalloc(192, GFP_KERNEL);
	msleep(5000);
}

struct lab_alarm {
	char name[16];
	struct timer_list timer;
	char rest[192 - 16 - sizeof(struct timer_list)];
};

static void crashme_ring(struct timer_list *timer)
{
}

static void timer_wild(void)
{
	struct lab_alarm *alarm = kzalloc(sizeof(*alarm), GFP_KERNEL);

	timer_setup(&alarm->timer, crashme_ring, 0);
	mod_timer(&alarm->timer, jiffies + HZ / 2);
	alarm->timer.function = kzalloc(192, GFP_KERNEL);
	truth("kind=page_fault");
	truth("trace=lost");
	truth("culprit=timer");
	truth("culprit=0x%px", alarm);
	msleep(5000);
}

const struct crash gone_crashes[] = {{"completion_gone", completion_gone},
				     {"waiter_gone", waiter_gone},
				     {"stop_finished", stop_finished},
				     {"queue_destroyed", queue_destroyed},
				     {"rcu_wild", rcu_wild},
				     {"timer_wild", timer_wild},
				     {}};
