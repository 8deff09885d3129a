/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a value that should be a pointer looks like; here what the kernel itself makes of one. */
#include "memory/value.h"

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/errno_name.h"

static bool repeated(uint64_t value, const uint8_t b[8], struct value_look *look)
{
	static const struct {
		uint8_t byte;
		const char *kind, *text;
	} known[] = {
		{0x6b, "slab_poison", "0x6b bytes: memory of a freed slab object (POISON_FREE)"},
		{0x5a, "slab_poison",
		 "0x5a bytes: slab memory never written since it was allocated (POISON_INUSE)"},
		{0xa5, "slab_poison", "0xa5 bytes: end of slab poison (POISON_END)"},
		{0xbb, "slab_poison",
		 "0xbb bytes: slab red zone of a free object (SLUB_RED_INACTIVE)"},
		{0xcc, "slab_poison",
		 "0xcc bytes: slab red zone of a live object (SLUB_RED_ACTIVE), or int3 padding"},
		{0xaa, "page_poison", "0xaa bytes: poisoned page (PAGE_POISON)"},
		{0xff, "all_ones", "all ones: erased flash, or a read from a device that is gone"},
	};

	if (memcmp(b, b + 1, 7) != 0 || !value)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (known[i].byte == b[0])
			return value_say(look, known[i].kind, 0.95, known[i].text);
	char text[64];
	snprintf(text, sizeof(text), "one byte repeated: 0x%02x", b[0]);
	return value_say(look, "fill", 0.8, text);
}

/* include/linux/poison.h */
static bool list_poison(uint64_t value, const uint8_t b[8], struct value_look *look)
{
	(void)b;
	if (value == 0xdead000000000100ull)
		return value_say(look, "list_poison", 0.99,
				 "LIST_POISON1: next of a deleted list node");
	if (value == 0xdead000000000122ull || value == 0xdead000000000200ull)
		return value_say(look, "list_poison", 0.99,
				 "LIST_POISON2: prev of a deleted list node");
	return false;
}

static bool error_pointer(uint64_t value, const uint8_t b[8], struct value_look *look)
{
	uint64_t error = errno_of_pointer(value);
	char text[64];

	(void)b;
	if (!errno_name(error))
		return false;
	snprintf(text, sizeof(text), "error pointer: -%" PRIu64 " (%s)", error, errno_name(error));
	return value_say(look, "error_pointer", 0.95, text);
}

/* Intel SDM vol. 3, 4.5: present, accessed, a physical address, nothing in the reserved bits. */
static bool page_table_entry(uint64_t value, const uint8_t b[8], struct value_look *look)
{
	uint64_t low = value & 0xfff, high = value >> 46;

	(void)b;
	if ((low & 0x21) != 0x21 || (value & 0x000ffffffffff000ull) == 0 ||
	    (high != 0 && high != 0x20000))
		return false;
	return value_say(look, "page_table_entry", high ? 0.6 : 0.4,
			 "page-table entry: present and accessed");
}

static bool is_kernel_pointer(uint64_t value)
{
	return value >> 47 == 0x1ffff && value < 0xffffffffff000000ull && value % 8 == 0;
}

/*
 * A pointer shifted by one or two bytes was stored or read at the wrong place. The bytes shifted in
 * must be zero, or one of every sixteen values would look like this by chance.
 */
static unsigned pointer_shift(uint64_t value)
{
	for (unsigned bits = 8; bits <= 16; bits += 8) {
		uint64_t low = (1ull << bits) - 1;

		if (!(value & low) && is_kernel_pointer((uint64_t)((int64_t)value >> bits)))
			return bits;
		/* the bytes shifted out at the low end are lost and may be anything */
		if (!(value >> (64 - bits)) && is_kernel_pointer(value << bits))
			return bits;
	}
	return 0;
}

static bool mangled_pointer(uint64_t value, const uint8_t b[8], struct value_look *look)
{
	char text[64];

	(void)b;
	if (value >> 47 == 0x1ffff)
		return false;
	if (is_kernel_pointer(value << 32 | value >> 32))
		return value_say(look, "swapped_pointer", 0.6,
				 "a kernel pointer with its halves swapped");
	if (value >> 56 == 0 && is_kernel_pointer(value | 0xffull << 56))
		return value_say(look, "truncated_pointer", 0.5,
				 "a kernel pointer whose top byte is gone");
	unsigned bits = pointer_shift(value);
	if (!bits)
		return false;
	snprintf(text, sizeof(text), "a kernel pointer shifted by %u bits", bits);
	return value_say(look, "shifted_pointer", 0.6, text);
}

static bool user_pointer(uint64_t value, const uint8_t b[8], struct value_look *look)
{
	(void)b;
	if (value >> 40 == 0x7f || value >> 40 == 0x55 || value >> 40 == 0x56)
		return value_say(look, "user_pointer", 0.6, "a pointer of user space");
	return false;
}

static bool timestamp(uint64_t value, const uint8_t b[8], struct value_look *look)
{
	(void)b;
	if (value > 1000000000ull && value < 2200000000ull)
		return value_say(look, "timestamp", 0.3, "seconds since 1970, of this century");
	/* 2020 to 2030: one value in sixty is such a one */
	if (value > 1577836800000000000ull && value < 1893456000000000000ull)
		return value_say(look, "timestamp", 0.15, "nanoseconds since 1970, of this decade");
	return false;
}

static value_look_fn *const looks[] = {
	list_poison,  error_pointer,	value_is_usb_string, value_is_usb_descriptor,
	repeated,     value_is_utf16,	value_is_ascii,	     value_is_scsi,
	value_is_pci, value_is_file,	mangled_pointer,     value_is_network,
	user_pointer, page_table_entry, timestamp,
};

size_t value_looks(uint64_t value, struct value_look ret[VALUE_LOOKS_MAX])
{
	uint64_t little = htole64(value);
	uint8_t bytes[8];
	size_t count = 0;

	memcpy(bytes, &little, sizeof(bytes));
	for (size_t i = 0; i < ARRAY_SIZE(looks) && count < VALUE_LOOKS_MAX; i++)
		count += looks[i](value, bytes, &ret[count]);
	return count;
}

double value_chance(const struct value_look *look)
{
	/* 95 of 256 bytes are printable: (95/256)^8. The other formats fix 20 bits and more. */
	if (!strcmp(look->kind, "ascii"))
		return 3.6e-4;
	return !strcmp(look->kind, "timestamp") ? 0.02 : 1e-6;
}

#define TEXT_MIN 3 /* characters of a word that may be the end of a text */

static bool is_text(uint64_t value)
{
	unsigned length = 0;

	while (length < 8 && value_is_letter((uint8_t)(value >> 8 * length)))
		length++;
	return length >= TEXT_MIN && (length == 8 || !(value >> 8 * length));
}

static bool is_utf16(uint64_t value)
{
	return !(value & 0xff00ff00ff00ff00ull) && value_is_letter((uint8_t)value) &&
	       value_is_letter((uint8_t)(value >> 16));
}

bool value_alike(uint64_t a, uint64_t b)
{
	return a == b || (is_text(a) && is_text(b)) || (is_utf16(a) && is_utf16(b));
}
