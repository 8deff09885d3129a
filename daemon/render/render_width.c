/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers and addresses as wide as the kernel had them. */
#include "daemon/render/render_width.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/parse.h"

bool render_is_32bit(const json_t *report)
{
	const char *machine = json_string_at(report, "system.machine");

	return machine && !strcmp(machine, "i386");
}

static bool is_register(const char *word)
{
	static const char *const names[] = {"rax", "rbx", "rcx", "rdx", "rsi",
					    "rdi", "rbp", "rsp", "rip", "rflags"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (has_prefix(word, names[i]) && strcspn(word, " ,()+") == strlen(names[i]))
			return true;
	return false;
}

void render_width(const json_t *report, const char *words, struct str *out)
{
	bool narrow = render_is_32bit(report), begins = true;

	for (const char *at = words ? words : ""; *at; at++) {
		if (narrow && begins && is_register(at)) {
			str_puts(out, "e");
		} else if (narrow && has_prefix(at, "0x00000000") && hex_digits(at + 2) == 16) {
			str_puts(out, "0x");
			at += 9;
		} else {
			str_append(out, at, 1);
		}
		begins = *at == ' ' || *at == '(';
	}
}
