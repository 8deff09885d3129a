/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who waits for the end of an SRCU read section that is its own. */
#include "locks/srcu_reader.h"

#include <string.h>

#include "kernel/locking/stack_words.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/percpu.h"
#include "kernel/types/object.h"
#include "locks/critical_section.h"

#define WORDS_MAX 256 /* of the stack: the wait's own frames and their callers' */

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

/* An srcu_struct knows its readers' counts, and these it. */
static bool is_srcu(struct kernel *kernel, uint64_t address)
{
	uint64_t counts, owner;

	return memory_is_kernel(kernel->memory, address) &&
	       err_ok(member_read(kernel, address, MEMBER_SRCU_DATA_OF, &counts)) && counts &&
	       err_ok(percpu_address(kernel->percpu, counts, 0, &counts)) &&
	       err_ok(member_read(kernel, counts, MEMBER_SRCU_DATA_OWNER, &owner)) &&
	       owner == address;
}

/* Where it came from an object: the wait keeps it on its stack. The innermost counts. */
static bool find_on_stack(struct kernel *kernel, const struct sleeper *sleeper, uint64_t *srcu)
{
	bool found = false;

	if (!kernel->percpu ||
	    !members_have(kernel->members, MEMBER_SRCU_DATA_OF, MEMBER_SRCU_DATA_OWNER))
		return false;
	_stack_words_ struct stack_words words;
	stack_words_init(&words, kernel, sleeper, WORDS_MAX);
	while (!found && stack_words_next(&words)) {
		*srcu = words.word;
		found = is_srcu(kernel, words.word);
	}
	return found;
}

/* What is waited for: by the code that calls, else by the stack. False where it is not known. */
static bool find_awaited(struct kernel *kernel, const struct sleeper *sleeper,
			 const struct call *caller, uint64_t *srcu)
{
	static const struct lock_calls waits = {.classify = critical_section_srcu_wait};
	struct critical_section wait = section_of(kernel, caller, &waits);

	*srcu = wait.lock;
	return wait.inside && (wait.known || find_on_stack(kernel, sleeper, srcu));
}

/* A section of that one, or of one that the code does not name. */
static bool is_inside(struct kernel *kernel, const struct call *call, uint64_t srcu)
{
	struct lock_calls reads = {.classify = critical_section_srcu, .only = srcu};

	if (section_of(kernel, call, &reads).inside)
		return true;
	reads.only = 0;
	struct critical_section any = section_of(kernel, call, &reads);
	return any.inside && !any.known;
}

bool srcu_reader_is_waiter(struct kernel *kernel, const struct sleeper *sleeper, uint64_t *srcu)
{
	unsigned i = 0;

	while (i < sleeper->call_count && !is_wait(&sleeper->calls[i]))
		i++;
	while (i < sleeper->call_count && is_wait(&sleeper->calls[i]))
		i++;
	if (i == sleeper->call_count || !find_awaited(kernel, sleeper, &sleeper->calls[i], srcu))
		return false;
	for (; i < sleeper->call_count && sleeper->calls[i].kind == FRAME_CALL; i++)
		if (is_inside(kernel, &sleeper->calls[i], *srcu))
			return true;
	return false;
}
