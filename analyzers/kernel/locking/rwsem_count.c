/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The count of a rw_semaphore, whose meaning changed with the years. */
#include "kernel/locking/rwsem_count.h"

#include <inttypes.h>
#include <stdio.h>

/* include/asm-generic/rwsem.h and arch/x86/include/asm/rwsem.h, until v5.2 */
#define ACTIVE_MASK 0xffffffffull

static void decode_bias(enum rwsem_form form, uint64_t count, size_t waiters,
			struct rwsem_count *state)
{
	uint64_t active = count & ACTIVE_MASK;
	/* How many times WAITING_BIAS (-2^32) went in: waiters, and one more for a writer inside. */
	uint64_t biases = -(count - active) >> 32 & ACTIVE_MASK;
	uint64_t from_waiters = form == RWSEM_BIAS_PER_WAITER ? waiters : waiters > 0;

	state->waiters = waiters > 0;
	state->writer = biases > from_waiters && active > 0;
	state->readers = state->writer ? 0 : (uint32_t)active;
	/* Minus one bias and one active: a writer alone, or one reader with waiters. */
	state->ambiguous = biases == 1 && active == 1;
	state->inconsistent = biases < from_waiters || biases > from_waiters + 1 ||
			      (biases > from_waiters && !active);
}

#define OVER_MAX 4096 /* readers below none; more is no count */
#define RESERVED 0xf8 /* bits 3 to 7, since 64489e78004c v5.3 */

static void decode_flags(uint64_t count, size_t waiters, struct rwsem_count *state)
{
	state->writer = count & 1;
	state->waiters = count & 2;
	state->handoff = count & 4;
	int64_t readers = (int64_t)count >> 8;

	if (readers < 0 && readers >= -OVER_MAX)
		state->over = (uint32_t)-readers;
	else
		state->readers = (uint32_t)(count << 1 >> 9); /* bits 8 … 62 */
	state->stray = !state->over && count & RESERVED;
	/* A reader that finds a writer inside counts itself for a moment. */
	state->inconsistent = state->waiters != (waiters > 0);
}

/* kernel/locking/rwbase_rt.c: READER_BIAS (1 << 31) unless a writer is in or at the door. */
static void decode_rt(uint64_t count, size_t waiters, struct rwsem_count *state)
{
	uint32_t readers = (uint32_t)count;

	state->waiters = waiters > 0;
	if (readers & 1u << 31) {
		state->readers = readers & ~(1u << 31);
	} else {
		state->writer = readers == 1u << 30; /* WRITER_BIAS */
		state->readers = state->writer ? 0 : readers & ~(1u << 30);
	}
	state->inconsistent = state->readers > 1u << 24;
}

/* CONFIG_RWSEM_GENERIC_SPINLOCK: x86-64 of 2.6.32 but for el6's, which had the bias back-ported. */
static void decode_activity(uint64_t count, size_t waiters, struct rwsem_count *state)
{
	int32_t activity = (int32_t)count;

	state->waiters = waiters > 0;
	state->writer = activity == -1;
	state->readers = activity > 0 ? (uint32_t)activity : 0;
	state->inconsistent = activity < -1;
}

void rwsem_count_decode(enum rwsem_form form, uint64_t count, size_t waiters,
			struct rwsem_count *ret)
{
	*ret = (struct rwsem_count){0};
	if (form == RWSEM_FLAGS)
		decode_flags(count, waiters, ret);
	else if (form == RWSEM_RT)
		decode_rt(count, waiters, ret);
	else if (form == RWSEM_ACTIVITY)
		decode_activity(count, waiters, ret);
	else
		decode_bias(form, count, waiters, ret);
}

void rwsem_count_format(const struct rwsem_count *state, char *buf, size_t size)
{
	char who[48] = "free";

	if (state->stray) {
		snprintf(buf, size, "%s", RWSEM_UPSET);
		return;
	}
	if (state->writer)
		snprintf(who, sizeof(who), "held for write");
	else if (state->readers)
		snprintf(who, sizeof(who), "held for read by %" PRIu32, state->readers);
	else if (state->over == 1)
		snprintf(who, sizeof(who), "released once more than taken");
	else if (state->over)
		snprintf(who, sizeof(who), "released %" PRIu32 " times more than taken",
			 state->over);
	snprintf(buf, size, "%s%s%s%s", who, state->handoff ? ", handing off" : "",
		 state->ambiguous ? " (told by the wait list)" : "",
		 state->inconsistent ? ", count and wait list disagree" : "");
}
