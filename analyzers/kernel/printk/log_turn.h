/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PRINTK_LOG_TURN
#define TRIAGE_KERNEL_PRINTK_LOG_TURN

#include "kernel/printk/log.h"

/* Put a log whose newest line stands first (journalctl -r) the right way round; others stay as they are. */
struct err *log_turn(struct log *log);

#endif
