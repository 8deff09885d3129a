/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/dump_window.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BLOCK 4096u
#define CHUNK (64u << 10)
#define HELD_MAX (4u << 20) /* bytes in the memory file before it is emptied */

struct window {
	struct source *source;
	int fd;
	uint64_t held;
	char *chunk;
};

struct err *window_open(struct source *source, struct window **ret)
{
	struct window *window = calloc(1, sizeof(*window));

	if (!window)
		return &err_nomem;
	window->source = source;
	window->chunk = malloc(CHUNK);
	window->fd = memfd_create("dump", MFD_CLOEXEC);
	if (!window->chunk || window->fd < 0 ||
	    ftruncate(window->fd, (off_t)source_size(source))) {
		int why = errno;

		window_close(window);
		return err_errno(why, "make a memory file for the flattened dump");
	}
	*ret = window;
	return NULL;
}

void window_close(struct window *window)
{
	if (!window)
		return;
	cleanup_close(&window->fd);
	free(window->chunk);
	free(window);
}

int window_fd(const struct window *window)
{
	return window->fd;
}

static bool is_zero(const char *bytes, size_t length)
{
	return !length || (!bytes[0] && !memcmp(bytes, bytes + 1, length - 1));
}

static struct err *fill(struct window *window, uint64_t at, size_t length)
{
	size_t got;

	TRY(source_read_some(window->source, at, window->chunk, length, &got));
	if (is_zero(window->chunk, got))
		return NULL; /* as the sparse file reads already */
	if (pwrite(window->fd, window->chunk, got, (off_t)at) != (ssize_t)got)
		return err_errno(errno, "fill the memory file of the flattened dump");
	window->held += got;
	return NULL;
}

struct err *window_provide(struct window *window, uint64_t offset, uint64_t length)
{
	uint64_t at = offset & ~(uint64_t)(BLOCK - 1);
	uint64_t end = MIN((offset + length + BLOCK - 1) & ~(uint64_t)(BLOCK - 1),
			   source_size(window->source));

	for (; at < end; at += CHUNK)
		TRY(fill(window, at, (size_t)MIN(end - at, CHUNK)));
	return NULL;
}

struct err *window_trim(struct window *window)
{
	if (window->held <= HELD_MAX)
		return NULL;
	if (fallocate(window->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
		      (off_t)source_size(window->source)))
		return err_errno(errno, "empty the memory file of the flattened dump");
	window->held = 0;
	return NULL;
}
