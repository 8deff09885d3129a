/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which build the dead kernel is of, by what the linker left in it. */
#include "kernel/symbols/build_id.h"

#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "base/str.h"

#define NOTES_MAX 4096	  /* bytes; two or three notes of a few dozen */
#define NT_GNU_BUILD_ID 3 /* include/uapi/linux/elf.h */
#define ROUNDED(size) (((size_t)(size) + 3) & ~(size_t)3)

/* Notes: sizes of name and contents, a type, and both, each rounded up to 4 bytes. */
static bool find_note(const uint8_t *notes, size_t length, char *buf, size_t size)
{
	for (size_t at = 0; at + 12 <= length;) {
		uint32_t name = load_u32(notes + at), contents = load_u32(notes + at + 4);
		size_t next = at + 12 + ROUNDED(name);

		if (name > length || contents > length || next + contents > length)
			return false;
		if (load_u32(notes + at + 8) == NT_GNU_BUILD_ID && name == 4 &&
		    !memcmp(notes + at + 12, "GNU", 4) && contents && contents * 2 < size) {
			for (size_t i = 0; i < contents; i++)
				snprintf(buf + i * 2, 3, "%02x", notes[next + i]);
			return true;
		}
		at = next + ROUNDED(contents);
	}
	return false;
}

static bool in_memory(struct symbols *symbols, struct memory *memory, char *buf, size_t size)
{
	uint64_t start, stop;
	uint8_t notes[NOTES_MAX];

	return symbols && memory && symbols_find(symbols, "__start_notes", &start) &&
	       symbols_find(symbols, "__stop_notes", &stop) && start < stop &&
	       stop - start <= sizeof(notes) &&
	       err_ok(memory_read(memory, start, notes, stop - start)) &&
	       find_note(notes, stop - start, buf, size);
}

bool build_id_read(struct symbols *symbols, struct memory *memory, const struct vmcoreinfo *info,
		   char *buf, size_t size)
{
	const char *told = vmcoreinfo_get(info, "BUILD-ID");

	if (in_memory(symbols, memory, buf, size))
		return true;
	copy_string(buf, size, told ? told : "");
	return told != NULL;
}
