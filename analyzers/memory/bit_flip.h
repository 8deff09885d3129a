/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_BIT_FLIP
#define TRIAGE_MEMORY_BIT_FLIP

#include "kernel/kernel.h"
#include "memory/bad_value.h"

/* A value with one or two bits flipped back. */
struct bit_flip {
	uint64_t restored;	 /* what the value may have been */
	unsigned bits[2], count; /* their numbers, 0 the lowest, and how many */
	double confidence;	 /* less what chance explains */
	uint64_t node;		 /* that holds the value, if only list links told so; else 0 */
	char text[320];
};

/*
 * Would the value point to a live object if one or two of its bits were flipped? origin, NULL if
 * unknown, is where it was loaded from: that tells which objects would fit. False when none does.
 * Two bits count only with evidence that chance does not produce. The value must be known to lead
 * nowhere: a good pointer is one bit away from many others.
 */
bool bit_flip_find(struct kernel *kernel, uint64_t value, const struct bad_value *origin,
		   struct bit_flip *ret);

#endif
