/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads VMCOREINFO where the dead kernel itself keeps it. */
#include "kernel/symbols/vmcoreinfo_memory.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX (64u << 10) /* VMCOREINFO_BYTES is a page, or less */
#define FIRST_KEY "OSRELEASE="

static bool begins_at(struct memory *memory, uint64_t address)
{
	char text[sizeof(FIRST_KEY) - 1];

	return err_ok(memory_read(memory, address, text, sizeof(text))) &&
	       !memcmp(text, FIRST_KEY, sizeof(text));
}

/* The variable is the text itself, and a pointer to it since 203e9e41219b (v4.13). */
static bool find_text(struct memory *memory, uint64_t variable, uint64_t *ret)
{
	*ret = variable;
	return begins_at(memory, variable) ||
	       (err_ok(memory_read_u64(memory, variable, ret)) && begins_at(memory, *ret));
}

struct err *vmcoreinfo_memory_read(struct symbols *symbols, struct memory *memory,
				   struct vmcoreinfo **ret)
{
	_cleanup_(cleanup_vmcoreinfo_free) struct vmcoreinfo *info = NULL;
	uint64_t data, size_at, text_at, size;
	_free_ char *text = NULL;

	if (!symbols_find(symbols, "vmcoreinfo_data", &data) ||
	    !symbols_find(symbols, "vmcoreinfo_size", &size_at) ||
	    !find_text(memory, data, &text_at))
		return err_new(ERR_NOT_FOUND, "the kernel keeps no VMCOREINFO in memory");
	TRY(memory_read_u64(memory, size_at, &size));
	if (!size || size > TEXT_MAX)
		return err_at(ERR_CORRUPT, size_at, "vmcoreinfo_size is absurd");
	text = malloc(size);
	if (!text)
		return &err_nomem;
	TRY(memory_read(memory, text_at, text, size));
	TRY(vmcoreinfo_parse(text, size, &info));
	TRY(symbols_check(symbols, info));
	*ret = take_ptr(info);
	return NULL;
}
