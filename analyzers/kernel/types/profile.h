/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TYPES_PROFILE
#define TRIAGE_KERNEL_TYPES_PROFILE

#include "base/str.h"
#include "kernel/types/profile_model.h"
#include "kernel/types/types.h"

/*
 * A profile: the types of one build of a kernel, as far as analyzers ask for them, in a file of text
 * that a person can read and diff:
 *
 *	triage profile 1
 *	asks 5d1f0c2b9a347e68
 *	release 4.18.0-147.el8.x86_64
 *	build-id 9c0f…
 *	banner ffffffff82000180 Linux version 4.18.0-147.el8.x86_64 (…
 *	from dwarf
 *	struct mutex 32
 *		owner 0 struct mutex.owner
 *		wait_list 16 struct list_head
 *	[...]
 *	alias arch_spinlock_t struct qspinlock
 *	sum 0f3a…
 *
 * A member is its name, its offset in bytes ("11:7:1": a bit-field of 1 bit above bit 7 of byte 11) and
 * its type: "int 4", "pointer struct task_struct", "array 16 int 1".
 */
#define PROFILE_BYTES_MAX (64u << 10)

struct profile_info {
	char release[65];	   /* "" unknown, as all of these */
	char build_id[129];	   /* hex digits */
	char banner[512];	   /* linux_banner without its line's end */
	uint64_t banner_address;   /* as linked; 0 unknown */
	bool probed;		   /* not of debuginfo: found in a dump, by kernel/probe */
	uint64_t proven, inferred; /* then: how many members, by how many witnesses */
	bool whole; /* made by who asks for the same types: what it lacks the kernel has not */
};

/*
 * Make one: what profiles hold, as types tell it. ERR_NOT_FOUND when that is nothing, ERR_LIMIT beyond
 * PROFILE_BYTES_MAX.
 */
struct err *profile_make(struct types *types, const struct profile_info *info, struct str *ret);
/* The text of a model; sorted, so that two can be compared. */
struct err *profile_write(const struct profile_model *model, const struct profile_info *info,
			  struct str *ret);
/*
 * Read one, which may come from anybody. ERR_INVALID for what is no profile or of another version,
 * ERR_CORRUPT for a damaged one. Without ret the head alone is of interest, but all is checked.
 */
struct err *profile_read(const char *text, size_t length, struct profile_info *info,
			 struct type_provider **ret);

#endif
