/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_LOCKING_SLEEPER
#define TRIAGE_KERNEL_LOCKING_SLEEPER

#include "kernel/tasks/task.h"
#include "kernel/unwind/frame.h"

/*
 * Blocked tasks and what each sleeps on, by the functions on its stack. Which lock it is takes no
 * debuginfo: the waiter structure stands on the sleeper's own stack and names the sleeper; it is
 * believed only when its wait list leads to a lock that leads back.
 */
enum wait_kind {
	WAIT_NONE, /* no function we know */
	WAIT_RWSEM,
	WAIT_MUTEX,
	WAIT_RT_MUTEX,
	WAIT_RT_RWSEM, /* PREEMPT_RT: rwbase_rt over an rt_mutex */
	WAIT_SEMAPHORE,
	WAIT_PERCPU_RWSEM,
	WAIT_COMPLETION,
	WAIT_WORK, /* flush_work(): a completion in a wq_barrier */
	WAIT_THAW, /* a frozen file system, where no lock keeps its writers out */
	WAIT_PAGE,
	WAIT_BIT,
	WAIT_IO,
	WAIT_OTHER,
};

enum lock_mode { MODE_UNKNOWN, MODE_READ, MODE_WRITE, MODE_EXCLUSIVE };

struct sleeper {
	const struct task *task;
	enum wait_kind kind;
	enum lock_mode mode;
	const char *what; /* words for a person; never NULL */
	uint64_t sp;	  /* lowest address of its stack in use */
	uint64_t caller;  /* return address into who called the lock function; 0 unknown */
	/*
	 * The lock by the task's own account (task_struct.blocker, e711faaafbe5 v6.16), for when
	 * the stack does not lead to it; 0 where there is none, or the kernel keeps none.
	 */
	uint64_t lock;
	struct call *calls; /* its stack, innermost first */
	unsigned call_count;
};

/* A frame reduced to what lock analyzers look at. */
struct call {
	const char *function; /* without compiler suffixes, interned; "" when no symbol fits */
	uint64_t address;     /* the frame's address */
	uint64_t sp;
	enum frame_kind kind; /* FRAME_IRQ and the like: interrupted there */
};

#define SLEEPER_CALLS 48 /* as many of the innermost frames are kept for each sleeper */

/* All blocked tasks (state D, killable sleeps included), in the order of the task list. */
struct sleepers {
	struct sleeper *list;
	size_t count;
	struct names *names; /* interned function names */
};

/*
 * Opened when first asked for, and owned by kernel: every blocked task is unwound once. Those whose
 * stack cannot be read have kind WAIT_NONE. ERR_NOMEM.
 */
struct err *sleepers_of(struct kernel *kernel, struct sleepers **ret);
/*
 * Where the dump has no stacks, sleepers that another source tells of, with task and calls filled in,
 * become the kernel's: names are copied, without compilers' suffixes, sleepers classified and put in
 * order. Takes list and calls over, also when it fails: ERR_NOMEM.
 */
struct err *sleepers_set(struct kernel *kernel, struct sleeper *list, size_t count);
void sleepers_close(struct sleepers *sleepers);

/* By its calls and sleep_functions.def: sets kind, mode, what and caller. */
void sleeper_classify(struct sleeper *sleeper);
/* Nothing of its stack could be read, most often because the dump leaves it out. */
static inline bool sleeper_stackless(const struct sleeper *sleeper)
{
	return !sleeper->call_count;
}
/*
 * The stack of any task, running ones too: the sleeper's when it is blocked, else read into own,
 * which is for sleeper_deinit() in either case. NULL when it cannot be read. Names live with
 * kernel->sleepers, which sleepers_of() must have opened.
 */
const struct sleeper *sleepers_stack(struct kernel *kernel, const struct task *task,
				     struct sleeper *own);
void sleeper_deinit(struct sleeper *sleeper);
/* The first call in the function of this name, or NULL. */
const struct call *sleeper_call(const struct sleeper *sleeper, const char *function);
/* The blocked sleeper of a task, or NULL. */
const struct sleeper *sleepers_find(const struct sleepers *sleepers, const struct task *task);

#endif
