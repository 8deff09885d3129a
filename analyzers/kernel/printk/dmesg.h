/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PRINTK_DMESG
#define TRIAGE_KERNEL_PRINTK_DMESG

#include "kernel/printk/log.h"

/* A log that stands in a file or a string, in any form that dmesg_lines.h knows; it is copied. */
struct err *dmesg_parse(const char *text, size_t length, struct log **ret);

/* Bytes of text, unpacked: of a longer log what follows is left out, and log->err says so. */
#define DMESG_SIZE_MAX (512u << 20)

/*
 * The same from files: the one open at fd, and those that more() opens, 1, 2, …, until it returns -1,
 * in the order of time; each may be compressed as a whole. more may be NULL, and what it returns is closed
 * here; fd stays the caller's. ERR_NOT_FOUND when there is no text in them, ERR_INVALID when the first is
 * a crash dump that was compressed; one that is broken is read as far as it goes, see log->err.
 */
struct err *dmesg_read(int fd, int (*more)(void *context, unsigned number), void *context,
		       struct log **ret);

#endif
