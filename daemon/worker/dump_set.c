/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the files that are one dump with another. */
#include "daemon/worker/dump_set.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "kernel/dump/dump_part.h"

#define ENTRIES_MAX 4096 /* of a directory that are looked at */

struct search {
	int *fds;
	size_t count;
	struct dump_part part; /* that of the file in hand */
	struct stat own;
};

static int open_plain(int directory, const char *name, struct stat *st)
{
	int fd = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd >= 0 && (fstat(fd, st) || !S_ISREG(st->st_mode))) {
		close(fd);
		return -1;
	}
	return fd;
}

static void keep(struct search *search, int fd)
{
	int *grown = reallocarray(search->fds, search->count + 1, sizeof(*grown));

	if (!grown) {
		close(fd);
		return;
	}
	search->fds = grown;
	search->fds[search->count++] = fd;
}

static void look_at(struct search *search, int directory, const char *name)
{
	struct dump_part part;
	struct stat st;
	_close_ int fd = open_plain(directory, name, &st);

	if (fd >= 0 && (st.st_ino != search->own.st_ino || st.st_dev != search->own.st_dev) &&
	    dump_part_read(fd, &part) && dump_part_same(&part, &search->part))
		keep(search, take_fd(fd));
}

static void find_parts(const char *path, struct search *search)
{
	const char *slash = strrchr(path, '/');
	_str_ struct str directory = {0};
	struct dirent *entry;

	str_append(&directory, path, slash ? (size_t)(slash - path + 1) : 0);
	str_puts(&directory, slash ? "" : ".");
	DIR *open = directory.failed ? NULL : opendir(directory.data);

	for (unsigned i = 0; open && i < ENTRIES_MAX && (entry = readdir(open)); i++)
		if (search->count + 1 < DUMP_PARTS_MAX && entry->d_type != DT_DIR)
			look_at(search, dirfd(open), entry->d_name);
	if (open)
		closedir(open);
}

/* vm.vmss or vm.vmsn: vm.vmem. */
static void find_vmem(const char *path, struct search *search)
{
	_str_ struct str name = {0};
	struct stat st;

	if (!has_suffix(path, ".vmss") && !has_suffix(path, ".vmsn"))
		return;
	str_append(&name, path, strlen(path) - strlen("vmss"));
	str_puts(&name, "vmem");
	int fd = name.failed ? -1 : open_plain(AT_FDCWD, name.data, &st);

	if (fd >= 0)
		keep(search, fd);
}

int *dump_set_open(const char *path, int fd, size_t *count)
{
	struct search search = {0};

	if (dump_part_read(fd, &search.part) && !fstat(fd, &search.own))
		find_parts(path, &search);
	else
		find_vmem(path, &search);
	*count = search.count;
	return search.fds;
}
