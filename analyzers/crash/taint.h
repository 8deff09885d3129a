/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CRASH_TAINT
#define TRIAGE_CRASH_TAINT

#include <stddef.h>

/* "P proprietary module" of a bit of tainted_mask, NULL beyond the last (kernel/panic.c: taint_flags[]). */
const char *taint_of_bit(size_t bit);
/* The same by its letter; NULL for 'G', which says that there is none, and for no letter of a taint. */
const char *taint_text(char letter);

#endif
