/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_BACKOFF
#define TRIAGE_DAEMON_BACKOFF

/*
 * How long who failed waits before the next try: 1 s, after each failure twice as long, up to most_ms; half of it by
 * chance, so that hosts do not come all at once.
 */
struct backoff {
	unsigned most_ms;
	unsigned next_ms; /* 0: nothing has failed yet */
};

void backoff_reset(struct backoff *backoff);
/* Sleeps. */
void backoff_wait(struct backoff *backoff);
/* The same for a time that is known. */
void backoff_pause(unsigned ms);

#endif
