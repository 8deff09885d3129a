/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads one directory of a spool. */
#include "daemon/spool/snapshot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "daemon/spool/spool_path.h"

#define README_MAX 16384

static enum entry_type type_of(mode_t mode)
{
	return S_ISREG(mode)   ? ENTRY_FILE
	       : S_ISDIR(mode) ? ENTRY_DIR
	       : S_ISLNK(mode) ? ENTRY_SYMLINK
			       : ENTRY_OTHER;
}

/* The first bytes of a regular file; unreadable ones simply stay unknown. */
static ssize_t read_start(int at, const char *name, void *buf, size_t size)
{
	_close_ int fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode))
		return -1;
	return pread(fd, buf, size, 0);
}

static struct err *add_entry(struct snapshot *snapshot, int at, const char *name)
{
	struct spool_dir *dir = &snapshot->dir;
	uint8_t start[SNIFF_BYTES];
	struct spool_entry *entry;
	struct stat st;
	ssize_t length;

	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW)) {
		snapshot->unreadable += errno != ENOENT;
		return NULL;
	}
	if (!array_grow(dir->entries, dir->count))
		return &err_nomem;
	entry = &dir->entries[dir->count];
	*entry = (struct spool_entry){.name = strdup(name),
				      .type = type_of(st.st_mode),
				      .device = st.st_dev,
				      .inode = st.st_ino,
				      .size = st.st_size,
				      .mtime_ns = st.st_mtim.tv_sec * 1000000000ll +
						  st.st_mtim.tv_nsec};
	if (!entry->name)
		return &err_nomem;
	dir->count++;
	if (entry->type != ENTRY_FILE)
		return NULL;
	length = read_start(at, name, start, sizeof(start));
	if (length > 0)
		entry->format = sniff_format_of(start, length);
	return NULL;
}

static struct err *read_readme(struct snapshot *snapshot, int at)
{
	char *text = calloc(1, README_MAX + 1);

	if (!text)
		return &err_nomem;
	if (read_start(at, "README.txt", text, README_MAX) < 0)
		free(text);
	else
		snapshot->dir.readme = text;
	return NULL;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct spool_entry *)a)->name, ((const struct spool_entry *)b)->name);
}

static struct err *read_entries(struct snapshot *snapshot, DIR *stream)
{
	struct dirent *item;

	while ((item = readdir(stream))) {
		if (!strcmp(item->d_name, ".") || !strcmp(item->d_name, ".."))
			continue;
		if (snapshot->dir.count == ENTRIES_MAX) {
			snapshot->too_many = true;
			break;
		}
		TRY(add_entry(snapshot, dirfd(stream), item->d_name));
	}
	if (snapshot->dir.count)
		qsort(snapshot->dir.entries, snapshot->dir.count, sizeof(struct spool_entry),
		      by_name);
	if (spool_dir_find_file(&snapshot->dir, "README.txt") != NO_ENTRY)
		TRY(read_readme(snapshot, dirfd(stream)));
	return NULL;
}

struct err *snapshot_take(const char *root, const char *path, struct snapshot **ret)
{
	_cleanup_(cleanup_snapshot_free) struct snapshot *snapshot = calloc(1, sizeof(*snapshot));
	_close_ int fd = -1;
	struct err *err;
	DIR *stream;

	if (!snapshot || !(snapshot->path = strdup(path)))
		return &err_nomem;
	TRY(spool_path_open(root, path, O_RDONLY | O_DIRECTORY, &fd));
	stream = fdopendir(fd);
	if (!stream)
		return err_errno(errno, "open %s", path);
	take_fd(fd);
	snapshot->dir.name = strrchr(snapshot->path, '/') + 1;
	snapshot->dir.is_root = !strcmp(root, path);
	err = read_entries(snapshot, stream);
	closedir(stream);
	if (err)
		return err;
	*ret = take_ptr(snapshot);
	return NULL;
}

void snapshot_free(struct snapshot *snapshot)
{
	if (!snapshot)
		return;
	for (size_t i = 0; i < snapshot->dir.count; i++)
		free(snapshot->dir.entries[i].name);
	free(snapshot->dir.entries);
	free(snapshot->dir.readme);
	free(snapshot->path);
	free(snapshot);
}
