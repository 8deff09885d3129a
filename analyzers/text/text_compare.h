/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_TEXT_TEXT_COMPARE
#define TRIAGE_TEXT_TEXT_COMPARE

#include "kernel/text/text_file.h"
#include "text/text_difference.h"

#define TEXT_RANGE_MAX (64u << 20)

/*
 * Compare code of the dump in [start, end) with the same code in its file. What the kernel patches
 * or relocates itself is told apart by tables and by shape; what cannot be told is counted as
 * unchecked. ERR_NOT_FOUND when the file has no code there; memory's errors pass through.
 */
struct err *text_compare(struct kernel *kernel, const struct text_file *file, uint64_t start,
			 uint64_t end, struct text_comparison *ret);

#endif
