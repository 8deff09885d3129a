/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A chain that leads back into itself, by the code that goes along it. */
#include "memory/endless_chain.h"

#include <stdlib.h>

#include "base/array.h"
#include "kernel/insn/replay.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "memory/kernel_pointer.h"

#define STEPS_MAX 400000 /* instructions */
#define ROUNDS 4	 /* of the circle that have to be alike */

/* The links that the code went along, in order. */
struct walk {
	struct replay_origin *links;
	size_t count;
	uint64_t end; /* what the walk is compared with; 0: nothing that could be a list's head */
	size_t period;
};

/*
 * Brent's search, while the walk goes on: the link that was met at saved comes again after as many links each
 * time, and by way of all that lie between.
 */
struct search {
	size_t saved, power, seen;
};

static bool comes_again(struct walk *walk, struct search *search)
{
	const struct replay_origin *last = &walk->links[walk->count - 1];
	const struct replay_origin *saved = &walk->links[search->saved];
	size_t since = walk->count - 1 - search->saved;

	if (since && last->at == saved->at && last->value == saved->value) {
		if (last->through <= saved->through) {
			search->seen = 0; /* a new walk along the same */
		} else if (!search->seen || since % walk->period == 0) {
			walk->period = search->seen ? walk->period : since;
			search->seen++;
		}
		return search->seen >= ROUNDS && since >= ROUNDS * walk->period;
	}
	if (!search->seen && since >= search->power) {
		search->saved = walk->count - 1;
		search->power *= 2;
	}
	return false;
}

static struct err *go_along(struct replay *replay, struct walk *walk, bool *round)
{
	struct search search = {.power = 1};
	struct replay_origin link;
	uint64_t other;

	*round = false;
	for (unsigned step = 0; step < STEPS_MAX && !*round && replay_step(replay); step++) {
		if (replay_compared(replay, &other))
			walk->end = other;
		if (!replay_followed(replay, &link))
			continue;
		/* The same link may lead to several members of the node behind it. */
		if (walk->count && link.through == walk->links[walk->count - 1].through &&
		    link.at == walk->links[walk->count - 1].at)
			continue;
		if (!array_grow(walk->links, walk->count))
			return &err_nomem;
		walk->links[walk->count++] = link;
		*round = comes_again(walk, &search);
	}
	return NULL;
}

/* The first link that is in the circle. */
static size_t begin_of(const struct walk *walk)
{
	size_t i = 0;

	while (i + walk->period < walk->count &&
	       walk->links[i].at != walk->links[i + walk->period].at)
		i++;
	return i;
}

static ssize_t find_link(const struct walk *walk, uint64_t at)
{
	for (size_t i = 0; i < walk->period; i++)
		if (walk->links[walk->count - 1 - i].at == at)
			return (ssize_t)(walk->count - 1 - i);
	return -1;
}

#define HEAD_MAX 4096 /* nodes between a list's head and the circle, times nodes of that */

/* A list_head links to list_heads: the first of the circle that the way from the head comes to; -1: none. */
static ssize_t begin_from_head(struct memory *memory, const struct walk *walk)
{
	uint64_t at = walk->end;
	ssize_t found = -1;

	if (!kernel_pointer_is(memory, at) || find_link(walk, at) >= 0)
		return -1;
	for (size_t i = 0; found < 0 && i * walk->period < HEAD_MAX; i++) {
		if (!kernel_pointer_is(memory, at) || !err_ok(memory_read_u64(memory, at, &at)))
			return -1;
		found = find_link(walk, at);
	}
	return found;
}

/* Another list's head that the walk comes by: static data. */
static uint64_t other_head(struct kernel *kernel, const struct walk *walk)
{
	struct symbol symbol;

	for (size_t i = 0; i < walk->period; i++) {
		uint64_t at = walk->links[walk->count - 1 - i].at;

		if (symbols_at(kernel->symbols, at, &symbol))
			return at;
	}
	return 0;
}

#define ROUND_STEPS 8192 /* instructions: some nodes of the circle at least */

/* Of all the functions that the code goes through, the one that is never left has the outermost frame. */
static uint64_t loop_of(struct replay *replay)
{
	uint64_t outermost = 0, code = 0;

	for (unsigned step = 0; step < ROUND_STEPS && replay_step(replay); step++) {
		const struct regs *regs = replay_regs(replay);

		if (regs->value[REG_RSP] < outermost || !regs_known(regs, REG_RSP))
			continue;
		outermost = regs->value[REG_RSP];
		code = regs->value[REG_RIP];
	}
	return code;
}

static void describe(const struct crash *crash, const struct walk *walk, struct endless_chain *ret)
{
	ssize_t at = begin_from_head(crash->kernel->memory, walk);

	*ret = (struct endless_chain){.length = walk->period};
	if (at >= 0) {
		ret->head = walk->end;
		ret->other = other_head(crash->kernel, walk);
	} else {
		at = (ssize_t)begin_of(walk);
	}
	const struct replay_origin *link = &walk->links[at];

	ret->offset = link->offset > 0 ? (uint64_t)link->offset : 0;
	ret->node = link->at - ret->offset;
}

struct err *endless_chain_find(const struct crash *crash, struct endless_chain *ret, bool *found)
{
	_cleanup_(cleanup_replay_close) struct replay *replay = NULL;
	const struct regs *regs = crash_regs(crash);
	struct walk walk = {.links = NULL};
	struct err *err;

	*found = false;
	if (!regs || !regs_known(regs, REG_RIP))
		return NULL;
	TRY(replay_open(crash->kernel, regs, &replay));
	err = go_along(replay, &walk, found);
	if (!err && *found) {
		describe(crash, &walk, ret);
		ret->loop = loop_of(replay);
	}
	free(walk.links);
	return err;
}
