/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_LOG_MARK
#define TRIAGE_LOG_LOG_MARK

#include "kernel/printk/log.h"

/* Which readers of a log a line has words for: most lines have none, and nobody needs to look again. */
enum log_mark {
	MARK_HEAD = 1u << 0,
	MARK_EVENT = 1u << 1,
	MARK_MCE = 1u << 2,
	MARK_OOM = 1u << 3,
	MARK_SEGFAULT = 1u << 4,
	MARK_OWNER = 1u << 5,	/* of a lock, or a CPU that idles */
	MARK_MACHINE = 1u << 6, /* what the kernel says of itself and of the machine */
};

/* A log whose lines nobody marked has all marks on each. */
static inline bool log_has_mark(const struct log *log, size_t line, enum log_mark mark)
{
	return log->lines[line].marks & mark;
}

#endif
