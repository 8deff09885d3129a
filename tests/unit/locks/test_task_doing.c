/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "kernel/tasks/task.h"
#include "kernel/unwind/frame.h"
#include "locks/task_doing.h"

static struct task task;
static struct call calls[16];
static struct sleeper stack;

/* A stack of "function" or "kind:function", kind being i(rq), n(mi), e(xception); ends in NULL. */
static void build(const char *const *functions)
{
	stack = (struct sleeper){.task = &task, .calls = calls, .what = "nothing"};
	for (; functions[stack.call_count]; stack.call_count++) {
		const char *function = functions[stack.call_count];
		enum frame_kind kind = FRAME_CALL;

		if (function[0] && function[1] == ':') {
			kind = *function == 'i'	  ? FRAME_IRQ
			       : *function == 'n' ? FRAME_NMI
						  : FRAME_EXCEPTION;
			function += 2;
		}
		calls[stack.call_count] = (struct call){
			.function = function, .kind = kind, .address = 0x1000 + stack.call_count};
	}
}

#define STACK(...) build((const char *const[]){__VA_ARGS__, NULL})

static void expect(const char *text)
{
	_str_ struct str found = {0};

	task_doing_stack(&stack, &found);
	ck_assert_str_eq(found.data, text);
}

START_TEST(death_is_not_what_a_cpu_was_doing)
{
	task = (struct task){.pid = 7, .on_cpu = 0, .state = 'R'};
	STACK("panic_smp_self_stop", "panic", "watchdog_timer_fn", "hrtimer_interrupt",
	      "asm_sysvec_apic_timer_interrupt", "i:hold_it", "kthread");
	expect("running on CPU 0 in hold_it(), interrupted there by an interrupt that ended in "
	       "panic()");
	STACK("crash_nmi_callback", "nmi_handle", "exc_nmi", "n:native_queued_spin_lock_slowpath",
	      "_raw_spin_lock", "want_it");
	expect("running on CPU 0 in native_queued_spin_lock_slowpath(), stopped there by an NMI of "
	       "the CPU that panicked");
	/* Stopped by an NMI while it panicked in an interrupt. */
	STACK("crash_nmi_callback", "exc_nmi", "n:panic", "watchdog_timer_fn", "i:hold_it");
	expect("running on CPU 0 in hold_it(), interrupted there by an interrupt that ended in "
	       "panic()");
	STACK("__crash_kexec", "panic", "sysrq_handle_crash", "write_sysrq_trigger");
	expect("running on CPU 0 in sysrq_handle_crash(), which panicked");
	/* Nothing but death, and no name at all. */
	STACK("__crash_kexec", "panic");
	expect("running on CPU 0 in __crash_kexec(), which panicked");
	STACK("", "");
	expect("running on CPU 0 in an unknown function()");
	stack.call_count = 0;
	expect("doing something its stack does not show");
}
END_TEST

START_TEST(work_in_an_interrupt_is_told_with_what_it_interrupted)
{
	task = (struct task){.pid = 7, .on_cpu = 3, .state = 'R'};
	STACK("isolate_lru_pages", "shrink_list", "kswapd");
	expect("running on CPU 3 in isolate_lru_pages()");
	STACK("vprintk_emit", "printk", "watchdog_timer_fn", "i:isolate_lru_pages", "kswapd");
	expect("running on CPU 3 in vprintk_emit(): CPU 3 was interrupted inside "
	       "isolate_lru_pages()");
	/* An NMI that found it there. */
	STACK("crash_nmi_callback", "n:vprintk_emit", "printk", "i:isolate_lru_pages");
	expect("running on CPU 3 in vprintk_emit(), stopped there by an NMI of the CPU that "
	       "panicked");
}
END_TEST

START_TEST(a_sleeper_is_named_by_who_wanted_the_lock)
{
	task = (struct task){.pid = 7, .on_cpu = -1, .state = 'D'};
	STACK("__schedule", "schedule", "rwsem_down_read_slowpath", "down_read", "ffs_read");
	sleeper_classify(&stack);
	expect("asleep in ffs_read(), waiting for rwsem");
	STACK("__schedule", "schedule", "schedule_timeout", "__wait_for_common", "__flush_work",
	      "drain_it");
	sleeper_classify(&stack);
	expect("asleep in drain_it(), waiting for a work item to finish");
	STACK("__schedule", "schedule", "io_schedule", "folio_wait_bit_common", "filemap_fault",
	      "__do_fault", "handle_mm_fault");
	sleeper_classify(&stack);
	expect("asleep in a page fault, in filemap_fault(), waiting for page I/O");
	/* The lock function is all there is. */
	STACK("schedule", "rwsem_down_read_slowpath");
	sleeper_classify(&stack);
	expect("asleep in rwsem_down_read_slowpath(), waiting for rwsem");
	STACK("__schedule", "schedule", "lock_blkgrp_sync");
	sleeper_classify(&stack);
	expect("asleep in lock_blkgrp_sync()");
	task.state = 'R';
	expect("runnable, without a CPU, in lock_blkgrp_sync()");
}
END_TEST

UNIT_MAIN("doing", death_is_not_what_a_cpu_was_doing,
	  work_in_an_interrupt_is_told_with_what_it_interrupted,
	  a_sleeper_is_named_by_who_wanted_the_lock)
