/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_SPOOL_LOG_NAME
#define TRIAGE_DAEMON_SPOOL_LOG_NAME

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a file's name says of its place among the files of its log. */
struct log_name {
	const char *start; /* the path, the caller's */
	size_t stem;	   /* bytes of the path that all files of the log begin with */
	enum {
		LOG_NAME_PLAIN,	   /* messages: the one that is written to */
		LOG_NAME_NUMBERED, /* messages.1: the higher, the older */
		LOG_NAME_DATED,	   /* messages-20240101: the lower, the older */
		LOG_NAME_PART, /* of pstore, dmesg-efi-…, dmesg-ramoops-0: its first line tells */
	} kind;
	uint64_t number;
};

struct log_name log_name_read(const char *path);
/* Are two files of one log: what logrotate makes of it, or what pstore keeps? Not for one and the same path. */
bool log_name_is_one_log(const struct log_name *one, const struct log_name *other);
/* The oldest first: dates before numbers, which logrotate gives in its first days alone. */
int log_name_compare(const struct log_name *left, const struct log_name *right);
/* Seconds since the epoch at which a part of pstore was kept, as its number has it; 0 where it does not. */
int64_t log_name_time(const struct log_name *name);

#endif
