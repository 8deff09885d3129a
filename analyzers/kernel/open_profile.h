/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_OPEN_PROFILE
#define TRIAGE_KERNEL_OPEN_PROFILE

#include "kernel/kernel.h"
#include "kernel/open_options.h"
#include "kernel/types/profile.h"

/* A profile that is of the dead kernel's build, and nothing in the dump contradicts. */
struct profile_found {
	struct type_provider *provider; /* NULL: there is none */
	struct profile_info info;
};
void profile_found_deinit(struct profile_found *found);

/*
 * Look for one: the one that was given, then the site's, then those kept of earlier dumps, by build-id
 * and by release. Those that are refused are recorded in degraded. all: else the given one is
 * looked at alone, which a person wants to know of even where it is not needed.
 */
void open_profile_find(struct kernel *kernel, const struct kernel_options *options, bool all,
		       struct profile_found *ret);
/* Whether it tells all that is asked of the vmlinux's own types. */
static inline bool open_profile_spares_dwarf(const struct profile_found *found)
{
	return found->info.whole && !found->info.probed;
}

/*
 * Once all steps are done: make one of the types that are known, as kernel->new_profile, if they are not of
 * one already, nor of a probe that may have left out what the next dump shows.
 */
void open_profile_make(struct kernel *kernel);

/* The profile of options->vmlinux_fd alone, without a dump. ERR_NOT_FOUND without debug information. */
struct err *open_profile_of_vmlinux(const struct kernel_options *options, struct str *ret);

#endif
