/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_TEXT_OOPS_CODE
#define TRIAGE_TEXT_OOPS_CODE

#include "kernel/printk/log.h"

/*
 * The "Code:" line of an oops (show_opcodes(), arch/x86/kernel/dumpstack.c): the bytes around RIP as
 * memory held them at that moment.
 */
#define OOPS_CODE_MAX 128

struct oops_code {
	uint8_t bytes[OOPS_CODE_MAX];
	size_t count;
	size_t at; /* index of the byte at RIP, marked "<0f>" or "(0f)" */
};

/* False unless it is such a line with one byte marked. Ends at the first word that is no byte. */
bool oops_code_parse(const char *text, struct oops_code *ret);
/*
 * The last one in the log that belongs to a report of this place in the kernel: symbol as in
 * kallsyms, offset in bytes. Lines of user mode (RIP: 0033) are passed over.
 */
bool oops_code_find(const struct log *log, const char *symbol, uint64_t offset,
		    struct oops_code *ret);

#endif
