/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_SPOOL_SPOOL_PATH
#define TRIAGE_DAEMON_SPOOL_SPOOL_PATH

#include "daemon/config.h"

/*
 * Paths in a spool: a place where others write, move and delete, and where no symbolic link is ever
 * followed. A root's own path may have links in it; what lies below may not.
 */

/* The configured root a path lies below, or NULL; of roots in each other the inner one. */
const char *spool_path_root(const struct config *config, const char *path);
/*
 * Open what lies at path, below root or root itself; never blocks, also on a FIFO. ERR_INVALID for
 * a path that does not lie there, ERR_IO otherwise.
 */
struct err *spool_path_open(const char *root, const char *path, int flags, int *ret);
/* True for errors that mean that a file or directory is no longer there. */
bool spool_path_is_gone(const struct err *err);

#endif
