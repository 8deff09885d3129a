/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_REPORT_PLACE
#define TRIAGE_LOG_REPORT_PLACE

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REPORT_NAME_MAX 128

/* A place in code as the log prints it: "f+0x10/0x40 [mod]", "[<ffffffff81234567>] f+0x10/0x40". */
struct report_place {
	char symbol[REPORT_NAME_MAX]; /* "" unknown */
	char module[64];	      /* "" the kernel itself */
	uint64_t offset, size;	      /* of symbol; size 0 unknown */
	uint64_t address;	      /* 0: not printed */
};

/* Where a frame of a call trace ran. */
enum report_context {
	CONTEXT_TASK,
	CONTEXT_SOFTIRQ,
	CONTEXT_IRQ,
	CONTEXT_NMI,	   /* and what else has a stack of its own: <NMI>, <#MC>, <#DB> */
	CONTEXT_EXCEPTION, /* double fault and guard stacks: <#DF> */
};

struct report_frame {
	struct report_place place;
	bool unreliable; /* printed with "?" */
	bool exception;	 /* interrupted there: a "RIP:" line within a trace */
	enum report_context context;
};

/*
 * The place that stands at text, blanks before it skipped: symbol and offset are needed, the rest is
 * taken where it is. Returns what follows, or NULL when there is no place. Bytes of names are as in
 * the log: escape before showing.
 */
const char *report_place_read(const char *text, struct report_place *ret);
/* Likewise, as decode_stacktrace.sh and others print it: "f (kernel/f.c:12) [mod]", "f kernel/f.h:3 [inline]". */
const char *report_source_read(const char *text, struct report_place *ret);
/*
 * A frame of a call trace: a place, with "?" and an address before it in the ways of each era. False
 * for any other line; text may stand behind the frame only where a kernel puts it (build-ids, flags,
 * a second frame: 2.6.18 prints several in a line, *rest is where the next begins, NULL for none).
 */
bool report_frame_read(const char *text, struct report_frame *ret, const char **rest);
/* "<IRQ>", "</TASK>", "<<EOE>>", …: the context that begins behind it. False: no such mark. */
bool report_context_read(const char *text, enum report_context *context, const char **rest);

#endif
