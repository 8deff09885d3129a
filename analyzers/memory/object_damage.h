/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_OBJECT_DAMAGE
#define TRIAGE_MEMORY_OBJECT_DAMAGE

#include "memory/memory_facts.h"

#define OBJECT_DAMAGE_MAX 16384 /* bytes of an object that are looked at */

/*
 * Is an object sound but for one bad word? Told by its other words and what they point to, and by
 * its type, if that is known (else kind TYPE_NONE). at is the address of the bad word, object what
 * slab_find() says of it. At most OBJECT_DAMAGE_MAX bytes of the object are read, and a bounded
 * number of words elsewhere. ERR_INVALID when at is no word of the object; fails when the object
 * cannot be read.
 */
struct err *object_damage_read(struct kernel *kernel, const struct slab_object *object, uint64_t at,
			       struct type type, struct object_damage *ret);

#endif
