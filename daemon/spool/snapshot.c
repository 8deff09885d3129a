/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads one directory of a spool. */
#include "daemon/spool/snapshot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "daemon/loop.h"
#include "daemon/spool/spool_path.h"

#define README_MAX 16384

static enum entry_type type_of(mode_t mode)
{
	return S_ISREG(mode)   ? ENTRY_FILE
	       : S_ISDIR(mode) ? ENTRY_DIR
	       : S_ISLNK(mode) ? ENTRY_SYMLINK
			       : ENTRY_OTHER;
}

/* A regular file; unreadable ones simply stay unknown: -1. */
static int open_file(int at, const char *name)
{
	_close_ int fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	return fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) ? -1 : take_fd(fd);
}

static ssize_t read_start(int at, const char *name, void *buf, size_t size)
{
	_close_ int fd = open_file(at, name);

	return fd < 0 ? -1 : pread(fd, buf, size, 0);
}

/* --- what the first bytes were --- */

static uint64_t format_key(const struct spool_entry *entry)
{
	const uint64_t identity[] = {entry->device, entry->inode, entry->size,
				     (uint64_t)entry->mtime_ns};

	return hash_bytes(identity, sizeof(identity));
}

void formats_age(struct formats *formats)
{
	map_deinit(&formats->before);
	formats->before = formats->now;
	formats->now = (struct map){0};
}

void formats_deinit(struct formats *formats)
{
	map_deinit(&formats->now);
	map_deinit(&formats->before);
}

/* Both in one word: the format in its low byte, above it the set, or 0. */
static uint64_t sniff_entry(int at, const char *name)
{
	_close_ int fd = open_file(at, name);
	uint64_t set = 0;
	enum sniff_format format = fd >= 0 ? sniff_format_of_file(fd, &set) : SNIFF_NONE;

	return (uint64_t)format | (set ? (set | 1) << 8 : 0);
}

static void take_format(struct formats *formats, int at, struct spool_entry *entry)
{
	uint64_t key = format_key(entry), both;
	const uint64_t *known = map_get(&formats->now, key);

	known = known ? known : map_get(&formats->before, key);
	both = known ? *known : sniff_entry(at, entry->name);
	map_set(&formats->now, key, both);
	entry->format = both & 0xff;
	entry->set = both >> 8;
}

/* --- entries --- */

/* Names that writers of dumps give, and directories. */
static bool looks_like_dump(const struct dirent *item)
{
	static const char *const words[] = {"core", "dump", "dmesg", "crash", "README"};

	if (item->d_type == DT_DIR)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strstr(item->d_name, words[i]))
			return true;
	return false;
}

/* By when it was changed: a time that somebody set to the future is worth nothing. */
static int newest_first(const void *a, const void *b)
{
	const struct spool_entry *x = a, *y = b;

	if (x->ctime_ns != y->ctime_ns)
		return x->ctime_ns < y->ctime_ns ? 1 : -1;
	return strcmp(x->name, y->name);
}

static void keep_newest(struct snapshot *snapshot)
{
	struct spool_dir *dir = &snapshot->dir;

	qsort(dir->entries, dir->count, sizeof(*dir->entries), newest_first);
	while (dir->count > ENTRIES_MAX) {
		free(dir->entries[--dir->count].name);
		snapshot->passed_over++;
	}
}

static int64_t nanoseconds(struct timespec time)
{
	return time.tv_sec * 1000000000ll + time.tv_nsec;
}

static struct err *add_entry(struct snapshot *snapshot, int at, const char *name)
{
	struct spool_dir *dir = &snapshot->dir;
	struct spool_entry *entry;
	struct stat st;

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
				      .mtime_ns = nanoseconds(st.st_mtim),
				      .ctime_ns = nanoseconds(st.st_ctim)};
	if (!entry->name)
		return &err_nomem;
	dir->count++;
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

/* A quarter more than is kept: the rest is sorted out once in so many. */
#define ENTRIES_ROOM (ENTRIES_MAX + ENTRIES_MAX / 4)

static struct err *read_entry(struct snapshot *snapshot, const struct dirent *item)
{
	if (!strcmp(item->d_name, ".") || !strcmp(item->d_name, ".."))
		return NULL;
	if (snapshot->dir.count >= ENTRIES_MAX / 2 && !looks_like_dump(item)) {
		snapshot->passed_over++;
		return NULL;
	}
	TRY(add_entry(snapshot, dirfd(snapshot->stream), item->d_name));
	if (snapshot->dir.count >= ENTRIES_ROOM)
		keep_newest(snapshot);
	return NULL;
}

/* All names are there: their order, and what stands in the README. */
static struct err *finish_names(struct snapshot *snapshot)
{
	if (snapshot->dir.count > ENTRIES_MAX)
		keep_newest(snapshot);
	if (snapshot->dir.count)
		qsort(snapshot->dir.entries, snapshot->dir.count, sizeof(struct spool_entry),
		      by_name);
	snapshot->named = true;
	if (spool_dir_find_file(&snapshot->dir, "README.txt") != NO_ENTRY)
		return read_readme(snapshot, dirfd(snapshot->stream));
	return NULL;
}

static struct err *read_names(struct snapshot *snapshot, int64_t end_ms)
{
	struct dirent *item;

	while (loop_now_ms() < end_ms) {
		item = readdir(snapshot->stream);
		if (!item)
			return finish_names(snapshot);
		TRY(read_entry(snapshot, item));
	}
	return NULL;
}

static void read_formats(struct snapshot *snapshot, struct formats *formats, int64_t end_ms)
{
	struct spool_dir *dir = &snapshot->dir;

	for (; snapshot->sniffed < dir->count && loop_now_ms() < end_ms; snapshot->sniffed++) {
		struct spool_entry *entry = &dir->entries[snapshot->sniffed];

		if (entry->type == ENTRY_FILE)
			take_format(formats, dirfd(snapshot->stream), entry);
	}
}

struct err *snapshot_read(struct snapshot *snapshot, struct formats *formats, int64_t end_ms,
			  bool *whole)
{
	*whole = false;
	if (!snapshot->named)
		TRY(read_names(snapshot, end_ms));
	if (!snapshot->named)
		return NULL;
	read_formats(snapshot, formats, end_ms);
	*whole = snapshot->sniffed == snapshot->dir.count;
	return NULL;
}

struct err *snapshot_begin(const char *root, const char *path, struct snapshot **ret)
{
	_cleanup_(cleanup_snapshot_free) struct snapshot *snapshot = calloc(1, sizeof(*snapshot));
	_close_ int fd = -1;

	if (!snapshot || !(snapshot->path = strdup(path)))
		return &err_nomem;
	TRY(spool_path_open(root, path, O_RDONLY | O_DIRECTORY, &fd));
	snapshot->stream = fdopendir(fd);
	if (!snapshot->stream)
		return err_errno(errno, "open %s", path);
	take_fd(fd);
	snapshot->dir.name = strrchr(snapshot->path, '/') + 1;
	snapshot->dir.is_root = !strcmp(root, path);
	*ret = take_ptr(snapshot);
	return NULL;
}

struct err *snapshot_take(const char *root, const char *path, struct snapshot **ret)
{
	_cleanup_(cleanup_snapshot_free) struct snapshot *snapshot = NULL;
	_cleanup_(formats_deinit) struct formats formats = {0};
	bool whole;

	TRY(snapshot_begin(root, path, &snapshot));
	TRY(snapshot_read(snapshot, &formats, INT64_MAX, &whole));
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
	if (snapshot->stream)
		closedir(snapshot->stream);
	free(snapshot);
}
