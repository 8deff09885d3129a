/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_SYMBOLS_KALLSYMS_VALUES
#define TRIAGE_KERNEL_SYMBOLS_KALLSYMS_VALUES

#include "kernel/symbols/kallsyms_tables.h"

/*
 * Find out how the numbers of a table are meant, and which are damaged: they ascend, so that one out of order is not
 * what was written. Where any are, tables->sound says which; of two that may be the wrong one, neither is. Those that
 * sound said before to be unreadable stay out. ERR_CORRUPT when more than half are lost.
 */
struct err *kallsyms_order_values(struct kallsyms_tables *tables);
/* The address of entry i < count; of one that is lost, that of the sound one before it, or 0. */
uint64_t kallsyms_value(const struct kallsyms_tables *tables, size_t i);
/* Is its address damaged, or was it not readable? */
bool kallsyms_value_lost(const struct kallsyms_tables *tables, size_t i);
/* An address that is in order and yet wrong. */
struct err *kallsyms_drop_value(struct kallsyms_tables *tables, size_t i);

#endif
