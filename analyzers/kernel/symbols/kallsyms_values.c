/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The addresses of a kallsyms table, and what is damaged of them: it is what does not ascend with the rest. */
#include "kernel/symbols/kallsyms_values.h"

#include <stdlib.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/parse.h"

#define NEGATIVE (1ull << 32) /* the rank of a relative value, behind all absolute ones */
#define PLACE_BIAS (1ull << 31)
#define SAME_MAX 1024u /* zeros, or ones, in a row; a page that was never written has as many */

/* As it stands in the table. */
static uint64_t stored(const struct kallsyms_tables *tables, size_t i)
{
	return tables->kind == KALLSYMS_ADDRESSES ? load_u64((const char *)tables->values + i * 8)
						  : load_u32((const char *)tables->values + i * 4);
}

/* What ascends from one entry to the next, also where kallsyms_relative_base is damaged. */
static uint64_t rank(const struct kallsyms_tables *tables, size_t i)
{
	uint64_t value = stored(tables, i);
	int64_t offset = (int32_t)value;

	if (tables->kind == KALLSYMS_ADDRESSES)
		return value;
	if (tables->kind == KALLSYMS_PLACE_RELATIVE)
		return i * 4 + (uint64_t)offset + PLACE_BIAS;
	if (!tables->absolute_percpu || offset >= 0)
		return value;
	return NEGATIVE - 1 - (uint64_t)offset;
}

uint64_t kallsyms_value(const struct kallsyms_tables *tables, size_t i)
{
	if (tables->sound && tables->sound[i] == KALLSYMS_NONE)
		return 0;

	uint64_t value = rank(tables, tables->sound ? tables->sound[i] : i);
	if (tables->kind == KALLSYMS_ADDRESSES)
		return value;
	if (tables->kind == KALLSYMS_PLACE_RELATIVE)
		return tables->base + value - PLACE_BIAS;
	if (!tables->absolute_percpu)
		return tables->base + value;
	return value < NEGATIVE ? value : tables->base + value - NEGATIVE;
}

bool kallsyms_value_lost(const struct kallsyms_tables *tables, size_t i)
{
	return tables->sound && tables->sound[i] != i;
}

static bool ascends(const struct kallsyms_tables *tables)
{
	uint64_t last = 0;

	for (size_t i = 0; i < tables->count; i++) {
		uint64_t next = rank(tables, i);

		if (next < last)
			return false;
		last = next;
	}
	return true;
}

/* For each entry, how long the longest ascending row of entries is that ends at it, and that begins at it. */
struct rows {
	uint32_t *ending, *beginning;
	uint32_t *alternatives; /* entries that end a row of this length, in rows of the greatest */
	uint64_t *ends; /* the least rank at which a row of each length ends, while they grow */
	uint32_t longest;
};

static void rows_deinit(struct rows *rows)
{
	free(rows->ending);
	free(rows->beginning);
	free(rows->alternatives);
	free(rows->ends);
}

static struct err *rows_init(struct rows *rows, size_t count)
{
	rows->ending = calloc(count, sizeof(*rows->ending));
	rows->beginning = calloc(count, sizeof(*rows->beginning));
	rows->alternatives = calloc(count + 1, sizeof(*rows->alternatives));
	rows->ends = calloc(count, sizeof(*rows->ends));
	return rows->ending && rows->beginning && rows->alternatives && rows->ends ? NULL
										   : &err_nomem;
}

/* The length of the longest row that the next number ends. *count is that of the longest one yet. */
static uint32_t grow_row(uint64_t *ends, uint32_t *count, uint64_t next)
{
	size_t at = *count;

	if (at && next < ends[at - 1])
		at = array_first(*count, k, ends[k] > next);
	ends[at] = next;
	*count += at == *count;
	return (uint32_t)at + 1;
}

static bool is_readable(const struct kallsyms_tables *tables, size_t i)
{
	return !tables->sound || tables->sound[i] != KALLSYMS_NONE;
}

static void measure_rows(const struct kallsyms_tables *tables, struct rows *rows)
{
	uint32_t longest = 0;

	for (size_t i = tables->count; i-- > 0;)
		if (is_readable(tables, i))
			rows->beginning[i] = grow_row(rows->ends, &longest, ~rank(tables, i));
	rows->longest = 0;
	for (size_t i = 0; i < tables->count; i++)
		if (is_readable(tables, i))
			rows->ending[i] = grow_row(rows->ends, &rows->longest, rank(tables, i));
}

static bool in_longest(const struct rows *rows, size_t i)
{
	return rows->ending[i] && rows->ending[i] + rows->beginning[i] - 1 == rows->longest;
}

/* An entry is sound when each of the longest rows has it. */
static size_t mark_sound(struct kallsyms_tables *tables, struct rows *rows)
{
	uint32_t last = KALLSYMS_NONE;
	size_t lost = 0;

	for (size_t i = 0; i < tables->count; i++)
		rows->alternatives[rows->ending[i]] += in_longest(rows, i);
	for (size_t i = 0; i < tables->count; i++) {
		if (in_longest(rows, i) && rows->alternatives[rows->ending[i]] == 1)
			last = (uint32_t)i;
		lost += last != i;
		tables->sound[i] = last;
	}
	return lost;
}

/* Any other number thousands may have: the empty namespaces of exported symbols, 8,636 __kstrtabns_… of a v5.10. */
static bool is_fill(const struct kallsyms_tables *tables, size_t i)
{
	uint64_t ones = tables->kind == KALLSYMS_ADDRESSES ? UINT64_MAX : UINT32_MAX;

	return !stored(tables, i) || stored(tables, i) == ones;
}

/* A page that was never written is in order, where it is at an end of the table. */
static void drop_same(struct kallsyms_tables *tables)
{
	for (size_t start = 0, end; start < tables->count; start = end) {
		for (end = start + 1; end < tables->count; end++)
			if (stored(tables, end) != stored(tables, start))
				break;
		bool fill = is_fill(tables, start) && end - start >= SAME_MAX;

		for (size_t i = fill ? start : end; i < end; i++)
			tables->sound[i] = KALLSYMS_NONE;
	}
}

static struct err *init_sound(struct kallsyms_tables *tables)
{
	if (tables->sound)
		return NULL;
	tables->sound = calloc(tables->count, sizeof(*tables->sound));
	if (!tables->sound)
		return &err_nomem;
	for (size_t i = 0; i < tables->count; i++)
		tables->sound[i] = (uint32_t)i;
	tables->why_no_value = ERR_CORRUPT;
	return NULL;
}

/* Of the two ways to read them, that in which more are in order. */
static struct err *find_sound(struct kallsyms_tables *tables)
{
	_cleanup_(rows_deinit) struct rows rows = {0};
	uint32_t plain;

	TRY(init_sound(tables));
	TRY(rows_init(&rows, tables->count));
	tables->absolute_percpu = false;
	drop_same(tables);
	measure_rows(tables, &rows);
	plain = rows.longest;
	if (tables->kind == KALLSYMS_BASE_RELATIVE) {
		tables->absolute_percpu = true;
		measure_rows(tables, &rows);
		if (rows.longest <= plain) {
			tables->absolute_percpu = false;
			measure_rows(tables, &rows);
		}
	}
	tables->no_value = mark_sound(tables, &rows);
	return tables->no_value > tables->count / 2
		       ? err_new(tables->why_no_value, "%zu of %zu kallsyms addresses are lost",
				 tables->no_value, tables->count)
		       : NULL;
}

static bool has_same(const struct kallsyms_tables *tables)
{
	for (size_t i = SAME_MAX - 1; i < tables->count; i++)
		if (is_fill(tables, i) && stored(tables, i) == stored(tables, i - SAME_MAX + 1))
			return true;
	return false;
}

/* Offsets with absolute per-CPU ones descend as plain numbers, so that only one reading ascends. */
struct err *kallsyms_order_values(struct kallsyms_tables *tables)
{
	bool ordered = ascends(tables);

	if (!ordered && tables->kind == KALLSYMS_BASE_RELATIVE) {
		tables->absolute_percpu = true;
		ordered = ascends(tables);
	}
	return ordered && !tables->sound && !has_same(tables) ? NULL : find_sound(tables);
}

struct err *kallsyms_drop_value(struct kallsyms_tables *tables, size_t i)
{
	TRY(init_sound(tables));
	if (tables->sound[i] != i)
		return NULL;
	tables->no_value++;
	for (size_t k = i; k < tables->count && tables->sound[k] == i; k++)
		tables->sound[k] = i ? tables->sound[i - 1] : KALLSYMS_NONE;
	return NULL;
}
