/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks for the vmlinux of a kernel where distributions put it. */
#include "kernel/symbols/vmlinux_find.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "kernel/symbols/vmlinux.h"

/* Where Debian, Fedora and their kin, SUSE, and a kernel built here have it. */
static const char *const places[] = {
	"/usr/lib/debug/boot/vmlinux-%s",
	"/usr/lib/debug/lib/modules/%s/vmlinux",
	"/usr/lib/debug/usr/lib/modules/%s/vmlinux",
	"/usr/lib/debug/boot/vmlinux-%s.debug",
	"/lib/modules/%s/build/vmlinux",
	"/lib/modules/%s/vmlinux",
	"/boot/vmlinux-%s",
};

/* Both come from the dump: they must not lead elsewhere. */
static bool is_release(const char *text)
{
	size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789._+~-");

	return length && length < 65 && !text[length] && text[0] != '.';
}

static bool is_build_id(const char *text)
{
	size_t length = strspn(text, "0123456789abcdef");

	return length > 2 && length < BUILD_ID_MAX && !text[length];
}

/* An fd, or -1 when it is not there or of another build. */
static int try_path(const char *path, const char *build_id)
{
	char found[BUILD_ID_MAX];
	_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 ||
	    (build_id && vmlinux_build_id(fd, found, sizeof(found)) && strcmp(found, build_id)))
		return -1;
	return take_fd(fd);
}

struct err *vmlinux_find(const char *root, const char *release, const char *build_id, char *path,
			 size_t size, int *ret)
{
	int fd = -1;

	if (build_id && !is_build_id(build_id))
		build_id = NULL;
	if (build_id) {
		snprintf(path, size, "%s/usr/lib/debug/.build-id/%.2s/%s.debug", root, build_id,
			 build_id + 2);
		fd = try_path(path, build_id);
	}
	for (size_t i = 0; fd < 0 && i < ARRAY_SIZE(places) && release && is_release(release);
	     i++) {
		int length = snprintf(path, size, "%s", root);

		if (length < 0 || (size_t)length >= size)
			break;
		snprintf(path + length, size - (size_t)length, places[i], release);
		fd = try_path(path, build_id);
	}
	if (fd < 0)
		return err_new(ERR_NOT_FOUND, "no vmlinux of this kernel under /usr/lib/debug, "
					      "/lib/modules or /boot");
	*ret = fd;
	return NULL;
}
