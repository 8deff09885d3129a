/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "rules/headline.h"

static const struct {
	const char *name, *full, *brief;
	bool quotes_log;
} headlines[] = {
	{"short ones stay", "divide error in f+0x5 [m], sh/1 on CPU 3",
	 "divide error in f+0x5 [m], sh/1 on CPU 3"},
	{"zeros in front", "read at 0x0000000000000110, 0x0000000000000000 and 0xffff888000001000",
	 "read at 0x110, 0x0 and 0xffff888000001000"},
	{"only of whole addresses", "bytes 0x00ff, 0x000000000000000100, 0x",
	 "bytes 0x00ff, 0x000000000000000100, 0x"},
	{"a module once, no CPU that was only borrowed, no offset",
	 "NULL pointer read at offset 0x0000000000000110 in crashme_record_length+0x5 [crashme], "
	 "in NMI handler crashme_in_nmi [crashme] on CPU 0",
	 "NULL pointer read at offset 0x110 in crashme_record_length [crashme], in NMI handler "
	 "crashme_in_nmi"},
	{"another module stays",
	 "NULL pointer read at offset 0x0000000000000110 in record_length_of_all+0x5 [one], in NMI "
	 "handler two_in_nmi [two] [",
	 "NULL pointer read at offset 0x110 in record_length_of_all [one], in NMI handler "
	 "two_in_nmi [two] ["},
	{"no worker of a work item",
	 "NULL pointer less a member's offset: read of 0x0000000000000000 in lab_get+0x11 [lab], "
	 "in work item "
	 "async_run_entry_fn of workqueue async, kworker/u16:2/66",
	 "NULL pointer less a member's offset: read of 0x0 in lab_get [lab], in work item "
	 "async_run_entry_fn"},
	{"no task at the end, no address",
	 "general protection fault on 0xdffffc0000000019 in a_function_that_noticed+0x12, called "
	 "from "
	 "a_function_of_the_lab+0x8 [lab], lab task/3377",
	 "general protection fault in a_function_of_the_lab [lab], lab task/3377"},
	{"a task alone goes, one of several stays",
	 "general protection fault on 0xdffffc0000000019 in a_function_that_noticed+0x12, called "
	 "from "
	 "a_function_of_the_lab+0x8 [lab], labtask/3377",
	 "general protection fault in a_function_that_noticed, called from a_function_of_the_lab "
	 "[lab]"},
	{"the kernel's own work item goes before who noticed",
	 "NULL pointer minus an offset: read of 0x0 in __list_add_valid+0x1b, called from "
	 "lab_read_errors+0x74 [lab], in work item work_for_cpu_fn of workqueue events",
	 "NULL pointer minus an offset: read of 0x0 in __list_add_valid, called from "
	 "lab_read_errors [lab]"},
	{"who noticed goes before who called it",
	 "soft lockup on CPU 5 in smp_call_function_many_cond+0x12a, called from "
	 "__purge_vmap_area_lazy+0xd4, in work item lab_free_deferred [lab] of workqueue events",
	 "soft lockup on CPU 5 in __purge_vmap_area_lazy, in work item lab_free_deferred [lab]"},
	{"one of several tasks",
	 "deadlock of 2 tasks over mutex taken in lab_read_b(), mutex taken in lab_write_a(): "
	 "labrdr/910, "
	 "labwtr/911",
	 "deadlock of 2 tasks over mutex taken in lab_read_b(), mutex taken in lab_write_a(): "
	 "labrdr/910, "
	 "labwtr/911"},
	{"what stands in brackets goes first",
	 "RCU stall: waits for reader lab_reads/161 in lab_read_for_ever_and_ever(); lab_hog/162 "
	 "(SCHED_FIFO, priority 50) has CPU 1",
	 "RCU stall: waits for reader lab_reads/161 in lab_read_for_ever_and_ever(); lab_hog/162 "
	 "has "
	 "CPU 1"},
	{"then which object, then the module",
	 "stack overwritten: return to kmalloc-256 object 0xffff8a00824e1d00 +0, by "
	 "lab_victim_of_all(), called in lab_middle [lab]",
	 "stack overwritten: return to kmalloc-256 object, by lab_victim_of_all(), called in "
	 "lab_middle [lab]"},
	{"an offset in it goes as well",
	 "deadlock of 1 task over its own SRCU read section of srcu_struct in kmalloc-512 object "
	 "0xffff8a00824e1d00 +0x20: lab_leaves/104",
	 "deadlock of 1 task over its own SRCU read section of srcu_struct in kmalloc-512 object: "
	 "lab_leaves/104"},
	{"a module that is too much",
	 "stack overwritten in lab_smash_them_all [lab]: \"the quick brown fox jump\"; "
	 "buffer given "
	 "to lab_fill()",
	 "stack overwritten in lab_smash_them_all: \"the quick brown fox jump\"; buffer "
	 "given to "
	 "lab_fill()"},
	{"what came of it goes at last",
	 "memory cgroup kubepods-burstable-pod12ab.slice has reached its limit: worker holds 508 "
	 "of "
	 "512 MiB; 4 kills in 15 min: worker 4",
	 "memory cgroup kubepods-burstable-pod12ab.slice has reached its limit: worker holds 508 "
	 "of "
	 "512 MiB"},
	{"a function whose context is named by it stands once",
	 "kernel BUG at /tmp/crashme/given.c:347! in crashme_check_the_timer+0x9 [crashme], in "
	 "timer "
	 "function crashme_check_the_timer [crashme]",
	 "kernel BUG at /tmp/crashme/given.c:347! in timer function crashme_check_the_timer"},
	{"nor who called the helper, nor the CPU again",
	 "soft lockup on CPU 1 in tasklet_unlock_spin_wait, called by crashme_stop_itself, in "
	 "tasklet "
	 "crashme_stop_itself on CPU 1",
	 "soft lockup on CPU 1 in tasklet_unlock_spin_wait, in tasklet crashme_stop_itself"},
	{"another function's stays",
	 "soft lockup on CPU 1 in a_function_that_noticed_it, called by crashme_stop_it, in "
	 "tasklet "
	 "crashme_stop_itself on CPU 1",
	 "soft lockup on CPU 1 in a_function_that_noticed_it, called by crashme_stop_it, in "
	 "tasklet "
	 "crashme_stop_itself"},
	{"numbers that a line of the log is full of, where its file lies",
	 "kernel BUG at drivers/block/labblk/queue.c:912! seq=57638, ring:24 in labblk_requeue "
	 "[labblk], in "
	 "work item labblk_requeue_work of workqueue kblockd",
	 "kernel BUG at queue.c:912! in labblk_requeue [labblk], in work item labblk_requeue_work",
	 true},
	{"who called stays, where the words are cut",
	 "use after free, by KASAN: slab-use-after-free with a lot of words that follow it in "
	 "register_lock_class, called from lab_timer_user_interrupt",
	 "use after free, by KASAN ... in register_lock_class, called from "
	 "lab_timer_user_interrupt",
	 true},
	{"a line of the log is cut at a word, and who it was stays",
	 "broken list: list_add corruption. prev->next should be next (ffff8800b7e12c90), but was "
	 "ffff8800a71f0d20. in labnet_register_peer [labnet], ip/5012",
	 "broken list: list_add corruption. prev->next should be ... in labnet_register_peer "
	 "[labnet], ip/5012",
	 true},
	{"what it began with is cut before what it is",
	 "network card eno1 does not transmit; it began with e1000e 0000:00:1f.6 eno1: Detected "
	 "Hardware Unit Hang of the first of all of its queues",
	 "network card eno1 does not transmit; it began with e1000e 0000:00:1f.6 eno1: Detected "
	 "Hardware ...",
	 true},
	{"to its end, where nobody is named",
	 "I/O error (sdh), 3 times in 11 s: blk_update_request: I/O error, dev sdh, sector 4096 op "
	 "0x0:(READ) flags 0x80700",
	 "I/O error (sdh), 3 times in 11 s: blk_update_request: I/O error, dev sdh, sector 4096 op "
	 "...",
	 true},
	{"the CPU that is the matter, and who was asked for, stay",
	 "hard lockup on CPU 12 in a_function_with_a_rather_long_name [lab], a_task/1, which had "
	 "waited for CPU 1 and kworker/0:1/3, in vain",
	 "hard lockup on CPU 12 in a_function_with_a_rather_long_name, a_task/1, which had waited "
	 "for "
	 "CPU 1 and kworker/0:1/3, in vain"},
	{"no offsets but of what is no function",
	 "NULL pointer read at offset 0x110 in record_length.cold+0x9 [lab], in hrtimer lab, "
	 "0x1000+0x9, [m]+0x8",
	 "NULL pointer read at offset 0x110 in record_length.cold [lab], in hrtimer lab, "
	 "0x1000+0x9, [m]+0x8"},
	{"nor of a user program's code",
	 "user program llmserver/21344: read of 0x0000000100000000, where nothing is mapped, in "
	 "liblabcuda.so.1+0x3c5b12, more than once",
	 "user program llmserver/21344: read of 0x100000000, where nothing is mapped, in "
	 "liblabcuda.so.1+0x3c5b12, more than once"},
	{"nothing at all", "", ""},
};

START_TEST(each_is_brief)
{
	for (size_t i = 0; i < sizeof(headlines) / sizeof(*headlines); i++) {
		char *brief = headline_brief(headlines[i].full, headlines[i].quotes_log);

		ck_assert_msg(brief && !strcmp(brief, headlines[i].brief), "%s: %s",
			      headlines[i].name, brief);
		free(brief);
	}
}
END_TEST

UNIT_MAIN("headline", each_is_brief)
