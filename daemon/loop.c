/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The event loop, on epoll. */
#include "daemon/loop.h"

#include <errno.h>
#include <sys/epoll.h>
#include <time.h>

#include "base/alloc.h"
#include "daemon/log.h"

struct source {
	int fd;
	void (*ready)(void *context);
	void *context;
	struct source *next;
};

struct loop {
	int epoll;
	bool stopped;
	struct source *sources;
	struct timer *timers; /* in the order in which they are due */
};

int64_t loop_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000ll + now.tv_nsec / 1000000;
}

struct err *loop_create(struct loop **ret)
{
	struct loop *loop = calloc(1, sizeof(*loop));

	if (!loop)
		return &err_nomem;
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll < 0) {
		free(loop);
		return err_errno(errno, "epoll_create1");
	}
	*ret = loop;
	return NULL;
}

void loop_destroy(struct loop *loop)
{
	if (!loop)
		return;
	for (struct source *source = loop->sources, *next; source; source = next) {
		next = source->next;
		free(source);
	}
	close(loop->epoll);
	free(loop);
}

struct err *loop_add(struct loop *loop, int fd, void (*ready)(void *context), void *context)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
	struct source *source = calloc(1, sizeof(*source));

	if (!source)
		return &err_nomem;
	if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event)) {
		free(source);
		return err_errno(errno, "epoll_ctl");
	}
	*source = (struct source){fd, ready, context, loop->sources};
	loop->sources = source;
	return NULL;
}

void loop_remove(struct loop *loop, int fd)
{
	for (struct source **at = &loop->sources; *at; at = &(*at)->next) {
		struct source *source = *at;

		if (source->fd != fd)
			continue;
		epoll_ctl(loop->epoll, EPOLL_CTL_DEL, fd, NULL);
		*at = source->next;
		free(source);
		return;
	}
}

void timer_stop(struct loop *loop, struct timer *timer)
{
	for (struct timer **at = &loop->timers; *at; at = &(*at)->next) {
		if (*at != timer)
			continue;
		*at = timer->next;
		break;
	}
	timer->due_ms = 0;
}

void timer_set(struct loop *loop, struct timer *timer, int64_t delay_ms)
{
	struct timer **at = &loop->timers;

	timer_stop(loop, timer);
	timer->due_ms = loop_now_ms() + MAX(delay_ms, 0);
	while (*at && (*at)->due_ms <= timer->due_ms)
		at = &(*at)->next;
	timer->next = *at;
	*at = timer;
}

void timer_hasten(struct loop *loop, struct timer *timer, int64_t delay_ms)
{
	if (!timer->due_ms || timer->due_ms > loop_now_ms() + delay_ms)
		timer_set(loop, timer, delay_ms);
}

/* Looked up anew for each event: an earlier callback may have removed it. */
static void dispatch(struct loop *loop, int fd)
{
	for (struct source *source = loop->sources; source; source = source->next) {
		if (source->fd != fd)
			continue;
		source->ready(source->context);
		return;
	}
}

/* Run those that are due. One that sets itself again waits for the next turn. */
static void run_timers(struct loop *loop)
{
	int64_t now = loop_now_ms();

	while (loop->timers && loop->timers->due_ms <= now && !loop->stopped) {
		struct timer *timer = loop->timers;

		timer_stop(loop, timer);
		timer->run(timer->context);
	}
}

/* Whatever an event could not do for lack of memory must not go by in silence. */
static void tell_of_memory(unsigned *told)
{
	unsigned failures = alloc_failures();

	if (failures != *told)
		log_line(LOG_ERR, "out of memory: something was left undone");
	*told = failures;
}

struct err *loop_run(struct loop *loop)
{
	unsigned told = 0;

	loop->stopped = false;
	while (!loop->stopped) {
		struct epoll_event events[16];
		int64_t wait = loop->timers ? loop->timers->due_ms - loop_now_ms() : -1;
		int count;

		if (loop->timers)
			wait = MAX(0, MIN(wait, 3600000));
		count = epoll_wait(loop->epoll, events, ARRAY_SIZE(events), wait);
		if (count < 0 && errno != EINTR)
			return err_errno(errno, "epoll_wait");
		for (int i = 0; i < count && !loop->stopped; i++)
			dispatch(loop, events[i].data.fd);
		run_timers(loop);
		tell_of_memory(&told);
	}
	return NULL;
}

void loop_stop(struct loop *loop)
{
	loop->stopped = true;
}
