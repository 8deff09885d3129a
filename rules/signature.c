/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/signature.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/str.h"
#include "kernel/locking/sleeper.h"

#define FRAMES 6

/* How the kernel dies, not why: functions between the fault and the dump. */
static const char *const machinery[] = {
	"machine_kexec",
	"__crash_kexec",
	"crash_kexec",
	"panic",
	"vpanic",
	"oops_end",
	"die",
	"__die",
	"__die_body",
	"no_context",
	"page_fault_oops",
	"kernelmode_fixup_or_oops",
	"bad_area",
	"__bad_area",
	"__bad_area_nosemaphore",
	"bad_area_nosemaphore",
	"do_user_addr_fault",
	"do_kern_addr_fault",
	"__do_page_fault",
	"do_page_fault",
	"exc_page_fault",
	"asm_exc_page_fault",
	"page_fault",
	"do_trap",
	"do_error_trap",
	"exc_general_protection",
	"asm_exc_general_protection",
	"die_addr",
	"exc_invalid_op",
	"asm_exc_invalid_op",
	"handle_bug",
	"exc_divide_error",
	"asm_exc_divide_error",
	"exc_stack_segment",
	"asm_exc_stack_segment",
	"stack_segment",
	"do_stack_segment",
	"general_protection",
	"do_general_protection",
	"invalid_op",
	"do_invalid_op",
	"exc_double_fault",
	"asm_exc_double_fault",
	"double_fault",
	"df_debug",
	"handle_stack_overflow",
	"nmi_panic",
	"__warn",
	"report_bug",
	"watchdog",
	"watchdog_timer_fn",
	"check_hung_uninterruptible_tasks",
	"sysrq_handle_crash",
	"__handle_sysrq",
	"write_sysrq_trigger",
};

static bool is_machinery(const char *function)
{
	for (size_t i = 0; i < ARRAY_SIZE(machinery); i++)
		if (!strcmp(machinery[i], function))
			return true;
	return false;
}

static bool is_reliable(const json_t *frame)
{
	const char *found_by = json_string_value(json_object_get(frame, "found_by"));

	return found_by && strcmp(found_by, "scan") != 0;
}

/* The functions that count, innermost first. */
static size_t interesting(const json_t *backtrace, char functions[FRAMES][128])
{
	size_t i, count = 0;
	json_t *frame;

	json_array_foreach(backtrace, i, frame)
	{
		const char *symbol = json_string_value(json_object_get(frame, "symbol"));
		char name[128];

		if (!symbol || !is_reliable(frame))
			continue;
		copy_string(name, sizeof(name), symbol);
		symbol_strip_suffix(name);
		if (!is_machinery(name) && count < FRAMES)
			copy_string(functions[count++], sizeof(name), name);
	}
	return count;
}

void signature_of(const json_t *crash, const char *cause, struct signature *ret)
{
	const char *kind = json_string_value(json_object_get(crash, "kind"));
	char functions[FRAMES][128];
	size_t count = interesting(json_object_get(crash, "backtrace"), functions);
	_str_ struct str text = {0};

	*ret = (struct signature){.fuzzy = json_array()};
	if (!kind)
		return;
	str_puts(&text, kind);
	for (size_t i = 0; i < count; i++)
		str_printf(&text, "\n%s", functions[i]);
	if (count && !text.failed)
		snprintf(ret->exact, sizeof(ret->exact), "%016" PRIx64,
			 hash_bytes(text.data, text.length));
	/* The first function, and its caller: inlining may hide either in another build. */
	for (size_t i = 0; i < MIN(count, 2u); i++) {
		json_array_append_new(ret->fuzzy, json_sprintf("%s in %s", kind, functions[i]));
		if (cause && strcmp(cause, kind) != 0)
			json_array_append_new(ret->fuzzy,
					      json_sprintf("%s in %s", cause, functions[i]));
	}
}
