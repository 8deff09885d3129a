// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Calls through bad pointers, returns through overwritten stacks, and pointers that are no pointers.
 *
 * Truth: "culprit=words" must stand in the headline, "innocent=words" must not; "trace=lost" where the
 * kernel's own call trace goes astray.
 */
#include <linux/err.h>
#include <linux/kprobes.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "crashme.h"

struct lab_dev;

struct lab_ops {
	int (*open)(struct lab_dev *dev);
	int (*submit)(struct lab_dev *dev, u64 value);
	u64 rest[6];
};

struct lab_dev {
	const struct lab_ops *ops;
	char name[0x298];
	u64 depth; /* at 0x2a0 */
};

struct lab_entry {
	u64 value;
	u64 rest[4];
	struct list_head link;
};

static u64 sink;

/* --- calls ------------------------------------------------------------------------------------ */

static crash_fn u64 crashme_submit(struct lab_dev *dev, u64 value)
{
	return dev->ops->submit(dev, value) + dev->depth;
}

/* A device whose operation "submit" leads to target, which a single task calls. */
static struct lab_dev *make_device(u64 target)
{
	struct lab_dev *dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	struct lab_ops *ops = kzalloc(sizeof(*ops), GFP_KERNEL);

	ops->submit = (void *)target;
	dev->ops = ops;
	truth("object=0x%px:kmalloc-64:allocated", ops);
	truth("value_at=0x%px", &ops->submit);
	truth("culprit=crashme_submit");
	return dev;
}

static void truth_of_call(const char *kind, u64 target)
{
	truth_here(kind, "");
	truth("access=execute");
	truth("trace=lost");
	truth("fault_address=0x%016llx", target);
}

static void call_null(void)
{
	struct lab_dev *dev = make_device(0);

	truth_of_call("null_dereference", 0);
	truth("cause=null_dereference");
	truth("culprit=NULL");
	sink = crashme_submit(dev, 1);
}

/* Memory of the heap: blank, and not executable. */
static void call_heap(void)
{
	u64 target = (u64)kzalloc(256, GFP_KERNEL);
	struct lab_dev *dev = make_device(target);

	truth_of_call("page_fault", target);
	truth("cause=wild_pointer");
	truth("value=0x%016llx", target);
	truth("culprit=kmalloc-256");
	sink = crashme_submit(dev, 1);
}

static void call_stack(void)
{
	u64 room[8] = {};
	struct lab_dev *dev = make_device((u64)room);

	OPTIMIZER_HIDE_VAR(dev);
	barrier_data(room);
	truth_of_call("page_fault", (u64)room);
	truth("cause=wild_pointer");
	truth("culprit=stack");
	sink = crashme_submit(dev, 1);
}

/* The constant of an instruction is itself one: ud2. */
static crash_fn u64 crashme_innocent(void)
{
	u64 value;

	asm volatile("movabs $0x90900b0f90909090, %0" : "=r"(value));
	return value + sink;
}

static u64 inside_instruction(void)
{
	u8 *code = (u8 *)crashme_innocent;

	while (memcmp(code, "\x0f\x0b\x90\x90", 4))
		code++;
	return (u64)code;
}

static void call_middle(void)
{
	struct lab_dev *dev = make_device(inside_instruction());

	truth_here("invalid_opcode", "crashme_innocent");
	truth("module=crashme");
	truth("cause=wild_pointer");
	truth("innocent=flipped bit");
	sink += crashme_innocent();
	sink = crashme_submit(dev, 1);
}

/* A program's own code: the processor does not run it for the kernel. */
static void call_user(void)
{
	unsigned long at = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC,
				   MAP_PRIVATE | MAP_ANONYMOUS, 0);
	struct lab_dev *dev = make_device(at);

	if (IS_ERR_VALUE(at) || put_user(0xc3, (u8 __user *)at))
		return;
	truth_of_call("page_fault", at);
	truth("culprit=user");
	sink = crashme_submit(dev, 1);
}

/* The operations are freed and given to somebody else, who fills them with text. */
static void call_reused(void)
{
	struct lab_dev *dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	struct lab_ops *ops = kzalloc(sizeof(*ops), GFP_KERNEL);
	void *other = NULL;
	int i;

	dev->ops = ops;
	kfree(ops);
	for (i = 0; i < 4096 && other != ops; i++)
		other = kmalloc(sizeof(*ops), GFP_KERNEL);
	memset(other, 'A', sizeof(*ops));
	truth_here("general_protection", "");
	truth("trace=lost");
	truth("cause=use_after_free");
	truth("object=0x%px:kmalloc-64:allocated", ops);
	truth("culprit=crashme_submit");
	sink = crashme_submit(dev, 1);
}

/* Where a module's function was before it was unloaded; noted in one go, called in the next. */
u64 unloaded_function;

static void note_module(void)
{
	struct kprobe probe = {.symbol_name = "fw_cfg_sysfs_remove"};

	if (register_kprobe(&probe))
		return;
	unloaded_function = (u64)probe.addr;
	unregister_kprobe(&probe);
}

static void call_unloaded(void)
{
	struct lab_dev *dev = make_device(unloaded_function);

	truth_here("page_fault|int3", ""); /* since v6.13 such memory may stay, full of int3 */
	truth("trace=lost");
	truth("cause=use_after_free");
	truth("culprit=qemu_fw_cfg");
	sink = crashme_submit(dev, 1);
}

/* --- the stack -------------------------------------------------------------------------------- */

static const char text[] = "the quick brown fox jumps over the lazy dog; ";

static crash_fn void crashme_fill(char *buffer, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		buffer[i] = text[i % (sizeof(text) - 1)];
	sink++;
}

static crash_fn u64 crashme_smash(size_t size)
{
	char buffer[64];

	crashme_fill(buffer, size);
	return buffer[sink % sizeof(buffer)];
}

static void stack_smash(void)
{
	truth_here("stack_protector", "");
	truth("caller=crashme_smash");
	truth("trace=lost");
	truth("cause=memory_corruption");
	truth("culprit=crashme_smash");
	truth("culprit=the quick");
	sink = crashme_smash(64 + 16);
}

/* Upwards from a local variable of the caller, over the caller's own return address. */
static crash_fn void crashme_scribble(u64 *at, u64 value)
{
	while (*at - (u64)crashme_fill + 0x10000 > 0x20000)
		at++;
	truth("return_slot=0x%px", at);
	*at = value;
	sink++;
}

static crash_fn u64 crashme_victim(u64 value)
{
	u64 room[4] = {};

	crashme_scribble(room, value);
	return room[sink % 4];
}

static crash_fn u64 crashme_middle(u64 value)
{
	return crashme_victim(value) + value * 3;
}

static void return_text(void)
{
	truth_here("general_protection", "");
	truth("trace=lost");
	truth("cause=memory_corruption");
	truth("culprit=crashme_victim");
	sink = crashme_middle(0x4141414141414141ULL);
}

static void return_heap(void)
{
	u64 target = (u64)kzalloc(256, GFP_KERNEL);

	truth_of_call("page_fault", target);
	truth("cause=memory_corruption");
	truth("culprit=crashme_middle");
	sink = crashme_middle(target);
}

/* --- pointers that are none ------------------------------------------------------------------- */

static crash_fn u64 crashme_entry_value(struct list_head *link)
{
	return container_of(link, struct lab_entry, link)->value + 1;
}

static void null_minus(void)
{
	struct list_head *none = NULL;

	OPTIMIZER_HIDE_VAR(none);
	truth_here("page_fault", "crashme_entry_value");
	truth("module=crashme");
	truth("fault_address=0x%016lx", -offsetof(struct lab_entry, link));
	truth("cause=null_dereference");
	truth("culprit=NULL");
	truth("innocent=error pointer");
	sink = crashme_entry_value(none);
}

static crash_fn u64 crashme_depth(struct lab_dev *dev)
{
	return dev->depth + 1;
}

static void error_offset(void)
{
	struct lab_dev *dev = ERR_PTR(-EINVAL);

	OPTIMIZER_HIDE_VAR(dev);
	truth_here("null_dereference", "crashme_depth");
	truth("module=crashme");
	truth("fault_address=0x%016lx", (unsigned long)&dev->depth);
	truth("cause=null_dereference");
	truth("culprit=error pointer");
	truth("culprit=EINVAL");
	truth("innocent=NULL pointer");
	sink = crashme_depth(dev);
}

static crash_fn bool crashme_same_name(struct lab_dev *dev, const char *name)
{
	return !strcmp((const char *)dev->depth, name);
}

static void string_wild(void)
{
	struct lab_dev *dev = kzalloc(sizeof(*dev), GFP_KERNEL);

	dev->depth = PAGE_OFFSET - 0x1c0de000UL;
	truth_here("page_fault", "strcmp");
	truth("fault_address=0x%016llx", dev->depth);
	truth("culprit=crashme_same_name");
	truth("object=0x%px:kmalloc-1k:allocated", dev);
	sink = crashme_same_name(dev, text);
}

const struct crash call_crashes[] = {{"call_null", call_null},
				     {"call_heap", call_heap},
				     {"call_stack", call_stack},
				     {"call_middle", call_middle},
				     {"call_reused", call_reused},
				     {"note_module", note_module},
				     {"call_unloaded", call_unloaded},
				     {"call_user", call_user},
				     {"stack_smash", stack_smash},
				     {"return_text", return_text},
				     {"return_heap", return_heap},
				     {"null_minus", null_minus},
				     {"error_offset", error_offset},
				     {"string_wild", string_wild},
				     {}};
