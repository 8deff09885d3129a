/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PRINTK_PRINTK
#define TRIAGE_KERNEL_PRINTK_PRINTK

#include "base/error.h"

struct kernel;

/*
 * The kernel log: printk ring (896fbe20b4e2 v5.10), records in log_buf (7ff9554bb578 v3.5), flat
 * log_buf before. Or the text of a dmesg file.
 */
struct log_line {
	uint64_t time_us; /* since boot */
	bool has_time;
	const char *text; /* NUL-terminated, bytes as in the dump; owned by the log */
	size_t length;
	int level;	 /* 0…7, -1 unknown */
	uint32_t caller; /* CPU with bit 31 set, else thread id; 0 unknown */
	bool continued;	 /* belongs to the line before: its record, or its line */
};

struct log {
	struct log_line *lines;
	size_t count;
	char *text;	    /* storage of all lines */
	const char *source; /* "printk ring", "log_buf records", "log_buf", "dmesg file" */
	struct err *err;    /* why the log is cut short, or NULL */
};

/*
 * The log out of dump memory. Needs symbols or VMCOREINFO; without types, what VMCOREINFO says of
 * the structures is enough for all but levels. A log cut short is no error: see log->err.
 */
struct err *printk_open(struct kernel *kernel, struct log **ret);
/*
 * Parse a log as text; it is copied. For logs beside or without a dump: dmesg's own form
 * ("[  12.345678] text", also with a caller, with "<6>" before it, with -T's dates), and a syslog's
 * or journal's, of which the kernel's lines are taken. Calendar dates are no time since boot:
 * has_time is false then.
 */
struct err *log_parse(const char *text, size_t length, struct log **ret);
/* The same from a file; fd stays the caller's. At most LOG_FILE_MAX bytes are taken. */
#define LOG_FILE_MAX (64u << 20)
struct err *log_read(int fd, struct log **ret);
void log_close(struct log *log);
DEFINE_CLEANUP(struct log, log_close)

#endif
