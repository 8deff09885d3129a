/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_SYMBOLS_VMLINUX
#define TRIAGE_KERNEL_SYMBOLS_VMLINUX

#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol_list.h"

/*
 * A vmlinux, the kernel's ELF file with its symbol table; the only file of this room that knows
 * libelf. fds stay the caller's.
 */

/*
 * Is it the vmlinux of the dumped kernel? NULL when the build-ids are the same; or, where one of
 * them is missing or they differ, when the banner ("Linux version …") in the dump is the vmlinux's
 * to the letter. (A wrong BUILD-ID in VMCOREINFO was written by 6.11.3 to 6.11.9, 6.6.55 to 6.6.62,
 * 6.1.113 to 6.1.118, 5.15.168 and later.) Without the dump's banner the release has to do, where a
 * build-id is missing. Else ERR_INVALID, with both sides in the message. info and memory may be
 * NULL.
 */
struct err *vmlinux_check(int fd, const struct vmcoreinfo *info, struct memory *memory);

#define BUILD_ID_MAX 129 /* 64 bytes in hex */
/* The build-id in hex; false when it has none. */
bool vmlinux_build_id(int fd, char *buf, size_t size);
/*
 * linux_banner (init/version.c): its text, without the line's end, and its address as linked. False when
 * it has none, as a file of debuginfo alone.
 */
bool vmlinux_banner(int fd, char *buf, size_t size, uint64_t *address);
/* A symbol's address as linked; false when there is none of that name. */
bool vmlinux_symbol(int fd, const char *name, uint64_t *address);
/* Fill list (not finished) from .symtab; addresses of the image are moved by offset. */
struct err *vmlinux_symbols(int fd, uint64_t offset, struct symbol_list *list);

#endif
