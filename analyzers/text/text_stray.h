/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_TEXT_TEXT_STRAY
#define TRIAGE_TEXT_TEXT_STRAY

#include "kernel/kernel.h"

struct symbol;

/*
 * How many bytes from rip on, each by itself, are none that an instruction of x86-64 begins with: 0 where the first is
 * one, or where rip may be in the middle of an instruction. No compiler writes them: they were written over the code.
 * function is the symbol that holds rip.
 */
unsigned text_stray_count(struct kernel *kernel, const struct symbol *function, uint64_t rip,
			  uint8_t *first);

#endif
