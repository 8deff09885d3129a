/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Structures that are used and were never made: memory is zero where an empty list would lead to itself. */
#include "memory/unmade.h"

#include <inttypes.h>
#include <string.h>

#include "kernel/memory/memory.h"
#include "kernel/types/members.h"
#include "memory/helper_argument.h"

static const struct unmade {
	const char *function;
	unsigned argument;
	enum member_id links;
	const char *words, *maker;
} structures[] = {
#define UNMADE(function, argument, links, words, maker)                                            \
	{function, argument, MEMBER_##links, words, maker},
#include "memory/unmade.def"
#undef UNMADE
};

/* Both links of the list in the structure at address are zero. */
static bool is_unmade(struct kernel *kernel, const struct unmade *unmade, uint64_t address)
{
	const struct member *links = members_get(kernel->members, unmade->links);
	uint64_t next, prev;

	if (!links || !memory_is_kernel(kernel->memory, address))
		return false;
	uint64_t at = address + member_offset(links);
	return err_ok(memory_read_u64(kernel->memory, at, &next)) && !next &&
	       err_ok(memory_read_u64(kernel->memory, at + 8, &prev)) && !prev;
}

bool unmade_find(const struct crash *crash, struct blamed *ret, struct str *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(structures); i++) {
		const struct unmade *unmade = &structures[i];
		struct helper_call call;

		if (!helper_argument_find(crash, &unmade->function, 1, &call) ||
		    strcmp(call.function, unmade->function) != 0 || !call.known[unmade->argument] ||
		    !is_unmade(crash->kernel, unmade, call.value[unmade->argument]))
			continue;
		ret->address = call.value[unmade->argument];
		ret->what = "unmade";
		str_printf(text,
			   "the %s at 0x%016" PRIx64 " has zeros for a list: %s() has not made it",
			   unmade->words, ret->address, unmade->maker);
		return true;
	}
	return false;
}
