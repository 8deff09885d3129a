/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PRINTK_LOG_BEGIN
#define TRIAGE_KERNEL_PRINTK_LOG_BEGIN

#include <stdbool.h>
#include <stddef.h>

/* Does line look like the beginning of one, behind blanks? */
bool log_is_beginning(const char *line, size_t length);
/* … by log_begin.def alone, and without blanks? */
bool log_has_beginning(const char *line, size_t length);
/* A frame of a trace, behind blanks. */
bool log_is_frame(const char *line, size_t length);
/* A frame and nothing else, also where its blanks were lost: "f+0x1/0x2", "? f+0x1/0x2 [mod]". */
bool log_is_whole_frame(const char *line, size_t length);

#endif
