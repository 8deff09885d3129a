/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How wait queues are laid out. */
#include "kernel/locking/wait_entry.h"

#include "kernel/types/probed.h"

const struct waiting wait_entry = {.list = 24, .task = 8, .local = true};

struct err *wait_entry_add(struct type_provider *types)
{
	TRY(probed_witness(types, "wait_queue_entry", "private", wait_entry.task, PROBED_POINTER));
	TRY(probed_witness(types, "wait_queue_entry", "func", WAIT_ENTRY_WAKES, PROBED_POINTER));
	TRY(probed_witness(types, "wait_queue_entry", "entry", wait_entry.list,
			   PROBED_STRUCT("list_head")));
	TRY(probed_witness(types, "wait_queue_head", "lock", 0, PROBED_NUMBER(4)));
	return probed_witness(types, "wait_queue_head", "head", 8, PROBED_STRUCT("list_head"));
}
