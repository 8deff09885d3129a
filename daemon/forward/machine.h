/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_FORWARD_MACHINE
#define TRIAGE_DAEMON_FORWARD_MACHINE

#include "base/error.h"

#define MACHINE_SIZE 33

/* A machine's own name for other machines: made of /etc/machine-id, which is not to be told itself (machine-id(5)). */
struct err *machine_id(char ret[MACHINE_SIZE]);

#endif
