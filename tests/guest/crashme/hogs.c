// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who eats the memory: each hog takes all but a little of it and is done; whoever asks for more
 * afterwards meets the OOM killer, and is not to blame.
 */
#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "crashme.h"

#define LEFT (24ul << 20 >> PAGE_SHIFT) /* pages */

static bool is_left(void)
{
	return global_zone_page_state(NR_FREE_PAGES) > LEFT;
}

struct leaked {
	struct leaked *next;
	void (*release)(struct leaked *leaked);
	char rest[1008];
};

static struct leaked *leaked;

static crash_fn void crashme_release(struct leaked *object)
{
	kfree(object);
}

static crash_fn void crashme_leak(void)
{
	struct leaked *object = kmalloc(sizeof(*object), GFP_KERNEL);

	object->next = leaked;
	object->release = crashme_release;
	leaked = object;
}

static void truth_hog(const char *what)
{
	truth("cause=out_of_memory");
	truth("kind=out_of_memory");
	truth("culprit=%s", what);
}

static void hog_slab(void)
{
	truth_hog("-1k");
	truth("culprit=[crashme]");
	while (is_left())
		crashme_leak();
}

static crash_fn void crashme_leak_vmalloc(void)
{
	vmalloc(256 << 10);
	barrier();
}

static void hog_vmalloc(void)
{
	truth_hog("vmalloc");
	truth("culprit=crashme_leak_vmalloc");
	while (is_left())
		crashme_leak_vmalloc();
}

static void hog_percpu(void)
{
	truth_hog("per-CPU");
	while (is_left())
		__alloc_percpu(16 << 10, 8);
}

static crash_fn void crashme_leak_pages(void)
{
	alloc_pages(GFP_KERNEL, 2);
	barrier();
}

/* Pages that nobody has a list of. */
static void hog_pages(void)
{
	truth_hog("no counter knows");
	while (is_left())
		crashme_leak_pages();
}

/* Nobody's page tables but this task's, which stays: one page of them for every 2 MiB read. */
static void hog_tables(void)
{
	unsigned long at = 0, end = 0;
	char byte;

	truth_hog("page tables");
	truth("culprit=%s/%d", current->comm, current->tgid);
	for (; is_left(); at += 2 << 20) {
		if (at >= end) {
			at = vm_mmap(NULL, 0, 1ul << 36, PROT_READ,
				     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, 0);
			if (IS_ERR_VALUE(at))
				break;
			end = at + (1ul << 36);
		}
		if (get_user(byte, (char __user *)at))
			break;
	}
	truth("eaten=1");
	for (;;)
		msleep(1000);
}

const struct crash hog_crashes[] = {{"hog_slab", hog_slab},	{"hog_vmalloc", hog_vmalloc},
				    {"hog_percpu", hog_percpu}, {"hog_pages", hog_pages},
				    {"hog_tables", hog_tables}, {}};
