/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_USAGE_PATH
#define TRIAGE_MEMORY_USAGE_PATH

#include "kernel/tasks/task.h"

/*
 * Paths into buf, "/a/b"; the outermost names are left out where they do not fit. "" when nothing can
 * be read. Bytes are as in the dump: escape before showing.
 */

/* Of a control group, by its cgroup_subsys_state. "/" for the root. */
void usage_path_of_css(struct kernel *kernel, uint64_t css, char *buf, size_t size);
/* Of the group that a task's memory is charged to. */
void usage_path_of_task(struct kernel *kernel, const struct task *task, char *buf, size_t size);
/* Where a struct mount is mounted, in its own name space. */
void usage_path_of_mount(struct kernel *kernel, uint64_t mount, char *buf, size_t size);

#endif
