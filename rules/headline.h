/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_RULES_HEADLINE
#define TRIAGE_RULES_HEADLINE

#include <stdbool.h>

/* Bytes of a headline that is read at a glance: a line of a terminal, a mail's subject. */
#define HEADLINE_SHORT 100

/*
 * The same headline without what says nothing: zeros in front of addresses, and where it is long, a module's
 * name again, the thread or CPU that lent itself to a context already named, offsets into functions, a work
 * item's queue, the task at its end, addresses, what stands in brackets behind a task, which object it was, modules'
 * names, and at last the clause behind the last semicolon. Functions and kinds of objects before it always stay, so
 * that it may be longer still; but quotes_log: a line of the log in it is cut at a word, to HEADLINE_SHORT bytes with
 * who it was at its end. Owned by the caller; NULL on out-of-memory.
 */
char *headline_brief(const char *text, bool quotes_log);

#endif
