/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PRINTK_PRINTK
#define TRIAGE_KERNEL_PRINTK_PRINTK

#include "kernel/printk/log.h"

struct kernel;

/*
 * The log out of dump memory: printk ring (896fbe20b4e2 v5.10), records in log_buf (7ff9554bb578
 * v3.5), flat log_buf before. Needs symbols or VMCOREINFO; without types, what VMCOREINFO says of
 * the structures is enough for all but levels. A log cut short is no error: see log->err.
 */
struct err *printk_open(struct kernel *kernel, struct log **ret);

#endif
