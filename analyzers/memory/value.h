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
#define VALUE_TELLING 0.9 /* the confidence of a look that chance does not make */

/* Fills ret, most telling first; returns how many. */
size_t value_looks(uint64_t value, struct value_look ret[VALUE_LOOKS_MAX]);
/* How likely an arbitrary value looks so: what trying many of them makes of its confidence. */
double value_chance(const struct value_look *look);
/* Two words of one stretch of data: equal, or both text of the same kind. */
bool value_alike(uint64_t a, uint64_t b);

#endif
