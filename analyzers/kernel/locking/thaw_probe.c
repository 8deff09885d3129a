/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where super blocks keep who waits for their thaw: the wait queue of such a sleeper ends in one of them. */
#include "kernel/locking/thaw_probe.h"

#include "kernel/locking/lock_witness.h"
#include "kernel/locking/sleeper.h"
#include "kernel/locking/wait_entry.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/members.h"
#include "kernel/types/probed.h"
#include "kernel/types/walk.h"

#define SUPER_BYTES 2048u
#define SUPERS_MAX 65536u
#define FROZEN_AHEAD                                                                               \
	16u /* from the list back to s_writers.frozen: in front of the queue, whose lock is first */
#define COMPLETE 4u /* SB_FREEZE_COMPLETE */

/* How far into which super block the address lies; 0 for none. */
static uint64_t in_super_block(struct kernel *kernel, const struct member *list, uint64_t address)
{
	_list_walk_ struct list_walk walk = {0};
	uint64_t head;

	if (!symbols_find(kernel->symbols, "super_blocks", &head))
		return 0;
	list_walk_init(&walk, kernel, head, SUPERS_MAX);
	while (list_walk_next(&walk)) {
		uint64_t offset = address - (walk.node - member_offset(list));

		if (offset > FROZEN_AHEAD && offset < SUPER_BYTES)
			return offset;
	}
	return 0;
}

static bool is_frozen(struct kernel *kernel, uint64_t queue)
{
	uint32_t frozen;

	return err_ok(memory_read_u32(kernel->memory, queue - FROZEN_AHEAD, &frozen)) && frozen &&
	       frozen <= COMPLETE;
}

/* The place on which all who wait agree; 0 without one. */
static uint64_t find(struct kernel *kernel, const struct witnesses *witnesses)
{
	const struct member *list = members_get(kernel->members, MEMBER_SB_LIST);
	uint64_t found = 0;

	for (size_t i = 0; list && i < witnesses->count; i++) {
		uint64_t queue = witnesses->list[i].head;
		uint64_t at = in_super_block(kernel, list, queue);

		if (!at || !is_frozen(kernel, queue) || (found && at != found))
			return 0;
		found = at;
	}
	return found;
}

struct err *thaw_probe(struct kernel *kernel, struct type_provider *types)
{
	struct witnesses witnesses;
	uint64_t at;

	TRY(lock_witnesses_find(kernel, 1u << WAIT_THAW, &wait_entry, &witnesses));
	at = find(kernel, &witnesses);
	if (!at)
		return NULL;
	TRY(wait_entry_add(types));
	TRY(probed_witness(types, "super_block", "s_writers.frozen", at - FROZEN_AHEAD,
			   PROBED_NUMBER(4)));
	return probed_witness(types, "super_block", "s_writers.wait_unfrozen.head", at,
			      PROBED_STRUCT("list_head"));
}
