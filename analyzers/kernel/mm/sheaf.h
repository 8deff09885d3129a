/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_MM_SHEAF
#define TRIAGE_KERNEL_MM_SHEAF

#include "kernel/mm/free_walk.h"

/*
 * Sheaves (mm/slub.c, 2d517aa09bbc v6.18): arrays of free objects, a few for each CPU and the full
 * ones of a node in its barn. Tells of every object in them; nothing for a cache without sheaves.
 */
struct err *sheaf_walk(struct free_walk *walk);

#endif
