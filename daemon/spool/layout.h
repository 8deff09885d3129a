/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_SPOOL_LAYOUT
#define TRIAGE_DAEMON_SPOOL_LAYOUT

#include "daemon/spool/candidate.h"

/*
 * How one kind of writer lays out its dumps: which files of a directory are a dump, which lie
 * beside it, and whether the writer says that it is done. Layouts are pure functions over one directory as
 * it was found; reading directories, waiting and deciding is spool.c's.
 *
 * How to add a layout (tests/how-to does it by these steps):
 *  1. layout_NAME.c, which ends in `const struct layout layout_NAME`;
 *  2. one line in layouts.def (its place there is the order of asking);
 *  3. one case in tests/unit/daemon/spool/test_layouts.c.
 */
struct layout {
	const char *name;
	/*
	 * Add what is there and return true, or return false: not mine, or, in a root, where anything may lie,
	 * not all of it.
	 */
	bool (*recognize)(const struct spool_dir *dir, struct candidates *candidates);
};

#endif
