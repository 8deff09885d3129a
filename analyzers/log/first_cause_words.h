/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_FIRST_CAUSE_WORDS
#define TRIAGE_LOG_FIRST_CAUSE_WORDS

#include "base/str.h"
#include "log/first_cause.h"

/*
 * What went wrong, in one line: "corrected PCIe error (0000:03:00.0), 23 times in 66 s: …", "I/O error
 * (sdb); it began with …". Lines are as in the log: escape before showing.
 */
void first_cause_put_trouble(const struct log *log, const struct event *trouble,
			     const struct first_cause *cause, struct str *out);
/* "12 s before: pcieport 0000:40:01.1: pciehp: Slot(3): Link Down"; a first cause has to be known. */
void first_cause_put(const struct log *log, const struct first_cause *cause, struct str *out);

#endif
