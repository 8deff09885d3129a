/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_CLI_GROUPS
#define TRIAGE_DAEMON_CLI_GROUPS

#include "daemon/cli/list_filters.h"

/* Crashes that have something in common, a group each: what triage signatures, hosts and list --group-by show. */
enum group_by {
	GROUP_SIGNATURE,
	GROUP_KERNEL,
	GROUP_HOST,
	GROUP_HARDWARE,
	GROUP_CAUSE,
	GROUP_BY_COUNT
};
/* "signature", …; false for a name that is none of them. */
const char *group_by_name(enum group_by by);
bool group_by_parse(const char *text, enum group_by *ret);

/* Strings are valid for the call that brings the group, NULL for not known; times are seconds since the epoch. */
struct group {
	const char *name;
	int64_t count, hosts, kernels;
	const char *host, *kernel; /* the only one that there is */
	int64_t first_s, last_s;
	/* Of the last crash. */
	int64_t last_id;
	const char *last_uid, *last_kernel, *hardware, *cause, *severity, *headline;
	const char *top_cause; /* of most of them; not for signatures */
	int64_t top_count;
	const char *ticket; /* of a signature */
};

/*
 * The groups of the crashes that filters let pass and that have such a name; those with the latest crash first. limit
 * 0: all.
 */
struct err *groups_read(struct db *db, enum group_by by, const struct list_filters *filters,
			uint64_t limit, void (*take)(void *context, const struct group *group),
			void *context);

#endif
