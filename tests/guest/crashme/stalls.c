// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What keeps a machine from going on though no lock of its own kind says so: a page that stays locked,
 * a CPU's pool of workers behind one item, real-time tasks and those they starve, RCU.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/sysrq.h>
#include <linux/version.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "crashme.h"

#define BUSY_CPU 1

static DECLARE_WAIT_QUEUE_HEAD(crashme_never_woken);
static bool crashme_done; /* never */

/* --- a page ----------------------------------------------------------------------------------- */

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 16, 0)
static struct page *lock_first_page(struct address_space *mapping)
{
	return find_lock_page(mapping, 0);
}
#else
static struct folio *lock_first_page(struct address_space *mapping)
{
	struct folio *folio = filemap_lock_folio(mapping, 0);

	return IS_ERR(folio) ? NULL : folio;
}
#endif

static crash_fn void crashme_wait_with_page(void *page)
{
	truth("lock=0x%px:page_lock", page);
	truth("holder=0x%px:%d:exclusive", page, current->pid);
	wait_event(crashme_never_woken, READ_ONCE(crashme_done));
	truth("page=0x%px", page); /* not reached: it is kept for this */
}

static crash_fn int crashme_keep_page(void *unused)
{
	struct file *file = filp_open("/mnt/a", O_RDONLY, 0);
	void *page = IS_ERR(file) ? NULL : lock_first_page(file->f_mapping);

	if (page)
		crashme_wait_with_page(page);
	return 0;
}

static void page_held(void)
{
	int pid = kthread_run(crashme_keep_page, NULL, "crashme_keeps")->pid;

	truth("root=%d", pid);
	truth("culprit=crashme_keeps/%d", pid);
	truth("culprit=page");
	msleep(500);
}

/* --- work ------------------------------------------------------------------------------------- */

/* It never sleeps, so the pool thinks that it goes on, and lets no other worker begin. */
static crash_fn void crashme_spin_work(struct work_struct *work)
{
	preempt_disable();
	for (;;)
		udelay(100);
}

static crash_fn void crashme_late_work(struct work_struct *work)
{
}

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#define PER_CPU 0
#else
#define PER_CPU WQ_PERCPU
#endif

#define LATE_WORKS 3

static void wq_pool(void)
{
	static struct work_struct first, late[LATE_WORKS];
	struct workqueue_struct *queue = alloc_workqueue("crashme_percpu", WQ_HIGHPRI | PER_CPU, 0);
	int i;

	truth("cause=hang");
	truth("culprit=crashme_spin_work");
	truth("culprit=CPU %d", BUSY_CPU);
	truth("culprit=%d work items", LATE_WORKS);
	set_cpus_allowed_ptr(current, cpumask_of(0));
	INIT_WORK(&first, crashme_spin_work);
	queue_work_on(BUSY_CPU, queue, &first);
	msleep(500);
	for (i = 0; i < LATE_WORKS; i++) {
		INIT_WORK(&late[i], crashme_late_work);
		queue_work_on(BUSY_CPU, queue, &late[i]);
	}
	msleep(8000);
}

/* --- real-time tasks -------------------------------------------------------------------------- */

static struct task_struct *crashme_hog;

/* Where it has its turn though the hog is ready, the hog is throttled: it asks for the dump then. */
static crash_fn int crashme_take_turns(void *unused)
{
	unsigned long end = jiffies + 4 * HZ;

	while (!READ_ONCE(crashme_hog) || time_before(jiffies, end)) {
		udelay(20);
		cond_resched();
	}
	handle_sysrq('c');
	return 0;
}

static crash_fn int crashme_run_always(void *unused)
{
	sched_set_fifo(current);
	for (;;) {
		udelay(100);
		cond_resched();
	}
	return 0;
}

static struct task_struct *start_on(int (*play)(void *), const char *name)
{
	struct task_struct *task = kthread_create(play, NULL, "%s", name);

	kthread_bind(task, BUSY_CPU);
	wake_up_process(task);
	return task;
}

static crash_fn void rt_throttled(void)
{
	struct task_struct *hog, *other;

	set_cpus_allowed_ptr(current, cpumask_of(0));
	other = start_on(crashme_take_turns, "crashme_turns");
	msleep(200);
	hog = start_on(crashme_run_always, "crashme_hog");
	truth("kind=sysrq");
	truth("comm=%s", other->comm);
	truth("pid=%d", other->pid);
	truth("cause=hang");
	truth("culprit=crashme_hog/%d", hog->pid);
	truth("culprit=CPU %d", BUSY_CPU);
	truth("culprit=throttled");
	WRITE_ONCE(crashme_hog, hog);
	msleep(20000);
}

/* --- RCU -------------------------------------------------------------------------------------- */

static crash_fn int crashme_want_grace(void *unused)
{
	for (;;)
		synchronize_rcu();
	return 0;
}

static void pin_rcu_thread(void)
{
	struct task_struct *task, *found = NULL;

	rcu_read_lock();
	for_each_process(task) if (!strcmp(task->comm, "rcu_sched") ||
				   !strcmp(task->comm, "rcu_preempt")) found = task;
	rcu_read_unlock();
	truth("culprit=%s", found->comm);
	set_cpus_allowed_ptr(found, cpumask_of(BUSY_CPU));
}

/* The thread that ends grace periods does not get its CPU. */
static void rcu_starved(void)
{
	struct task_struct *hog;

	set_cpus_allowed_ptr(current, cpumask_of(0));
	pin_rcu_thread();
	kthread_run(crashme_want_grace, NULL, "crashme_wants");
	msleep(500);
	hog = start_on(crashme_run_always, "crashme_hog");
	truth("kind=rcu_stall");
	truth("culprit=crashme_hog/%d", hog->pid);
	truth("culprit=CPU %d", BUSY_CPU);
}

static crash_fn int crashme_read_for_ever(void *unused)
{
	rcu_read_lock();
	for (;;) {
		udelay(100);
		cond_resched();
	}
	return 0;
}

/* A reader that does not get its CPU any more. */
static void rcu_reader(void)
{
	struct task_struct *reader, *hog;

	set_cpus_allowed_ptr(current, cpumask_of(0));
	reader = start_on(crashme_read_for_ever, "crashme_reads");
	msleep(200);
	hog = start_on(crashme_run_always, "crashme_hog");
	kthread_run(crashme_want_grace, NULL, "crashme_wants");
	truth("kind=rcu_stall");
	truth("culprit=crashme_reads/%d", reader->pid);
	truth("culprit=crashme_read_for_ever");
	truth("culprit=crashme_hog/%d", hog->pid);
}

const struct crash stall_crashes[] = {{"page_held", page_held},	      {"wq_pool", wq_pool},
				      {"rt_throttled", rt_throttled}, {"rcu_starved", rcu_starved},
				      {"rcu_reader", rcu_reader},     {}};
