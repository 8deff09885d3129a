/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_MM_KASAN
#define TRIAGE_KERNEL_MM_KASAN

#include "kernel/mm/slab.h"

/*
 * KASAN, generic mode (mm/kasan/kasan.h): a byte of shadow for each 8 bytes of memory says what may
 * be accessed. It holds freed objects back in a quarantine, where no free list has them.
 */
bool kasan_present(struct kernel *kernel);
/* Corrects the state of an object that the lists call allocated. The only error is ERR_NOMEM. */
struct err *kasan_correct(struct kernel *kernel, struct slab_object *object);

#endif
