/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_MM_SLAB_TRACK
#define TRIAGE_KERNEL_MM_SLAB_TRACK

#include "kernel/mm/slab.h"

/*
 * What slab debugging leaves around an object of SLUB (slub_debug=ZU, mm/slub.c): a red zone in
 * front of it that says whether it is allocated, and behind it who allocated and who freed it last
 * (struct track).
 */

/* Finds out what a cache's objects carry: red_zone and tracks of a cache whose sizes are known. */
struct err *slab_track_read_cache(struct kernel *kernel, struct slab_cache *cache);
/*
 * Fills in red_zone, allocated and freed of an object. A whole red zone decides where the lists
 * leave the state unknown, and makes an object free that is on none. What cannot be read stays
 * empty; the only error is ERR_NOMEM.
 */
struct err *slab_track_read(struct kernel *kernel, struct slab_object *object);

#endif
