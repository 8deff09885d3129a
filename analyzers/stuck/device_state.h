/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_STUCK_DEVICE_STATE
#define TRIAGE_STUCK_DEVICE_STATE

#include "base/str.h"
#include "kernel/kernel.h"

/*
 * Appends what the driver of a request_queue thinks of its device, "SCSI device is running, host 0 is
 * in recovery, 2 commands failed"; by the queue's operations and queuedata, with types of the kernel or of the
 * driver's module. Nothing for drivers it does not know.
 */
void device_state_put(struct kernel *kernel, uint64_t queue, struct str *text);

#endif
