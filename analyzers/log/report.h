/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_REPORT
#define TRIAGE_LOG_REPORT

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "kernel/dump/regs.h"
#include "kernel/printk/log.h"
#include "log/report_lock_line.h"
#include "log/report_place.h"

/*
 * A report: one block of the kernel's log about one event, an oops, a lockup, a hung task, an OOM
 * kill, …, read into fields. What a block does not say is unknown here, never taken from another.
 * reports.def names the kinds and how each begins.
 */
enum report_kind {
#define REPORT(id, ...) REPORT_##id,
#include "log/reports.def"
#undef REPORT
	REPORT_KINDS,
};

/* What a kind means for the machine. */
enum report_outcome {
	OUTCOME_NOTE, /* noticed, the kernel goes on: WARN, lockdep, an OOM kill, a corrected error */
	OUTCOME_STUCK, /* something does not go on: hung task, lockup, stall */
	OUTCOME_BROKEN, /* an invariant is broken, the kernel goes on: KASAN, bad page, list corruption */
	OUTCOME_OOPS,  /* the kernel kills whoever ran, or panics */
	OUTCOME_PANIC, /* the end, said by panic() itself */
};

#define REPORT_FRAMES_MAX 256 /* of one stack; more are counted in left_out */

#define REPORT_TITLE_MAX 96

/* One call trace of a report. title: "" its own, else "Allocated by task 5", "-> #1 (lock){+.+.}:", … */
struct report_stack {
	char title[REPORT_TITLE_MAX];
	int32_t pid;		     /* -1 unknown */
	struct report_frame *frames; /* innermost first */
	size_t count, left_out;
};

#define REPORT_DETAILS_MAX 8
struct shown;

struct report {
	enum report_kind kind;
	size_t first, last; /* lines of the log */
	size_t begin;	    /* first, or "[ cut here ]" in front of it */
	char message[512];  /* the line that announces it, without prefix */
	bool is_32bit;	    /* of an i386 kernel, by its registers' names */

	/* Who: the CPU, task and context the report is about, never the one that noticed. */
	int cpu;	   /* -1 unknown */
	int32_t pid, tgid; /* -1 unknown */
	char comm[32];	   /* "" unknown; kworkers may bear their work */
	int by_cpu;	   /* the CPU that noticed, -1 the same or unknown */
	bool has_victim;   /* task, registers and trace were shown behind it: report_victim.h */
	double seconds;	   /* stuck, blocked for so long; 0 unknown */
	char work[REPORT_NAME_MAX]; /* "Workqueue: events f" → "f", "" none */
	char work_module[64];	    /* "" the kernel itself, or not said */
	char workqueue[64];
	char pending[256]; /* work items that wait behind it, as the log lists them; "" none */
	char state;	   /* of a task that is shown: R S D …; '\0' not said */
	struct report_stall {
		int cpus[16]; /* that hold RCU up, the first is cpu */
		size_t cpu_count;
		char starved[24]; /* RCU's own thread, where it got no CPU; "" otherwise */
		int starved_cpu;  /* it was to run on; -1 unknown */
		bool all_seen;	  /* no CPU holds RCU up */
	} stall;
	/* Of lockdep: the lock that is taken, and the one held or taken the other way round; name "" none. */
	struct report_lock wanted, other;

	/* The machine, as the block's header says. "" unknown. */
	char release[96];
	char version[96]; /* "#1 SMP …" */
	char taint[40];	  /* letters, "" none or unknown */
	bool tainted_known;
	char hardware[192];

	/* Registers of the crash (a kernel RIP), as far as printed. */
	struct regs regs;
	struct report_register {
		char name[8];
		uint64_t value;
	} others[40]; /* registers of other architectures, by the names they are printed with */
	size_t other_count;
	struct report_place rip;

	/* The fault. */
	bool has_address;
	uint64_t address;
	bool has_kasan_address; /* KASAN's shadow of it faulted: first of the range it names */
	uint64_t kasan_address;
	bool has_error_code;
	uint64_t error_code;
	char access[12]; /* as the log says: "read", "write", "execute"; "" it does not */
	char file[160];	 /* of "kernel BUG at F:L!", "WARNING: … at F:L"; "" none */
	unsigned line;

	uint8_t code[64]; /* "Code:"; code_at is the byte in <> or the first in () */
	size_t code_length, code_at;

	/* Of a panic: what was interrupted, as its trace has it; rip.symbol "" none. */
	struct report_met {
		struct report_place rip;
		struct regs regs;
		uint8_t code[64];
		size_t code_length, code_at;
	} met;

	struct report_stack *stacks; /* as they come; report_own_stack() */
	size_t stack_count;
	size_t details
		[REPORT_DETAILS_MAX]; /* lines that say more: what was accessed, which object */
	size_t detail_count;
	size_t modules_line; /* line of "Modules linked in:", SIZE_MAX none */
	bool cut_front;	     /* its first lines are not in the log */
	size_t before; /* of such a one: number, from 1, of the line right before it; 0 none */
	bool mixed; /* printed between another's lines; those that may be of either are left out */
	bool cut_end; /* the log ends before it does */
	bool ended;   /* its end was seen: an end trace, or the next report */
};

#define REPORTS_KEPT_MAX 512 /* kept in full; more are counted by kind */

struct reports {
	struct report *list; /* in the log's order */
	size_t count;
	size_t counts[REPORT_KINDS]; /* of all, those not kept too */
	struct shown *shown;	     /* tasks, CPUs and locks that the log shows; owned */
				     /* The lines that belong to no report stay with the log. */
};

/* All reports of a log, in one pass. Fails on out-of-memory alone. */
struct err *reports_read(const struct log *log, struct reports **ret);
void report_deinit(struct report *report);
void reports_free(struct reports *reports);
DEFINE_CLEANUP(struct reports, reports_free)

/* The trace of what the report is about: the first without a title that has frames, or NULL. */
struct report_stack *report_own_stack(const struct report *report);
/* A line that begins with "WARNING: " and nothing more: a driver's remark, no WARN(). */
bool report_is_remark(const struct report *report);

/* Frames alone: the end of a trace of anything, of an oops or of a task that was only looked at. */
bool report_is_tail(const struct report *report);
/* All frames have "?": then they are what there is; among others such frames are left-overs. */
bool report_stack_is_guess(const struct report_stack *stack);
const char *report_kind_name(enum report_kind kind);
enum report_outcome report_kind_outcome(enum report_kind kind);
/* Told by a sanitizer of memory, which names place, task and object itself. */
bool report_kind_by_sanitizer(enum report_kind kind);
/*
 * The report the log is about: the first that broke the kernel, else what panic() names, else what
 * stuck, else the first notice; NULL when there is none.
 */
const struct report *reports_crash(const struct reports *reports);
/* The panic behind the crash that is about nothing else, or NULL. */
const struct report *reports_panic_over(const struct reports *reports, const struct report *crash);
/* Its kind as a crash: a panic whose words name a lockup is one, though the lockup's own report is lost. */
enum report_kind report_crash_kind(const struct report *report);
/* Of a report without its first lines: whose check printed its trace, by report_traces.def; else REPORT_OOPS. */
enum report_kind report_kind_by_trace(const struct report *report);

#endif
