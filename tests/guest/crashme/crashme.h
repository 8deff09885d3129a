/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crashme: breaks the kernel it runs in, in a known way, and says beforehand what will be found.
 */
#ifndef CRASHME_H
#define CRASHME_H

#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/types.h>

/* One way to crash. run() may return where the crash comes later, or from another task. */
struct crash {
	const char *name;
	void (*run)(void);
};

/* Tables of crashes, each ended by an entry without a name. */
extern const struct crash fault_crashes[];
extern const struct crash lock_crashes[];
extern const struct crash memory_crashes[];
extern const struct crash hang_crashes[];
extern const struct crash call_crashes[];
extern const struct crash link_crashes[];
extern const struct crash silent_crashes[];
extern const struct crash context_crashes[];
extern const struct crash hog_crashes[];
extern const struct crash stall_crashes[];
extern const struct crash stale_crashes[];
extern const struct crash misuse_crashes[];
extern const struct crash self_crashes[];
extern const struct crash twice_crashes[];
extern const struct crash gone_crashes[];
extern const struct crash given_crashes[];
extern const struct crash circle_crashes[];
extern const struct crash spin_crashes[];
extern const struct crash wait_crashes[];
extern const struct crash holder_crashes[];
extern const struct crash crossed_crashes[];
extern const struct crash unmade_crashes[];
extern const struct crash strayed_crashes[];
extern const struct crash subsystem_crashes[];
extern const struct crash lifetime_crashes[];

/* Where a module's function was before it was unloaded (note_module). */
extern u64 unloaded_function;

/* /proc/crashme can be mapped; touching the mapping is part of the mmap_lock crash. */
extern const struct vm_operations_struct crashme_vm_ops;

/* A line of truth: the test runner collects these from the log. */
#define truth(fmt, ...) pr_info("truth: " fmt "\n", ##__VA_ARGS__)

/* The functions of a crash are to stay apart and to keep their names on the stack. */
#define crash_fn noinline __attribute__((__noclone__)) __attribute__((__used__))

/* What to expect of a crash in the calling task: the kind as the verdict names it. */
void truth_here(const char *kind, const char *function);

#endif
