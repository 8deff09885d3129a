/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * On whose behalf the CPU ran: a timer, a work item, a handler, a system call. Whoever calls such
 * functions is on the stack, right outside of the one that stands for it.
 */
#include "crash/crash_context.h"

#include <string.h>

#include "crash/crash_frames.h"
#include "crash/crash_work.h"
#include "kernel/symbols/symbol_name.h"
#include "log/report.h"

static const struct {
	const char *function;
	enum crash_context_kind kind;
} callers[] = {
#define DISPATCHER(function)
#define CONTEXT(function, kind) {function, CRASH_CONTEXT_##kind},
#include "crash/crash_contexts.def"
#undef CONTEXT
#undef DISPATCHER
};

static const char *const dispatchers[] = {
#define DISPATCHER(function) function,
#define CONTEXT(function, kind)
#include "crash/crash_contexts.def"
#undef CONTEXT
#undef DISPATCHER
};

static const struct {
	const char *name, *words, *alone;
	bool interrupts;
} kinds[] = {
#define CONTEXT_KIND(id, name, words, alone, interrupts) {name, words, alone, interrupts},
#include "crash/crash_context_kinds.def"
#undef CONTEXT_KIND
};

const char *crash_context_name(enum crash_context_kind kind)
{
	return kinds[kind].name;
}

bool crash_context_interrupts(enum crash_context_kind kind)
{
	return kinds[kind].interrupts;
}

static enum crash_context_kind kind_called_by(const char *function)
{
	for (size_t i = 0; i < ARRAY_SIZE(callers); i++)
		if (!strcmp(callers[i].function, function))
			return callers[i].kind;
	return CRASH_CONTEXT_UNKNOWN;
}

/* "__x64_sys_write", "__do_sys_write", "ksys_write", "SyS_write" → "write" */
static const char *syscall_name(const char *function)
{
	static const char *const prefixes[] = {"__x64_sys_", "__se_sys_", "__do_sys_",
					       "SyS_",	     "sys_",	  "ksys_"};

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (has_prefix(function, prefixes[i]))
			return function + strlen(prefixes[i]);
	return NULL;
}

static void take_syscall(const struct report_place *inner, size_t count, struct crash_context *ret)
{
	for (size_t i = count; i-- > 0;) {
		const char *name = syscall_name(inner[i].symbol);

		if (name) {
			copy_string(ret->function, sizeof(ret->function), name);
			return;
		}
	}
}

static bool is_dispatcher(const char *function)
{
	for (size_t i = 0; i < ARRAY_SIZE(dispatchers); i++)
		if (!strcmp(dispatchers[i], function))
			return true;
	return false;
}

static void take_function(const struct report_place *inner, size_t count, struct crash_context *ret)
{
	while (count && is_dispatcher(inner[count - 1].symbol))
		count--;
	if (ret->kind == CRASH_CONTEXT_SYSCALL) {
		take_syscall(inner, count, ret);
	} else if (count) {
		copy_string(ret->function, sizeof(ret->function), inner[count - 1].symbol);
		copy_string(ret->module, sizeof(ret->module), inner[count - 1].module);
	}
}

#define INNER_MAX 4	/* frames inside the caller that are remembered, the outermost last */
#define FRAMES_MAX 4096 /* of a stack */

/* Returns whether all of the stack was seen that could say it: no interrupt stands between. */
static bool find_on_stack(const struct crash *crash, struct crash_context *ret)
{
	size_t count = MIN(crash_frames_count(crash), (size_t)FRAMES_MAX), known = 0;
	struct report_place inner[INNER_MAX];
	struct report_frame frame;

	for (size_t i = 0; i < count; i++) {
		if (!crash_frames_at(crash, i, &frame))
			continue;
		if (i && frame.exception)
			return false; /* from here on, what was interrupted */
		symbol_name_strip_suffix(frame.place.symbol);
		ret->kind = kind_called_by(frame.place.symbol);
		if (ret->kind != CRASH_CONTEXT_UNKNOWN) {
			take_function(inner, known, ret);
			return true;
		}
		if (known == INNER_MAX)
			memmove(inner, inner + 1, --known * sizeof(*inner));
		inner[known++] = frame.place;
	}
	return true;
}

static void take_work(const char *function, const char *module, const char *queue,
		      struct crash_context *ret)
{
	if (function[0]) {
		copy_string(ret->function, sizeof(ret->function), function);
		copy_string(ret->module, sizeof(ret->module), module);
	}
	copy_string(ret->queue, sizeof(ret->queue), queue);
}

void crash_context_find(const struct crash *crash, struct crash_context *ret)
{
	struct crash_work work;

	*ret = (struct crash_context){0};
	/* Where the trace was cut, the report's own "Workqueue:" is left. */
	if (find_on_stack(crash, ret) && ret->kind == CRASH_CONTEXT_UNKNOWN && crash->report &&
	    crash->report->work[0])
		ret->kind = CRASH_CONTEXT_WORK;
	if (ret->kind != CRASH_CONTEXT_WORK)
		return;
	if (crash->report) {
		take_work(crash->report->work, crash->report->work_module, crash->report->workqueue,
			  ret);
	} else {
		crash_work_read(crash->kernel, crash->task, &work);
		take_work(work.function, work.module, work.queue, ret);
	}
}

void crash_context_words(const struct crash_context *context, struct str *text)
{
	if (context->kind == CRASH_CONTEXT_UNKNOWN)
		return;
	str_puts(text,
		 context->function[0] ? kinds[context->kind].words : kinds[context->kind].alone);
	if (context->function[0]) {
		str_puts(text, " ");
		str_escape(text, context->function, strlen(context->function));
	}
	if (context->module[0]) {
		str_puts(text, " [");
		str_escape(text, context->module, strlen(context->module));
		str_puts(text, "]");
	}
	if (context->queue[0]) {
		str_puts(text, " of workqueue ");
		str_escape(text, context->queue, strlen(context->queue));
	}
}
