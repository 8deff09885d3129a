/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CRASH_PANIC_PATH
#define TRIAGE_CRASH_PANIC_PATH

/* What functions on the way from a fault to the dump are there for; see panic_path.def. */
enum panic_role {
	PANIC_PATH_ENDED = 1,
	PANIC_PATH_STOPPED = 2,
	PANIC_PATH_DYING = 4,
	PANIC_PATH_SAVES = 8,
	PANIC_PATH_PANIC = 16,
	PANIC_PATH_COMMON = 32,
};

/* Mask of enum panic_role; 0 for a function that has none. */
unsigned panic_path_roles(const char *function);

#endif
