/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Types out of the records of a .BTF section. */
#include "kernel/types/btf.h"

#include "base/parse.h"
#include "base/str.h"
#include "kernel/types/btf_section.h"

#define STRIP_MAX 32   /* typedefs and qualifiers on one type */
#define NESTING_MAX 16 /* arrays of arrays */

struct btf {
	struct type_provider provider;
	struct btf_section section;
};

static struct btf *btf_of(struct type_provider *provider)
{
	return (struct btf *)provider;
}

static enum type_kind kind_of(const struct btf_record *record)
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
static bool get_type(struct type_provider *provider, struct type type, struct btf_record *ret)
{
	return btf_section_record(&btf_of(provider)->section, type.id, ret) &&
	       kind_of(ret) == type.kind;
}

static bool is_wrapper(enum btf_kind kind)
{
	return kind == BTF_TYPEDEF || kind == BTF_VOLATILE || kind == BTF_CONST ||
	       kind == BTF_RESTRICT || kind == BTF_TYPE_TAG || kind == BTF_FUNC || kind == BTF_VAR;
}

/* The type of an id with all that wraps it taken off; a ring of typedefs is no type. */
static struct type strip(struct btf *btf, uint32_t id)
{
	struct btf_record record = {.kind = BTF_TYPEDEF, .size_or_type = id};

	for (unsigned i = 0; i < STRIP_MAX && is_wrapper(record.kind); i++) {
		id = record.size_or_type;
		if (!id)
			return (struct type){&btf->provider, 0, TYPE_VOID};
		if (!btf_section_record(&btf->section, id, &record))
			return (struct type){0};
	}
	enum type_kind kind = kind_of(&record);
	if (kind == TYPE_NONE)
		return (struct type){0};
	return (struct type){&btf->provider, id, kind};
}

static bool is_symbol(enum btf_kind kind)
{
	return kind == BTF_FUNC || kind == BTF_VAR;
}

static struct type find(struct type_provider *provider, enum type_kind kind, const char *name)
{
	struct btf *btf = btf_of(provider);
	struct type by_typedef = {0};
	struct btf_record record;
	uint32_t slot;

	if (!btf_section_start_names(&btf->section, name, &slot))
		return by_typedef;
	while (btf_section_next_named(&btf->section, name, &slot, &record)) {
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
	struct btf_record record;
	uint32_t slot;

	if (!btf_section_start_names(&btf->section, name, &slot))
		return (struct type){0};
	while (btf_section_next_named(&btf->section, name, &slot, &record))
		if (is_symbol(record.kind))
			return strip(btf, record.id);
	return (struct type){0};
}

static const char *name_of(struct type_provider *provider, struct type type)
{
	struct btf_record record;

	return get_type(provider, type, &record) ? btf_section_string(record.section, record.name)
						 : NULL;
}

static uint64_t size_of(struct type_provider *provider, struct type type)
{
	struct btf_record record;
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
	struct btf_record record;

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
	struct btf_record record;

	if (!get_type(provider, type, &record))
		return 0;
	return type.kind == TYPE_ARRAY ? load_u32(record.parts + 8) : record.vlen;
}

/* Before kind_flag (9d5f9f701b18 v5.0) a bit-field's width stood in an int type of its own. */
static uint32_t old_bit_field(const struct btf *btf, uint64_t id, uint64_t *bit_offset)
{
	struct btf_record record;

	if (!btf_section_record(&btf->section, id, &record) || record.kind != BTF_INT)
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
	struct btf_record record;

	if (!get_type(provider, type, &record) || i >= record.vlen)
		return false;
	if (record.kind == BTF_FUNC_PROTO) {
		const uint8_t *part = record.parts + 8 * i;

		*ret = (struct member){.name = btf_section_string(record.section, load_u32(part)),
				       .type = strip(btf, load_u32(part + 4))};
		return true;
	}
	if (record.kind != BTF_STRUCT && record.kind != BTF_UNION)
		return false;
	const uint8_t *part = record.parts + 12 * i;
	uint32_t id = load_u32(part + 4), offset = load_u32(part + 8);
	*ret = (struct member){
		.name = btf_section_string(record.section, load_u32(part)),
		.type = strip(btf, id),
		.bit_offset = record.kind_flag ? offset & 0xffffff : offset,
	};
	ret->bit_size = record.kind_flag ? offset >> 24
					 : old_bit_field(btf, ret->type.id, &ret->bit_offset);
	return true;
}

static bool enumerator(struct type_provider *provider, struct type type, size_t i,
		       const char **name, uint64_t *value)
{
	struct btf_record record;

	if (!get_type(provider, type, &record) || i >= record.vlen)
		return false;
	if (record.kind == BTF_ENUM) {
		const uint8_t *part = record.parts + 8 * i;
		uint32_t raw = load_u32(part + 4);

		*name = btf_section_string(record.section, load_u32(part));
		*value = record.kind_flag ? (uint64_t)(int64_t)(int32_t)raw : raw;
		return true;
	}
	if (record.kind != BTF_ENUM64)
		return false;
	const uint8_t *part = record.parts + 12 * i;
	*name = btf_section_string(record.section, load_u32(part));
	*value = load_u32(part + 4) | (uint64_t)load_u32(part + 8) << 32;
	return true;
}

/* --- opening ---------------------------------------------------------------------------------- */

static void btf_close(struct type_provider *provider)
{
	struct btf *btf = btf_of(provider);

	btf_section_deinit(&btf->section);
	free(btf);
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
	.close = btf_close,
};

struct err *btf_open(void *data, size_t size, struct type_provider *base, const char *module,
		     struct type_provider **ret)
{
	struct btf *btf = calloc(1, sizeof(*btf));
	struct err *err;

	if (!btf) {
		free(data);
		return &err_nomem;
	}
	btf->provider.ops = &btf_ops;
	copy_string(btf->provider.module, sizeof(btf->provider.module), module);
	err = btf_section_init(&btf->section, data, size, base ? &btf_of(base)->section : NULL);
	if (err) {
		btf_close(&btf->provider);
		return err;
	}
	*ret = &btf->provider;
	return NULL;
}
