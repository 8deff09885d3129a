/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the file of a program or shared library by its name. */
#include "daemon/worker/object_file.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"

#define FILE_MAX (2048ll << 20)

static const char *const directories[] = {
	"/usr/lib/x86_64-linux-gnu",
	"/usr/lib64",
	"/usr/lib",
	"/lib/x86_64-linux-gnu",
	"/lib64",
	"/lib",
	"/usr/bin",
	"/usr/sbin",
	"/bin",
	"/sbin",
	"/usr/libexec",
	"/usr/local/lib",
	"/usr/local/bin",
	"/usr/local/sbin",
};

static bool is_name(const char *text)
{
	size_t length = strlen(text);

	for (size_t i = 0; i < length; i++)
		if (text[i] <= ' ' || text[i] > '~' || text[i] == '/')
			return false;
	return length && length < NAME_MAX && text[0] != '.';
}

/*
 * The kernel names a file by its own name, never by a link's. The daemon may read what nobody else may, and the worker
 * that asks may not be itself any more: it gets no file that is not everybody's.
 */
static int open_plain(const char *root, const char *directory, const char *name)
{
	char path[PATH_MAX];
	struct stat st;
	int length = snprintf(path, sizeof(path), "%s%s/%s", root, directory, name);

	if (length < 0 || (size_t)length >= sizeof(path))
		return -1;
	_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) || !(st.st_mode & S_IROTH) ||
	    st.st_size > FILE_MAX)
		return -1;
	return take_fd(fd);
}

int object_file_open(const char *root, const char *name)
{
	if (!is_name(name))
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		int fd = open_plain(root ? root : "", directories[i], name);

		if (fd >= 0)
			return fd;
	}
	return root ? open_plain(root, "", name) : -1;
}

int object_file_debug(const char *root, const char *build_id)
{
	char directory[PATH_MAX], name[80];
	size_t length = strspn(build_id, "0123456789abcdef");
	const char *home = getenv("HOME");

	if (build_id[length] || length < 8 || length > 64)
		return -1;
	snprintf(directory, sizeof(directory), "/usr/lib/debug/.build-id/%.2s", build_id);
	snprintf(name, sizeof(name), "%s.debug", build_id + 2);
	int fd = open_plain(root ? root : "", directory, name);
	if (fd >= 0 || !home)
		return fd;
	snprintf(directory, sizeof(directory), "/.cache/debuginfod_client/%s", build_id);
	return open_plain(home, directory, "debuginfo");
}
