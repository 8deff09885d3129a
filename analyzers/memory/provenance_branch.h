/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_PROVENANCE_BRANCH
#define TRIAGE_MEMORY_PROVENANCE_BRANCH

#include "memory/provenance_trail.h"

enum way {
	WAY_END,    /* which way it came cannot be told: a step says so */
	WAY_HERE,   /* the instruction at *at put it there */
	WAY_CALLER, /* it is as the caller left it */
	WAY_LOOP,   /* a loop of loads led to it: followed to the end, in steps */
};

/*
 * The load at an instruction is one of a loop along a list: go through its rounds again until one
 * loads the value. False when it is none, or none does.
 */
bool provenance_replay_loop(struct trail *trail, size_t load);
/* Where what is in the trail's place comes from. */
enum way provenance_choose_way(struct trail *trail, size_t *at);

#endif
