/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_PRINTK_H
#define TRIAGE_PRINTK_H

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
	int level;	  /* 0…7, -1 unknown */
	uint32_t caller;  /* CPU with bit 31 set, else thread id; 0 unknown */
	bool continued;	  /* belongs to the line before */
};

struct log {
	struct log_line *lines;
	size_t count;
	char *text;	    /* storage of all lines */
	const char *source; /* "printk ring", "log_buf records", "log_buf", "dmesg file" */
	struct err *err;    /* why the log is cut short, or NULL */
};

struct err *log_open(struct kernel *kernel, struct log **ret);
/* Parse dmesg output ("[  12.345678] text"); text is copied. For logs beside or without a dump. */
struct err *log_parse(const char *text, size_t length, struct log **ret);
/* The same from a file; fd stays the caller's. At most LOG_FILE_MAX bytes are taken. */
#define LOG_FILE_MAX (64u << 20)
struct err *log_read(int fd, struct log **ret);
void log_close(struct log *log);
DEFINE_CLEANUP(struct log, log_close)

#endif
