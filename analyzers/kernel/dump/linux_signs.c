/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells memory that has a Linux kernel in it. */
#include "kernel/dump/linux_signs.h"

#include <string.h>

#include "base/cleanup.h"
#include "kernel/dump/dump_info.h"

/* "Linux version 6.1.0-13-amd64 (…": with a number and a release behind it, unlike in a document. */
static bool has_banner(const char *data, size_t length)
{
	static const char words[] = "Linux version ";
	const char *at = data, *end = data + length;

	while ((at = memmem(at, (size_t)(end - at), words, sizeof(words) - 1))) {
		at += sizeof(words) - 1;
		if (end - at > 4 && *at >= '2' && *at <= '9' && at[1] == '.' &&
		    memchr(at, '(', MIN((size_t)(end - at), (size_t)LINUX_SIGN_BYTES)))
			return true;
	}
	return false;
}

bool linux_signs_in(const char *memory, size_t length)
{
	static const char first[] = "OSRELEASE=";

	for (size_t page = 0; page + sizeof(first) <= length; page += PAGE_SIZE)
		if (!memcmp(memory + page, first, sizeof(first) - 1))
			return true;
	return has_banner(memory, length);
}
