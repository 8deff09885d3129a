/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waits between tries. */
#include "daemon/backoff.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"

#define LEAST_MS 1000

void backoff_pause(unsigned ms)
{
	const struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000l};

	nanosleep(&pause, NULL);
}

void backoff_reset(struct backoff *backoff)
{
	backoff->next_ms = 0;
}

void backoff_wait(struct backoff *backoff)
{
	if (!backoff->next_ms) {
		backoff->next_ms = LEAST_MS;
		srandom((unsigned)(time(NULL) ^ getpid()));
	}
	backoff_pause(backoff->next_ms / 2 + (unsigned)random() % (backoff->next_ms / 2 + 1));
	backoff->next_ms = MIN(backoff->next_ms * 2, backoff->most_ms);
}
