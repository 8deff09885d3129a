/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds a module's file for comparing code. */
#include "daemon/worker/module_file.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/str.h"

#define MODULES "/lib/modules/"
#define LINES_MAX 100000 /* of modules.dep */
#define FILE_MAX (512ll << 20)

static bool is_name(const char *text, size_t max)
{
	size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789._+~-");

	return length && length <= max && !text[length] && text[0] != '.';
}

/* No FIFO or device may hold us up. */
static int open_plain(int directory, const char *path)
{
	_close_ int fd = openat(directory, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size > FILE_MAX)
		return -1;
	return take_fd(fd);
}

/* "kernel/drivers/block/virtio-blk.ko.xz" is the file of virtio_blk. */
static bool is_file_of(const char *path, const char *module)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	for (; *module; name++, module++)
		if (*name != *module && !(*name == '-' && *module == '_'))
			return false;
	return !strncmp(name, ".ko", 3);
}

/* Lines "PATH: PATH…": a module, and what it depends on. */
static int open_by_table(int directory, const char *module)
{
	int table = open_plain(directory, "modules.dep");
	_fclose_ FILE *file = table >= 0 ? fdopen(table, "r") : NULL;
	char line[PATH_MAX];

	for (unsigned i = 0; file && i < LINES_MAX && fgets(line, sizeof(line), file); i++) {
		line[strcspn(line, ":\n")] = '\0';
		/* A long line comes in parts; what follows its first part is no "PATH:". */
		if (is_file_of(line, module) && !strstr(line, ".."))
			return open_plain(directory, line);
	}
	return -1;
}

static int open_by_name(int directory, const char *module)
{
	static const char *const endings[] = {"", ".xz", ".zst", ".gz"};
	char name[128];
	int fd = -1;

	for (size_t i = 0; fd < 0 && i < ARRAY_SIZE(endings); i++) {
		snprintf(name, sizeof(name), "%s.ko%s", module, endings[i]);
		fd = open_plain(directory, name);
	}
	return fd;
}

int module_file_open(const char *directory, const char *release, const char *module)
{
	char path[sizeof(MODULES) + 65];

	if (!is_name(release, 64) || !is_name(module, 63))
		return -1;
	snprintf(path, sizeof(path), MODULES "%s", release);
	_close_ int fd = open(directory ? directory : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	int found = open_by_table(fd, module);
	return found >= 0 ? found : open_by_name(fd, module);
}
