/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_SPOOL_REFUSED
#define TRIAGE_DAEMON_SPOOL_REFUSED

#include "base/error.h"
#include "json.h"

/* What lies in a spool and is not taken, whatever becomes of time: links, FIFOs, what cannot be read. */
struct refused_file {
	char *path, *directory, *why;
	bool stale; /* of an older scan of its directory, see refused_begin() */
};

struct refused {
	struct refused_file *list;
	size_t count;
	size_t more; /* that were not kept: REFUSED_KEPT_MAX are */
};
#define REFUSED_KEPT_MAX 1000
#define REFUSED_SHOWN 50

/* Mark all of a directory; refused_end() drops those that refused_keep() did not meet again. */
void refused_begin(struct refused *refused, const char *directory);
/* name NULL: the directory itself. On out-of-memory one is not kept. */
void refused_keep(struct refused *refused, const char *directory, const char *name,
		  const char *why);
void refused_end(struct refused *refused, const char *directory);
/* Why a path is refused; NULL when it is not known to be. */
const char *refused_why(const struct refused *refused, const char *path);
/* The first REFUSED_SHOWN as [{"path", "why"}]. */
json_t *refused_json(const struct refused *refused);
void refused_deinit(struct refused *refused);

#endif
