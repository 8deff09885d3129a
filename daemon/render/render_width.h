/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_RENDER_RENDER_WIDTH
#define TRIAGE_DAEMON_RENDER_RENDER_WIDTH

#include <stdbool.h>

#include "base/str.h"
#include "json.h"

/* Verdicts name registers as x86-64 does, whatever the kernel; a page shows those of i386 as its log has them. */

bool render_is_32bit(const json_t *report);
/*
 * "rax (0x0000000000000014) + 0x4" as text of a page: "eax (0x00000014) + 0x4" of an i386 kernel. NULL: nothing.
 * A register's name alone and a value alone will do as well.
 */
void render_width(const json_t *report, const char *words, struct str *out);

#endif
