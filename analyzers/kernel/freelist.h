/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_FREELIST_H
#define TRIAGE_FREELIST_H

#include "kernel/slab.h"

/*
 * The other places where free objects wait. Both set object->state and where when the object is
 * there; bits is scratch of one byte an object.
 */
/* The list of the CPU that has this slab as its current one (kmem_cache_cpu, until 7.0). */
struct err *freelist_on_cpus(struct kernel *kernel, struct slab_object *object, uint8_t *bits);
/* Each CPU's sheaves and each node's barn of full ones (2d517aa09bbc v6.18). */
struct err *sheaves_hold(struct kernel *kernel, struct slab_object *object);

#endif
