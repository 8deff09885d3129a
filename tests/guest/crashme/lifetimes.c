// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What lives shorter or longer than its user thinks: pages, callbacks, wait queues, devices, a task's own parts.
 */
#include <linux/anon_inodes.h>
#include <linux/completion.h>
#include <linux/cred.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/idr.h>
#include <linux/interrupt.h>
#include <linux/jump_label.h>
#include <linux/kthread.h>
#include <linux/mempool.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/percpu-refcount.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>

#include "crashme.h"

static u64 sink;

static void truth_caller(const char *kind, const char *function)
{
	truth_here(kind, "");
	truth("caller=%s", function);
	truth("culprit=%s", function);
}

/* --- memory ------------------------------------------------------------------------------------ */

#define BUFFER_ORDER 4

static crash_fn void crashme_free_buffer(struct page *page)
{
	__free_pages(page, BUFFER_ORDER);
	sink++;
}

/* Pages that a driver gave a mapping of its own, which it forgets to take away. */
static void page_mapping_left(void)
{
	struct page *page = alloc_pages(GFP_KERNEL, BUFFER_ORDER);

	truth_caller("panic", "crashme_free_buffer");
	truth("culprit=mapping");
	page->mapping = kzalloc(512, GFP_KERNEL);
	crashme_free_buffer(page);
}

static mempool_t *crashme_pool;

static void *no_element(gfp_t flags, void *data)
{
	return READ_ONCE(sink) ? NULL : kmalloc(256, flags);
}

static void drop_element(void *element, void *data)
{
	kfree(element);
}

static crash_fn void crashme_take_element(void)
{
	mempool_alloc(crashme_pool, GFP_NOIO);
	barrier();
}

static crash_fn int crashme_take_elements(void *unused)
{
	int i;

	sink = 1;
	for (i = 0; i < 5; i++)
		crashme_take_element();
	return 0;
}

/* A pool of four; who takes them returns none, and takes a fifth. */
static void pool_empty(void)
{
	int pid;

	crashme_pool = mempool_create(4, no_element, drop_element, NULL);
	pid = kthread_run(crashme_take_elements, NULL, "crashme_takes")->pid;
	truth("cause=hang");
	truth("culprit=crashme_takes/%d", pid);
	truth("culprit=mempool");
	msleep(1000);
}

struct lab_view {
	void *area;
	struct rcu_head rcu;
};

static crash_fn void crashme_drop_view(struct rcu_head *rcu)
{
	struct lab_view *view = container_of(rcu, struct lab_view, rcu);

	vunmap(view->area);
	kfree(view);
}

/* An RCU callback runs in an interrupt, where nothing is unmapped. */
static void vunmap_rcu(void)
{
	struct lab_view *view = kzalloc(sizeof(*view), GFP_KERNEL);
	struct page *page = alloc_page(GFP_KERNEL);

	view->area = vmap(&page, 1, VM_MAP, PAGE_KERNEL);
	truth("kind=bug");
	truth("caller=crashme_drop_view");
	truth("culprit=crashme_drop_view");
	call_rcu(&view->rcu, crashme_drop_view);
	msleep(5000);
}

static crash_fn void crashme_drop_mm(struct mm_struct *mm)
{
	mmdrop(mm);
	sink++;
}

/* The caller's own address space is given back while he runs in it. */
static void mm_over(void)
{
	int i;

	truth_caller("warn", "crashme_drop_mm");
	truth("culprit=%s/%d", current->comm, current->pid);
	for (i = 0; i < 8; i++)
		crashme_drop_mm(current->mm);
}

/* --- callbacks and wait queues ----------------------------------------------------------------- */

struct lab_entry {
	char name[16];
	struct rcu_head rcu;
	char rest[200];
};

static crash_fn void crashme_entry_gone(struct rcu_head *rcu)
{
	sink++;
}

/* Two who remove an entry hand it to RCU, both. */
static void rcu_twice(void)
{
	struct lab_entry *entry = kzalloc(sizeof(*entry), GFP_KERNEL);

	truth("kind=null_dereference|call_null|page_fault");
	truth("culprit=0x%px", entry);
	truth("culprit=twice");
	strcpy(entry->name, "route 7");
	preempt_disable();
	call_rcu(&entry->rcu, crashme_entry_gone);
	call_rcu(&entry->rcu, crashme_entry_gone);
	preempt_enable();
	msleep(10000);
}

static DECLARE_COMPLETION(crashme_reset_done);

static crash_fn int crashme_await_reset(void *unused)
{
	wait_for_completion(&crashme_reset_done);
	sink++;
	return 0;
}

/* A second reset makes the completion anew that the first still waits for. */
static void completion_remade(void)
{
	int pid = kthread_run(crashme_await_reset, NULL, "crashme_awaits")->pid;

	msleep(500);
	init_completion(&crashme_reset_done);
	complete(&crashme_reset_done);
	truth("cause=hang");
	truth("culprit=crashme_awaits/%d", pid);
	truth("culprit=crashme_reset_done");
	truth("culprit=initialised");
}

struct lab_queue {
	char name[16];
	wait_queue_head_t wait;
	char rest[216];
};

static struct lab_queue *queue;

static crash_fn int crashme_poll_queue(void *unused)
{
	DEFINE_WAIT(wait);

	prepare_to_wait(&queue->wait, &wait, TASK_UNINTERRUPTIBLE);
	schedule_timeout(HZ);
	finish_wait(&queue->wait, &wait);
	return 0;
}

/* An object goes while somebody sleeps on it; he wakes up and takes himself from its list. */
static void head_freed(void)
{
	struct lab_queue *mine = kzalloc(sizeof(*mine), GFP_KERNEL);
	char *next[64];
	int i;

	BUILD_BUG_ON(sizeof(*mine) != 256);
	queue = mine;
	init_waitqueue_head(&queue->wait);
	kthread_run(crashme_poll_queue, NULL, "crashme_polls");
	msleep(200);
	truth("kind=bug|null_dereference|general_protection|page_fault");
	truth("caller=crashme_poll_queue");
	truth("culprit=crashme_poll_queue");
	truth("culprit=0x%px", mine);
	kfree(mine);
	for (i = 0; i < 64; i++) {
		next[i] = kmalloc(256, GFP_KERNEL);
		memset(next[i], 'n', 256);
	}
	msleep(10000);
	sink += (u64)next[sink % 64];
}

static DECLARE_RWSEM(crashme_config_sem);

static crash_fn void crashme_relax_sem(void)
{
	down_read(&crashme_config_sem);
	downgrade_write(&crashme_config_sem);
	up_read(&crashme_config_sem);
	sink++;
}

static crash_fn int crashme_write_config(void *unused)
{
	down_write(&crashme_config_sem);
	sink++;
	return 0;
}

/* What was taken for reading is downgraded as if it had been for writing. */
static void rwsem_graded(void)
{
	int i, pid;

	crashme_relax_sem();
	truth("cause=hang");
	truth("lock=0x%px:rwsem", &crashme_config_sem);
	for (i = 0; i < 2; i++) {
		pid = kthread_run(crashme_write_config, NULL, "crashme_writes")->pid;
		truth("waiter=0x%px:%d:write", &crashme_config_sem, pid);
		msleep(200);
	}
	truth("culprit=crashme_config_sem");
	truth("culprit=nobody");
}

/* --- numbers, switches, devices ---------------------------------------------------------------- */

static DEFINE_IDA(crashme_ids);

static crash_fn void crashme_drop_id(int id)
{
	ida_free(&crashme_ids, id);
	sink++;
}

static void ida_twice(void)
{
	int id = ida_alloc_min(&crashme_ids, 77, GFP_KERNEL);

	truth_caller("warn", "crashme_drop_id");
	truth("culprit=77");
	crashme_drop_id(id);
	crashme_drop_id(id);
}

static DEFINE_STATIC_KEY_FALSE(crashme_feature);

static crash_fn void crashme_disable_feature(void)
{
	static_branch_dec(&crashme_feature);
	sink++;
}

static void key_under(void)
{
	int i;

	truth_caller("warn", "crashme_disable_feature");
	truth("culprit=crashme_feature");
	for (i = 0; i < 4; i++)
		crashme_disable_feature();
}

static crash_fn void crashme_remove_device(struct device *device)
{
	device_del(device);
	sink++;
}

static void no_release(struct device *device)
{
}

static struct device *new_device(void (*release)(struct device *device))
{
	struct device *device = kzalloc(sizeof(*device), GFP_KERNEL);

	device_initialize(device);
	device->parent = root_device_register("crashme_root");
	device->release = release;
	dev_set_name(device, "crashme_port7");
	if (device_add(device))
		pr_err("crashme: no device\n");
	return device;
}

static void device_twice(void)
{
	struct device *device = new_device(no_release);

	truth_caller("null_dereference|warn|general_protection|bug|page_fault",
		     "crashme_remove_device");
	truth("culprit=crashme_port7");
	crashme_remove_device(device);
	crashme_remove_device(device);
}

static crash_fn void crashme_put_last(struct device *device)
{
	put_device(device);
	sink++;
}

static void release_missing(void)
{
	struct device *device = new_device(NULL);

	device_del(device);
	truth_caller("warn", "crashme_put_last");
	truth("culprit=crashme_port7");
	crashme_put_last(device);
}

static crash_fn void crashme_let_module(void)
{
	module_put(THIS_MODULE);
	sink++;
}

static void module_over(void)
{
	int i;

	truth_caller("warn", "crashme_let_module");
	for (i = 0; i < 8; i++)
		crashme_let_module();
}

static void refs_gone(struct percpu_ref *ref)
{
	sink++;
}

static crash_fn void crashme_kill_refs(struct percpu_ref *ref)
{
	percpu_ref_kill(ref);
	sink++;
}

static void refs_killed_twice(void)
{
	static struct percpu_ref refs;

	if (percpu_ref_init(&refs, refs_gone, 0, GFP_KERNEL))
		return;
	truth_caller("warn", "crashme_kill_refs");
	percpu_ref_get(&refs);
	crashme_kill_refs(&refs);
	crashme_kill_refs(&refs);
}

/* --- a task's own ------------------------------------------------------------------------------ */

static crash_fn void crashme_drop_cred(const struct cred *cred)
{
	put_cred(cred);
	sink++;
}

static void cred_over(void)
{
	int i;

	truth_caller("bug|warn", "crashme_drop_cred");
	truth("culprit=%s/%d", current->comm, current->pid);
	for (i = 0; i < 64; i++)
		crashme_drop_cred(current->cred);
}

static crash_fn int crashme_release_session(struct inode *inode, struct file *file)
{
	sink = (u64)READ_ONCE(current->nsproxy->net_ns);
	return 0;
}

static const struct file_operations session_ops = {
	.owner = THIS_MODULE,
	.release = crashme_release_session,
};

/* A file's last user ends: by the time the file is released he has no namespaces any more. */
static void nsproxy_gone(void)
{
	truth_here("null_dereference", "crashme_release_session");
	truth("module=crashme");
	truth("culprit=crashme_release_session");
	truth("culprit=nsproxy");
	if (anon_inode_getfd("crashme", &session_ops, NULL, 0) < 0)
		pr_err("crashme: no file\n");
}

struct lab_command {
	u64 words[16];
};

static struct lab_command *in_flight;

static crash_fn void crashme_device_answers(struct timer_list *unused)
{
	memset(in_flight, 'D', sizeof(*in_flight));
}

static DEFINE_TIMER(answering, crashme_device_answers);

static crash_fn void crashme_start_command(void)
{
	struct lab_command command;

	in_flight = &command;
	barrier_data(&command);
	mod_timer(&answering, jiffies + HZ);
}

static crash_fn int crashme_rest_after(void)
{
	msleep(3000);
	return sink++;
}

static crash_fn int crashme_command(void *unused)
{
	crashme_start_command();
	return crashme_rest_after();
}

/* A device answers into a buffer on the stack of who has given up waiting. */
static void stack_late(void)
{
	int pid = kthread_run(crashme_command, NULL, "crashme_commands")->pid;

	truth("kind=general_protection|page_fault|double_fault|panic");
	truth("trace=lost");
	truth("culprit=stack");
	truth("culprit=crashme_commands/%d", pid);
	msleep(20000);
}

struct lab_job {
	u64 state;
	u64 size;
};

static crash_fn void crashme_name_jobs(void)
{
	char names[512];
	int i;

	for (i = 0; i < 512; i += 8)
		memcpy(names + i, "job no. ", 8);
	barrier_data(names);
}

/* Which of the job's branches sets it is not for the compiler to know. */
static crash_fn void crashme_finish_job(int how)
{
	struct lab_job *job[40];

	barrier_data(job);
	if (how > 3)
		job[20] = NULL;
	sink = READ_ONCE(job[20]->size);
}

static void stack_stale(void)
{
	truth_here("general_protection|page_fault", "crashme_finish_job");
	truth("module=crashme");
	truth("culprit=crashme_finish_job");
	truth("culprit=stack");
	crashme_name_jobs();
	crashme_finish_job(1);
}

static void crashme_tasklet(struct tasklet_struct *unused)
{
	sink++;
}

static DECLARE_TASKLET(crashme_port_tasklet, crashme_tasklet);

static crash_fn int crashme_close_tasklet(void *unused)
{
	tasklet_kill(&crashme_port_tasklet);
	sink++;
	return 0;
}

/* One that is disabled and due never runs; who ends it waits for that. */
static void tasklet_off(void)
{
	int pid;

	tasklet_disable(&crashme_port_tasklet);
	tasklet_schedule(&crashme_port_tasklet);
	pid = kthread_run(crashme_close_tasklet, NULL, "crashme_closes")->pid;
	truth("cause=hang");
	truth("culprit=crashme_closes/%d", pid);
	truth("culprit=crashme_port_tasklet");
	msleep(500);
}

static DECLARE_WAIT_QUEUE_HEAD(crashme_device_queue);

/* Another thread of its process, or its parent, waits for it to end. */
static crash_fn void crashme_wait_device(void)
{
	wait_event(crashme_device_queue, READ_ONCE(sink) == 1);
	sink++;
}

const struct crash lifetime_crashes[] = {{"page_mapping_left", page_mapping_left},
					 {"pool_empty", pool_empty},
					 {"vunmap_rcu", vunmap_rcu},
					 {"mm_over", mm_over},
					 {"rcu_twice", rcu_twice},
					 {"completion_remade", completion_remade},
					 {"head_freed", head_freed},
					 {"rwsem_graded", rwsem_graded},
					 {"ida_twice", ida_twice},
					 {"key_under", key_under},
					 {"device_twice", device_twice},
					 {"release_missing", release_missing},
					 {"module_over", module_over},
					 {"refs_killed_twice", refs_killed_twice},
					 {"cred_over", cred_over},
					 {"nsproxy_gone", nsproxy_gone},
					 {"stack_late", stack_late},
					 {"stack_stale", stack_stale},
					 {"tasklet_off", tasklet_off},
					 {"sleep_inside", crashme_wait_device},
					 {}};
