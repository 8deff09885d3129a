/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Directories under inotify. */
#include "daemon/spool/watch.h"

#include <errno.h>
#include <string.h>
#include <sys/inotify.h>

#include "base/array.h"

#define EVENTS                                                                                     \
	(IN_CREATE | IN_CLOSE_WRITE | IN_MODIFY | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |        \
	 IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF)

/*
 * Sorted by descriptor. The kernel gives out ever higher ones, so an array with a place for each
 * would grow with every directory there ever was.
 */
struct watched {
	int descriptor;
	char *path;
};

struct watch {
	int fd;
	struct watch_events events;
	struct watched *list;
	size_t count;
};

struct err *watch_create(const struct watch_events *events, struct watch **ret)
{
	struct watch *watch = calloc(1, sizeof(*watch));

	if (!watch)
		return &err_nomem;
	watch->events = *events;
	watch->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (watch->fd < 0) {
		free(watch);
		return err_errno(errno, "inotify_init1");
	}
	*ret = watch;
	return NULL;
}

void watch_destroy(struct watch *watch)
{
	if (!watch)
		return;
	for (size_t i = 0; i < watch->count; i++)
		free(watch->list[i].path);
	free(watch->list);
	close(watch->fd);
	free(watch);
}

int watch_fd(const struct watch *watch)
{
	return watch->fd;
}

size_t watch_count(const struct watch *watch)
{
	return watch->count;
}

/* Where descriptor stands in the list, or should. */
static size_t place_of(const struct watch *watch, int descriptor)
{
	return array_first(watch->count, i, watch->list[i].descriptor >= descriptor);
}

static struct watched *find(const struct watch *watch, int descriptor)
{
	size_t at = place_of(watch, descriptor);

	return at < watch->count && watch->list[at].descriptor == descriptor ? &watch->list[at]
									     : NULL;
}

static struct err *insert(struct watch *watch, int descriptor, char *path)
{
	size_t at = place_of(watch, descriptor);

	if (!array_grow(watch->list, watch->count))
		return &err_nomem;
	memmove(watch->list + at + 1, watch->list + at, (watch->count - at) * sizeof(*watch->list));
	watch->list[at] = (struct watched){descriptor, path};
	watch->count++;
	return NULL;
}

static struct err *keep_path(struct watch *watch, int descriptor, const char *path)
{
	struct watched *known = find(watch, descriptor);
	_free_ char *copy = NULL;

	if (known && !strcmp(known->path, path))
		return NULL;
	copy = strdup(path);
	if (!copy)
		return &err_nomem;
	if (known) {
		free(known->path);
		known->path = take_ptr(copy);
		return NULL;
	}
	TRY(insert(watch, descriptor, copy));
	take_ptr(copy);
	return NULL;
}

struct err *watch_add(struct watch *watch, const char *path)
{
	int descriptor = inotify_add_watch(watch->fd, path, EVENTS | IN_ONLYDIR | IN_EXCL_UNLINK);

	if (descriptor < 0 && errno == ENOSPC)
		return err_new(ERR_LIMIT,
			       "no inotify watch left for %s: raise "
			       "fs.inotify.max_user_watches",
			       path);
	if (descriptor < 0)
		return err_errno(errno, "watch %s", path);
	return keep_path(watch, descriptor, path);
}

static void forget(struct watch *watch, int descriptor)
{
	size_t at = place_of(watch, descriptor);

	free(watch->list[at].path);
	watch->count--;
	memmove(watch->list + at, watch->list + at + 1, (watch->count - at) * sizeof(*watch->list));
}

static void take_event(struct watch *watch, const struct inotify_event *event)
{
	struct watched *known = find(watch, event->wd);

	if (event->mask & IN_Q_OVERFLOW)
		watch->events.lost(watch->events.context);
	if (!known)
		return;
	watch->events.changed(watch->events.context, known->path);
	if (event->mask & IN_IGNORED)
		forget(watch, event->wd);
}

void watch_read(struct watch *watch)
{
	char buf[16384] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t length;

	while ((length = read(watch->fd, buf, sizeof(buf))) > 0) {
		for (char *at = buf; at < buf + length;) {
			const struct inotify_event *event = (const void *)at;

			take_event(watch, event);
			at += sizeof(*event) + event->len;
		}
	}
}
