// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What was never made, was unmade too early, or is of another make than its user takes it for.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/semaphore.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "crashme.h"

static u64 sink;

static void truth_caller(const char *kind, const char *function)
{
	truth_here(kind, "");
	truth("caller=%s", function);
	truth("culprit=%s", function);
}

/* --- never made ------------------------------------------------------------------------------- */

struct lab_port {
	char name[16];
	wait_queue_head_t wait;
	struct work_struct work;
	struct semaphore slots;
	spinlock_t lock;
	char rest[256];
};

static struct lab_port *new_port(void)
{
	return kzalloc(sizeof(struct lab_port), GFP_KERNEL);
}

static crash_fn void crashme_wake_port(struct lab_port *port)
{
	wake_up(&port->wait);
	sink++;
}

static void wait_zeroed(void)
{
	struct lab_port *port = new_port();

	truth_caller("null_dereference", "crashme_wake_port");
	truth("culprit=0x%px", port);
	crashme_wake_port(port);
}

static crash_fn void crashme_start_port(struct lab_port *port)
{
	schedule_work(&port->work);
	sink++;
}

static void work_zeroed(void)
{
	struct lab_port *port = new_port();

	truth_caller("warn", "crashme_start_port");
	truth("culprit=0x%px", port);
	crashme_start_port(port);
}

static crash_fn void crashme_post_port(struct lab_port *port)
{
	up(&port->slots);
	sink++;
}

static void sema_zeroed(void)
{
	struct lab_port *port = new_port();

	truth_caller("null_dereference", "crashme_post_port");
	truth("culprit=0x%px", port);
	crashme_post_port(port);
}

/* --- on a stack that was left ------------------------------------------------------------------ */

static LIST_HEAD(crashme_members);

static crash_fn void crashme_join_briefly(void)
{
	struct list_head member;

	list_add_tail(&member, &crashme_members);
	sink++;
}

/* Uses the stack that the member stood on for something else. */
static crash_fn void crashme_use_stack(void)
{
	char room[512];

	memset(room, 'M', sizeof(room));
	barrier_data(room);
	msleep(100000000);
	sink += room[sink % sizeof(room)];
}

static crash_fn int crashme_joins(void *unused)
{
	crashme_join_briefly();
	crashme_use_stack();
	return 0;
}

static crash_fn void crashme_join(void)
{
	static struct list_head member;

	list_add_tail(&member, &crashme_members);
	sink++;
}

static void node_stack(void)
{
	struct task_struct *task = kthread_run(crashme_joins, NULL, "crashme_joins");

	msleep(500);
	truth_caller("bug|general_protection|page_fault", "crashme_join");
	truth("culprit=stack of crashme_joins/%d", task->pid);
	crashme_join();
}

static void crashme_beep(struct timer_list *timer)
{
	sink++;
}

static crash_fn void crashme_set_briefly(void)
{
	struct timer_list timer;

	timer_setup_on_stack(&timer, crashme_beep, 0);
	mod_timer(&timer, jiffies + HZ);
	sink++;
}

static crash_fn int crashme_sets_timer(void *unused)
{
	crashme_set_briefly();
	crashme_use_stack();
	return 0;
}

static void timer_stack(void)
{
	struct task_struct *task = kthread_run(crashme_sets_timer, NULL, "crashme_sets");

	truth("kind=general_protection|page_fault");
	truth("trace=lost");
	truth("culprit=timer");
	truth("culprit=stack of crashme_sets/%d", task->pid);
	msleep(5000);
}

/* --- given back too often ---------------------------------------------------------------------- */

static crash_fn int crashme_rests(void *unused)
{
	msleep(100000000);
	return 0;
}

static crash_fn void crashme_drop_task(struct task_struct *task)
{
	put_task_struct(task);
	sink++;
}

static void task_put(void)
{
	struct task_struct *task = kthread_run(crashme_rests, NULL, "crashme_rests");
	int i;

	msleep(200);
	truth_caller("warn", "crashme_drop_task");
	truth("culprit=crashme_rests/%d", task->pid);
	for (i = 0; i < 4; i++)
		crashme_drop_task(task);
}

static crash_fn void crashme_put_page(struct page *page)
{
	put_page(page);
	sink++;
}

/* A page of a process is given back once too often: it is free while the process has it mapped. */
static void page_over(void)
{
	unsigned long at = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, 0);
	struct page *page;
	int i;

	if (IS_ERR_VALUE(at) || get_user_pages_fast(at, 1, FOLL_WRITE, &page) != 1)
		return;
	truth_here("panic", "");
	truth("culprit=crashme_put_page");
	truth("culprit=mapped");
	for (i = 0; i < 4 && page_count(page) > 0; i++)
		crashme_put_page(page);
}

static crash_fn irqreturn_t crashme_handle(int irq, void *data)
{
	return IRQ_NONE;
}

static crash_fn void crashme_leave_irq(int irq, void *data)
{
	free_irq(irq, data);
	sink++;
}

static void irq_twice(void)
{
	if (request_irq(5, crashme_handle, IRQF_SHARED, "crashme", &sink))
		pr_err("crashme: no interrupt\n");
	truth_caller("warn", "crashme_leave_irq");
	truth("culprit=IRQ 5");
	crashme_leave_irq(5, &sink);
	crashme_leave_irq(5, &sink);
}

/* A name in a file system that is to go is still in somebody's hands. */
static void dentry_left(void)
{
	struct file *file = filp_open("/mnt/left_behind", O_RDWR | O_CREAT, 0600);

	if (IS_ERR(file))
		return;
	dget(file->f_path.dentry);
	fput(file);
	truth("kind=warn");
	truth("culprit=left_behind");
	truth("culprit=ramfs");
}

/* --- of another make --------------------------------------------------------------------------- */

struct lab_animal {
	char kind[8];
	struct list_head link;
};

struct lab_dog {
	struct lab_animal animal;
	void (*bark)(struct lab_dog *dog);
	char rest[216];
};

struct lab_cat {
	struct lab_animal animal;
	char name[224];
};

static LIST_HEAD(crashme_animals);

static crash_fn void crashme_bark(struct lab_dog *dog)
{
	sink++;
}

static crash_fn void crashme_bark_all(void)
{
	struct lab_dog *dog;

	list_for_each_entry(dog, &crashme_animals, animal.link)
	{
		dog->bark(dog);
		sink++;
	}
}

static void type_confused(void)
{
	struct lab_dog *dog = kzalloc(sizeof(*dog), GFP_KERNEL);
	struct lab_cat *cat = kzalloc(sizeof(*cat), GFP_KERNEL);

	dog->bark = crashme_bark;
	strcpy(cat->name, "Whiskers the second");
	list_add_tail(&dog->animal.link, &crashme_animals);
	list_add_tail(&cat->animal.link, &crashme_animals);
	truth_here("general_protection|page_fault", "");
	truth("trace=lost");
	truth("culprit=crashme_bark_all");
	truth("culprit=0x%px", cat);
	crashme_bark_all();
}

static crash_fn void crashme_fill_packet(struct sk_buff *packet)
{
	memset(skb_put(packet, 4000), 0, 4000);
	sink++;
}

static void skb_over(void)
{
	truth_caller("bug", "crashme_fill_packet");
	crashme_fill_packet(alloc_skb(512, GFP_KERNEL));
}

const struct crash unmade_crashes[] = {
	{"wait_zeroed", wait_zeroed},	  {"work_zeroed", work_zeroed},
	{"sema_zeroed", sema_zeroed},	  {"node_stack", node_stack},
	{"timer_stack", timer_stack},	  {"task_put", task_put},
	{"page_over", page_over},	  {"irq_twice", irq_twice},
	{"dentry_left", dentry_left},	  {"skb_over", skb_over},
	{"type_confused", type_confused}, {}};
