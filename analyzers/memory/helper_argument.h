/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_HELPER_ARGUMENT
#define TRIAGE_MEMORY_HELPER_ARGUMENT

#include "crash/crash.h"

#define HELPER_ARGUMENTS 3

/* A checking function of the kernel that met something wrong, and what it was given. */
struct helper_call {
	char function[64];
	uint64_t value[HELPER_ARGUMENTS];
	bool known[HELPER_ARGUMENTS];
};

/*
 * The innermost function on the crash's stack whose name begins with one of names (count of them),
 * with its first arguments as far as its caller's code and registers still tell. False when there is
 * none near the crash.
 */
bool helper_argument_find(const struct crash *crash, const char *const *names, size_t count,
			  struct helper_call *ret);

#endif
