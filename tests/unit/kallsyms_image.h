/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KALLSYMS_IMAGE_H
#define TRIAGE_KALLSYMS_IMAGE_H

#include <stdio.h>
#include <string.h>

#include "kernel/symbols/kallsyms_read.h"
#include "unit.h"

/* Writes kallsyms tables as scripts/kallsyms.c of an era does, into a make-believe image. */
enum era {
	ERA_ADDRESSES,	/* up to v4.5: 64-bit addresses, 64-bit markers */
	ERA_PERCPU,	/* v4.6: offsets, per-CPU absolute, 64-bit markers */
	ERA_SMALL,	/* 80ffbaa5b1bd v4.20: 32-bit markers and count */
	ERA_SEQS,	/* 60443c88f3a8 v6.2: kallsyms_seqs_of_names before the tokens */
	ERA_REORDERED,	/* 404bad70fcf7 v6.4: addresses last */
	ERA_PLAIN_BASE, /* 01157ddc58dc v6.15: no absolute per-CPU symbols */
	ERA_PLACE,	/* a081b5789255 v7.0: offsets from each entry's place */
	ERA_COUNT,
};

#define IMAGE_TEXT 0xffffffff81000000ull
#define IMAGE_PERCPU 8 /* entries that are per-CPU, absolute up to ERA_REORDERED */

struct image {
	uint64_t start; /* address of bytes[0] */
	uint8_t *bytes;
	size_t length, capacity;
	size_t align; /* of each table */
	size_t reads; /* pages asked for */
	struct kallsyms_places places;
	size_t count;
	bool has_base; /* kallsyms_relative_base */
	uint64_t base_place;
	size_t names_end; /* offset of the byte after the last name */
};

/* The longest first: each is made of two others, as the kernel's are. */
static const char *const image_tokens[] = {"Tsys_", "init", "dev_", "_of_", "sys_", "dev", "_of",
					   "sy",    "s_",   "in",   "it",   "de",   "of"};

/* One of two letters has the last code, as "__" has in real tables: behind it is what aligns the index. */
static inline uint8_t image_code(size_t token)
{
	return token == 7 ? 255 : (uint8_t)(0x80 + token);
}

static inline const char *image_token(size_t code)
{
	for (size_t i = 0; i < ARRAY_SIZE(image_tokens); i++)
		if (image_code(i) == code)
			return image_tokens[i];
	return NULL;
}

static inline void image_put(struct image *image, const void *data, size_t length)
{
	/* Not ck_assert(): it writes a message each time, and this is called a million times. */
	if (image->length + length > image->capacity)
		abort();
	memcpy(image->bytes + image->length, data, length);
	image->length += length;
}

static inline void image_number(struct image *image, uint64_t value, size_t size)
{
	image_put(image, &value, size);
}

/* .balign, and the address reached. */
static inline uint64_t image_label(struct image *image)
{
	while (image->length % image->align)
		image_number(image, 0, 1);
	return image->start + image->length;
}

/* The i-th symbol: bounds first and last, a pair of aliases, one very long name. */
static inline char image_symbol(size_t i, size_t count, char *name, size_t size)
{
	if (i < IMAGE_PERCPU)
		snprintf(name, size, "percpu_%zu", i);
	else if (i == IMAGE_PERCPU)
		snprintf(name, size, "_text");
	else if (i == IMAGE_PERCPU + 1)
		snprintf(name, size, "_stext");
	else if (i == IMAGE_PERCPU + 2)
		snprintf(name, size, "long_%0200d", 7);
	else if (i == IMAGE_PERCPU + 3)
		snprintf(name, size, "shrink_slab.constprop.0");
	else if (i == IMAGE_PERCPU + 4)
		snprintf(name, size, "linux_banner");
	else if (i == IMAGE_PERCPU + 5)
		snprintf(name, size, "init_uts_ns");
	else if (i == IMAGE_PERCPU + 6)
		snprintf(name, size, "swapper_pg_dir");
	else if (i == count - 1)
		snprintf(name, size, "_end");
	else
		snprintf(name, size, i % 3 ? "sys_dev_%zu" : "init_of_%zu", i);
	return i % 3 ? 'T' : 'd';
}

static inline uint64_t image_address(enum era era, size_t i)
{
	if (i < IMAGE_PERCPU && era < ERA_PLAIN_BASE)
		return i * 0x1000;
	if (i < IMAGE_PERCPU)
		return IMAGE_TEXT - 0x10000 + i * 0x1000;
	i -= IMAGE_PERCPU;
	/* _text and _stext are one place. */
	return IMAGE_TEXT + (i < 2 ? 0 : i * 0x20);
}

static inline void image_values(struct image *image, enum era era)
{
	uint64_t base = era >= ERA_PLAIN_BASE ? IMAGE_TEXT - 0x10000 : IMAGE_TEXT;

	image->places.values = image_label(image);
	for (size_t i = 0; i < image->count; i++) {
		uint64_t address = image_address(era, i);

		if (era == ERA_ADDRESSES)
			image_number(image, address, 8);
		else if (era == ERA_PLACE)
			image_number(image, address - image->start - image->length, 4);
		else if (era == ERA_PLAIN_BASE)
			image_number(image, address - base, 4);
		else
			image_number(image, i < IMAGE_PERCPU ? address : base - address - 1, 4);
	}
	image->places.kind = KALLSYMS_ADDRESSES;
	if (era == ERA_ADDRESSES)
		image->places.values_end = image_label(image);
	if (era == ERA_PLACE) {
		image->places.kind = KALLSYMS_PLACE_RELATIVE;
		image->places.base = image->places.values;
	} else if (era != ERA_ADDRESSES) {
		image->places.kind = KALLSYMS_BASE_RELATIVE;
		image->places.base = base;
		image->base_place = image->places.values_end = image_label(image);
		image_number(image, base, 8);
	}
}

static inline size_t image_compress(const char *text, uint8_t *out)
{
	size_t used = 0;

	while (*text) {
		size_t t = 0, length = 0;

		for (; t < ARRAY_SIZE(image_tokens); t++) {
			length = strlen(image_tokens[t]);
			if (!strncmp(text, image_tokens[t], length))
				break;
		}
		out[used++] = t < ARRAY_SIZE(image_tokens) ? image_code(t) : (uint8_t)*text;
		text += t < ARRAY_SIZE(image_tokens) ? length : 1;
	}
	return used;
}

static inline void image_names(struct image *image, enum era era)
{
	uint32_t *markers = calloc(image->count / 256 + 1, sizeof(*markers));

	image->places.num_syms = image_label(image);
	image_number(image, image->count, era < ERA_SMALL ? 8 : 4);
	image->places.names = image_label(image);
	for (size_t i = 0; i < image->count; i++) {
		char text[512];
		uint8_t compact[512];

		if (i % 256 == 0)
			markers[i / 256] =
				(uint32_t)(image->start + image->length - image->places.names);
		text[0] = image_symbol(i, image->count, text + 1, sizeof(text) - 1);
		size_t length = image_compress(text, compact);
		if (length > 127)
			image_number(image, (length & 0x7f) | 0x80 | length >> 7 << 8, 2);
		else
			image_number(image, length, 1);
		image_put(image, compact, length);
	}
	image->names_end = image->length;
	image_label(image);
	for (size_t i = 0; i < (image->count + 255) / 256; i++)
		image_number(image, markers[i], era < ERA_SMALL ? 8 : 4);
	free(markers);
}

static inline void image_seqs(struct image *image)
{
	image_label(image);
	for (size_t i = 0; i < image->count; i++)
		image_number(image, i * 7 % image->count, 3);
}

static inline void image_token_table(struct image *image)
{
	uint16_t index[KALLSYMS_TOKENS];

	image->places.tokens = image_label(image);
	for (size_t i = 0; i < KALLSYMS_TOKENS; i++) {
		char one[2] = {(char)i, 0};
		const char *text = image_token(i) ? image_token(i) : i > ' ' && i < 0x7f ? one : "";

		index[i] = (uint16_t)(image->start + image->length - image->places.tokens);
		image_put(image, text, strlen(text) + 1);
	}
	image->places.token_index = image_label(image);
	image_put(image, index, sizeof(index));
}

/* lead bytes of other data come first, and some after. */
static inline void image_build(struct image *image, enum era era, size_t count, size_t lead)
{
	*image = (struct image){.start = IMAGE_TEXT,
				.count = count,
				.capacity = lead + count * 64 + (1u << 16),
				.align = era == ERA_PLACE ? 4 : 8};
	image->bytes = calloc(1, image->capacity);
	image->length = lead;
	if (era < ERA_REORDERED)
		image_values(image, era);
	image_names(image, era);
	if (era == ERA_SEQS)
		image_seqs(image);
	image_token_table(image);
	if (era >= ERA_REORDERED) {
		image_values(image, era);
		image_seqs(image);
	}
	image->length = image->capacity;
}

static inline void image_free(struct image *image)
{
	free(image->bytes);
}

static inline struct err *image_read(void *context, uint64_t address, void *buf, size_t length)
{
	struct image *image = context;

	if (address < image->start || address - image->start > image->length ||
	    length > image->length - (address - image->start))
		return err_at(ERR_UNMAPPED, address, "not in the image");
	memcpy(buf, image->bytes + (address - image->start), length);
	image->reads++;
	return NULL;
}

static inline struct kallsyms_source image_source(struct image *image)
{
	return (struct kallsyms_source){image_read, image_read, image};
}

#endif
