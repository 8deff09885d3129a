/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_OUTBOX
#define TRIAGE_DAEMON_OUTBOX

#include "daemon/daemon.h"

/*
 * What goes out after a verdict: its JSON file under the state directory and one journal entry.
 * Due ones are marked in the verdict's own transaction, so each comes at least once whatever
 * happens; after a crash at the wrong moment the journal may have one twice.
 */
struct outbox;

struct err *outbox_create(struct daemon *daemon, struct outbox **ret);
void outbox_destroy(struct outbox *outbox);
DEFINE_CLEANUP(struct outbox, outbox_destroy)
void outbox_wake(struct outbox *outbox);

#endif
