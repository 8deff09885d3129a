/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_STUCK_POLICY
#define TRIAGE_STUCK_POLICY

#include "base/str.h"
#include "kernel/kernel.h"
#include "kernel/tasks/task.h"

/* Does the scheduler run this task before all ordinary ones? False where its priority is not known. */
bool policy_is_realtime(struct kernel *kernel, const struct task *task);
/* "lab_hog/108 (SCHED_FIFO, priority 50)"; of an ordinary task the label alone. */
void policy_label(struct kernel *kernel, const struct task *task, struct str *text);

#endif
