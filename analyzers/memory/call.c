/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: calls through pointers that lead to no function (NULL, data, a stack, the midst of code,
 *   a module that is gone), and returns by addresses that were overwritten.
 * Needs: symbols, types, stacks.
 * False positives: a function that jumps on through a pointer as its last act is told from one whose
 *   callee returned wrongly by whether it has such a jump at all.
 * Kernel commits: see memory/bad_call.c.
 */
#include <inttypes.h>

#include "analysis.h"
#include "base/str.h"
#include "memory/bad_call.h"
#include "memory/memory_found.h"

/* What the call or return led to. */
static void put_target(const struct bad_call *call, struct str *text)
{
	char owner[256];

	if (!call->target)
		str_puts(text, "NULL");
	else if (call->inside)
		str_printf(text, "the midst of a function, %s", call->function);
	else if (call->unloaded)
		str_printf(text, "0x%016" PRIx64 ", where a module was that is gone%s%s",
			   call->target, call->module[0] ? "; the last one unloaded is " : "",
			   call->module);
	else {
		owner_format(&call->owner, owner, sizeof(owner));
		str_printf(text, "0x%016" PRIx64 ", which is no code (%s)", call->target, owner);
	}
}

/* The pointer that was called, and the object it is in. */
static void put_pointer(const struct holder *holder, struct str *text)
{
	char type[96], owner[256];

	owner_format(&holder->owner, owner, sizeof(owner));
	if (holder->type.kind != TYPE_NONE && holder->member[0]) {
		type_format(holder->type, type, sizeof(type));
		str_printf(text, " through %s.%s", type, holder->member);
	} else {
		str_puts(text, " through the pointer");
	}
	str_printf(text, " at 0x%016" PRIx64 " (%s)", holder->address, owner);
}

static void put_place(const struct bad_call *call, struct str *text)
{
	if (call->callee[0])
		str_printf(text, ", by %s(), called in %s", call->callee, call->place);
	else if (call->place[0])
		str_printf(text, call->returned ? ", by a callee of %s" : ", in %s", call->place);
}

static const struct holder *loaded_from(const struct memory_facts *facts)
{
	for (size_t i = 0; i < facts->holder_count; i++)
		if (facts->holders[i].kind == HOLDER_LOADED)
			return &facts->holders[i];
	return NULL;
}

static struct err *run(struct analysis *analysis)
{
	const struct crash *crash = analysis->crash;
	struct bad_call call;
	_str_ struct str text = {0};

	if (!crash || !bad_call_find(crash, &call))
		return NULL;
	const struct holder *holder = call.returned ? NULL : loaded_from(&analysis->memory);
	str_puts(&text, call.returned ? "return" : "call");
	if (holder)
		put_pointer(holder, &text);
	str_puts(&text, " to ");
	put_target(&call, &text);
	put_place(&call, &text);
	call.held = holder && analysis->memory.bad.held;
	call.confidence = call.returned ? 0.85 : call.place[0] ? 0.95 : 0.7;
	if (text.failed)
		return &err_nomem;
	memory_found_call(analysis, &call, text.data);
	return NULL;
}

const struct analyzer call_analyzer = {
	.name = "call",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_STACKS,
	.run = run,
};
