/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stack pointer that leads to no stack, and whether the task went to sleep with it. */
#include "fake_kernel.h"
#include "kernel/mm/owner.h"
#include "kernel/tasks/task.h"
#include "kernel/tasks/tasks.h"
#include "memory/stack_pointer.h"

#define TASK (FAKE_BASE + 0x1000)
#define STACK (FAKE_BASE + 0x8000)
#define OBJECT (FAKE_BASE + 0x10000) /* of the allocator */
#define PAGES (FAKE_BASE + 0x20000)  /* nobody's: a stack may be there */

#define OVERWRITTEN "; the one saved when reader/7 went to sleep was overwritten"

static struct task task;

void owner_find(struct kernel *of, uint64_t address, struct owner *ret)
{
	(void)of;
	*ret = (struct owner){.kind = OWNER_UNKNOWN, .address = address, .cpu = -1};
	if (address - OBJECT < 0x8000)
		ret->kind = OWNER_SLAB;
	else if (!memory_is_kernel(NULL, address))
		ret->kind = OWNER_NON_CANONICAL;
}

const struct task *tasks_by_pid(const struct tasks *tasks, int pid)
{
	(void)tasks;
	return pid == 7 ? &task : NULL;
}

static void start(uint64_t saved)
{
	fake_open(NULL);
	kernel.tasks = (struct tasks *)&fake; /* never looked into */
	task = (struct task){
		.address = TASK, .pid = 7, .comm = "reader", .stack = STACK, .stack_size = 0x4000};
	fake_u64(TASK + T_SP, saved);
}

/* The words for a crash of this task with this stack pointer, "" for none; the fake kernel is closed. */
static const char *words(const struct task *of, int pid, uint64_t sp)
{
	static char kept[200];
	struct crash crash = {.kernel = &kernel, .task = of, .pid = pid, .exception = true};
	_str_ struct str text = {0};
	struct blamed blamed = {0};

	regs_set(&crash.regs, REG_RSP, sp);
	kept[0] = '\0';
	if (stack_pointer_find(&crash, &blamed, &text)) {
		copy_string(kept, sizeof(kept), text.data);
		ck_assert_uint_eq(blamed.address, sp);
		ck_assert_str_eq(blamed.what, "stack_pointer");
	}
	fake_close();
	return kept;
}

START_TEST(an_object_is_no_stack)
{
	start(STACK + 0x3000);
	ck_assert_str_eq(words(&task, 7, OBJECT + 0x20),
			 "the stack pointer 0xffff888000010020 leads to no stack");
	start(STACK + 0x3000);
	ck_assert_str_eq(words(&task, 7, 0x4141414141414141),
			 "the stack pointer 0x4141414141414141 leads to no stack");
	start(STACK + 0x3000);
	ck_assert_str_eq(words(&task, 7, PAGES), "");
}
END_TEST

START_TEST(saved_with_it)
{
	start(OBJECT);
	ck_assert_ptr_nonnull(strstr(words(&task, 7, OBJECT + 0x20), OVERWRITTEN));
	start(OBJECT + 0x20); /* nothing was popped since */
	ck_assert_ptr_nonnull(strstr(words(&task, 7, OBJECT + 0x20), OVERWRITTEN));
	start(OBJECT);
	ck_assert_ptr_nonnull(strstr(words(NULL, 7, OBJECT + 0x20), OVERWRITTEN)); /* by its pid */
}
END_TEST

START_TEST(saved_elsewhere)
{
	start(OBJECT + 0x28); /* below the saved one: it was not popped from there */
	ck_assert_ptr_null(strstr(words(&task, 7, OBJECT + 0x20), "saved"));
	start(OBJECT);
	ck_assert_ptr_null(strstr(words(&task, 7, OBJECT + 0x1000), "saved")); /* too far above */
	start(OBJECT);
	task.stack = OBJECT - 0x1000; /* such is its stack */
	ck_assert_ptr_null(strstr(words(&task, 7, OBJECT + 0x20), "saved"));
	start(OBJECT);
	task.stack = 0; /* not known */
	ck_assert_ptr_null(strstr(words(&task, 7, OBJECT + 0x20), "saved"));
}
END_TEST

START_TEST(a_task_that_cannot_be_read)
{
	start(OBJECT);
	task.address = FAKE_BASE + (1ull << 40);
	ck_assert_ptr_null(strstr(words(&task, 7, OBJECT + 0x20), "saved"));
	start(OBJECT);
	ck_assert_ptr_null(strstr(words(NULL, 8, OBJECT + 0x20), "saved"));
}
END_TEST

UNIT_MAIN("stack_pointer", an_object_is_no_stack, saved_with_it, saved_elsewhere,
	  a_task_that_cannot_be_read)
