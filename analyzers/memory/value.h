/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_VALUE
#define TRIAGE_MEMORY_VALUE

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "memory/value_formats.h"

/*
 * What a 64-bit value that should have been a pointer looks like. Pure: nothing is read but the
 * value's own bytes.
 */
#define VALUE_LOOKS_MAX 8
#define VALUE_TELLING 0.9 /* confidence from which on a look is no chance */

/* Fills ret, most telling first; returns how many. */
size_t value_looks(uint64_t value, struct value_look ret[VALUE_LOOKS_MAX]);
/*
 * How likely an arbitrary value is to look so: whoever tries many values must take that into
 * account.
 */
double value_chance(const struct value_look *look);
/* Two words of one stretch of data: equal, or both text of the same kind. */
bool value_alike(uint64_t a, uint64_t b);

#endif
