/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BTF, the kernel's compact type format (Documentation/bpf/btf.rst, include/uapi/linux/btf.h), as
 * found in the .BTF section of vmlinux and modules. The bytes come out of a crash dump: sizes are
 * checked once, in one pass that notes where each type begins; ids and string offsets when used.
 */
#include <string.h>

#include "base/parse.h"
#include "kernel/types/btf_section.h"
#include "kernel/types/types.h"

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

bool btf_record(const struct btf *btf, uint64_t id, struct record *ret)
{
	if (btf->base && id < btf->first_id)
		btf = btf->base;
	if (id < btf->first_id || id >= btf->end_id)
		return false;
	const uint8_t *head = btf->types + btf->where[id - btf->first_id];
	uint32_t info = load_u32(head + 4);
	*ret = (struct record){
		.btf = btf,
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
const char *btf_string(const struct btf *btf, uint32_t offset)
{
	if (btf->base && offset < btf->first_string)
		btf = btf->base;
	if (offset < btf->first_string || offset - btf->first_string >= btf->strings_size)
		return NULL;
	const char *string = btf->strings + (offset - btf->first_string);
	return *string ? string : NULL;
}

/* --- checking and indexing -------------------------------------------------------------------- */

/* Kinds of the future can at least be stepped over where the section describes them. */
static bool shape_of(const struct btf *btf, uint32_t kind, struct shape *ret)
{
	if (kind && kind < BTF_KINDS) {
		*ret = shapes[kind];
		return true;
	}
	if (!kind || kind >= btf->layout_kinds)
		return false;
	*ret = (struct shape){btf->layout[4 * kind], btf->layout[4 * kind + 1]};
	return true;
}

/* The record's whole length, or 0 for one that is none or does not fit into what is left. */
static uint64_t record_length(const struct btf *btf, const uint8_t *head, uint64_t left)
{
	struct shape shape;

	if (left < TYPE_HEAD)
		return 0;
	uint32_t info = load_u32(head + 4);
	if (!shape_of(btf, info_kind(info), &shape))
		return 0;
	uint64_t length = TYPE_HEAD + shape.once + (uint64_t)shape.each * info_vlen(info);
	return length <= left ? length : 0;
}

/* Note where each record begins. A count first would cost a second pass; growing is cheaper. */
static struct err *index_types(struct btf *btf)
{
	uint32_t count = 0, room = btf->types_size / 40 + 64;
	uint64_t at = 0;

	btf->where = malloc(room * sizeof(*btf->where));
	while (btf->where && at < btf->types_size) {
		uint64_t length = record_length(btf, btf->types + at, btf->types_size - at);

		if (!length)
			return err_new(ERR_CORRUPT, "BTF type %u is malformed",
				       btf->first_id + count);
		if (count == room) {
			room *= 2;
			uint32_t *grown = reallocarray(btf->where, room, sizeof(*grown));
			if (!grown)
				return &err_nomem;
			btf->where = grown;
		}
		btf->where[count++] = (uint32_t)at;
		at += length;
	}
	btf->end_id = btf->first_id + count;
	return btf->where ? NULL : &err_nomem;
}

static bool inside(uint64_t header, uint64_t offset, uint64_t length, uint64_t size)
{
	return header + offset + length <= size;
}

static struct err *parse_header(struct btf *btf, size_t size)
{
	const uint8_t *d = btf->data;

	if (size < HEADER_MIN || load_u16(d) != BTF_MAGIC)
		return err_new(ERR_CORRUPT, "not BTF");
	if (d[2] != 1)
		return err_new(ERR_UNSUPPORTED, "BTF version %u", d[2]);
	uint32_t header = load_u32(d + 4);
	uint32_t type_offset = load_u32(d + 8), string_offset = load_u32(d + 16);
	btf->types_size = load_u32(d + 12);
	btf->strings_size = load_u32(d + 20);
	if (header < HEADER_MIN || !inside(header, type_offset, btf->types_size, size) ||
	    !inside(header, string_offset, btf->strings_size, size))
		return err_new(ERR_CORRUPT, "BTF header points outside its %zu bytes", size);
	btf->types = d + header + type_offset;
	btf->strings = (const char *)d + header + string_offset;
	if (btf->strings_size && btf->strings[btf->strings_size - 1])
		return err_new(ERR_CORRUPT, "BTF strings are not terminated");
	if (header >= HEADER_LAYOUT && inside(header, load_u32(d + 24), load_u32(d + 28), size)) {
		btf->layout = d + header + load_u32(d + 24);
		btf->layout_kinds = load_u32(d + 28) / 4;
	}
	return NULL;
}

void btf_close(struct type_provider *provider)
{
	struct btf *btf = btf_of(provider);

	free(btf->names);
	free(btf->where);
	free(btf->data);
	free(btf);
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

static bool index_names(struct btf *btf)
{
	uint32_t room = 64;

	while (room < 2 * (btf->end_id - btf->first_id))
		room *= 2;
	btf->names = calloc(room, sizeof(*btf->names));
	if (!btf->names)
		return false;
	btf->names_mask = room - 1;
	for (uint32_t id = btf->first_id; id < btf->end_id; id++) {
		struct record record;
		const char *name;

		if (!btf_record(btf, id, &record) || !has_useful_name(record.kind))
			continue;
		name = btf_string(btf, record.name);
		if (!name)
			continue;
		uint32_t slot = hash_name(name) & btf->names_mask;
		while (btf->names[slot])
			slot = (slot + 1) & btf->names_mask;
		btf->names[slot] = id;
	}
	return true;
}

bool btf_start_names(struct btf *btf, const char *name, uint32_t *slot)
{
	*slot = hash_name(name);
	return btf->names || index_names(btf);
}

bool btf_next_named(struct btf *btf, const char *name, uint32_t *slot, struct record *ret)
{
	for (uint32_t id; (id = btf->names[*slot & btf->names_mask]);) {
		const char *own;

		++*slot;
		if (btf_record(btf, id, ret) && (own = btf_string(btf, ret->name)) &&
		    !strcmp(own, name))
			return true;
	}
	return false;
}

/* --- opening ---------------------------------------------------------------------------------- */

static void discard(struct btf *btf)
{
	if (btf)
		btf_close(&btf->provider);
}

DEFINE_CLEANUP(struct btf, discard)

struct err *btf_open(void *data, size_t size, struct type_provider *base, const char *module,
		     struct type_provider **ret)
{
	_cleanup_(cleanup_discard) struct btf *btf = calloc(1, sizeof(*btf));

	if (!btf) {
		free(data);
		return &err_nomem;
	}
	btf->data = data;
	btf->first_id = 1;
	if (base) {
		btf->base = btf_of(base);
		btf->first_id = btf->base->end_id;
		btf->first_string = btf->base->strings_size;
	}
	btf->provider.ops = &btf_ops;
	strncat(btf->provider.module, module, sizeof(btf->provider.module) - 1);
	TRY(parse_header(btf, size));
	TRY(index_types(btf));
	*ret = &take_ptr(btf)->provider;
	return NULL;
}
