/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_WORKER_WORKER_PROFILE
#define TRIAGE_DAEMON_WORKER_WORKER_PROFILE

#include "json.h"
#include "kernel/open.h"

/*
 * The profile of a vmlinux, in the worker: the request is WORKER_PROFILE_REQUEST, there is no dump. The
 * answer is {"profile": TEXT}.
 */
#define WORKER_PROFILE_REQUEST "{\"profile\": true}"

bool worker_profile_is_asked(const char *request);
/* answer() takes over what it gets. ERR_NOT_FOUND for a file without debug information. */
struct err *worker_profile(const struct kernel_options *options, void (*answer)(json_t *answer));

#endif
