/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks and indexes a .BTF section, the kernel's compact type format, of vmlinux or a module. The
 * bytes come out of a crash dump: sizes are checked once, in one pass that notes where each type
 * begins; ids and string offsets when used.
 */
#include "kernel/types/btf_section.h"

#include <string.h>

#include "base/array.h"
#include "base/parse.h"

#define BTF_MAGIC 0xeb9f
#define HEADER_MIN 24
#define HEADER_LAYOUT 32 /* with the place of the layout section, which 7.x adds */
#define TYPE_HEAD 12	 /* name, info, size or type: what every record starts with */

/* Bytes that follow a record's head: once, and for each of its vlen parts. */
struct shape {
	uint8_t once, each;
};

static const struct shape shapes[BTF_KINDS] = {
	[BTF_INT] = {4, 0},	[BTF_ARRAY] = {12, 0},	 [BTF_STRUCT] = {0, 12},
	[BTF_UNION] = {0, 12},	[BTF_ENUM] = {0, 8},	 [BTF_FUNC_PROTO] = {0, 8},
	[BTF_VAR] = {4, 0},	[BTF_DATASEC] = {0, 12}, [BTF_DECL_TAG] = {4, 0},
	[BTF_ENUM64] = {0, 12},
};

/* 7.x widened both: 5 bits and 16 were enough before, those between always zero. */
static uint32_t info_kind(uint32_t info)
{
	return info >> 24 & 0x7f;
}

static uint32_t info_vlen(uint32_t info)
{
	return info & 0xffffff;
}

bool btf_section_record(const struct btf_section *section, uint64_t id, struct btf_record *ret)
{
	if (section->base && id < section->first_id)
		section = section->base;
	if (id < section->first_id || id >= section->end_id)
		return false;
	const uint8_t *head = section->types + section->where[id - section->first_id];
	uint32_t info = load_u32(head + 4);
	*ret = (struct btf_record){
		.section = section,
		.kind = info_kind(info),
		.kind_flag = info >> 31,
		.id = (uint32_t)id,
		.vlen = info_vlen(info),
		.name = load_u32(head),
		.size_or_type = load_u32(head + 8),
		.parts = head + TYPE_HEAD,
	};
	return true;
}

/* The section's last byte is a NUL: parse_header() saw to that. */
const char *btf_section_string(const struct btf_section *section, uint32_t offset)
{
	if (section->base && offset < section->first_string)
		section = section->base;
	if (offset < section->first_string ||
	    offset - section->first_string >= section->strings_size)
		return NULL;
	const char *string = section->strings + (offset - section->first_string);
	return *string ? string : NULL;
}

/* --- checking and indexing -------------------------------------------------------------------- */

/* Kinds of the future can at least be stepped over where the section describes them. */
static bool shape_of(const struct btf_section *section, uint32_t kind, struct shape *ret)
{
	if (kind && kind < BTF_KINDS) {
		*ret = shapes[kind];
		return true;
	}
	if (!kind || kind >= section->layout_kinds)
		return false;
	*ret = (struct shape){section->layout[4 * kind], section->layout[4 * kind + 1]};
	return true;
}

/* The record's whole length, or 0 for one that is none or does not fit into what is left. */
static uint64_t record_length(const struct btf_section *section, const uint8_t *head, uint64_t left)
{
	struct shape shape;

	if (left < TYPE_HEAD)
		return 0;
	uint32_t info = load_u32(head + 4);
	if (!shape_of(section, info_kind(info), &shape))
		return 0;
	uint64_t length = TYPE_HEAD + shape.once + (uint64_t)shape.each * info_vlen(info);
	return length <= left ? length : 0;
}

/* Note where each record begins. */
static struct err *index_types(struct btf_section *section)
{
	uint32_t count = 0;
	uint64_t at = 0;

	while (at < section->types_size) {
		uint64_t length =
			record_length(section, section->types + at, section->types_size - at);

		if (!length)
			return err_new(ERR_CORRUPT, "BTF type %u is malformed",
				       section->first_id + count);
		if (!array_grow(section->where, count))
			return &err_nomem;
		section->where[count++] = (uint32_t)at;
		at += length;
	}
	section->end_id = section->first_id + count;
	return NULL;
}

static bool inside(uint64_t header, uint64_t offset, uint64_t length, uint64_t size)
{
	return header + offset + length <= size;
}

static struct err *parse_header(struct btf_section *section, size_t size)
{
	const uint8_t *d = section->data;

	if (size < HEADER_MIN || load_u16(d) != BTF_MAGIC)
		return err_new(ERR_CORRUPT, "not BTF");
	if (d[2] != 1)
		return err_new(ERR_UNSUPPORTED, "BTF version %u", d[2]);
	uint32_t header = load_u32(d + 4);
	uint32_t type_offset = load_u32(d + 8), string_offset = load_u32(d + 16);
	section->types_size = load_u32(d + 12);
	section->strings_size = load_u32(d + 20);
	if (header < HEADER_MIN || !inside(header, type_offset, section->types_size, size) ||
	    !inside(header, string_offset, section->strings_size, size))
		return err_new(ERR_CORRUPT, "BTF header points outside its %zu bytes", size);
	section->types = d + header + type_offset;
	section->strings = (const char *)d + header + string_offset;
	if (section->strings_size && section->strings[section->strings_size - 1])
		return err_new(ERR_CORRUPT, "BTF strings are not terminated");
	if (header >= HEADER_LAYOUT && inside(header, load_u32(d + 24), load_u32(d + 28), size)) {
		section->layout = d + header + load_u32(d + 24);
		section->layout_kinds = load_u32(d + 28) / 4;
	}
	return NULL;
}

/* --- names ------------------------------------------------------------------------------------ */

/* Names are short and many: eight bytes a step, where FNV takes one. */
static uint32_t hash_name(const char *name)
{
	size_t length = strlen(name);
	uint64_t hash = length;

	for (; length >= 8; name += 8, length -= 8)
		hash = (hash ^ load_u64(name)) * 0x9e3779b97f4a7c15ull;
	if (length)
		hash = (hash ^ load_uint(name, length)) * 0x9e3779b97f4a7c15ull;
	return (uint32_t)(hash >> 32);
}

static bool has_useful_name(enum btf_kind kind)
{
	switch (kind) {
	case BTF_INT:
	case BTF_STRUCT:
	case BTF_UNION:
	case BTF_ENUM:
	case BTF_ENUM64:
	case BTF_TYPEDEF:
	case BTF_FUNC:
	case BTF_VAR:
	case BTF_FLOAT:
		return true;
	default:
		return false;
	}
}

static bool index_names(struct btf_section *section)
{
	uint32_t room = 64;

	while (room < 2 * (section->end_id - section->first_id))
		room *= 2;
	section->names = calloc(room, sizeof(*section->names));
	if (!section->names)
		return false;
	section->names_mask = room - 1;
	for (uint32_t id = section->first_id; id < section->end_id; id++) {
		struct btf_record record;
		const char *name;

		if (!btf_section_record(section, id, &record) || !has_useful_name(record.kind))
			continue;
		name = btf_section_string(section, record.name);
		if (!name)
			continue;
		uint32_t slot = hash_name(name) & section->names_mask;
		while (section->names[slot])
			slot = (slot + 1) & section->names_mask;
		section->names[slot] = id;
	}
	return true;
}

bool btf_section_start_names(struct btf_section *section, const char *name, uint32_t *slot)
{
	*slot = hash_name(name);
	return section->names || index_names(section);
}

bool btf_section_next_named(const struct btf_section *section, const char *name, uint32_t *slot,
			    struct btf_record *ret)
{
	for (uint32_t id; (id = section->names[*slot & section->names_mask]);) {
		const char *own;

		++*slot;
		if (btf_section_record(section, id, ret) &&
		    (own = btf_section_string(section, ret->name)) && !strcmp(own, name))
			return true;
	}
	return false;
}

/* --- opening ---------------------------------------------------------------------------------- */

struct err *btf_section_init(struct btf_section *section, void *data, size_t size,
			     const struct btf_section *base)
{
	*section = (struct btf_section){.data = data, .first_id = 1, .base = base};
	if (base) {
		section->first_id = base->end_id;
		section->first_string = base->strings_size;
	}
	TRY(parse_header(section, size));
	return index_types(section);
}

void btf_section_deinit(struct btf_section *section)
{
	free(section->names);
	free(section->where);
	free(section->data);
	*section = (struct btf_section){0};
}
