/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_OBJECT_DAMAGE
#define TRIAGE_MEMORY_OBJECT_DAMAGE

#include "memory/memory_facts.h"

#define OBJECT_DAMAGE_MAX 16384 /* bytes of an object that are looked at */

/*
 * Is an object sound but for one bad word? Read from its words and what they point to, with its
 * type where there is one (else kind TYPE_NONE). at is that word's address, object what slab_find()
 * says of it. Bounded: OBJECT_DAMAGE_MAX bytes of the object, its lists and neighbours by single
 * reads. Fails when the object cannot be read.
 */
struct err *object_damage_read(struct kernel *kernel, const struct slab_object *object, uint64_t at,
			       struct type type, struct object_damage *ret);

#endif
