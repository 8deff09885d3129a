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
	const char
		*wall; /* calendar time as a text log writes it; NULL unknown, owned by the log */
};

struct log {
	struct log_line *lines;
	size_t count;
	char *text;	    /* storage of all lines */
	const char *source; /* "printk ring", "log_buf records", "log_buf", "dmesg file" */
	struct err *err;    /* why the log is cut short, or NULL */
	/* Of logs that are text. */
	char *walls;	/* storage of calendar times, or NULL */
	char *host;	/* that the log's own prefix names, or NULL */
	size_t skipped; /* lines of other programs, left out */
	size_t cut;	/* lines too long to be kept whole */
	size_t stamped; /* lines with a prefix that kernel logs have */
};

/*
 * The log out of dump memory. Needs symbols or VMCOREINFO; without types, what VMCOREINFO says of
 * the structures is enough for all but levels. A log cut short is no error: see log->err.
 */
struct err *printk_open(struct kernel *kernel, struct log **ret);
/* Parse a log as text, in any form that log_text.h names; it is copied. */
struct err *log_parse(const char *text, size_t length, struct log **ret);
/* The same from a file; fd stays the caller's. At most LOG_FILE_MAX bytes are taken. */
#define LOG_FILE_MAX (64u << 20)
struct err *log_read(int fd, struct log **ret);
void log_close(struct log *log);
DEFINE_CLEANUP(struct log, log_close)

#endif
