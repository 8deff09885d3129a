/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_LOOP
#define TRIAGE_DAEMON_LOOP

#include "base/error.h"

/*
 * The event loop: file descriptors and timers, one thread. Callbacks may add and remove anything,
 * themselves included.
 */
struct loop;

struct err *loop_create(struct loop **ret);
void loop_destroy(struct loop *loop);
DEFINE_CLEANUP(struct loop, loop_destroy)

/* Call ready whenever fd can be read. fd stays the caller's; remove it before closing it. */
struct err *loop_add(struct loop *loop, int fd, void (*ready)(void *context), void *context);
void loop_remove(struct loop *loop, int fd);

/* A timer lives in its user's structure; zero-initialise, set run and context. */
struct timer {
	void (*run)(void *context);
	void *context;
	int64_t due_ms; /* on the loop's clock; 0: not set */
	struct timer *next;
};

/* Run once, delay_ms from now; a timer that is set already is moved. */
void timer_set(struct loop *loop, struct timer *timer, int64_t delay_ms);
/* The same, but never later than it was set to already. */
void timer_hasten(struct loop *loop, struct timer *timer, int64_t delay_ms);
void timer_stop(struct loop *loop, struct timer *timer);

/* Milliseconds on a clock that only runs forward, also while the machine sleeps. */
int64_t loop_now_ms(void);

/* Run until loop_stop(). */
struct err *loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

#endif
