/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_PROVENANCE_BRANCH
#define TRIAGE_MEMORY_PROVENANCE_BRANCH

#include "memory/provenance_trail.h"

enum way {
	WAY_END,    /* the path it came by cannot be told: a step says so */
	WAY_HERE,   /* the instruction at *at put it there */
	WAY_CALLER, /* it is as the caller left it */
	WAY_LOOP,   /* a loop along a list loaded it, as steps say */
};

/*
 * If the load at this instruction belongs to a loop along a list, repeat the loop until it loads
 * the value, and say so. False when there is no such loop, or it never loads the value.
 */
bool provenance_replay_loop(struct trail *trail, size_t load);
/* Where the value in the trail's place comes from. */
enum way provenance_choose_way(struct trail *trail, size_t *at);

#endif
