/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_BIT_FLIP
#define TRIAGE_MEMORY_BIT_FLIP

#include "kernel/kernel.h"
#include "memory/bad_value.h"

/* A value with one or two bits put back. */
struct bit_flip {
	uint64_t restored;	 /* what the value may have been */
	unsigned bits[2], count; /* the bits, and how many */
	double confidence;	 /* with chance taken off */
	uint64_t node;		 /* the list node that holds the value, told by the links; or 0 */
	char text[320];
};

/*
 * Would the value be a pointer to a live object if one or two bits were other than they are?
 * origin, may be NULL, is where the value was read from: what memory around it points to says
 * which objects fit. False when nothing does. Two bits are only tried where something fits them
 * that chance does not make. The value must be known to lead nowhere: a good pointer is one bit
 * away from many others.
 */
bool bit_flip_find(struct kernel *kernel, uint64_t value, const struct bad_value *origin,
		   struct bit_flip *ret);

#endif
