/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PRINTK_LOG_CLEAN
#define TRIAGE_KERNEL_PRINTK_LOG_CLEAN

#include "base/str.h"

/*
 * The line without what terminals, mail, web pages and ticket systems added to it: colours, carriage
 * returns, also as "^M", NULs, byte-order marks, "&lt;" and its like, tags and marks around a paste; no-break spaces
 * become blanks. Points into line itself where nothing is to be done within it, else into buffer, whose
 * old contents go.
 */
const char *log_line_clean(const char *line, size_t length, struct str *buffer, size_t *ret_length);

#endif
