/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "value.h"

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One way of looking at the bytes, in memory order; false for "not this". */
typedef bool look_fn(uint64_t value, const uint8_t bytes[8], struct value_look *ret);

static bool say(struct value_look *look, const char *kind, double confidence, const char *text)
{
	look->kind = kind;
	look->confidence = confidence;
	snprintf(look->text, sizeof(look->text), "%s", text);
	return true;
}

static bool is_letter(uint8_t c)
{
	return c >= 0x20 && c < 0x7f;
}

/* USB 2.0, table 9-16: bLength, bDescriptorType 3, UTF-16LE text. */
static bool usb_string(uint64_t value, const uint8_t b[8], struct value_look *look)
{
	char text[160];

	(void)value;
	if (b[0] < 4 || b[0] % 2 || b[1] != 3 || !is_letter(b[2]) || b[3] || !is_letter(b[4]) ||
	    b[5] || !is_letter(b[6]) || b[7])
		return false;
	snprintf(text, sizeof(text), "USB string descriptor of %u bytes beginning \"%c%c%c\"", b[0],
		 b[2], b[4], b[6]);
	return say(look, "usb_string", 0.97, text);
}

/* USB 2.0, tables 9-8, 9-10, 9-12, 9-13: length, type, then fields of few values. */
static bool usb_descriptor(uint64_t value, const uint8_t b[8], struct value_look *look)
{
	(void)value;
	if (b[0] == 18 && b[1] == 1 && b[2] <= 0x20 && b[3] >= 1 && b[3] <= 3)
		return say(look, "usb_descriptor", 0.9, "USB device descriptor");
	if (b[0] == 9 && b[1] == 2 && b[4] <= 32 && b[5] && (b[7] & 0x80))
		return say(look, "usb_descriptor", 0.85, "USB configuration descriptor");
	if (b[0] == 9 && b[1] == 4 && b[4] <= 16 && b[5])
		return say(look, "usb_descriptor", 0.7, "USB interface descriptor");
	if (b[0] == 7 && b[1] == 5 && (b[3] & 0xfc) == 0)
		return say(look, "usb_descriptor", 0.7, "USB endpoint descriptor");
	return false;
}

static bool repeated(uint64_t value, const uint8_t b[8], struct value_look *look)
{
	static const struct {
		uint8_t byte;
		const char *kind, *text;
	} known[] = {
		{0x6b, "slab_poison", "0x6b…: memory of a freed slab object (POISON_FREE)"},
		{0x5a, "slab_poison", "0x5a…: slab memory never written since it was allocated (POISON_INUSE)"},
		{0xa5, "slab_poison", "0xa5…: end of slab poison (POISON_END)"},
		{0xbb, "slab_poison", "0xbb…: slab red zone of a free object (SLUB_RED_INACTIVE)"},
		{0xcc, "slab_poison", "0xcc…: slab red zone of a live object (SLUB_RED_ACTIVE), or int3 padding"},
		{0xaa, "page_poison", "0xaa…: poisoned page (PAGE_POISON)"},
		{0xff, "all_ones", "all ones: erased flash, or a read from a device that is gone"},
	};

	if (memcmp(b, b + 1, 7) != 0 || !value)
		return false;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].byte == b[0])
			return say(look, known[i].kind, 0.95, known[i].text);
	char text[64];
	snprintf(text, sizeof(text), "one byte repeated: 0x%02x", b[0]);
	return say(look, "fill", 0.8, text);
}

/* include/linux/poison.h */
static bool list_poison(uint64_t value, const uint8_t b[8], struct value_look *look)
{
	(void)b;
	if (value == 0xdead000000000100ull)
		return say(look, "list_poison", 0.99, "LIST_POISON1: next of a deleted list node");
	if (value == 0xdead000000000122ull || value == 0xdead000000000200ull)
		return say(look, "list_poison", 0.99, "LIST_POISON2: prev of a deleted list node");
	return false;
}

static bool ascii(uint64_t value, const uint8_t b[8], struct value_look *look)
{
	size_t length = 0;
	char text[64];

	(void)value;
	while (length < 8 && is_letter(b[length]))
		length++;
	for (size_t i = length; i < 8; i++)
		if (b[i])
			return false;
	if (length < 5)
		return false;
	snprintf(text, sizeof(text), "text: \"%.*s\"", (int)length, (const char *)b);
	/* 95 of 256 bytes are letters: chance makes eight of them once in 2,800. */
	return say(look, "ascii", length == 8 ? 0.9 : 0.7, text);
}

static bool utf16(uint64_t value, const uint8_t b[8], struct value_look *look)
{
	char text[64];

	(void)value;
	for (size_t i = 0; i < 8; i += 2)
		if (!is_letter(b[i]) || b[i + 1])
			return false;
	snprintf(text, sizeof(text), "UTF-16 text: \"%c%c%c%c\"", b[0], b[2], b[4], b[6]);
	return say(look, "utf16", 0.9, text);
}

static bool magic(uint64_t value, const uint8_t b[8], struct value_look *look)
{
	static const struct {
		uint8_t size, bytes[8];
		const char *text;
	} known[] = {
		{4, {0x7f, 'E', 'L', 'F'}, "ELF header"},
		{4, {0xff, 0xd8, 0xff, 0xe0}, "JPEG header"},
		{4, {0xff, 0xd8, 0xff, 0xe1}, "JPEG header (Exif)"},
		{8, {0x89, 'P', 'N', 'G', 0x0d, 0x0a, 0x1a, 0x0a}, "PNG header"},
		{3, {0x1f, 0x8b, 0x08}, "gzip header"},
		{4, {'P', 'K', 3, 4}, "ZIP header"},
		{6, {0xfd, '7', 'z', 'X', 'Z', 0}, "xz header"},
		{4, {0x28, 0xb5, 0x2f, 0xfd}, "zstd frame"},
	};

	(void)value;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!memcmp(b, known[i].bytes, known[i].size))
			return say(look, "file_magic", 0.85, known[i].text);
	return false;
}

/* Ethernet's and IP's first bytes: RFC 791, IEEE 802.3. */
static bool network(uint64_t value, const uint8_t b[8], struct value_look *look)
{
	(void)value;
	if (b[0] == 0x45 && (b[6] == 0x40 || b[6] == 0) && b[7] == 0 && b[2] < 0x24)
		return say(look, "network", 0.7, "IPv4 header");
	if (!memcmp(b, "\xff\xff\xff\xff\xff\xff", 6))
		return say(look, "network", 0.6, "Ethernet broadcast address");
	return false;
}

static bool error_pointer(uint64_t value, const uint8_t b[8], struct value_look *look)
{
	char text[64];

	(void)b;
	if (!value || -value > 4095) /* MAX_ERRNO */
		return false;
	snprintf(text, sizeof(text), "error pointer: -%" PRIu64 " (%s)", -value,
		 strerrordesc_np((int)-value) ? strerrordesc_np((int)-value) : "no errno");
	return say(look, "error_pointer", 0.95, text);
}

/* Intel SDM vol. 3, 4.5: present, accessed, a physical address, nothing in the reserved bits. */
static bool page_table_entry(uint64_t value, const uint8_t b[8], struct value_look *look)
{
	uint64_t low = value & 0xfff, high = value >> 46;

	(void)b;
	if ((low & 0x21) != 0x21 || (value & 0x000ffffffffff000ull) == 0 ||
	    (high != 0 && high != 0x20000))
		return false;
	return say(look, "page_table_entry", high ? 0.6 : 0.4,
		   "page-table entry: present and accessed");
}

static bool is_kernel_pointer(uint64_t value)
{
	return value >> 47 == 0x1ffff && value < 0xffffffffff000000ull && value % 8 == 0;
}

static bool mangled_pointer(uint64_t value, const uint8_t b[8], struct value_look *look)
{
	(void)b;
	if (is_kernel_pointer(value << 32 | value >> 32))
		return say(look, "swapped_pointer", 0.6, "a kernel pointer with its halves swapped");
	if (value >> 47 != 0x1ffff && is_kernel_pointer(value << 8 >> 8 | 0xffull << 56) &&
	    value >> 56 == 0)
		return say(look, "truncated_pointer", 0.5, "a kernel pointer whose top byte is gone");
	return false;
}

static bool user_pointer(uint64_t value, const uint8_t b[8], struct value_look *look)
{
	(void)b;
	if (value >> 40 == 0x7f || value >> 40 == 0x55 || value >> 40 == 0x56)
		return say(look, "user_pointer", 0.6, "a pointer of user space");
	return false;
}

static bool timestamp(uint64_t value, const uint8_t b[8], struct value_look *look)
{
	(void)b;
	if (value > 1000000000ull && value < 2200000000ull)
		return say(look, "timestamp", 0.3, "seconds since 1970, of this century");
	if (value > 1000000000000000000ull && value < 2200000000000000000ull)
		return say(look, "timestamp", 0.3, "nanoseconds since 1970, of this century");
	return false;
}

static look_fn *const looks[] = {
	list_poison, error_pointer, usb_string, usb_descriptor, repeated, utf16, ascii,
	magic, mangled_pointer, network, user_pointer, page_table_entry, timestamp,
};

size_t value_looks(uint64_t value, struct value_look ret[VALUE_LOOKS_MAX])
{
	uint64_t little = htole64(value);
	uint8_t bytes[8];
	size_t count = 0;

	memcpy(bytes, &little, sizeof(bytes));
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]) && count < VALUE_LOOKS_MAX; i++)
		count += looks[i](value, bytes, &ret[count]);
	return count;
}

#define TEXT_MIN 3 /* characters of a word that may be the end of a text */

static bool is_text(uint64_t value)
{
	unsigned length = 0;

	while (length < 8 && is_letter((uint8_t)(value >> 8 * length)))
		length++;
	return length >= TEXT_MIN && (length == 8 || !(value >> 8 * length));
}

static bool is_utf16(uint64_t value)
{
	return !(value & 0xff00ff00ff00ff00ull) && is_letter((uint8_t)value) &&
	       is_letter((uint8_t)(value >> 16));
}

bool value_alike(uint64_t a, uint64_t b)
{
	return a == b || (is_text(a) && is_text(b)) || (is_utf16(a) && is_utf16(b));
}
