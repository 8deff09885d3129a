/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_REPORT_SHOWN
#define TRIAGE_LOG_REPORT_SHOWN

#include "base/error.h"
#include "base/hash.h"
#include "kernel/tasks/task.h"
#include "log/report_lock_line.h"
#include "log/report_place.h"
#include "log/report_task_line.h"

/*
 * What the kernel shows in its log of a machine that hangs: tasks (hung-task reports, SysRq-t and -w,
 * "Task dump for CPU"), CPUs (NMI backtraces), and who holds which lock ("Showing all locks held in the
 * system"). Of a task that is shown more than once the last stands; CPUs are kept each time.
 */

/* Frames of a call trace, kept once for all who have the same. */
struct shown_stack {
	struct report_frame *frames; /* innermost first, those with "?" left out where others are */
	size_t count;
	uint64_t hash;
};

struct shown_task {
	struct task
		task; /* address 0; tgid -1 and state '?' where not said; blocked_ns when hung */
	size_t line;  /* where it was shown */
	const struct shown_stack *stack; /* NULL unknown */
	char work[REPORT_NAME_MAX];	 /* function of the work item it runs, "" none or unknown */
	/* By 3cf67d61ff98 v6.15 and what followed it. */
	char blocked_on[16];		/* "mutex", "rw-semaphore", "semaphore"; "" not said */
	const struct shown_task *owner; /* that likely holds it; NULL not said */
	bool by_reader;			/* it holds it as one of its readers, perhaps */
	unsigned list;			/* number of the last list of its locks; 0 none */
	size_t last_lock; /* of that list, as index + 1, after shown_finish(); 0 none */
};

/* A lock in the list of those that a task holds, or is about to take: its last one may be either. */
struct shown_lock {
	const struct shown_task *task;
	unsigned list;	 /* out of date unless it is the task's last */
	unsigned number; /* in that list, from 0 */
	bool last;	 /* of it */
	struct report_lock lock;
};

struct shown_cpu {
	int cpu;
	bool idle;
	struct task task; /* pid -1 unknown */
	size_t line;
	struct report_place rip; /* symbol "" unknown or in user mode */
	uint64_t lock;		 /* it spins for, by its first argument; 0 unknown or none */
	const struct shown_stack *stack; /* NULL none */
};

#define SHOWN_TASKS_MAX 16384
#define SHOWN_STACKS_MAX 512 /* different ones; tasks with yet another have none */
#define SHOWN_FRAMES_MAX 64  /* of a stack: its innermost */
#define SHOWN_LOCKS_MAX 16384
#define SHOWN_CPUS_MAX 8192

struct shown {
	struct shown_task *tasks; /* in the order first shown; each stays where it is */
	size_t task_count;
	struct map by_pid; /* → index in tasks */
	bool all_tasks;	   /* SysRq-t: all there were, but for what the log has lost */
	struct shown_lock *locks;
	size_t lock_count;
	struct shown_cpu *cpus; /* by number, then by line, after shown_finish() */
	size_t cpu_count;
	struct shown_stack **stacks;
	size_t stack_count;
	struct map by_hash;			      /* → index in stacks */
	char release[96], version[96], hardware[192]; /* by the headers of traces; "" unknown */
	struct shown_task *lists; /* whose list of locks is being read, or NULL */
};

void shown_free(struct shown *shown); /* NULL is fine */

/* The task of this pid, added when it is new; NULL on out-of-memory, pid 0 and beyond the bounds. */
struct shown_task *shown_task_of(struct shown *shown, int32_t pid, const char *comm);
/* Keep these frames, or find them; NULL for none, on out-of-memory and beyond the bounds. */
const struct shown_stack *shown_stack_of(struct shown *shown, const struct report_frame *frames,
					 size_t count);
/* NULL on out-of-memory and beyond the bounds. */
struct shown_cpu *shown_cpu_add(struct shown *shown, int cpu);
/* When the log has been read: put things in order. */
void shown_finish(struct shown *shown);
/*
 * Is the i-th CPU what this CPU did at the crash, whose report begins at line crash (0 none)? The first
 * time it is shown from there on; where it never is, the last time before.
 */
bool shown_cpu_counts(const struct shown *shown, size_t i, size_t crash);
/*
 * Take a line that shows something by itself: held locks, who likely owns one, an idle CPU. line is its
 * number. False for any other line.
 */
bool shown_take_line(struct shown *shown, const char *text, size_t line);
/* Words one of which each such line has, but for those of held locks ("#0: …"). */
const char *const *shown_words(size_t *count);

#endif
