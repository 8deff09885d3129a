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
	int own;
};

bool dump_set_is_same_file(int one, int other)
{
	struct stat a, b;

	return !fstat(one, &a) && !fstat(other, &b) && a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

static int open_plain(int directory, const char *name)
{
	int fd = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd >= 0 && (fstat(fd, &st) || !S_ISREG(st.st_mode))) {
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
	_close_ int fd = open_plain(directory, name);

	if (fd >= 0 && !dump_set_is_same_file(fd, search->own) && dump_part_read(fd, &part) &&
	    dump_part_same(&part, &search->part))
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

static bool is_snapshot(const char *path)
{
	return has_suffix(path, ".vmss") || has_suffix(path, ".vmsn");
}

/* vm.vmss or vm.vmsn: vm.vmem. */
static void find_vmem(const char *path, struct search *search)
{
	_str_ struct str name = {0};

	if (!is_snapshot(path))
		return;
	str_append(&name, path, strlen(path) - strlen("vmss"));
	str_puts(&name, "vmem");
	int fd = name.failed ? -1 : open_plain(AT_FDCWD, name.data);

	if (fd >= 0)
		keep(search, fd);
}

int *dump_set_open(const char *path, int fd, size_t *count)
{
	struct search search = {.own = fd};

	if (dump_part_read(fd, &search.part))
		find_parts(path, &search);
	else
		find_vmem(path, &search);
	*count = search.count;
	return search.fds;
}

/* --- among files that were named --------------------------------------------------------------- */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* vm.vmsn and vm.vmem, wherever they lie. */
static bool is_vmem_of(const char *vmem, const char *snapshot)
{
	const char *name = base_name(vmem), *other = base_name(snapshot);

	return has_suffix(vmem, ".vmem") && is_snapshot(snapshot) &&
	       strlen(name) == strlen(other) &&
	       !strncmp(name, other, strlen(name) - strlen("vmem"));
}

static bool is_other_part(const char *path, const char *other)
{
	_close_ int a = open_plain(AT_FDCWD, path), b = open_plain(AT_FDCWD, other);
	struct dump_part one, two;

	return a >= 0 && b >= 0 && dump_part_read(a, &one) && dump_part_read(b, &two) &&
	       dump_part_same(&one, &two);
}

struct err *dump_set_take(const char **paths, size_t *count, struct log_set *set)
{
	const char *first = set->count == 1 ? set->paths[0] : "";
	size_t left = 0;

	for (size_t i = 0; i < *count; i++) {
		bool in_front = is_vmem_of(first, paths[i]);
		bool one =
			in_front || is_vmem_of(paths[i], first) || is_other_part(first, paths[i]);

		if (!one || set->count == LOG_SET_MAX) {
			paths[left++] = paths[i];
			continue;
		}
		set->paths[set->count] = strdup(paths[i]);
		if (!set->paths[set->count])
			return &err_nomem;
		set->count++;
		if (in_front && set->count == 2) {
			char *vmem = set->paths[0];

			set->paths[0] = set->paths[1];
			set->paths[1] = vmem;
			first = "";
		}
	}
	*count = left;
	return NULL;
}
