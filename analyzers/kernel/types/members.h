/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TYPES_MEMBERS
#define TRIAGE_KERNEL_TYPES_MEMBERS

#include "kernel/types/types.h"

/*
 * Members by era: members.def lists, for each member a decoder needs, the names it has had, newest
 * first, with the commit that renamed it; a member may be a path ("mem[0].base"). Probed once when
 * first asked for, and again only after a new source of types has come.
 */
enum layout_id {
#define LAYOUT(id, ...) LAYOUT_##id,
#include "kernel/types/members.def"
#undef LAYOUT
	LAYOUT_COUNT,
};

struct layout;
struct err *layout_open(struct types *types, struct layout **ret);
void layout_close(struct layout *layout);
DEFINE_CLEANUP(struct layout, layout_close)

/* NULL when no era of it exists in this kernel. Owned by layout. */
const struct member *layout_get(struct layout *layout, enum layout_id id);
static inline bool layout_has(struct layout *layout, enum layout_id id)
{
	return layout_get(layout, id);
}
/* The newest form's name, for messages: "task_struct.__state". Good until the next call. */
const char *layout_name(enum layout_id id);

#endif
