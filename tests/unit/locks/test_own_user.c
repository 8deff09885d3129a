/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tasks that take away what they are in themselves, and those that take away another's. */
#include "unit.h"

#include <string.h>

#include "kernel/unwind/frame.h"
#include "locks/own_user.h"

static struct call calls[16];
static struct task task;
static struct sleeper sleeper;
static char name[200];

/* A stack, innermost first; "!f" was interrupted in f. Ends in NULL. */
static bool finds(const char *const *functions)
{
	sleeper = (struct sleeper){.task = &task, .calls = calls};
	for (; functions[sleeper.call_count]; sleeper.call_count++) {
		const char *function = functions[sleeper.call_count];

		calls[sleeper.call_count] = (struct call){
			.function = function + (*function == '!'),
			.kind = *function == '!' ? FRAME_IRQ : FRAME_CALL,
		};
	}
	name[0] = '\0';
	return own_user_find(NULL, &sleeper, name, sizeof(name));
}

#define FINDS(...) finds((const char *const[]){__VA_ARGS__, NULL})

START_TEST(a_file_that_removes_itself_is_found)
{
	ck_assert(FINDS("__schedule", "schedule", "wait_for_completion", "proc_entry_rundown",
			"remove_proc_entry", "lab_write", "proc_reg_write", "vfs_write"));
	ck_assert_str_eq(name, "the end of its own proc_reg_write(), in lab_write()");
	ck_assert(FINDS("schedule", "proc_entry_rundown", "remove_proc_subtree", "lab_write",
			"proc_reg_write"));
	ck_assert_str_eq(name, "the end of its own proc_reg_write(), in lab_write()");
}
END_TEST

START_TEST(a_handler_that_disables_its_own_interrupt_is_found)
{
	ck_assert(FINDS("__schedule", "schedule", "__synchronize_irq", "synchronize_irq",
			"disable_irq", "lab_handle", "irq_thread_fn", "irq_thread", "kthread"));
	ck_assert_str_eq(name, "the end of its own irq_thread_fn(), in lab_handle()");
	ck_assert(
		!FINDS("schedule", "synchronize_irq", "disable_irq", "lab_close", "do_syscall_64"));
}
END_TEST

START_TEST(who_removes_another_is_none)
{
	ck_assert(!FINDS("schedule", "proc_entry_rundown", "remove_proc_entry", "lab_exit",
			 "__do_sys_delete_module", "do_syscall_64"));
	ck_assert(!FINDS("schedule", "mutex_lock", "lab_write", "proc_reg_write"));
	ck_assert(!FINDS("schedule", "proc_entry_rundown", "lab_tick", "!lab_write",
			 "proc_reg_write"));
	ck_assert(!FINDS("proc_reg_write", "lab_write", "proc_entry_rundown"));
	ck_assert(!FINDS("proc_entry_rundown"));
	sleeper.call_count = 0;
	ck_assert(!own_user_find(NULL, &sleeper, name, sizeof(name)));
}
END_TEST

/* Another who sleeps in such a call may be the one that is waited for. */
START_TEST(where_others_are_inside_it_is_not_told)
{
	static struct task other;
	struct call inside[] = {{.function = "schedule", .kind = FRAME_CALL},
				{.function = "proc_reg_read", .kind = FRAME_CALL}};
	struct sleeper list[] = {{.task = &task},
				 {.task = &other, .calls = inside, .call_count = 2}};
	struct sleepers all = {.list = list, .count = 2};

	ck_assert(FINDS("proc_remove", "lab_write", "proc_reg_write"));
	list[0].calls = calls;
	list[0].call_count = sleeper.call_count;
	ck_assert(!own_user_find(&all, &sleeper, name, sizeof(name)));
	inside[1].function = "vfs_read";
	ck_assert(own_user_find(&all, &sleeper, name, sizeof(name)));
}
END_TEST

/* Names are cut where they do not fit. */
START_TEST(long_names_are_cut)
{
	char small[16];

	ck_assert(FINDS("proc_remove", "lab_write", "proc_reg_write"));
	ck_assert(own_user_find(NULL, &sleeper, small, sizeof(small)));
	ck_assert_uint_eq(strlen(small), sizeof(small) - 1);
}
END_TEST

UNIT_MAIN("own_user", a_file_that_removes_itself_is_found,
	  a_handler_that_disables_its_own_interrupt_is_found, who_removes_another_is_none,
	  where_others_are_inside_it_is_not_told, long_names_are_cut)
