/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BTF, the kernel's compact type format (Documentation/bpf/btf.rst, include/uapi/linux/btf.h), as
 * found in the .BTF section of vmlinux and modules. The bytes come out of a crash dump: sizes are
 * checked once, in one pass that notes where each type begins; ids and string offsets when used.
 */
#include "kernel/types.h"

#include <string.h>

#include "base/hash.h"
#include "base/parse.h"

enum btf_kind {
	BTF_INT = 1, BTF_PTR, BTF_ARRAY, BTF_STRUCT, BTF_UNION, BTF_ENUM, BTF_FWD, BTF_TYPEDEF,
	BTF_VOLATILE, BTF_CONST, BTF_RESTRICT, BTF_FUNC, BTF_FUNC_PROTO, BTF_VAR, BTF_DATASEC,
	BTF_FLOAT, BTF_DECL_TAG, BTF_TYPE_TAG, BTF_ENUM64,
	BTF_KINDS,
};

#define BTF_MAGIC	0xeb9f
#define HEADER_MIN	24
#define HEADER_LAYOUT	32	/* with the place of the layout section, which 7.x adds */
#define TYPE_HEAD	12	/* name, info, size or type: what every record starts with */
#define STRIP_MAX	32	/* typedefs and qualifiers on one type */
#define NESTING_MAX	16	/* arrays of arrays */

/* Bytes that follow a record's head: once, and for each of its vlen parts. */
struct shape {
	uint8_t once, each;
};

static const struct shape shapes[BTF_KINDS] = {
	[BTF_INT] = {4, 0},	    [BTF_ARRAY] = {12, 0}, [BTF_STRUCT] = {0, 12},
	[BTF_UNION] = {0, 12},	    [BTF_ENUM] = {0, 8},   [BTF_FUNC_PROTO] = {0, 8},
	[BTF_VAR] = {4, 0},	    [BTF_DATASEC] = {0, 12}, [BTF_DECL_TAG] = {4, 0},
	[BTF_ENUM64] = {0, 12},
};

struct btf {
	struct type_provider provider;
	struct btf *base;	/* the kernel's, under a module's */
	uint8_t *data;		/* the whole section */
	const uint8_t *types;
	const char *strings;
	uint32_t types_size, strings_size;
	const uint8_t *layout;	/* the shapes of all kinds as the section itself has them, or NULL */
	uint32_t layout_kinds;
	uint32_t first_id, end_id;	 /* ids of this section; below first_id they are base's */
	uint32_t first_string;		 /* likewise for offsets of strings */
	uint32_t *where;		 /* offset into types by id - first_id */
	uint32_t *names;		 /* hash table of ids, 0 is free; NULL until first asked */
	uint32_t names_mask;
};

/* One record, unpacked. id 0 stands for void. */
struct record {
	const struct btf *btf;
	enum btf_kind kind;
	bool kind_flag;
	uint32_t id, vlen;
	uint32_t name;		/* offset of the name */
	uint32_t size_or_type;
	const uint8_t *parts;	/* what follows the head */
};

static struct btf *btf_of(struct type_provider *provider)
{
	return (struct btf *)provider;
}

/* 7.x widened both: 5 bits and 16 were enough before, those between always zero. */
static uint32_t info_kind(uint32_t info)
{
	return info >> 24 & 0x7f;
}

static uint32_t info_vlen(uint32_t info)
{
	return info & 0xffffff;
}

static bool get_record(const struct btf *btf, uint64_t id, struct record *ret)
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

/* NULL for the empty name and for offsets outside; the section's last byte is a NUL. */
static const char *string_at(const struct btf *btf, uint32_t offset)
{
	if (btf->base && offset < btf->first_string)
		btf = btf->base;
	if (offset < btf->first_string || offset - btf->first_string >= btf->strings_size)
		return NULL;
	const char *string = btf->strings + (offset - btf->first_string);
	return *string ? string : NULL;
}

/* --- opening ---------------------------------------------------------------------------------- */

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

static void close_btf(struct type_provider *provider)
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

		if (!get_record(btf, id, &record) || !has_useful_name(record.kind))
			continue;
		name = string_at(btf, record.name);
		if (!name)
			continue;
		uint32_t slot = hash_name(name) & btf->names_mask;
		while (btf->names[slot])
			slot = (slot + 1) & btf->names_mask;
		btf->names[slot] = id;
	}
	return true;
}

/* --- the model -------------------------------------------------------------------------------- */

static enum type_kind kind_of(const struct record *record)
{
	switch (record->kind) {
	case BTF_INT:
		return TYPE_INT;
	case BTF_PTR:
		return TYPE_POINTER;
	case BTF_ARRAY:
		return TYPE_ARRAY;
	case BTF_STRUCT:
		return TYPE_STRUCT;
	case BTF_UNION:
		return TYPE_UNION;
	case BTF_ENUM:
	case BTF_ENUM64:
		return TYPE_ENUM;
	case BTF_FWD:
		return record->kind_flag ? TYPE_UNION : TYPE_STRUCT;
	case BTF_FLOAT:
		return TYPE_FLOAT;
	case BTF_FUNC_PROTO:
		return TYPE_FUNCTION;
	default:
		return TYPE_NONE;
	}
}

/* The record of a type, which must be of the kind it is said to be. */
static bool get_type(struct type_provider *provider, struct type type, struct record *ret)
{
	return get_record(btf_of(provider), type.id, ret) && kind_of(ret) == type.kind;
}

static bool is_wrapper(enum btf_kind kind)
{
	return kind == BTF_TYPEDEF || kind == BTF_VOLATILE || kind == BTF_CONST ||
	       kind == BTF_RESTRICT || kind == BTF_TYPE_TAG || kind == BTF_FUNC ||
	       kind == BTF_VAR;
}

/* The type of an id with all that wraps it taken off; a ring of typedefs is no type. */
static struct type strip(struct btf *btf, uint32_t id)
{
	struct record record = {.kind = BTF_TYPEDEF, .size_or_type = id};

	for (unsigned i = 0; i < STRIP_MAX && is_wrapper(record.kind); i++) {
		id = record.size_or_type;
		if (!id)
			return (struct type){&btf->provider, 0, TYPE_VOID};
		if (!get_record(btf, id, &record))
			return (struct type){0};
	}
	enum type_kind kind = kind_of(&record);
	return kind == TYPE_NONE ? (struct type){0} : (struct type){&btf->provider, id, kind};
}

static bool is_symbol(enum btf_kind kind)
{
	return kind == BTF_FUNC || kind == BTF_VAR;
}

/* The next id with this name in the table, from *slot on; 0 at the end. */
static uint32_t next_named(struct btf *btf, const char *name, uint32_t *slot, struct record *record)
{
	for (uint32_t id; (id = btf->names[*slot & btf->names_mask]);) {
		const char *own;

		++*slot;
		if (get_record(btf, id, record) && (own = string_at(btf, record->name)) &&
		    !strcmp(own, name))
			return id;
	}
	return 0;
}

static struct type find(struct type_provider *provider, enum type_kind kind, const char *name)
{
	struct btf *btf = btf_of(provider);
	struct type by_typedef = {0};
	struct record record;

	if (!btf->names && !index_names(btf))
		return by_typedef;
	uint32_t slot = hash_name(name);
	while (next_named(btf, name, &slot, &record)) {
		if (is_symbol(record.kind))
			continue;
		struct type type = strip(btf, record.id);

		if (type.kind == TYPE_NONE || (kind != TYPE_NONE && type.kind != kind))
			continue;
		if (record.kind != BTF_TYPEDEF)
			return type;
		if (by_typedef.kind == TYPE_NONE)
			by_typedef = type;
	}
	return by_typedef;
}

static struct type find_symbol(struct type_provider *provider, const char *name)
{
	struct btf *btf = btf_of(provider);
	struct record record;

	if (!btf->names && !index_names(btf))
		return (struct type){0};
	uint32_t slot = hash_name(name);
	while (next_named(btf, name, &slot, &record))
		if (is_symbol(record.kind))
			return strip(btf, record.id);
	return (struct type){0};
}

static const char *name_of(struct type_provider *provider, struct type type)
{
	struct record record;

	return get_type(provider, type, &record) ? string_at(record.btf, record.name) : NULL;
}

static uint64_t size_of(struct type_provider *provider, struct type type)
{
	struct record record;
	uint64_t count = 1;

	for (unsigned i = 0; i < NESTING_MAX; i++) {
		if (!get_type(provider, type, &record))
			return 0;
		if (type.kind == TYPE_POINTER)
			return count * 8;
		if (type.kind != TYPE_ARRAY)
			return type.kind == TYPE_FUNCTION || record.kind == BTF_FWD
				       ? 0
				       : count * record.size_or_type;
		count *= load_u32(record.parts + 8);
		if (!count || count > UINT32_MAX)
			return 0;
		type = strip(btf_of(provider), load_u32(record.parts));
	}
	return 0;
}

static struct type target(struct type_provider *provider, struct type type)
{
	struct record record;

	if (!get_type(provider, type, &record))
		return (struct type){0};
	if (type.kind == TYPE_POINTER || type.kind == TYPE_FUNCTION)
		return strip(btf_of(provider), record.size_or_type);
	if (type.kind == TYPE_ARRAY)
		return strip(btf_of(provider), load_u32(record.parts));
	return (struct type){0};
}

static size_t count(struct type_provider *provider, struct type type)
{
	struct record record;

	if (!get_type(provider, type, &record))
		return 0;
	return type.kind == TYPE_ARRAY ? load_u32(record.parts + 8) : record.vlen;
}

/* Before kind_flag (9d5f9f701b18 v5.0) a bit-field's width stood in an int type of its own. */
static uint32_t old_bit_field(const struct btf *btf, uint64_t id, uint64_t *bit_offset)
{
	struct record record;

	if (!get_record(btf, id, &record) || record.kind != BTF_INT)
		return 0;
	uint32_t encoding = load_u32(record.parts), bits = encoding & 0xff;
	if (!bits || bits == record.size_or_type * 8)
		return 0;
	*bit_offset += encoding >> 16 & 0xff;
	return bits;
}

static bool member(struct type_provider *provider, struct type type, size_t i, struct member *ret)
{
	struct btf *btf = btf_of(provider);
	struct record record;

	if (!get_type(provider, type, &record) || i >= record.vlen)
		return false;
	if (record.kind == BTF_FUNC_PROTO) {
		const uint8_t *part = record.parts + 8 * i;

		*ret = (struct member){.name = string_at(record.btf, load_u32(part)),
				       .type = strip(btf, load_u32(part + 4))};
		return true;
	}
	if (record.kind != BTF_STRUCT && record.kind != BTF_UNION)
		return false;
	const uint8_t *part = record.parts + 12 * i;
	uint32_t id = load_u32(part + 4), offset = load_u32(part + 8);
	*ret = (struct member){
		.name = string_at(record.btf, load_u32(part)),
		.type = strip(btf, id),
		.bit_offset = record.kind_flag ? offset & 0xffffff : offset,
	};
	ret->bit_size = record.kind_flag ? offset >> 24 : old_bit_field(btf, ret->type.id, &ret->bit_offset);
	return true;
}

static bool enumerator(struct type_provider *provider, struct type type, size_t i,
		       const char **name, uint64_t *value)
{
	struct record record;

	if (!get_type(provider, type, &record) || i >= record.vlen)
		return false;
	if (record.kind == BTF_ENUM) {
		const uint8_t *part = record.parts + 8 * i;
		uint32_t raw = load_u32(part + 4);

		*name = string_at(record.btf, load_u32(part));
		*value = record.kind_flag ? (uint64_t)(int64_t)(int32_t)raw : raw;
		return true;
	}
	if (record.kind != BTF_ENUM64)
		return false;
	const uint8_t *part = record.parts + 12 * i;
	*name = string_at(record.btf, load_u32(part));
	*value = load_u32(part + 4) | (uint64_t)load_u32(part + 8) << 32;
	return true;
}

static const struct type_ops btf_ops = {
	.name = "btf",
	.find = find,
	.find_symbol = find_symbol,
	.type_name = name_of,
	.size = size_of,
	.target = target,
	.count = count,
	.member = member,
	.enumerator = enumerator,
	.close = close_btf,
};

static void discard(struct btf *btf)
{
	if (btf)
		close_btf(&btf->provider);
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
