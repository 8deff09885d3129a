/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a subsystem was given when it complained: by the types of its function's parameters. */
#include "memory/check_subject.h"

#include <string.h>

#include "crash/culprit.h"
#include "kernel/types/types.h"
#include "memory/helper_argument.h"
#include "memory/subject.h"

/* The first of a function's arguments that has a name. */
static bool name_argument(const struct crash *crash, const char *function, struct blamed *ret,
			  struct str *text)
{
	struct type type = types_find_symbol(crash->kernel->types, function);
	struct helper_call call;
	struct member argument;

	if (type.kind != TYPE_FUNCTION || !helper_argument_find(crash, &function, 1, &call) ||
	    strcmp(call.function, function) != 0)
		return false;
	for (size_t i = 0; i < HELPER_ARGUMENTS && type_member_at(type, i, &argument); i++) {
		if (!call.known[i] || argument.type.kind != TYPE_POINTER ||
		    !subject_describe(crash->kernel, type_target(argument.type), call.value[i],
				      text))
			continue;
		ret->address = call.value[i];
		ret->what = "subject";
		return true;
	}
	return false;
}

static bool is_complaint(enum crash_kind kind)
{
	return kind == CRASH_BUG || kind == CRASH_WARN || kind == CRASH_NULL_DEREFERENCE;
}

#define CALLS_MAX 4 /* from the function that stopped to the one that the module called */

bool check_subject_find(const struct crash *crash, struct blamed *ret, struct str *text)
{
	struct report_place module;
	struct symbol symbol;
	char names[CALLS_MAX][SYMBOL_NAME_MAX];
	size_t count = 0;

	if (!is_complaint(crash->kind) || !culprit_module(crash, &module))
		return false;
	while (count < CALLS_MAX && crash->frame + count < crash->trace.count &&
	       crash_frame_symbol(crash, crash->frame + count, &symbol) && !symbol.module[0]) {
		copy_string(names[count], sizeof(names[count]), symbol.name);
		names[count][strcspn(names[count], ".")] = '\0';
		count++;
	}
	/* What the module called first: it knows what it gave. */
	while (count--)
		if (name_argument(crash, names[count], ret, text))
			return true;
	return false;
}
