/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PRINTK_DMESG
#define TRIAGE_KERNEL_PRINTK_DMESG

#include "kernel/printk/log.h"

/* A log that stands in a file or a string, in any form that dmesg_lines.h knows; it is copied. */
struct err *dmesg_parse(const char *text, size_t length, struct log **ret);
/* The same from a file; fd stays the caller's. At most DMESG_SIZE_MAX bytes are taken. */
#define DMESG_SIZE_MAX (64u << 20)
struct err *dmesg_read(int fd, struct log **ret);

#endif
