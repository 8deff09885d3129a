/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CRASH_OOPS_REPORT
#define TRIAGE_CRASH_OOPS_REPORT

#include <stdbool.h>
#include <stdint.h>

#include "kernel/printk/printk.h"

/*
 * The kernel's own report at the end of a log (show_regs(), dump_stack()), for when there is no
 * dump or its stacks cannot be read: who, where, which address.
 */
struct oops_report {
	int cpu; /* -1 unknown */
	int pid; /* -1 unknown */
	char comm[17];
	char symbol[128]; /* of RIP; "" unknown */
	uint64_t offset;
	char module[64];
	bool has_address;
	uint64_t address; /* that faulted */
};

/* The last report of the log; false when it holds none. */
bool oops_report_read(const struct log *log, struct oops_report *ret);
/*
 * Symbol, offset and module out of a line of kernel mode: "RIP: 0010:name+0x5/0x20 [module]", or
 * 3.10's with addresses in brackets before the name. False when it is no such line.
 */
bool oops_report_rip(const char *text, struct oops_report *report);

#endif
