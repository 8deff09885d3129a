/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_WORKER_WORKER_DMESG
#define TRIAGE_DAEMON_WORKER_WORKER_DMESG

#include "json.h"
#include "kernel/kernel.h"

/*
 * The whole kernel log of a dump, or a log file, in the worker: the request is WORKER_DMESG_REQUEST. The
 * answer comes in parts: {"lines": ["[    9.731902] BUG: …", …]}, and last {"summary": {"count",
 * "left_out" (lines beyond WORKER_DMESG_BYTES), "source", "why" (the log is cut short, or null)}}.
 */
#define WORKER_DMESG_REQUEST "{\"dmesg\": true}"
#define WORKER_DMESG_BYTES (64u << 20) /* of text, so that the parent takes it all */

bool worker_dmesg_is_asked(const char *request);
/* answer() takes over what it gets. ERR_NOT_FOUND without a log. */
struct err *worker_dmesg(struct kernel *kernel, void (*answer)(json_t *answer));

#endif
