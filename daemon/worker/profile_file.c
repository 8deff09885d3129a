/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Profiles as files: a site's, and those that are kept of earlier dumps. */
#include "daemon/worker/profile_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "kernel/types/profile.h"

#define ENDING ".profile"
#define NAME_LENGTH_MAX 140
#define ENTRIES_MAX 4096 /* of a directory, looked at */

static bool is_name(const char *text)
{
	size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789._+~-");

	return length && length < NAME_LENGTH_MAX && !text[length] && text[0] != '.';
}

/* No FIFO or device may hold us up. */
int profile_file_open(const char *directory, const char *name)
{
	char file[NAME_LENGTH_MAX + sizeof(ENDING)];
	struct stat st;

	if (!directory || !is_name(name))
		return -1;
	_close_ int folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	snprintf(file, sizeof(file), "%s" ENDING, name);
	_close_ int fd =
		folder < 0 ? -1
			   : openat(folder, file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode))
		return -1;
	return take_fd(fd);
}

/* --- keeping ---------------------------------------------------------------------------------- */

struct listing {
	char oldest[NAME_LENGTH_MAX + sizeof(ENDING)];
	struct timespec when;
	unsigned count;
};

static void look_at(int folder, const char *name, struct listing *listing)
{
	size_t length = strlen(name);
	struct stat st;

	if (length >= sizeof(listing->oldest) || length < sizeof(ENDING) ||
	    strcmp(name + length - (sizeof(ENDING) - 1), ENDING) != 0 ||
	    fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW))
		return;
	if (!listing->count++ || st.st_mtim.tv_sec < listing->when.tv_sec ||
	    (st.st_mtim.tv_sec == listing->when.tv_sec &&
	     st.st_mtim.tv_nsec < listing->when.tv_nsec)) {
		memcpy(listing->oldest, name, length + 1);
		listing->when = st.st_mtim;
	}
}

/* One goes for each that comes: the directory never grows by more. */
static void drop_oldest(int folder)
{
	struct listing listing = {.count = 0};
	int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *entries = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;

	for (unsigned i = 0; entries && i < ENTRIES_MAX && (entry = readdir(entries)); i++)
		look_at(folder, entry->d_name, &listing);
	if (entries)
		closedir(entries);
	else if (copy >= 0)
		close(copy);
	if (listing.count > PROFILES_KEPT_MAX)
		unlinkat(folder, listing.oldest, 0);
}

/* Under a name of this thread alone first: others may be at the same one. */
static struct err *write_atomically(int folder, const char *name, const char *text, size_t length)
{
	char partial[NAME_LENGTH_MAX + 40], final[NAME_LENGTH_MAX + sizeof(ENDING)];

	snprintf(partial, sizeof(partial), ".%s.%d.tmp", name, (int)gettid());
	snprintf(final, sizeof(final), "%s" ENDING, name);
	_close_ int fd = openat(folder, partial,
				O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0640);
	if (fd < 0)
		return err_errno(errno, "create %s", partial);
	struct err *err = io_write_all(fd, text, length);
	if (!err && (fsync(fd) || renameat(folder, partial, folder, final)))
		err = err_errno(errno, "keep %s", final);
	if (err)
		unlinkat(folder, partial, 0);
	return err;
}

struct err *profile_file_keep(const char *directory, const char *text, size_t length)
{
	struct profile_info info;

	TRY(profile_read(text, length, &info, NULL));
	const char *name = info.build_id[0] ? info.build_id : info.release;
	if (!is_name(name) || !info.whole)
		return err_new(ERR_CORRUPT, "a profile without a name to keep it by");
	if (mkdir(directory, 0750) && errno != EEXIST)
		return err_errno(errno, "mkdir %s", directory);
	_close_ int folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return err_errno(errno, "open %s", directory);
	TRY(write_atomically(folder, name, text, length));
	drop_oldest(folder);
	return NULL;
}
