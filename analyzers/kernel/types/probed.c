/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Types made of members that were found one by one. */
#include "kernel/types/probed.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "kernel/types/types.h"

#define STRUCTS_MAX 512
#define MEMBERS_MAX 128 /* of one structure */
#define UNKNOWN "?"

struct probed_member {
	const char *name;
	uint64_t offset;
	struct type type;
	uint8_t shift, bits; /* of a bit-field */
	bool proven;	     /* of two witnesses, or told */
	bool refuted;	     /* two witnesses say different places: it is not known */
	bool hinted;	     /* by one that is not believed alone */
};

struct probed_struct {
	const char *name;
	enum type_kind kind;
	uint64_t size;
	struct probed_member *members;
	size_t count;
};

struct probed {
	struct type_provider provider;
	struct probed_struct *structs; /* a type's id is an index */
	size_t count;
	bool proven; /* what is added from now on */
};

static bool is_known(const struct probed_member *member)
{
	return !member->refuted && !member->hinted;
}

static struct probed *probed_of(struct type_provider *provider)
{
	return (struct probed *)provider;
}

static bool is_aggregate(enum type_kind kind)
{
	return kind == TYPE_STRUCT || kind == TYPE_UNION;
}

static const struct probed_struct *struct_of(struct type_provider *provider, struct type type)
{
	const struct probed *probed = probed_of(provider);

	return is_aggregate(type.kind) && type.id < probed->count ? &probed->structs[type.id]
								  : NULL;
}

/* --- what a provider is asked ------------------------------------------------------------------ */

static struct type find(struct type_provider *provider, enum type_kind kind, const char *name)
{
	const struct probed *probed = probed_of(provider);

	for (size_t i = 0; i < probed->count; i++)
		if ((kind == TYPE_NONE || kind == probed->structs[i].kind) &&
		    !strcmp(probed->structs[i].name, name))
			return (struct type){provider, i, probed->structs[i].kind};
	return (struct type){0};
}

static struct type find_symbol(struct type_provider *provider, const char *name)
{
	(void)provider;
	(void)name;
	return (struct type){0};
}

static const char *name_of(struct type_provider *provider, struct type type)
{
	const struct probed_struct *found = struct_of(provider, type);

	return found ? found->name : NULL;
}

/* The id of what is no structure is its size; of an array of one, its number above that. */
#define ARRAY_SIZE_BITS 32
#define ARRAY_ID(size, structure) ((size) | ((structure) + 1) << ARRAY_SIZE_BITS)

static uint64_t size_of(struct type_provider *provider, struct type type)
{
	const struct probed_struct *found = struct_of(provider, type);

	return found ? found->size : is_aggregate(type.kind) ? 0 : (uint32_t)type.id;
}

static struct type target(struct type_provider *provider, struct type type)
{
	if (type.kind == TYPE_ARRAY && type.id >> ARRAY_SIZE_BITS)
		return (struct type){provider, (type.id >> ARRAY_SIZE_BITS) - 1, TYPE_STRUCT};
	if (type.kind == TYPE_ARRAY)
		return (struct type){provider, 1, TYPE_INT};
	return (struct type){provider, 0, type.kind == TYPE_POINTER ? TYPE_VOID : TYPE_NONE};
}

static size_t count(struct type_provider *provider, struct type type)
{
	const struct probed_struct *found = struct_of(provider, type);
	uint64_t size = type.kind == TYPE_ARRAY ? size_of(provider, target(provider, type)) : 0;

	return found ? found->count : size ? size_of(provider, type) / size : 0;
}

static bool member(struct type_provider *provider, struct type type, size_t i, struct member *ret)
{
	const struct probed_struct *found = struct_of(provider, type);

	if (!found || i >= found->count)
		return false;
	/* A name that nobody asks for stands for one that is not known, after all or not yet. */
	*ret = (struct member){.name = is_known(&found->members[i]) ? found->members[i].name
								    : UNKNOWN,
			       .type = found->members[i].type,
			       .bit_offset = found->members[i].offset * 8 + found->members[i].shift,
			       .bit_size = found->members[i].bits};
	return true;
}

/* An enumerator is kept as a member whose offset is its value. */
static bool enumerator(struct type_provider *provider, struct type type, size_t i,
		       const char **name, uint64_t *value)
{
	const struct probed *probed = probed_of(provider);
	const struct probed_struct *found = &probed->structs[type.id];

	if (type.kind != TYPE_ENUM || type.id >= probed->count || i >= found->count)
		return false;
	*name = found->members[i].name;
	*value = found->members[i].offset;
	return true;
}

static void close_probed(struct type_provider *provider)
{
	struct probed *probed = probed_of(provider);

	for (size_t i = 0; i < probed->count; i++)
		free(probed->structs[i].members);
	free(probed->structs);
	free(probed);
}

static const struct type_ops probed_ops = {
	.name = "probed",
	.find = find,
	.find_symbol = find_symbol,
	.type_name = name_of,
	.size = size_of,
	.target = target,
	.count = count,
	.member = member,
	.enumerator = enumerator,
	.close = close_probed,
};

/* --- building ----------------------------------------------------------------------------------- */

struct err *probed_open(struct type_provider **ret)
{
	struct probed *probed = calloc(1, sizeof(*probed));

	if (!probed)
		return &err_nomem;
	probed->provider.ops = &probed_ops;
	*ret = &probed->provider;
	return NULL;
}

static struct err *get_struct(struct probed *probed, enum type_kind kind, const char *name,
			      struct probed_struct **ret)
{
	struct type known = find(&probed->provider, kind, name);

	if (known.kind == TYPE_NONE) {
		if (probed->count == STRUCTS_MAX)
			return err_new(ERR_LIMIT, "more than %d probed types", STRUCTS_MAX);
		if (!array_grow(probed->structs, probed->count))
			return &err_nomem;
		known.id = probed->count++;
		probed->structs[known.id] = (struct probed_struct){.name = name, .kind = kind};
	}
	*ret = &probed->structs[known.id];
	return NULL;
}

static struct err *append(struct probed_struct *into, const struct probed_member *member)
{
	if (into->count == MEMBERS_MAX)
		return err_new(ERR_LIMIT, "more than %d members of %s", MEMBERS_MAX, into->name);
	if (!array_grow(into->members, into->count))
		return &err_nomem;
	into->members[into->count++] = *member;
	return NULL;
}

struct err *probed_add(struct type_provider *provider, const char *type, const char *name,
		       uint64_t offset, struct probed_value value)
{
	struct type of = {provider, value.size, value.kind};
	struct type base = value.type ? find(provider, TYPE_STRUCT, value.type) : of;
	struct probed_struct *into;

	if (base.kind == TYPE_NONE)
		return err_new(ERR_NOT_FOUND, "no probed struct %s", value.type);
	if (value.kind == TYPE_STRUCT)
		of = base;
	else if (value.type)
		of.id = ARRAY_ID(value.size, base.id);
	TRY(get_struct(probed_of(provider), TYPE_STRUCT, type, &into));
	TRY(append(into, &(struct probed_member){name, offset, of, value.shift, value.bits,
						 probed_of(provider)->proven}));
	into->size = MAX(into->size, offset + size_of(provider, of));
	return NULL;
}

void probed_set_proven(struct type_provider *provider, bool proven)
{
	probed_of(provider)->proven = proven;
}

static struct probed_member *member_named(struct type_provider *provider, const char *type,
					  const char *name)
{
	struct type of = find(provider, TYPE_STRUCT, type);
	const struct probed_struct *in = struct_of(provider, of);

	for (size_t i = 0; in && i < in->count; i++)
		if (!strcmp(in->members[i].name, name))
			return &in->members[i];
	return NULL;
}

struct err *probed_witness(struct type_provider *provider, const char *type, const char *name,
			   uint64_t offset, struct probed_value value)
{
	struct probed_member *known = member_named(provider, type, name);

	if (!known)
		return probed_add(provider, type, name, offset, value);
	known->refuted |= known->offset != offset;
	known->proven = !known->refuted;
	known->hinted = false;
	return NULL;
}

struct err *probed_hint(struct type_provider *provider, const char *type, const char *name,
			uint64_t offset, struct probed_value value)
{
	if (member_named(provider, type, name))
		return probed_witness(provider, type, name, offset, value);
	TRY(probed_add(provider, type, name, offset, value));
	member_named(provider, type, name)->hinted = true;
	return NULL;
}

bool probed_is_proven(struct type_provider *provider, const char *type, const char *name)
{
	const struct probed_member *known = member_named(provider, type, name);

	return known && known->proven && is_known(known);
}

void probed_count(struct type_provider *provider, size_t *proven, size_t *inferred)
{
	const struct probed *probed = probed_of(provider);

	*proven = *inferred = 0;
	for (size_t i = 0; i < probed->count; i++)
		for (size_t j = 0; j < probed->structs[i].count; j++)
			if (is_known(&probed->structs[i].members[j]))
				++*(probed->structs[i].members[j].proven ? proven : inferred);
}

struct err *probed_add_enumerator(struct type_provider *provider, const char *type,
				  const char *name, uint64_t value)
{
	struct probed_struct *into;

	TRY(get_struct(probed_of(provider), TYPE_ENUM, type, &into));
	return append(into, &(struct probed_member){.name = name, .offset = value});
}

struct err *probed_set_size(struct type_provider *provider, enum type_kind kind, const char *type,
			    uint64_t size)
{
	struct probed_struct *into;

	TRY(get_struct(probed_of(provider), kind, type, &into));
	into->size = size;
	return NULL;
}

struct err *probed_provide(struct types *types,
			   struct err *(*fill)(void *context, struct type_provider *types),
			   void *context)
{
	struct type_provider *provider = types_provider(types, probed_ops.name);

	if (provider) {
		TRY(fill(context, provider));
		types_grown(types);
		return NULL;
	}
	TRY(probed_open(&provider));
	struct err *err = fill(context, provider);
	if (err) {
		provider->ops->close(provider);
		return err;
	}
	return types_add(types, provider);
}
