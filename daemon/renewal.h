/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_RENEWAL
#define TRIAGE_DAEMON_RENEWAL

#include "daemon/daemon.h"

/* Makes the signatures of older programs anew, some at each turn of the loop, after each start of the store. */
struct renewal;

struct err *renewal_create(struct daemon *daemon, struct renewal **ret);
void renewal_destroy(struct renewal *renewal);
DEFINE_CLEANUP(struct renewal, renewal_destroy)
/* The store is there (again), or away. */
void renewal_start(struct renewal *renewal);
void renewal_stop(struct renewal *renewal);

#endif
