/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_SYMBOLS_KALLSYMS_SOURCE
#define TRIAGE_KERNEL_SYMBOLS_KALLSYMS_SOURCE

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Where the tables are read from: the dead kernel's memory, or a buffer in tests. */
struct kallsyms_source {
	/* A few bytes somewhere; and a run of bytes that will not be asked for again. */
	struct err *(*read)(void *context, uint64_t address, void *buf, size_t length);
	struct err *(*stream)(void *context, uint64_t address, void *buf, size_t length);
	void *context;
};

#endif
