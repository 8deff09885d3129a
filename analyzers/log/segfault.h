/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_SEGFAULT
#define TRIAGE_LOG_SEGFAULT

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The kernel's line about a user process that crashed:
 *   comm[pid]: segfault at A ip I sp S error E in file[base+size]      arch/x86/mm/fault.c
 *   traps: comm[pid] general protection fault ip:I sp:S error:E in file[base+size]
 *   traps: comm[pid] trap divide error ip:I …                          arch/x86/kernel/traps.c
 * then " likely on CPU n (core n, socket n)" on newer kernels. comm may hold blanks, brackets and
 * colons; pid is the thread's, not the process'.
 */
struct segfault {
	char comm[17];
	uint64_t pid;
	char trap[40]; /* "segfault", "general protection fault", "divide error" … */
	bool has_address;
	uint64_t address, ip, sp, error;
	char object[128]; /* "" when the line names none */
	uint64_t base, size;
	int cpu; /* -1 unknown */
};

/* False when the line is no such line. */
bool segfault_parse(const char *line, struct segfault *ret);
/* ip - base; false when there is no object or ip lies outside of the mapping. */
bool segfault_offset(const struct segfault *fault, uint64_t *offset);
/* Page fault error code, arch/x86/include/asm/trap_pf.h: "read", "write", "execute". */
const char *segfault_access(const struct segfault *fault);
/* "null_offset", "protection", "not_present", "non_canonical", … */
const char *segfault_class(const struct segfault *fault);

#endif
