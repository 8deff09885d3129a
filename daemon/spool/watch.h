/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_SPOOL_WATCH
#define TRIAGE_DAEMON_SPOOL_WATCH

#include "base/error.h"

/*
 * Directories under inotify. A watch tells only that something changed in a directory; what, the
 * reader finds out by looking at it, so a lost or merged event costs nothing.
 */
struct watch;

struct watch_events {
	void (*changed)(void *context, const char *path); /* something in this directory */
	void (*lost)(void *context); /* events were lost: anything may have changed */
	void *context;
};

struct err *watch_create(const struct watch_events *events, struct watch **ret);
void watch_destroy(struct watch *watch);
DEFINE_CLEANUP(struct watch, watch_destroy)
/* Becomes readable when watch_read() has something to do. */
int watch_fd(const struct watch *watch);
void watch_read(struct watch *watch);
/*
 * Watch a directory; one that is watched already stays so, under its new path if it was moved.
 * ERR_LIMIT when the user's inotify watches are used up.
 */
struct err *watch_add(struct watch *watch, const char *path);
size_t watch_count(const struct watch *watch);

#endif
