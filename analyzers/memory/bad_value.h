/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_BAD_VALUE
#define TRIAGE_MEMORY_BAD_VALUE

#include "kernel/types/types.h"

/* One step from the crash back to where the value came from, in words. */
struct bad_value_step {
	bool proven; /* else inferred */
	char *text;
};

/*
 * A loop along a chain that was gone through again: a node at x has its link at x + inner, and the next
 * node is at what stands there plus outer.
 */
struct bad_value_loop {
	uint64_t first;	 /* node; valid with rounds */
	unsigned rounds; /* up to 65,536; the last node's link is the bad value; 0 no loop */
	int64_t inner, outer;
};

/*
 * A value that was used as a pointer and is none: where it was loaded from, and how that is known.
 */
struct bad_value {
	bool found; /* the place it was loaded from is known: address */
	uint64_t address;
	uint64_t value;	  /* as it was loaded; the code may have added to it since */
	bool whole;	  /* all its bits are known */
	uint64_t base;	  /* of the object: address - offset */
	int64_t offset;	  /* of address in the object, bytes */
	bool held;	  /* memory at address still holds the value: proven */
	bool overwritten; /* the code itself wrote there before it used the value */
	struct type type; /* of the object; TYPE_NONE unknown */
	char member[96];  /* "fq"; "" when offset is negative */
	bool guessed;	  /* type and member are inferred */
	bool chases; /* not found: it was read by way of itself, as a walk goes from node to node */
	int64_t chased; /* where in each node; valid with chases */
	struct bad_value_loop loop;
	struct bad_value_step *steps;
	size_t step_count;
};

/* Add a step; the text is copied. */
void bad_value_add_step(struct bad_value *bad, bool proven, const char *text);
/* Forget what was found, but not the steps. */
void bad_value_forget(struct bad_value *bad);
void bad_value_deinit(struct bad_value *bad);

#endif
