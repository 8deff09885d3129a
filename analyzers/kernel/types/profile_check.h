/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TYPES_PROFILE_CHECK
#define TRIAGE_KERNEL_TYPES_PROFILE_CHECK

#include "kernel/kernel.h"
#include "kernel/types/profile.h"

/*
 * What the dead kernel itself says of its build: release, build-id, and the banner that stands at
 * banner_address (as linked; 0: where symbols say). "" for what it does not say.
 */
void profile_identify(struct kernel *kernel, uint64_t banner_address, struct profile_info *ret);
/*
 * Is the profile of this very build? NULL when the build-ids are the same, or, where one of them is
 * missing or they differ, when the banners are to the letter; where the dump has no banner and a
 * build-id is missing, the release has to do. ERR_INVALID, with both sides in the message, otherwise.
 */
struct err *profile_check_build(struct kernel *kernel, const struct profile_info *info);
/*
 * Do its members hold what they must in the dead kernel: init_task's comm, pid and list, the name of
 * the system? ERR_INVALID with the first that does not. What cannot be read tells nothing.
 */
struct err *profile_check_members(struct kernel *kernel, struct type_provider *profile);

#endif
