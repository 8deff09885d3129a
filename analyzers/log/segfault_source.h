/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_SEGFAULT_SOURCE
#define TRIAGE_LOG_SEGFAULT_SOURCE

#include "kernel/insn/insn.h"
#include "kernel/kernel.h"
#include "kernel/types/dwarf_place.h"
#include "log/segfault.h"

/* What a user program's file tells of the place where it crashed. */
struct segfault_source {
	bool found;
	struct dwarf_place place;
	bool has_insn;
	struct insn insn;  /* at the place, out of the file */
	char operand[200]; /* what was accessed, as the source calls it; "" unknown */
};

/*
 * Looks into the file that the log names, where one is at hand whose code is what ran (by the "Code:"
 * line), or without that line one whose mapping has the same size and whose instruction accesses memory
 * as the error code says. Fails on out-of-memory alone.
 */
struct err *segfault_source_find(struct kernel *kernel, const struct segfault *fault,
				 struct segfault_source *ret);

#endif
