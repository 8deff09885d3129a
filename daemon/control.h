/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_CONTROL
#define TRIAGE_DAEMON_CONTROL

#include "daemon/daemon.h"

/* The daemon's end of the control socket: what may be asked stands in control_socket.h. */
struct control;

struct err *control_create(struct daemon *daemon, struct control **ret);
void control_destroy(struct control *control);
DEFINE_CLEANUP(struct control, control_destroy)
/* What is answered to "status", with its lists whole; the caller's. */
json_t *control_status(struct daemon *daemon);

#endif
