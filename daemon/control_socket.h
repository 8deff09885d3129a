/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_CONTROL_SOCKET
#define TRIAGE_DAEMON_CONTROL_SOCKET

#include <sys/un.h>

#include "base/error.h"
#include "json.h"

/*
 * The control socket, a SOCK_SEQPACKET one in the daemon's run directory. Triage reads the store
 * directly; only what the daemon alone knows (what runs, what waits) or alone may do (retry, prune,
 * annotate) goes through here. One packet with a JSON object each way:
 *   {"verb": "status"}                → {"ok": {…}}
 *   {"verb": "retry", "id": 5}        → {"ok": {}} or {"error": {"code", "message"}}
 *   {"verb": "prune", "forget_s": 0}  → {"ok": {"reports", "dumps", "records"}}
 *   {"verb": "annotate", "id": 5, "ticket", "cause", "note", "fixed"} → {"ok": {}}, see annotation_put()
 *   {"verb": "scan"}                  → {"ok": {}}
 *   {"verb": "about", "path", "real"} → {"ok": {"kind", "why", "due_s", "store"}}, see spool_about()
 * The socket is the group's (mode 0660): who may connect may ask.
 */
#define CONTROL_SOCKET_PACKET_MAX (64u << 10)

/* ERR_INVALID when run_dir is too long for a socket's address. */
struct err *control_socket_address(const char *run_dir, struct sockaddr_un *ret);

/*
 * Ask the daemon whose socket lies in run_dir and wait up to 30 s for its answer. *ret is the "ok"
 * object, the caller's; its "error" comes back as an error. ERR_NOT_FOUND when no daemon runs.
 */
struct err *control_socket_ask(const char *run_dir, json_t *request, json_t **ret);

#endif
