/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TYPES_MEMBERS
#define TRIAGE_KERNEL_TYPES_MEMBERS

#include "kernel/types/types.h"

/*
 * Members by era: members.def lists, for each member a decoder needs, the names it has had, newest
 * first, with the commit that renamed it; a member may be a path ("mem[0].base"). Probed once when
 * first asked for, and again only after a new source of types has come.
 */
enum member_id {
#define MEMBER(id, ...) MEMBER_##id,
#include "kernel/types/members.def"
#undef MEMBER
	MEMBER_COUNT,
};

struct members;
struct err *members_open(struct types *types, struct members **ret);
void members_close(struct members *members);
DEFINE_CLEANUP(struct members, members_close)

/* NULL when no era of it exists in this kernel. Owned by members. */
const struct member *members_get(struct members *members, enum member_id id);
/* Whether anybody has asked for it yet: for tests of what analyzers need. */
bool members_asked(const struct members *members, enum member_id id);
static inline bool members_has(struct members *members, enum member_id id)
{
	return members_get(members, id);
}
/* Whether this kernel has all of them: members_have(members, MEMBER_A, MEMBER_B, …). */
#define members_have(members, ...)                                                                 \
	members_have_all((members), (const enum member_id[]){__VA_ARGS__},                         \
			 sizeof((const enum member_id[]){__VA_ARGS__}) / sizeof(enum member_id))
bool members_have_all(struct members *members, const enum member_id *ids, size_t count);
/* What this kernel calls it: "mmap_sem"; NULL when it has none. Static. */
const char *members_path(struct members *members, enum member_id id);
/* The newest form's name, for messages: "task_struct.__state". Good until the next call. */
const char *members_name(enum member_id id);

/* One form a member has had. */
struct member_era {
	const char *type, *path;
	const char *since; /* commit and release that brought this form; documentation */
};

/* All forms of all members in turn: the i-th; NULL behind the last. */
const struct member_era *members_era(size_t i);

#endif
