/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opens what lies in a spool without following a link. */
#include "daemon/spool/spool_path.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* root is "/", or path goes on behind it with a slash or not at all. */
static bool lies_below(const char *root, const char *path)
{
	size_t length = strlen(root);

	return !strncmp(path, root, length) &&
	       (length == 1 || !path[length] || path[length] == '/');
}

const char *spool_path_root(const struct config *config, const char *path)
{
	const char *best = NULL;

	for (size_t i = 0; i < config->spool.count; i++) {
		const char *root = config->spool.items[i];

		if (lies_below(root, path) && (!best || strlen(best) < strlen(root)))
			best = root;
	}
	return best;
}

struct err *spool_path_open(const char *root, const char *path, int flags, int *ret)
{
	_close_ int at = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_free_ char *rest = NULL;
	char *save;

	if (at < 0)
		return err_errno(errno, "open %s", root);
	if (!lies_below(root, path))
		return err_new(ERR_INVALID, "%s does not lie below %s", path, root);
	rest = strdup(path + strlen(root));
	if (!rest)
		return &err_nomem;
	for (char *name = strtok_r(rest, "/", &save), *next; name; name = next) {
		next = strtok_r(NULL, "/", &save);
		int fd = openat(at, name,
				(next ? O_RDONLY | O_DIRECTORY : flags) | O_NOFOLLOW | O_NONBLOCK |
					O_NOCTTY | O_CLOEXEC);
		if (fd < 0)
			return err_errno(errno, "open %s", path);
		close(at);
		at = fd;
	}
	*ret = take_fd(at);
	return NULL;
}

bool spool_path_is_gone(const struct err *err)
{
	return err && err->code == ERR_IO &&
	       (err->errnum == ENOENT || err->errnum == ENOTDIR || err->errnum == ESTALE);
}
