/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_PROVENANCE_TRAIL
#define TRIAGE_MEMORY_PROVENANCE_TRAIL

#include "memory/bad_value.h"
#include "memory/provenance_type.h"
#include "memory/provenance_undo.h"

#define PROVENANCE_STEPS 24 /* instructions that pass the value on, over all frames */

/*
 * The value that is followed: where it is, what is known of it, and whether each step so far is
 * certain.
 */
struct trail {
	struct walk *walk;
	struct bad_value *result;
	struct scope *scope;
	struct flow_place place;
	size_t index; /* it is there before this instruction of the scope */
	struct partial bits;
	bool certain;
	unsigned objects; /* 0: the bad value is followed; 1: the address of its object; … */
	struct type used_as;
	uint64_t spilled; /* the stack slot it was last reloaded from, 0 none */
	struct point points[PROVENANCE_STEPS + 2];
	unsigned point_count;
};

/* Say one step. */
void provenance_step(struct trail *trail, bool proven, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* "blk_mq_exit_hctx+0x8d: mov 0x2a0(%rbx),%rdi", into buf, which is returned. */
const char *provenance_where(const struct trail *trail, size_t at, char *buf, size_t size);
/* The known bits are those of value. */
bool provenance_same_bits(const struct trail *trail, uint64_t value);
/* Memory that holds these bits does so not by chance: they are enough, and no common value. */
bool provenance_is_telling(const struct partial *bits);
/* The value was loaded from address, in an object at base. Kept for the bad value itself alone. */
void provenance_set_result(struct trail *trail, uint64_t base, uint64_t address, bool held);
/* Say which member that was. */
void provenance_name_member(struct trail *trail, const struct typed *typed);

#endif
