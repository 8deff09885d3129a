/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PRINTK_LOG_UTF16
#define TRIAGE_KERNEL_PRINTK_LOG_UTF16

#include "base/str.h"

/*
 * Text as Windows writes it (PowerShell's ">", Notepad's "Unicode"): UTF-16 of either byte order, told
 * by its byte order mark, or by NULs in every second byte. Comes in pieces of any size;
 * zero-initialise at the beginning of each file.
 */
struct log_utf16 {
	enum { UTF16_UNKNOWN, UTF16_NOT, UTF16_LITTLE, UTF16_BIG } order;
	unsigned char odd; /* the first half of a unit, if has_odd */
	bool has_odd;
	uint16_t high; /* the first half of a surrogate pair, or 0 */
};

/*
 * The piece as UTF-8: in text, whose old contents go, or right where it is when the file is no UTF-16.
 * Halves of surrogate pairs become U+FFFD.
 */
const char *log_utf16_decode(struct log_utf16 *state, const char *bytes, size_t length,
			     struct str *text, size_t *ret_length);

#endif
