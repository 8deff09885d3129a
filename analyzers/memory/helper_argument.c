/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a helper that found something wrong was given, by its caller's code. */
#include "memory/helper_argument.h"

#include <string.h>

#include "base/str.h"
#include "kernel/dump/regs.h"
#include "kernel/insn/flow.h"
#include "memory/provenance_value.h"

#define NEAR 4 /* frames from the crashed function's outwards */

/* The compiler took arguments out of its copy of the function: those left are in other registers. */
static bool has_fewer_arguments(const char *name)
{
	return strstr(name, ".isra") || strstr(name, ".constprop");
}

static bool find_frame(const struct crash *crash, const char *const *names, size_t count,
		       size_t *frame, char *name, size_t size)
{
	size_t end = MIN(crash->trace.count, crash->frame + NEAR);
	struct symbol symbol;

	for (*frame = crash->frame; *frame + 1 < end; ++*frame) {
		if (!crash_frame_symbol(crash, *frame, &symbol) || has_fewer_arguments(symbol.name))
			continue;
		for (size_t i = 0; i < count; i++)
			if (!strncmp(symbol.name, names[i], strlen(names[i]))) {
				copy_string(name, size, symbol.name);
				name[strcspn(name, ".")] = '\0';
				return true;
			}
	}
	return false;
}

/* By way of the functions it has called, which kept registers of its own; else by itself. */
static struct scope *scope_of(struct walk *walk, size_t frame)
{
	const struct crash *crash = walk->crash;
	struct scope *scope = NULL;

	if (!err_ok(provenance_scope_first(walk, &scope)))
		scope = NULL;
	while (scope && scope->frame < frame)
		scope = provenance_caller(walk, scope);
	if (scope || frame == crash->frame || walk->scope_count >= SCOPES_MAX)
		return scope;
	return provenance_add_frame(walk, frame, &crash->trace.frames[frame].regs);
}

bool helper_argument_find(const struct crash *crash, const char *const *names, size_t count,
			  struct helper_call *ret)
{
	static const enum reg registers[HELPER_ARGUMENTS] = {REG_RDI, REG_RSI, REG_RDX};
	struct walk walk = {.crash = crash, .kernel = crash->kernel, .budget = WALK_BUDGET};
	size_t frame;

	*ret = (struct helper_call){0};
	if (!crash->trace.count ||
	    !find_frame(crash, names, count, &frame, ret->function, sizeof(ret->function)))
		return false;
	struct scope *scope = scope_of(&walk, frame);
	for (size_t i = 0; scope && i < HELPER_ARGUMENTS; i++) {
		struct point now = {scope, scope->at, NULL}, entry = {scope, 0, &now};
		struct known known;

		ret->known[i] = provenance_register_value(&walk, &entry, registers[i], &known);
		ret->value[i] = known.value;
	}
	provenance_scopes_close(&walk);
	return true;
}
