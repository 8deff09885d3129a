/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_SYMBOLS_DEMANGLE
#define TRIAGE_KERNEL_SYMBOLS_DEMANGLE

#include <stddef.h>

/*
 * A linker's name as its source has it, C++ and Rust (both of its manglings): "_ZN3lab5queue3popEv" is
 * "lab::queue::pop()". Other names are copied as they are. Cut to size.
 */
void demangle(const char *symbol, char *ret, size_t size);

#endif
