/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_OBJECT_DAMAGE
#define TRIAGE_MEMORY_OBJECT_DAMAGE

#include "kernel/kernel.h"
#include "kernel/mm/slab.h"
#include "kernel/types/types.h"

/*
 * Is an object sound but for one bad word? Read from its words and what they point to, with its
 * type where there is one.
 */
enum damage {
	DAMAGE_UNKNOWN,
	DAMAGE_ONE_MEMBER,   /* the rest is as it should be */
	DAMAGE_MEMBERS,	     /* a stretch of the object, or several places in it */
	DAMAGE_WHOLE_OBJECT, /* from its first word to its last, and no further */
	DAMAGE_OVERRUN,	     /* the same bytes come out of the object in front */
};

struct object_shape {
	enum damage damage;
	double confidence;     /* in damage */
	int64_t from, to;      /* bytes like the bad word, around it; from the object's start */
	unsigned words, zeros; /* of the object; zeros: words that are 0 */
	/* Words outside of that stretch. */
	unsigned pointers_good, pointers_bad; /* to memory that is there, and that is not */
	unsigned lists_sound, lists_broken;   /* list heads whose neighbours point back, or don't */
	uint64_t list_at;		      /* where a sound list head stands, 0 none */
	unsigned back_references;      /* pointers to objects that point back into this one */
	uint64_t back_at, back_object; /* the first: where it stands, the object it leads to */
	/* By the type: members that are pointers, and those that cannot be such a pointer. */
	unsigned members, members_bad;
	char bad_names[160]; /* of the first of them, "a, b.c" */
};

/*
 * Look at an object around its bad word: at is that word's address, object what slab_find() says of
 * it. type is the object's, kind TYPE_NONE when not known. Bounded: OBJECT_SHAPE_MAX bytes of the
 * object, its lists and neighbours by single reads. Fails when the object cannot be read.
 */
struct err *object_shape_read(struct kernel *kernel, const struct slab_object *object, uint64_t at,
			      struct type type, struct object_shape *ret);
#define OBJECT_SHAPE_MAX 16384
const char *damage_name(enum damage damage); /* "one_member", … of the verdict */

#endif
