/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_SPOOL_VISITS
#define TRIAGE_DAEMON_SPOOL_VISITS

#include "base/hash.h"

/* Directories that are to be looked at, in the order in which they came, each once. */
struct visit {
	char *path;
	const char *root; /* the config's */
	int64_t due_ms;	  /* not before, on the loop's clock */
	struct visit *next;
};

struct visits {
	struct visit *first, *last;
	struct visit *put_off; /* not due yet */
	struct map listed;     /* by hash of the path: 1 while it is in one of the two lists */
	struct map not_before; /* the same: when it may be looked at again */
};

void visits_add(struct visits *visits, const char *path, const char *root);
/* Let this directory wait until then, on the loop's clock, whenever it comes. */
void visits_not_before(struct visits *visits, const char *path, int64_t due_ms);
/* The next, the caller's; NULL when none is due. */
struct visit *visits_take(struct visits *visits);
bool visits_are_due(const struct visits *visits);
/* When the next is due, 0 for now; -1 for none. */
int64_t visits_due_ms(const struct visits *visits);
void visit_free(struct visit *visit);
void visits_deinit(struct visits *visits);

#endif
