/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who waits for the end of an SRCU read section that is its own. */
#include "locks/srcu_reader.h"

#include <string.h>

#include "kernel/symbols/symbol.h"
#include "locks/critical_section.h"

/* What the calls of one frame, up to where it stands, have left it in. */
static struct critical_section section_of(struct kernel *kernel, const struct call *call,
					  const struct lock_calls *calls)
{
	struct critical_section section = {.inside = false};
	struct symbol symbol;

	/* A return address: the call before it may be its function's last instruction. */
	if (symbols_at(kernel->symbols, call->address - 1, &symbol))
		critical_section_follow(kernel, symbol.address, call->address, calls, &section);
	return section;
}

/* synchronize_srcu() goes on in __synchronize_srcu() by a jump and may leave no frame; kernel/rcu/srcutree.c */
static bool is_wait(const struct call *call)
{
	return !strncmp(call->function, "__synchronize_srcu", 18) ||
	       !strncmp(call->function, "synchronize_srcu", 16);
}

bool srcu_reader_is_waiter(struct kernel *kernel, const struct sleeper *sleeper, uint64_t *srcu)
{
	static const struct lock_calls waits = {.classify = critical_section_srcu_wait};
	struct lock_calls reads = {.classify = critical_section_srcu};
	unsigned i = 0;

	while (i < sleeper->call_count && !is_wait(&sleeper->calls[i]))
		i++;
	while (i < sleeper->call_count && is_wait(&sleeper->calls[i]))
		i++;
	if (i == sleeper->call_count)
		return false;
	struct critical_section wait = section_of(kernel, &sleeper->calls[i], &waits);
	if (!wait.inside || !wait.known)
		return false;
	*srcu = reads.only = wait.lock;
	for (; i < sleeper->call_count && sleeper->calls[i].kind == FRAME_CALL; i++)
		if (section_of(kernel, &sleeper->calls[i], &reads).inside)
			return true;
	return false;
}
