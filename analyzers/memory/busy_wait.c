/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A word that a loop without end waits for, by the code of the loop. */
#include "memory/busy_wait.h"

#include "kernel/dump/regs.h"
#include "kernel/insn/replay.h"

#define STEPS_MAX 20000	   /* instructions until all is as before */
#define ROUND_MAX 4096	   /* and of one round */
#define STACK_REACH 0x4000 /* bytes from the stack pointer upwards that are the code's own */

/* Brent's search for a state that comes again: *length is the number of instructions between. */
static bool comes_round(struct replay *replay, unsigned *length)
{
	uint64_t saved = replay_state(replay);
	unsigned power = 1;

	*length = 0;
	for (unsigned step = 0; step < STEPS_MAX && replay_step(replay); step++) {
		++*length;
		if (replay_state(replay) == saved)
			return *length <= ROUND_MAX;
		if (*length < power)
			continue;
		saved = replay_state(replay);
		power *= 2;
		*length = 0;
	}
	return false;
}

static bool is_own_stack(const struct regs *regs, uint64_t address)
{
	return regs_known(regs, REG_RSP) && address - regs->value[REG_RSP] < STACK_REACH;
}

/* What one round reads: false where that is not one place. */
static bool read_round(struct replay *replay, unsigned length, struct busy_wait *ret)
{
	uint64_t outermost = 0;

	*ret = (struct busy_wait){0};
	while (length--) {
		const struct regs *regs = replay_regs(replay);
		struct replay_load load;

		if (regs->value[REG_RSP] > outermost || !ret->code) {
			outermost = regs->value[REG_RSP];
			ret->code = regs->value[REG_RIP];
		}
		if (!replay_step(replay))
			return false;
		if (!replay_loaded(replay, &load) || is_own_stack(regs, load.at))
			continue;
		if (ret->size && (load.at != ret->at || load.size != ret->size))
			return false;
		ret->at = load.at;
		ret->size = load.size;
		ret->value = load.value;
	}
	return ret->size;
}

struct err *busy_wait_find(const struct crash *crash, struct busy_wait *ret, bool *found)
{
	_cleanup_(cleanup_replay_close) struct replay *replay = NULL;
	const struct regs *regs = crash_regs(crash);
	unsigned length;

	*found = false;
	if (!regs || !regs_known(regs, REG_RIP))
		return NULL;
	TRY(replay_open(crash->kernel, regs, &replay));
	*found = comes_round(replay, &length) && read_round(replay, length, ret);
	return NULL;
}
