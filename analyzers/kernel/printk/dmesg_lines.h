/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PRINTK_DMESG_LINES
#define TRIAGE_KERNEL_PRINTK_DMESG_LINES

#include "base/error.h"

struct log_builder;

/*
 * The kernel's lines of a log that is text, in whatever form it was kept or pasted: see log_prefix.h and
 * log_record.h. Lines of other programs are left out, lines that mail or a console broke are joined, the
 * parts of a log that pstore kept are put in their order. Text comes in pieces of any size; no more than
 * DMESG_WINDOW of it is held, so cost is linear and memory follows what is kept.
 */
struct dmesg_lines;

#define DMESG_WINDOW (4u << 20) /* bytes that are looked at together */

/* The builder stays the caller's. */
struct err *dmesg_lines_new(struct log_builder *builder, struct dmesg_lines **ret);
void dmesg_lines_feed(struct dmesg_lines *lines, const char *text, size_t length);
/* The end of a file, of the last or not: what it ends in is a line. */
void dmesg_lines_end_file(struct dmesg_lines *lines);
/* The end of all; what went wrong is the builder's. Frees it. NULL is fine. */
void dmesg_lines_close(struct dmesg_lines *lines);
DEFINE_CLEANUP(struct dmesg_lines, dmesg_lines_close)
/* All of a text at once. */
void dmesg_lines_add(struct log_builder *builder, const char *text, size_t length);

#endif
