/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Types that hold no more than what analyzers ask for. */
#include "kernel/types/profile_model.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/hash.h"
#include "kernel/types/profile_asks.h"

#define RECORDS_MAX 1024
#define TYPES_MAX 4096
#define MEMBERS_MAX 1024 /* of one record */
#define ELEMENTS_MAX (1u << 24)
#define SIZE_MAX_BYTES (64u << 20) /* the largest structure, a pglist_data, is a hundredth of it */

struct profile_model {
	struct type_provider provider;
	struct profile_record *records;
	size_t record_count;
	struct profile_type *types; /* a type's id is an index; 0 is void */
	size_t type_count;
	struct map names; /* hash of kind and name → record */
	bool whole;
};

static struct profile_model *model_of(struct type_provider *provider)
{
	return (struct profile_model *)provider;
}

static uint64_t key_of(enum type_kind kind, const char *name)
{
	return hash_string(name) * 31 + kind;
}

static struct profile_record *find_record(const struct profile_model *model, enum type_kind kind,
					  const char *name)
{
	const uint64_t *known = map_get(&model->names, key_of(kind, name));
	struct profile_record *record = known ? &model->records[*known] : NULL;

	return record && record->kind == kind && !strcmp(record->name, name) ? record : NULL;
}

static const struct profile_type *type_at(const struct profile_model *model, uint64_t id)
{
	return &model->types[id < model->type_count ? id : 0];
}

/* --- what a provider is asked ------------------------------------------------------------------ */

static struct type as_type(struct profile_model *model, uint32_t id)
{
	return (struct type){&model->provider, id, type_at(model, id)->kind};
}

static struct profile_record *record_of(struct type_provider *provider, struct type type)
{
	struct profile_model *model = model_of(provider);
	const struct profile_type *known = type_at(model, type.id);

	return known->kind == TYPE_STRUCT || known->kind == TYPE_UNION ||
			       (known->kind == TYPE_ENUM && known->record)
		       ? &model->records[known->record]
		       : NULL;
}

static struct type find(struct type_provider *provider, enum type_kind kind, const char *name)
{
	static const enum type_kind kinds[] = {TYPE_STRUCT, TYPE_UNION, TYPE_ENUM, TYPE_NONE};
	struct profile_model *model = model_of(provider);

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const struct profile_record *record = find_record(model, kinds[i], name);
		uint32_t id = 0;

		if (!record || !record->defined)
			continue;
		if (kinds[i] == TYPE_NONE)
			id = record->alias;
		else if (!err_ok(profile_model_type(
				 model,
				 &(struct profile_type){
					 .kind = kinds[i],
					 .record = (uint32_t)(record - model->records)},
				 &id)))
			continue;
		struct type type = as_type(model, id);
		if (kind == TYPE_NONE || kind == type.kind)
			return type;
	}
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
	const struct profile_record *record = record_of(provider, type);

	return record && !strchr(record->name, '.') ? record->name : NULL;
}

static uint64_t size_of(struct type_provider *provider, struct type type)
{
	const struct profile_model *model = model_of(provider);
	const struct profile_type *known = type_at(model, type.id);
	const struct profile_record *record = record_of(provider, type);
	uint64_t elements = 1;

	/* Elements of an array were made before it, and are not too many in all. */
	for (; known->kind == TYPE_ARRAY; known = type_at(model, known->target))
		elements *= known->count;
	if (type.kind == TYPE_ARRAY)
		record = record_of(provider,
				   (struct type){provider, known - model->types, known->kind});
	uint64_t size = record ? record->size : known->kind == TYPE_POINTER ? 8 : known->size;
	return elements * size;
}

static struct type target(struct type_provider *provider, struct type type)
{
	struct profile_model *model = model_of(provider);
	const struct profile_type *known = type_at(model, type.id);

	if (known->kind != TYPE_ARRAY && known->kind != TYPE_POINTER)
		return (struct type){0};
	return known->target ? as_type(model, known->target)
			     : (struct type){provider, 0, TYPE_VOID};
}

static size_t count(struct type_provider *provider, struct type type)
{
	const struct profile_record *record = record_of(provider, type);

	return record ? record->count : (size_t)type_at(model_of(provider), type.id)->count;
}

static bool member(struct type_provider *provider, struct type type, size_t i, struct member *ret)
{
	const struct profile_record *record = record_of(provider, type);

	if (!record || record->kind == TYPE_ENUM || i >= record->count)
		return false;
	*ret = (struct member){.name = record->members[i].name,
			       .type = as_type(model_of(provider), record->members[i].type),
			       .bit_offset = record->members[i].value,
			       .bit_size = record->members[i].bits};
	return true;
}

static bool enumerator(struct type_provider *provider, struct type type, size_t i,
		       const char **name, uint64_t *value)
{
	const struct profile_record *record = record_of(provider, type);

	if (!record || record->kind != TYPE_ENUM || i >= record->count)
		return false;
	*name = record->members[i].name;
	*value = record->members[i].value;
	return true;
}

static bool tells_all(struct type_provider *provider, const char *name)
{
	return model_of(provider)->whole && profile_asks(name);
}

static void close_model(struct type_provider *provider)
{
	profile_model_close(model_of(provider));
}

static const struct type_ops profile_ops = {
	.name = "profile",
	.find = find,
	.find_symbol = find_symbol,
	.type_name = name_of,
	.size = size_of,
	.target = target,
	.count = count,
	.member = member,
	.enumerator = enumerator,
	.tells_all = tells_all,
	.close = close_model,
};

/* --- building ----------------------------------------------------------------------------------- */

struct err *profile_model_open(struct profile_model **ret)
{
	_cleanup_(cleanup_profile_model_close) struct profile_model *model =
		calloc(1, sizeof(*model));

	/* Type and record 0 are nobody's. */
	if (!model || !array_grow(model->types, 0) || !array_grow(model->records, 0))
		return &err_nomem;
	model->provider.ops = &profile_ops;
	model->types[0] = (struct profile_type){.kind = TYPE_VOID};
	model->records[0] = (struct profile_record){.kind = TYPE_VOID};
	model->type_count = model->record_count = 1;
	*ret = take_ptr(model);
	return NULL;
}

struct type_provider *profile_model_provider(struct profile_model *model)
{
	return &model->provider;
}

void profile_model_set_whole(struct profile_model *model)
{
	model->whole = true;
}

void profile_model_close(struct profile_model *model)
{
	if (!model)
		return;
	for (size_t i = 0; i < model->record_count; i++) {
		struct profile_record *record = &model->records[i];

		for (size_t j = 0; j < record->count; j++)
			free(record->members[j].name);
		free(record->members);
		free(record->name);
	}
	free(model->records);
	free(model->types);
	map_deinit(&model->names);
	free(model);
}

/* What is a name in C, dots between several. */
static bool is_name(const char *name)
{
	size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789_.");

	return length && length <= PROFILE_NAME_MAX && !name[length];
}

struct err *profile_model_record(struct profile_model *model, enum type_kind kind, const char *name,
				 uint32_t *ret)
{
	const struct profile_record *known = find_record(model, kind, name);

	if (known) {
		*ret = (uint32_t)(known - model->records);
		return NULL;
	}
	if (!is_name(name) || map_get(&model->names, key_of(kind, name)))
		return err_new(ERR_CORRUPT, "a name that is none in C");
	if (model->record_count == RECORDS_MAX)
		return err_new(ERR_LIMIT, "more than %d structures", RECORDS_MAX);
	if (!array_grow(model->records, model->record_count))
		return &err_nomem;
	char *copy = strdup(name);
	if (!copy || !map_set(&model->names, key_of(kind, name), model->record_count)) {
		free(copy);
		return &err_nomem;
	}
	*ret = (uint32_t)model->record_count++;
	model->records[*ret] = (struct profile_record){.kind = kind, .name = copy};
	return NULL;
}

struct err *profile_model_define(struct profile_model *model, uint32_t number, uint64_t size)
{
	struct profile_record *record = &model->records[number];

	if (size > SIZE_MAX_BYTES || (record->defined && record->size != size))
		return err_new(ERR_CORRUPT, "%s has two sizes, or no possible one", record->name);
	record->defined = true;
	record->size = size;
	return NULL;
}

static bool same_type(const struct profile_type *a, const struct profile_type *b)
{
	return a->kind == b->kind && a->size == b->size && a->count == b->count &&
	       a->target == b->target && a->record == b->record;
}

/* Of an array in all its dimensions. */
static uint64_t elements_of(const struct profile_model *model, const struct profile_type *type)
{
	uint64_t elements = 1;

	for (; type->kind == TYPE_ARRAY && elements <= ELEMENTS_MAX;
	     type = type_at(model, type->target))
		elements *= MAX(type->count, 1u);
	return elements;
}

struct err *profile_model_type(struct profile_model *model, const struct profile_type *type,
			       uint32_t *ret)
{
	for (uint32_t i = 1; i < model->type_count; i++) {
		if (!same_type(&model->types[i], type))
			continue;
		*ret = i;
		return NULL;
	}
	if (elements_of(model, type) > ELEMENTS_MAX || type->size > 16 ||
	    type->target >= model->type_count || type->record >= model->record_count)
		return err_new(ERR_CORRUPT, "a type that cannot be");
	if (model->type_count == TYPES_MAX)
		return err_new(ERR_LIMIT, "more than %d types", TYPES_MAX);
	if (!array_grow(model->types, model->type_count))
		return &err_nomem;
	*ret = (uint32_t)model->type_count++;
	model->types[*ret] = *type;
	return NULL;
}

/* Does the member lie in the record? Its own size may not be known yet, and then is 0. */
static bool fits(struct profile_model *model, const struct profile_record *record,
		 const struct profile_member *member)
{
	uint64_t size = size_of(&model->provider, as_type(model, member->type));

	if (member->bits > 64 || member->type >= model->type_count ||
	    member->value / 8 > record->size || size > record->size)
		return false;
	return member->bits ? member->value + member->bits <= record->size * 8
			    : member->value % 8 == 0 && member->value / 8 + size <= record->size;
}

struct err *profile_model_add(struct profile_model *model, uint32_t number,
			      const struct profile_member *member)
{
	struct profile_record *record = &model->records[number];

	for (size_t i = 0; i < record->count; i++)
		if (!strcmp(record->members[i].name, member->name))
			return NULL;
	if (!is_name(member->name) ||
	    (record->kind != TYPE_ENUM && (!record->defined || !fits(model, record, member))))
		return err_new(ERR_CORRUPT, "%s has a member that does not fit", record->name);
	if (record->count == MEMBERS_MAX)
		return err_new(ERR_LIMIT, "more than %d members of %s", MEMBERS_MAX, record->name);
	if (!array_grow(record->members, record->count))
		return &err_nomem;
	struct profile_member *copy = &record->members[record->count];
	*copy = *member;
	copy->name = strdup(member->name);
	if (!copy->name)
		return &err_nomem;
	record->count++;
	return NULL;
}

struct err *profile_model_alias(struct profile_model *model, const char *name, uint32_t type)
{
	uint32_t record;

	TRY(profile_model_record(model, TYPE_NONE, name, &record));
	model->records[record].alias = type;
	model->records[record].defined = true;
	return NULL;
}

/* Of what a member or an alias is, if it is or holds a record. */
static const struct profile_record *held_by(const struct profile_model *model, uint32_t id)
{
	const struct profile_type *type = type_at(model, id);

	while (type->kind == TYPE_ARRAY)
		type = type_at(model, type->target);
	return type->kind == TYPE_STRUCT || type->kind == TYPE_UNION ? &model->records[type->record]
								     : NULL;
}

struct err *profile_model_check(const struct profile_model *model)
{
	for (size_t i = 1; i < model->record_count; i++) {
		struct profile_record *record = &model->records[i];
		const struct profile_record *held =
			record->kind == TYPE_NONE ? held_by(model, record->alias) : NULL;

		if (held && !held->defined)
			return err_new(ERR_CORRUPT, "%s is not there", held->name);
		for (size_t j = 0; record->kind != TYPE_ENUM && j < record->count; j++) {
			held = held_by(model, record->members[j].type);
			if (held && (!held->defined || !fits((struct profile_model *)model, record,
							     &record->members[j])))
				return err_new(ERR_CORRUPT, "%s.%s does not fit", record->name,
					       record->members[j].name);
		}
	}
	return NULL;
}

size_t profile_model_count(const struct profile_model *model)
{
	return model->record_count;
}

const struct profile_record *profile_model_at(const struct profile_model *model, size_t record)
{
	return &model->records[record];
}

const struct profile_type *profile_model_type_at(const struct profile_model *model, uint32_t type)
{
	return type_at(model, type);
}
