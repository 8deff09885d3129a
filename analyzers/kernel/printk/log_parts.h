/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PRINTK_LOG_PARTS
#define TRIAGE_KERNEL_PRINTK_LOG_PARTS

#include "base/str.h"

/*
 * What pstore keeps of a log: pieces that each begin with "Oops#1 Part2" (fs/pstore/platform.c). Part 1
 * holds the last lines, part 2 those before it, …; each further record, "Panic#2", again ends with all
 * of them. Kept as files, or in one that somebody joined.
 */
bool log_parts_is_head(const char *line, size_t length);
/*
 * The lines of such a text in the order they were printed: records by their number, parts from the
 * highest to the first, heads and the RAM store's "====…" lines left out. False, and nothing in ret,
 * for any other text.
 */
bool log_parts_join(const char *text, size_t length, struct str *ret);

#endif
