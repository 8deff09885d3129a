/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_PROBE_PWQS
#define TRIAGE_KERNEL_PROBE_PROBE_PWQS

#include "base/error.h"

struct kernel;
struct type_provider;

/*
 * pool_workqueue's node and the work queue it leads back to, by the list of all work queues, and a work queue's
 * lists of who waits for it to be empty. Needs workqueue_struct.list and pwqs.
 */
struct err *probe_pwqs(struct kernel *kernel, struct type_provider *types);

#endif
