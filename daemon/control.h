/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_CONTROL
#define TRIAGE_DAEMON_CONTROL

#include "daemon/daemon.h"

/*
 * The control socket: what triage asks of a running daemon. The store is read directly; only
 * what the daemon alone knows (what runs, what waits) or alone may do (retry, prune) goes through
 * here. One packet with a JSON object each way:
 *   {"verb": "status"}                → {"ok": {…}}
 *   {"verb": "retry", "id": 5}        → {"ok": {}} or {"error": {"code", "message"}}
 *   {"verb": "prune", "forget_s": 0}  → {"ok": {"reports", "dumps", "records"}}
 *   {"verb": "scan"}                  → {"ok": {}}
 * The socket is the group's (mode 0660): who may connect may ask.
 */
struct control;

#define CONTROL_PACKET_MAX (64u << 10)

struct err *control_create(struct daemon *daemon, struct control **ret);
void control_destroy(struct control *control);
DEFINE_CLEANUP(struct control, control_destroy)

/*
 * The other side: ask the daemon whose socket lies in run_dir, wait for its answer. *ret is the
 * "ok" object, the caller's; its "error" comes back as an error. ERR_NOT_FOUND when none runs.
 */
struct err *control_ask(const char *run_dir, json_t *request, json_t **ret);

#endif
