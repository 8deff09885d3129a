/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PRINTK_DMESG_LINES
#define TRIAGE_KERNEL_PRINTK_DMESG_LINES

#include <stddef.h>

struct log_builder;

/*
 * Add the kernel's lines of a log that is text, in whatever form it was kept or pasted: see
 * log_prefix.h. Lines of other programs are left out, lines that mail or a console broke are joined.
 */
void dmesg_lines_add(struct log_builder *builder, const char *text, size_t length);

#endif
