/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The crash as a fact that all analyzers share: its life and the names of its kinds. */
#include "crash/crash.h"

struct err *crash_new(struct kernel *kernel, struct crash **ret)
{
	*ret = malloc(sizeof(**ret));
	if (!*ret)
		return &err_nomem;
	**ret = (struct crash){.kernel = kernel, .cpu = -1, .pid = -1, .error_code = UINT64_MAX};
	return NULL;
}

void crash_free(struct crash *crash)
{
	if (!crash)
		return;
	trace_deinit(&crash->trace);
	free(crash);
}

const char *crash_kind_name(enum crash_kind kind)
{
	static const char *const names[] = {
#define CRASH_KIND(id, name, words) [CRASH_##id] = name,
#include "crash/crash_kinds.def"
#undef CRASH_KIND
	};

	return names[kind];
}

const char *crash_kind_words(enum crash_kind kind)
{
	static const char *const words_of[] = {
#define CRASH_KIND(id, name, words) [CRASH_##id] = words,
#include "crash/crash_kinds.def"
#undef CRASH_KIND
	};

	return words_of[kind];
}
