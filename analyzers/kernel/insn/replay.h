/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_INSN_REPLAY
#define TRIAGE_KERNEL_INSN_REPLAY

#include "kernel/insn/insn.h"
#include "kernel/kernel.h"

/*
 * What a CPU would do next if nobody else ran: its code, step by step, on the memory of the dump. What it stores is
 * kept beside the dump. Integer instructions of ordinary functions, their calls and returns, are known; the replay
 * ends at any other.
 */
struct replay;

/* Where a value came from: a word of memory that was loaded, by way of others before. */
struct replay_origin {
	uint64_t at;	/* of the word */
	uint64_t value; /* what was loaded */
	int64_t offset; /* of the word, from the register that led there; 0 where there was an index */
	uint32_t
		through; /* loads that led to it, one by the other, itself included; 0: none, a value of the beginning */
};

/* From a CPU's registers on. ERR_NOMEM. */
struct err *replay_open(struct kernel *kernel, const struct regs *regs, struct replay **ret);
void replay_close(struct replay *replay); /* NULL is fine */
DEFINE_CLEANUP(struct replay, replay_close)

/* One instruction. False where it is none that is known, or needs what is not. */
bool replay_step(struct replay *replay);
/* The registers as they are by now. */
const struct regs *replay_regs(const struct replay *replay);
/* What all that goes on depends on, as one number: registers, flags, what was stored. */
uint64_t replay_state(const struct replay *replay);

/* A value that was read from memory, not from what the code itself has stored. */
struct replay_load {
	uint64_t at, size, value;
};
/* Did the last step read one? */
bool replay_loaded(const struct replay *replay, struct replay_load *ret);
/* Did the last step load by an address that had been loaded itself? Then that one's origin. */
bool replay_followed(const struct replay *replay, struct replay_origin *ret);
/*
 * Did the last step compare a value that had been loaded with one that had not? That one: an end of a list, say.
 */
bool replay_compared(const struct replay *replay, uint64_t *ret);

#endif
