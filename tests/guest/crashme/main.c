// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The door: writing the name of a crash to /proc/crashme crashes the kernel that way.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "crashme.h"

static const struct crash *const tables[] = {
	fault_crashes,	 lock_crashes,	 memory_crashes,  hang_crashes,	     call_crashes,
	link_crashes,	 silent_crashes, context_crashes, hog_crashes,	     stall_crashes,
	stale_crashes,	 misuse_crashes, self_crashes,	  twice_crashes,     gone_crashes,
	given_crashes,	 circle_crashes, spin_crashes,	  wait_crashes,	     holder_crashes,
	crossed_crashes, unmade_crashes, strayed_crashes, subsystem_crashes, lifetime_crashes};

void truth_here(const char *kind, const char *function)
{
	truth("kind=%s", kind);
	truth("symbol=%s", function);
	truth("pid=%d", current->pid);
	truth("tgid=%d", current->tgid);
	truth("comm=%s", current->comm);
	truth("task=0x%px", current);
	truth("cpu=%d", raw_smp_processor_id());
}

static const struct crash *find_crash(const char *name)
{
	const struct crash *crash;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (crash = tables[i]; crash->name; crash++)
			if (!strcmp(crash->name, name))
				return crash;
	return NULL;
}

static crash_fn ssize_t crashme_write(struct file *file, const char __user *from, size_t size,
				      loff_t *at)
{
	const struct crash *crash;
	char name[32] = "";

	if (size >= sizeof(name) || copy_from_user(name, from, size))
		return -EINVAL;
	crash = find_crash(strim(name));
	if (!crash)
		return -ENOENT;
	truth("case=%s", crash->name);
	crash->run();
	return size;
}

static int crashme_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_ops = &crashme_vm_ops;
	return 0;
}

static const struct proc_ops crashme_ops = {
	.proc_write = crashme_write,
	.proc_mmap = crashme_mmap,
};

static int __init crashme_init(void)
{
	return proc_create("crashme", 0600, NULL, &crashme_ops) ? 0 : -ENOMEM;
}

module_init(crashme_init);
MODULE_DESCRIPTION("crashes the kernel in known ways, for testing crash dump analysis");
MODULE_LICENSE("GPL");
