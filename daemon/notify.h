/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_NOTIFY
#define TRIAGE_DAEMON_NOTIFY

#include <stdint.h>

/* What systemd is told of the daemon's state. Nothing happens where it does not listen. */

/* "READY=1", "STOPPING=1" and so on, see sd_notify(3). */
void notify_send(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* How often the watchdog wants to hear from us in milliseconds, 0: never. */
int64_t notify_watchdog_ms(void);

#endif
