// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The same bug met in other contexts than a task's own: what is to blame there is the timer, the
 * work item or the handler, never the task that happened to be current.
 *
 * Truth: "context=what:function": what the CPU was doing, and the function that stands for it.
 */
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/version.h>
#include <linux/workqueue.h>
#include <asm/nmi.h>

#include "crashme.h"

struct record {
	char name[0x110];
	u64 length; /* at 0x110 */
};

static struct record *record;

static crash_fn u64 crashme_record_length(struct record *record)
{
	return READ_ONCE(record->length) + 1;
}

/* The barrier keeps the caller on the stack. */
#define crashme_meet_null()                                                                        \
	do {                                                                                       \
		crashme_record_length(record);                                                     \
		barrier();                                                                         \
	} while (0)

static void truth_context(const char *context, const char *function)
{
	truth_here("null_dereference", "crashme_record_length");
	truth("module=crashme");
	truth("fault_address=0x%016lx", offsetof(struct record, length));
	truth("context=%s:%s", context, function);
}

static void truth_interrupted(const char *context, const char *function)
{
	truth_context(context, function);
	truth("culprit=%s", function);
	truth("innocent=%s/%d", current->comm, current->pid);
}

static crash_fn void crashme_queued(struct work_struct *unused)
{
	truth_context("work", "crashme_queued");
	truth("culprit=crashme_queued");
	crashme_meet_null();
}

static DECLARE_WORK(queued, crashme_queued);

static void null_queue(void)
{
	struct workqueue_struct *queue = alloc_workqueue("crashme_queue", WQ_UNBOUND, 0);

	truth("culprit=crashme_queue");
	queue_work(queue, &queued);
}

static crash_fn enum hrtimer_restart crashme_in_hrtimer(struct hrtimer *unused)
{
	truth_interrupted("hrtimer", "crashme_in_hrtimer");
	crashme_meet_null();
	return HRTIMER_NORESTART;
}

static struct hrtimer hrtimer;

static void null_hrtimer(void)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0)
	hrtimer_init(&hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	hrtimer.function = crashme_in_hrtimer;
#else
	hrtimer_setup(&hrtimer, crashme_in_hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
#endif
	hrtimer_start(&hrtimer, ms_to_ktime(20), HRTIMER_MODE_REL);
}

static crash_fn void crashme_in_tasklet(struct tasklet_struct *unused)
{
	truth_interrupted("tasklet", "crashme_in_tasklet");
	crashme_meet_null();
}

static DECLARE_TASKLET(tasklet, crashme_in_tasklet);

static void null_tasklet(void)
{
	tasklet_schedule(&tasklet);
}

static int crashme_in_thread(void *unused)
{
	truth_context("kthread", "crashme_in_thread");
	crashme_meet_null();
	return 0;
}

static void null_thread(void)
{
	kthread_run(crashme_in_thread, NULL, "crashme_thread");
}

static crash_fn int crashme_in_nmi(unsigned int type, struct pt_regs *regs)
{
	truth_interrupted("nmi", "crashme_in_nmi");
	crashme_meet_null();
	return NMI_HANDLED;
}

/* The button is pressed from outside. */
static void null_nmi(void)
{
	register_nmi_handler(NMI_LOCAL, crashme_in_nmi, 0, "crashme");
}

const struct crash context_crashes[] = {
	{"null_queue", null_queue},	{"null_hrtimer", null_hrtimer},
	{"null_tasklet", null_tasklet}, {"null_thread", null_thread},
	{"null_nmi", null_nmi},		{}};
