// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Done twice: added to where it is, taken from where it is no more, given back once too often.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kobject.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timer.h>

#include "crashme.h"

static u64 sink;

struct lab_session {
	char name[16];
	struct timer_list timer;
};

struct lab_member {
	struct list_head link;
	struct hlist_node hash;
	u64 value[4];
};

struct lab_twig {
	struct rb_node node;
	u64 key;
};

static crash_fn void crashme_expired(struct timer_list *unused)
{
	sink++;
}

static crash_fn void crashme_arm(struct lab_session *session)
{
	add_timer(&session->timer);
	sink++;
}

/* add_timer() is for timers that do not run. */
static void timer_twice(void)
{
	struct lab_session *session = kzalloc(sizeof(*session), GFP_KERNEL);

	timer_setup(&session->timer, crashme_expired, 0);
	session->timer.expires = jiffies + 100 * HZ;
	truth_here("bug|warn", "");
	truth("caller=crashme_arm");
	truth("culprit=crashme_arm");
	crashme_arm(session);
	crashme_arm(session);
}

static crash_fn void crashme_enlist(struct lab_member *member, struct list_head *list)
{
	list_add(&member->link, list);
	sink++;
}

static void list_twice(void)
{
	struct lab_member *member = kzalloc(sizeof(*member), GFP_KERNEL);
	LIST_HEAD(list);

	truth_here("bug", "");
	truth("caller=crashme_enlist");
	truth("culprit=crashme_enlist");
	truth("culprit=0x%px", member);
	crashme_enlist(member, &list);
	crashme_enlist(member, &list);
}

static crash_fn void crashme_unhash(struct lab_member *member)
{
	hlist_del(&member->hash);
	sink++;
}

/* Chains are not checked: the poison of the first time is followed. */
static void unhash_twice(void)
{
	struct lab_member *member = kzalloc(sizeof(*member), GFP_KERNEL);
	struct hlist_head *bucket = kzalloc(sizeof(*bucket), GFP_KERNEL);

	hlist_add_head(&member->hash, bucket);
	truth_here("general_protection", "crashme_unhash");
	truth("module=crashme");
	truth("object=0x%px:kmalloc-64:allocated", member);
	truth("culprit=crashme_unhash");
	truth("culprit=deleted");
	crashme_unhash(member);
	crashme_unhash(member);
}

#define TWIGS 15

static crash_fn void crashme_drop_twig(struct rb_root *root, struct lab_twig *twig)
{
	rb_erase(&twig->node, root);
	sink++;
}

static void insert_twig(struct rb_root *root, struct lab_twig *twig)
{
	struct rb_node **at = &root->rb_node, *parent = NULL;

	while (*at) {
		parent = *at;
		at = &parent->rb_right; /* they come in order */
	}
	rb_link_node(&twig->node, parent, at);
	rb_insert_color(&twig->node, root);
}

/* One of them leaves a tree without the sibling that it is balanced by. */
static void rb_twice(void)
{
	static struct rb_root root = RB_ROOT;
	struct lab_twig *twig[TWIGS];
	int i;

	for (i = 0; i < TWIGS; i++) {
		twig[i] = kzalloc(sizeof(**twig), GFP_KERNEL);
		twig[i]->key = i;
		insert_twig(&root, twig[i]);
	}
	truth_here("null_dereference|page_fault|general_protection", "");
	truth("caller=crashme_drop_twig");
	truth("culprit=crashme_drop_twig");
	for (i = 0; i < TWIGS; i++) {
		crashme_drop_twig(&root, twig[i]);
		crashme_drop_twig(&root, twig[i]);
	}
}

static crash_fn void crashme_put_kobject(struct kobject *kobject)
{
	kobject_put(kobject);
	sink++;
}

static void kobject_twice(void)
{
	struct kobject *kobject = kobject_create_and_add("crashme_kobject", kernel_kobj);

	truth_here("warn", "");
	truth("caller=crashme_put_kobject");
	truth("cause=use_after_free");
	truth("object=0x%px:kmalloc-64:free", kobject);
	truth("culprit=crashme_put_kobject");
	crashme_put_kobject(kobject);
	crashme_put_kobject(kobject);
	sink += (u64)kobject; /* who has it still knows it, as a driver's own device does */
}

static DECLARE_RWSEM(crashme_over_sem);

static crash_fn int crashme_write_over(void *unused)
{
	down_write(&crashme_over_sem);
	sink++;
	return 0;
}

/* A reader leaves twice: from then on readers seem to be inside, and nobody is. */
static void rwsem_over(void)
{
	int i, pid;

	down_read(&crashme_over_sem);
	up_read(&crashme_over_sem);
	up_read(&crashme_over_sem);
	truth("cause=hang");
	truth("lock=0x%px:rwsem", &crashme_over_sem);
	for (i = 0; i < 2; i++) {
		pid = kthread_run(crashme_write_over, NULL, "crashme_writes")->pid;
		truth("waiter=0x%px:%d:write", &crashme_over_sem, pid);
		msleep(200);
	}
	truth("culprit=crashme_over_sem");
	truth("culprit=released");
}

static crash_fn void crashme_close(struct file *file)
{
	filp_close(file, NULL);
	sink++;
}

static void close_twice(void)
{
	struct file *file = filp_open("/init", O_RDONLY, 0);

	truth_here("bug", "");
	truth("caller=crashme_close");
	truth("culprit=crashme_close");
	if (IS_ERR(file))
		return;
	crashme_close(file);
	crashme_close(file);
}

const struct crash twice_crashes[] = {{"timer_twice", timer_twice},	{"list_twice", list_twice},
				      {"unhash_twice", unhash_twice},	{"rb_twice", rb_twice},
				      {"kobject_twice", kobject_twice}, {"rwsem_over", rwsem_over},
				      {"close_twice", close_twice},	{}};
