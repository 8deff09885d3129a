/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Searches the image for the kallsyms tables. Their addresses show from afar: hundreds of KiB of
 * numbers in strict order. One page in STRIDE is looked at; where a page is in order, the order is
 * followed to its end, and what must lie there is checked:
 *
 *   addresses or offsets, relative base (with offsets), count, names, markers of every 256th
 *   name, (since 60443c88f3a8 v6.2: sequence numbers,) token table, token index
 *
 * and since 404bad70fcf7 v6.4, for dumps without VMCOREINFO,
 *
 *   count, names, markers, token table, token index, offsets, relative base (until a081b5789255
 *   v7.0), sequence numbers
 *
 * each aligned to 8, or to 4 where no number is wider than that.
 */
#include "kernel/symbols/kallsyms_scan.h"

#include <string.h>

#include "base/parse.h"
#include "kernel/memory/pagetable.h"
#include "kernel/symbols/kallsyms_mend.h"
#include "kernel/symbols/kallsyms_tokens.h"

#define PAGE 4096u
#define STRIDE 32u
#define RUN_MAX (32u << 20)
#define CANDIDATES_MAX 16
#define COUNT_MIN 1024u
#define TOKEN_TABLE_MAX 8192u
#define NAME_USUAL 48u	       /* bytes, more than names take on an average */
#define TOKENS_SPAN (8u << 20) /* more than lies between the addresses and the tokens */
#define NAMES_TAIL 65536u      /* more than 256 names take */

/* How the numbers of a table run. */
enum order {
	ORDER_NONE,
	ORDER_ADDRESSES, /* 64-bit, upwards */
	ORDER_OFFSETS,	 /* 32-bit, upwards */
	ORDER_NEGATIVE,	 /* 32-bit, downwards below zero: with absolute per-CPU symbols */
	ORDER_PLACE,	 /* 32-bit, from each one's own place: may fall by its width */
};

static size_t width_of(enum order order)
{
	return order == ORDER_ADDRESSES ? 8 : 4;
}

static bool ordered(enum order order, const uint8_t *first, const uint8_t *second)
{
	switch (order) {
	case ORDER_ADDRESSES:
		return load_u64(first) <= load_u64(second);
	case ORDER_OFFSETS:
		return load_u32(first) <= load_u32(second);
	case ORDER_PLACE:
		return (int32_t)load_u32(first) <= (int64_t)(int32_t)load_u32(second) + 4;
	default:
		return (int32_t)load_u32(first) >= (int32_t)load_u32(second);
	}
}

/* Bytes from the start that are in order. */
static size_t ordered_bytes(enum order order, const uint8_t *bytes, size_t length)
{
	size_t width = width_of(order), at = width;

	while (at < length && ordered(order, bytes + at - width, bytes + at))
		at += width;
	return at;
}

static enum order page_order(const uint8_t *page)
{
	uint64_t first = load_u64(page), last = load_u64(page + PAGE - 8);
	uint32_t low = load_u32(page), high = load_u32(page + PAGE - 4);

	if (first >= START_KERNEL_MAP && first < last &&
	    ordered_bytes(ORDER_ADDRESSES, page, PAGE) == PAGE)
		return ORDER_ADDRESSES;
	if (low < high && ordered_bytes(ORDER_OFFSETS, page, PAGE) == PAGE)
		return ORDER_OFFSETS;
	if ((int32_t)low < 0 && low > high && ordered_bytes(ORDER_NEGATIVE, page, PAGE) == PAGE)
		return ORDER_NEGATIVE;
	if ((int32_t)low < (int32_t)high && ordered_bytes(ORDER_PLACE, page, PAGE) == PAGE)
		return ORDER_PLACE;
	return ORDER_NONE;
}

/* Where the order that holds at a page ends. */
static uint64_t order_end(const struct kallsyms_source *source, enum order order, uint64_t page)
{
	size_t width = width_of(order);
	uint8_t bytes[PAGE + 8];

	for (uint64_t at = page; at - page < RUN_MAX; at += PAGE) {
		/* Overlap by one number. */
		size_t length = PAGE + width, run;

		if (!err_ok(source->read(source->context, at, bytes, length)))
			return at;
		run = ordered_bytes(order, bytes, length);
		if (run < length)
			return at + run;
	}
	return page + RUN_MAX;
}

static uint64_t align(uint64_t address, uint64_t to)
{
	return (address + to - 1) & ~(to - 1);
}

static uint64_t align8(uint64_t address)
{
	return align(address, 8);
}

static uint64_t alignment_of(enum order order)
{
	return order == ORDER_PLACE ? 4 : 8;
}

/* Do the markers at an address tell the places of the names? Their width in bytes, 0 when not. */
static size_t marker_width(const struct kallsyms_source *source, uint64_t address,
			   const struct kallsyms_tables *tables)
{
	size_t known = MIN((tables->count + 255) / 256, 16u), at = 0;
	bool fits[2] = {true, true};
	uint8_t markers[16 * 8];

	if (!err_ok(source->read(source->context, address, markers, sizeof(markers))))
		return 0;
	for (size_t i = 0; i < known; i++) {
		fits[0] = fits[0] && load_u64(markers + i * 8) == at;
		fits[1] = fits[1] && load_u32(markers + i * 4) == at;
		for (size_t k = 0; k < 256 && i + 1 < known; k++) {
			size_t header;

			at += kallsyms_name_length(tables->names + at, tables->names_size - at,
						   &header);
			at += header;
		}
	}
	/* unsigned long until 80ffbaa5b1bd v4.20 */
	return fits[0] ? 8 : fits[1] ? 4 : 0;
}

/* 256 strings, and behind them 256 numbers that say where each one starts. */
static bool tokens_at(const struct kallsyms_source *source, uint64_t address, uint64_t aligned,
		      uint64_t *token_index)
{
	uint8_t bytes[TOKEN_TABLE_MAX], index[KALLSYMS_TOKENS * 2];
	uint16_t starts[KALLSYMS_TOKENS];
	size_t at = 0;

	if (!err_ok(source->read(source->context, address, bytes, sizeof(bytes))))
		return false;
	for (size_t i = 0; i < KALLSYMS_TOKENS; i++) {
		const uint8_t *end = memchr(bytes + at, '\0', sizeof(bytes) - at);

		if (!end)
			return false;
		starts[i] = (uint16_t)at;
		at = (size_t)(end - bytes) + 1;
	}
	*token_index = align(address + at, aligned);
	if (!err_ok(source->read(source->context, *token_index, index, sizeof(index))))
		return false;
	for (size_t i = 0; i < KALLSYMS_TOKENS; i++)
		if (load_u16(index + i * 2) != starts[i])
			return false;
	return true;
}

/* Read the tables whose address table ends, but for padding, at end. */
static struct err *read_at(const struct kallsyms_source *source, enum order order, uint64_t end,
			   struct kallsyms_tables *ret)
{
	_kallsyms_tables_ struct kallsyms_tables tables = {.kind = KALLSYMS_ADDRESSES};
	uint64_t token_index = 0, count_at = end, values, markers, tokens;
	uint8_t bytes[16];

	TRY(source->read(source->context, end, bytes, sizeof(bytes)));
	if (order != ORDER_ADDRESSES) {
		tables.kind = KALLSYMS_BASE_RELATIVE;
		tables.base = load_u64(bytes);
		count_at += 8;
	}
	uint64_t count = load_u64(bytes + (count_at - end));
	if (count < COUNT_MIN || count > KALLSYMS_MAX)
		return err_at(ERR_NOT_FOUND, count_at, "no count of symbols");
	tables.count = (size_t)count;
	values = end - align8(count * width_of(order));
	TRY(kallsyms_read_names(source, count_at + 8, &tables));

	markers = align8(count_at + 8 + tables.names_size);
	size_t width = marker_width(source, markers, &tables);
	if (!width)
		return err_at(ERR_NOT_FOUND, markers, "no markers behind the names");
	tokens = align8(markers + (count + 255) / 256 * width);
	if (!tokens_at(source, tokens, 8, &token_index)) {
		tokens = align8(tokens + count * 3);
		if (!tokens_at(source, tokens, 8, &token_index))
			return err_at(ERR_NOT_FOUND, tokens, "no token table");
	}
	TRY(kallsyms_read_tokens(source, tokens, token_index, &tables));
	if (tables.lost_tokens)
		TRY(kallsyms_drop_names(&tables));
	TRY(kallsyms_read_values(source, values, &tables));
	*ret = tables;
	tables = (struct kallsyms_tables){0};
	return NULL;
}

/* Do names stand here? */
static bool are_names(const struct kallsyms_source *source, uint64_t address)
{
	struct kallsyms_tables tables = {.count = COUNT_MIN};
	bool ret = err_ok(kallsyms_read_names(source, address, &tables)) &&
		   tables.names_size <= COUNT_MIN * NAME_USUAL;

	kallsyms_tables_deinit(&tables);
	return ret;
}

/* An empty name is one that is lost. */
static bool has_last_name(const struct kallsyms_tables *tables)
{
	return tables->names_size > 2 && tables->names[tables->names_size - 2] != 1;
}

/*
 * Read the tables whose address table ends, but for padding, at end, where something behind it is damaged: the tokens
 * are found by what they look like. Where the addresses begin follows from the count, which is right when the last
 * names are where it says: else all addresses would be others'.
 */
static struct err *read_damaged_at(const struct kallsyms_source *source, enum order order,
				   uint64_t end, struct kallsyms_tables *ret)
{
	_kallsyms_tables_ struct kallsyms_tables tables = {.kind = KALLSYMS_ADDRESSES};
	struct kallsyms_places places = {.num_syms = end};
	uint8_t base[8];

	TRY(source->read(source->context, end, base, sizeof(base)));
	if (order != ORDER_ADDRESSES) {
		tables.kind = KALLSYMS_BASE_RELATIVE;
		tables.base = load_u64(base);
		places.num_syms += 8;
	}
	places.names = places.num_syms + 8;
	if (!are_names(source, places.names))
		return err_at(ERR_NOT_FOUND, places.names, "no names behind the addresses");
	TRY(kallsyms_find_tokens(source, places.names, TOKENS_SPAN, &places.tokens,
				 &places.token_index));
	TRY(kallsyms_read_count_and_names(source, &places, &tables));
	if (tables.count < COUNT_MIN || !has_last_name(&tables))
		return err_at(ERR_NOT_FOUND, places.num_syms, "no count of symbols");
	TRY(kallsyms_read_values(source, end - align8(tables.count * width_of(order)), &tables));
	*ret = tables;
	tables = (struct kallsyms_tables){0};
	return NULL;
}

/* The order may run on by chance into the padding or the base that follows the table. */
static bool read_before(const struct kallsyms_source *source, enum order order, uint64_t end,
			bool damaged, struct kallsyms_tables *ret)
{
	for (unsigned back = 0; back <= 2; back++) {
		uint64_t at = align8(end) - back * 8;

		if (err_ok(damaged ? read_damaged_at(source, order, at, ret)
				   : read_at(source, order, at, ret)))
			return true;
	}
	return false;
}

/* Where the order that holds at a page begins. */
static uint64_t order_start(const struct kallsyms_source *source, enum order order, uint64_t page)
{
	uint8_t bytes[PAGE + 4];

	for (uint64_t at = page; page - at < RUN_MAX; at -= PAGE) {
		size_t first = PAGE;

		/* The page before, and the first number of this one. */
		if (!err_ok(source->read(source->context, at - PAGE, bytes, sizeof(bytes))))
			return at;
		while (first && ordered(order, bytes + first - 4, bytes + first))
			first -= 4;
		if (first)
			return at - PAGE + first;
	}
	return page - RUN_MAX;
}

/* The absolute per-CPU offsets, which ascend from zero, stand before the negative ones. */
static uint64_t percpu_start(const struct kallsyms_source *source, uint64_t start)
{
	uint8_t pair[8];

	while (err_ok(source->read(source->context, start - 4, pair, sizeof(pair))) &&
	       (int32_t)load_u32(pair) >= 0 &&
	       ((int32_t)load_u32(pair + 4) < 0 || ordered(ORDER_OFFSETS, pair, pair + 4)))
		start -= 4;
	return start;
}

/*
 * Where the token table before its index begins: the index says where the last token starts, so it
 * is that long and a little more. 0 when there is none.
 */
static uint64_t tokens_before(const struct kallsyms_source *source, uint64_t token_index,
			      uint64_t aligned)
{
	uint8_t last[2];
	uint64_t found;

	if (!err_ok(source->read(source->context, token_index + (KALLSYMS_TOKENS - 1) * 2, last,
				 sizeof(last))))
		return 0;
	for (uint64_t size = align(load_u16(last) + 1u, aligned), i = 0; i < 64;
	     i++, size += aligned)
		if (tokens_at(source, token_index - size, aligned, &found) && found == token_index)
			return token_index - size;
	return 0;
}

/*
 * Where the count before the names stands, 0 when there is none. The last marker says how far into
 * the names the last 256 of them begin; these take at most NAMES_TAIL bytes, up to the markers.
 */
static uint64_t count_before(const struct kallsyms_source *source, uint64_t markers, size_t count,
			     uint64_t aligned)
{
	uint8_t bytes[NAMES_TAIL], last[4];
	uint64_t end;

	if (!err_ok(source->read(source->context, markers + (count - 1) / 256 * 4, last,
				 sizeof(last))))
		return 0;
	end = markers - align(load_u32(last), aligned);
	if (!err_ok(source->read(source->context, end - sizeof(bytes), bytes, sizeof(bytes))))
		return 0;
	for (size_t at = sizeof(bytes); at >= aligned; at -= aligned)
		if (load_uint(bytes + at - aligned, aligned) == count)
			return end - sizeof(bytes) + at - aligned;
	return 0;
}

/* Read the tables that stand, with count names, before their offsets. */
static struct err *read_reordered(const struct kallsyms_source *source, enum order order,
				  uint64_t offsets, size_t count, struct kallsyms_tables *ret)
{
	_kallsyms_tables_ struct kallsyms_tables tables = {.count = count, .base = offsets};
	uint64_t token_index = offsets - KALLSYMS_TOKENS * 2, count_at, markers;
	uint64_t aligned = alignment_of(order);
	uint64_t tokens = tokens_before(source, token_index, aligned);
	uint8_t base[8];

	if (!tokens)
		return err_at(ERR_NOT_FOUND, token_index, "no token table");
	markers = tokens - align((count + 255) / 256 * 4, aligned);
	count_at = count_before(source, markers, count, aligned);
	if (!count_at)
		return err_at(ERR_NOT_FOUND, markers, "no count of symbols");
	TRY(kallsyms_read_names(source, count_at + aligned, &tables));
	if (align(count_at + aligned + tables.names_size, aligned) != markers ||
	    marker_width(source, markers, &tables) != 4)
		return err_at(ERR_NOT_FOUND, markers, "no markers behind the names");
	tables.kind = KALLSYMS_PLACE_RELATIVE;
	if (order != ORDER_PLACE) {
		tables.kind = KALLSYMS_BASE_RELATIVE;
		TRY(source->read(source->context, align8(offsets + count * 4), base, sizeof(base)));
		tables.base = load_u64(base);
	}
	TRY(kallsyms_read_tokens(source, tokens, token_index, &tables));
	if (tables.lost_tokens)
		TRY(kallsyms_drop_names(&tables));
	TRY(kallsyms_read_values(source, offsets, &tables));
	*ret = tables;
	tables = (struct kallsyms_tables){0};
	return NULL;
}

/* The order may run on by chance over a few numbers: each count is tried, the names decide. */
static bool read_behind(const struct kallsyms_source *source, enum order order, uint64_t page,
			uint64_t end, struct kallsyms_tables *ret)
{
	uint64_t start;

	if (order == ORDER_ADDRESSES)
		return false;
	start = order_start(source, order, page);
	if (order == ORDER_NEGATIVE)
		start = percpu_start(source, start);
	if (start % alignment_of(order) || end - start < COUNT_MIN * 4)
		return false;
	for (size_t count = (size_t)(end - start) / 4, i = 0; i < 5; i++)
		if (err_ok(read_reordered(source, order, start, count - i, ret)))
			return true;
	return false;
}

/* Follow the order from a page of it; *stop is where it ended. */
static bool read_around(const struct kallsyms_source *source, enum order order, uint64_t page,
			bool damaged, uint64_t *stop, struct kallsyms_tables *ret)
{
	*stop = order_end(source, order, page);
	if (read_before(source, order, *stop, damaged, ret))
		return true;
	if (damaged)
		return false;
	if (read_behind(source, order, page, *stop, ret))
		return true;
	/* Without an alias on the page, place-relative offsets rise like the others. */
	if (order != ORDER_OFFSETS)
		return false;
	*stop = order_end(source, ORDER_PLACE, page);
	return read_behind(source, ORDER_PLACE, page, *stop, ret);
}

static bool scan(const struct kallsyms_source *source, uint64_t start, uint64_t length,
		 bool damaged, struct kallsyms_tables *ret)
{
	uint64_t base = start & ~(uint64_t)(PAGE - 1), at = 0, stop;
	uint8_t page[PAGE];

	for (unsigned candidates = 0; at < length && candidates < CANDIDATES_MAX;) {
		enum order order = ORDER_NONE;
		uint64_t next = at + STRIDE * PAGE;

		if (err_ok(source->read(source->context, base + at, page, sizeof(page))))
			order = page_order(page);
		if (order != ORDER_NONE) {
			if (read_around(source, order, base + at, damaged, &stop, ret))
				return true;
			candidates++;
			next = (stop - base + PAGE) & ~(uint64_t)(PAGE - 1);
		}
		at = next;
	}
	return false;
}

struct err *kallsyms_scan(const struct kallsyms_source *source, uint64_t start, uint64_t length,
			  struct kallsyms_tables *ret)
{
	return scan(source, start, length, false, ret) || scan(source, start, length, true, ret)
		       ? NULL
		       : err_at(ERR_NOT_FOUND, start, "no kallsyms tables in the kernel image");
}
