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
 * 2.6 has "rip" and "rsp", "eip" and "esp" on 32 bits, and no "traps: ". Newer kernels write
 * [offset,base+size], then " likely on CPU n (core n, socket n)" and a "Code:" line. comm may hold
 * blanks, brackets and colons; pid is the thread's, not the process'.
 */
struct segfault {
	char comm[17];
	uint64_t pid;
	char trap[40]; /* "segfault", "general protection fault", "divide error" … */
	bool has_address;
	uint64_t address, ip, sp, error;
	char object[128]; /* "" when the line names none */
	uint64_t base, size;
	bool has_file_offset; /* the line says where in the file ip is */
	uint64_t file_offset;
	int cpu, core, socket; /* -1 unknown */
	uint8_t code[64];      /* bytes around ip, of the "Code:" line */
	size_t code_length, code_at;
};

/* Words one of which each such line has. */
const char *const *segfault_words(size_t *count);
/* False when the line is no such line. */
bool segfault_parse(const char *line, struct segfault *ret);
/* Takes the bytes of a "Code:" line; false when it is none, or has none. */
bool segfault_parse_code(const char *line, struct segfault *fault);
/* Of ip in the object: as the line says, else ip - base; false when neither is known. */
bool segfault_offset(const struct segfault *fault, uint64_t *offset);
/* Page fault error code, arch/x86/include/asm/trap_pf.h: "read", "write", "execute". */
const char *segfault_access(const struct segfault *fault);
/* The process ran 32-bit code, as far as its addresses tell. */
bool segfault_is_32bit(const struct segfault *fault);

/* Bits of a page fault's error code, with the kernel's own meaning. */
enum segfault_error {
	SEGFAULT_PRESENT = 1 << 0, /* the page was there: its rights forbid the access */
	SEGFAULT_WRITE = 1 << 1,
	SEGFAULT_USER = 1 << 2,
	SEGFAULT_RESERVED = 1 << 3, /* a reserved bit was set in a page-table entry */
	SEGFAULT_FETCH = 1 << 4,
	SEGFAULT_PKEY = 1 << 5,
	SEGFAULT_SHADOW_STACK = 1 << 6,
	SEGFAULT_SGX = 1 << 15,
};
/* The n-th thing the error code says, in words; NULL behind the last. */
const char *segfault_error_word(const struct segfault *fault, unsigned n);

#endif
