/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of the functions of kernel/async.c a task waits in: by the call in its caller's code, for they leave no frame. */
#include "locks/async_user.h"

#include <string.h>

#include "base/str.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"

#define CALL_REL32 0xe8
#define CALL_SIZE 5

static bool calls_full(struct kernel *kernel, uint64_t return_address)
{
	uint8_t code[CALL_SIZE];
	struct symbol symbol;
	int32_t distance;

	if (!err_ok(memory_read(kernel->memory, return_address - CALL_SIZE, code, CALL_SIZE)) ||
	    code[0] != CALL_REL32)
		return false;
	memcpy(&distance, code + 1, sizeof(distance));
	return symbols_at(kernel->symbols, return_address + (uint64_t)(int64_t)distance, &symbol) &&
	       has_prefix(symbol.name, "async_synchronize_full");
}

bool async_user_waits_for_all(struct kernel *kernel, const struct sleeper *sleeper)
{
	for (unsigned i = 0; i + 1 < sleeper->call_count; i++) {
		const struct call *caller = &sleeper->calls[i + 1];

		if (!strcmp(sleeper->calls[i].function, "async_synchronize_cookie_domain"))
			return has_prefix(caller->function, "async_synchronize_full") ||
			       calls_full(kernel, caller->address);
	}
	return false;
}
