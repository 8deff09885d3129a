/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PRINTK_LOG_PREFIX
#define TRIAGE_KERNEL_PRINTK_LOG_PREFIX

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A piece of a line; not terminated, length 0 for none. */
struct slice {
	const char *at;
	size_t length;
};

/*
 * What stands in front of the kernel's words in a line of a log: its own time and level, and what
 * syslog daemons, journals, consoles, containers, grep and mail put before that. Elements come in
 * any order that makes sense; each is known by its shape, so nothing has to be said of the file.
 */
struct log_prefix {
	int level;     /* 0…7, -1 unknown */
	bool has_time; /* time since boot */
	bool kmsg;     /* of /dev/kmsg: lines of fields may follow */
	bool delta;    /* time is since the line before: dmesg -H */
	uint64_t time_us;
	uint32_t caller;   /* CPU with bit 31 set, else thread id; 0 unknown */
	struct slice wall; /* calendar date and time, as written */
	struct slice host;
	bool kernel;	   /* a tag says that the line is the kernel's */
	bool program;	   /* a date, then "host program:": somebody else's, if host is the log's */
	unsigned elements; /* how many were found */
};

/*
 * Read the prefix of a line, cleaned as by log_line_clean(). Returns its length in bytes, with one
 * blank behind it; 0 when there is none.
 */
size_t log_prefix_read(const char *line, size_t length, struct log_prefix *ret);

#endif
