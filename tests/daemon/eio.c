/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preloaded into the daemon by tests/daemon/faults: while the file named by $TRIAGE_EIO exists,
 * writes to and syncs of the database fail as on a dying disk.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int is_failing(int fd)
{
	const char *flag = getenv("TRIAGE_EIO");
	char link[64], path[512];
	ssize_t length;

	if (!flag || access(flag, F_OK))
		return 0;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, path, sizeof(path) - 1);
	if (length < 0)
		return 0;
	path[length] = '\0';
	if (!strstr(path, "triage.db"))
		return 0;
	errno = EIO;
	return 1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t pwrite64(int fd, const void *buf, size_t length, off64_t offset)
{
	return is_failing(fd) ? -1 : REAL(pwrite64)(fd, buf, length, offset);
}

ssize_t pwrite(int fd, const void *buf, size_t length, off_t offset)
{
	return is_failing(fd) ? -1 : REAL(pwrite)(fd, buf, length, offset);
}

ssize_t write(int fd, const void *buf, size_t length)
{
	return is_failing(fd) ? -1 : REAL(write)(fd, buf, length);
}

int fsync(int fd)
{
	return is_failing(fd) ? -1 : REAL(fsync)(fd);
}

int fdatasync(int fd)
{
	return is_failing(fd) ? -1 : REAL(fdatasync)(fd);
}
