/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_INTAKE
#define TRIAGE_DAEMON_INTAKE

#include "daemon/daemon.h"

/* From the spool into the queue: what the daemon does when the spool has seen something. */
struct spool_events intake_events(struct daemon *daemon);

#endif
