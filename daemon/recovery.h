/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_RECOVERY
#define TRIAGE_DAEMON_RECOVERY

#include "daemon/daemon.h"

/*
 * After a database was damaged and put aside: the verdicts that its report files still hold go into
 * the new one, before the spools are looked at, so that nothing is analyzed twice. Table damaged
 * tells of it, until somebody deletes the damaged file and for good.
 */
struct recovery;

/* done is called when all that can be taken back has been. */
struct err *recovery_create(struct daemon *daemon, void (*done)(struct daemon *daemon),
			    struct recovery **ret);
void recovery_destroy(struct recovery *recovery);
DEFINE_CLEANUP(struct recovery, recovery_destroy)
/* The store is up: calls done, at once when nothing is to be taken back. */
struct err *recovery_begin(struct recovery *recovery);
/* The store is gone: the next recovery_begin() begins anew. */
void recovery_stop(struct recovery *recovery);

#endif
