/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_CONFIG
#define TRIAGE_DAEMON_CONFIG

#include "base/error.h"

/*
 * triaged.conf: "key = value" lines, "#" comments. A key given twice is an error unless it is a
 * list; so are unknown keys and values out of range, each with its line. Times take ms, s, min, h,
 * d, w and y (none: seconds), sizes K, M, G and T in powers of 1024 (none: bytes).
 */
struct config_list {
	char **items;
	size_t count;
};

struct config {
	struct config_list spool;
	uint64_t spool_depth;
	uint64_t scan_interval_ms;
	uint64_t settle_time_ms;
	uint64_t stale_time_ms;
	uint64_t log_only_time_ms;
	uint64_t workers;
	uint64_t worker_timeout_ms;
	uint64_t worker_memory;
	uint64_t unpack_size, unpack_reserve;
	uint64_t report_keep_count, report_keep_time_ms, report_keep_size;
	char *metrics_file;   /* NULL: none */
	uint64_t dump_delete; /* 0 or 1 */
	uint64_t dump_keep_count, dump_keep_time_ms, dump_keep_size;
	char *forward_to; /* never NULL, nor are the next two */
	char *fleet_store;
	char *on_verdict;
	uint64_t on_verdict_timeout_ms;
};

#define CONFIG_PATH "/etc/triaged.conf"

/* Parse text; source stands in messages. Keys that are not given have their defaults. */
struct err *config_parse(const char *text, const char *source, struct config **ret);
/* Read a file. Without CONFIG_PATH there are the defaults; another file that is named has to be there. */
struct err *config_load(const char *path, struct config **ret);
/* A time as the file has them, "5min"; false when it is none. */
bool config_parse_time(const char *text, uint64_t *ms);
void config_free(struct config *config);
DEFINE_CLEANUP(struct config, config_free)

#endif
