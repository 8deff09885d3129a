/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What systemd is told of the daemon's state. */
#include "daemon/notify.h"

#include <stdarg.h>
#include <systemd/sd-daemon.h>

#include "base/cleanup.h"

void notify_send(const char *fmt, ...)
{
	_free_ char *state = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&state, fmt, args) < 0)
		state = NULL;
	va_end(args);
	if (state)
		sd_notify(0, state);
}

int64_t notify_watchdog_ms(void)
{
	uint64_t interval_us;

	return sd_watchdog_enabled(0, &interval_us) > 0 ? (int64_t)interval_us / 1000 : 0;
}
