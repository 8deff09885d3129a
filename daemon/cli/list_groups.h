/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_CLI_LIST_GROUPS
#define TRIAGE_DAEMON_CLI_LIST_GROUPS

#include "daemon/cli/group_list.h"

/* triage list --group-by: what crashes have in common, whatever that is. The same as group_list_show(). */
struct err *list_groups_show(struct cmd *cmd, enum group_by by, const struct list_filters *filters,
			     const struct when *when, uint64_t limit);

#endif
