/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PRINTK_LOG_SEAM
#define TRIAGE_KERNEL_PRINTK_LOG_SEAM

#include <stddef.h>
#include <stdint.h>

/*
 * Where, from a place of a line on, another CPU's line begins in it: at "<4>[   12.345678] ", at a stamp
 * alone, or at a level before words that begin lines. Its offset, length when there is none. A stamp far
 * from time_us, that of the line or of the one before, is text: somebody quotes a log.
 */
size_t log_seam_find(const char *line, size_t length, size_t from, uint64_t time_us);

/* … begins a line of the kernel in one that has no prefix, behind what a program wrote; at time_us or later. */
size_t log_seam_behind_program(const char *line, size_t length, uint64_t time_us);

/*
 * The time (µs) of the first of at least three stamps that stand in one line, as where a web page has
 * folded a log into a paragraph; 0 when there are none.
 */
uint64_t log_seam_folded(const char *line, size_t length);

#endif
