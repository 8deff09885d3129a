/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PRINTK_LOG_CLEAN
#define TRIAGE_KERNEL_PRINTK_LOG_CLEAN

#include "base/str.h"

/*
 * The line without what terminals, mail and containers added to it: colours, carriage returns, NULs,
 * byte-order marks; no-break spaces become blanks, and a line of Docker's JSON its message. Points
 * into line itself where nothing is to be done, else into buffer, whose old contents go.
 */
const char *log_line_clean(const char *line, size_t length, struct str *buffer, size_t *ret_length);

#endif
