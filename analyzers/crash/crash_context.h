/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CRASH_CRASH_CONTEXT
#define TRIAGE_CRASH_CRASH_CONTEXT

#include "base/str.h"
#include "crash/crash.h"

enum crash_context_kind {
#define CONTEXT_KIND(id, name, words, alone, interrupts) CRASH_CONTEXT_##id,
#include "crash/crash_context_kinds.def"
#undef CONTEXT_KIND
};

/* On whose behalf the CPU ran when it crashed. */
struct crash_context {
	enum crash_context_kind kind;
	char function
		[128]; /* the timer's, the work item's, …; the call's name for SYSCALL; "" unknown */
	char module[64];
	char queue[64]; /* the workqueue of a WORK; "" unknown */
};

/* By the stack, and for a work item by its worker's own account. UNKNOWN where neither tells. */
void crash_context_find(const struct crash *crash, struct crash_context *ret);
const char *crash_context_name(enum crash_context_kind kind);
/* Whether the task that was current has nothing to do with it. */
bool crash_context_interrupts(enum crash_context_kind kind);
/* "timer function crashme_in_timer [crashme]"; nothing when it is unknown. */
void crash_context_words(const struct crash_context *context, struct str *text);

#endif
