/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes a profile: picks what analyzers ask for out of all the types of a kernel. */
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "kernel/types/lock_type.h"
#include "kernel/types/members.h"
#include "kernel/types/profile.h"

#define DEPTH_MAX 6	   /* arrays and pointers in one another; structures that hold a lock */
#define VISITED_MAX 400000 /* members looked at for locks: types may come from a dump */

struct maker {
	struct types *types;
	struct profile_model *model;
	struct map anonymous; /* a provider's id of a structure without a name → record */
	unsigned budget;
};

static bool is_record(struct type type)
{
	return type.kind == TYPE_STRUCT || type.kind == TYPE_UNION;
}

/* The record of a structure; one without a name is called as it is reached: OUTER.MEMBER. */
static struct err *record_of(struct maker *maker, struct type type, const char *outer,
			     const char *member, uint32_t *ret)
{
	const char *name = type_name(type);
	char reached[PROFILE_NAME_MAX + 1];
	uint64_t *known;

	if (name && *name) {
		TRY(profile_model_record(maker->model, type.kind, name, ret));
	} else if ((known = map_get(&maker->anonymous, type.id))) {
		*ret = (uint32_t)*known;
	} else {
		snprintf(reached, sizeof(reached), "%s.%s", outer, member);
		TRY(profile_model_record(maker->model, type.kind, reached, ret));
		if (!map_set(&maker->anonymous, type.id, *ret))
			return &err_nomem;
	}
	return NULL;
}

static struct err *define(struct maker *maker, struct type type, const char *outer,
			  const char *member, uint32_t *ret)
{
	TRY(record_of(maker, type, outer, member, ret));
	return profile_model_define(maker->model, *ret, type_size(type));
}

/* --- types ------------------------------------------------------------------------------------ */

static struct err *describe(struct maker *maker, struct type type, const char *outer,
			    const char *member, unsigned depth, uint32_t *ret);

/* What it leads to by its name alone, not by what that holds. */
static struct err *describe_pointee(struct maker *maker, struct type pointee, uint32_t *ret)
{
	struct profile_type known = {.kind = pointee.kind};
	const char *name = is_record(pointee) ? type_name(pointee) : NULL;

	if (!name || !*name)
		return NULL; /* void */
	TRY(profile_model_record(maker->model, pointee.kind, name, &known.record));
	return profile_model_type(maker->model, &known, ret);
}

static struct err *describe(struct maker *maker, struct type type, const char *outer,
			    const char *member, unsigned depth, uint32_t *ret)
{
	struct profile_type known = {.kind = type.kind};

	if (depth > DEPTH_MAX)
		return err_new(ERR_LIMIT, "%s.%s is too deep", outer, member);
	if (is_record(type))
		TRY(define(maker, type, outer, member, &known.record));
	else if (type.kind == TYPE_ARRAY)
		TRY(describe(maker, type_target(type), outer, member, depth + 1, &known.target));
	else if (type.kind == TYPE_POINTER)
		TRY(describe_pointee(maker, type_target(type), &known.target));
	else
		known.size = type_size(type);
	if (type.kind == TYPE_ARRAY)
		known.count = type_count(type);
	return profile_model_type(maker->model, &known, ret);
}

static struct err *add(struct maker *maker, uint32_t record, const char *name,
		       const struct member *member, uint64_t base)
{
	const char *outer = profile_model_at(maker->model, record)->name;
	char copy[PROFILE_NAME_MAX + 1];
	struct profile_member added = {.name = (char *)name,
				       .value = base + member->bit_offset,
				       .bits = (uint8_t)MIN(member->bit_size, 65u)};

	snprintf(copy, sizeof(copy), "%s", outer); /* records move when one is added */
	TRY(describe(maker, member->type, copy, name, 0, &added.type));
	return profile_model_add(maker->model, record, &added);
}

/* --- what is asked for ------------------------------------------------------------------------ */

/* The type of this name with its record; a typedef's name stands beside it. */
static struct err *want_type(struct maker *maker, enum type_kind kind, const char *name,
			     struct type *ret, uint32_t *record)
{
	struct profile_type known;

	*ret = types_find(maker->types, kind, name);
	if (!is_record(*ret))
		return err_new(ERR_NOT_FOUND, "no %s", name);
	TRY(define(maker, *ret, "", name, record));
	const char *own = type_name(*ret);
	if (own && !strcmp(own, name))
		return NULL;
	known = (struct profile_type){.kind = ret->kind, .record = *record};
	uint32_t id;
	TRY(profile_model_type(maker->model, &known, &id));
	return profile_model_alias(maker->model, name, id);
}

/* The structure that "[2].name" or ".name" goes on in; false at the path's end. */
static bool step_into(const char **path, struct type *type)
{
	while (**path == '[') {
		*type = type_target(*type);
		*path += strcspn(*path, "]");
		*path += **path == ']';
	}
	return **path == '.' && (*path)++ && is_record(*type);
}

/* What was probed has members of members by their whole path. */
static bool find_by_path(struct type type, const char *path, struct member *ret)
{
	for (size_t i = 0; strchr(path, '.') && type_member_at(type, i, ret); i++)
		if (ret->name && !strcmp(ret->name, path))
			return true;
	return false;
}

static struct err *want_path(struct maker *maker, const char *name, const char *path)
{
	struct type at;
	struct member whole;
	uint32_t record;

	TRY(want_type(maker, TYPE_NONE, name, &at, &record));
	if (find_by_path(at, path, &whole))
		return add(maker, record, path, &whole, 0);
	for (;;) {
		char part[PROFILE_NAME_MAX + 1], outer[PROFILE_NAME_MAX + 1];
		size_t length = strcspn(path, ".[");
		struct member member;

		copy_part(part, sizeof(part), path, length);
		if (!type_find_member(at, part, &member))
			return NULL;
		TRY(add(maker, record, part, &member, 0));
		path += length;
		at = member.type;
		if (!step_into(&path, &at))
			return NULL;
		copy_string(outer, sizeof(outer), profile_model_at(maker->model, record)->name);
		TRY(record_of(maker, at, outer, part, &record));
	}
}

static struct err *want_enumeration(struct maker *maker, const char *name)
{
	struct type type = types_find(maker->types, TYPE_ENUM, name);
	struct profile_member member = {0};
	uint32_t record;

	if (type.kind != TYPE_ENUM)
		return NULL;
	TRY(profile_model_record(maker->model, TYPE_ENUM, name, &record));
	TRY(profile_model_define(maker->model, record, type_size(type)));
	for (size_t i = 0; type.provider->ops->enumerator(
		     type.provider, type, i, (const char **)&member.name, &member.value);
	     i++)
		if (member.name)
			TRY(profile_model_add(maker->model, record, &member));
	return NULL;
}

static struct err *want_whole(struct maker *maker, enum type_kind kind, const char *name)
{
	struct type type;
	struct member member;
	uint32_t record;

	if (kind == TYPE_ENUM)
		return want_enumeration(maker, name);
	TRY(want_type(maker, kind, name, &type, &record));
	for (size_t i = 0; type_member_at(type, i, &member); i++)
		if (member.name && *member.name)
			TRY(add(maker, record, member.name, &member, 0));
	return NULL;
}

/* --- locks ------------------------------------------------------------------------------------ */

static struct type element_of(struct type type)
{
	for (unsigned i = 0; i < DEPTH_MAX && type.kind == TYPE_ARRAY; i++)
		type = type_target(type);
	return type;
}

static bool holds_lock(struct maker *maker, struct type type, unsigned depth)
{
	struct member member;

	if (lock_type_is(type))
		return true;
	for (size_t i = 0; depth < DEPTH_MAX && is_record(type) && maker->budget &&
			   type_member_at(type, i, &member);
	     i++) {
		maker->budget--;
		if (holds_lock(maker, element_of(member.type), depth + 1))
			return true;
	}
	return false;
}

/* Those of type, which lies at base bits in the record; anonymous parts are the record's own. */
static struct err *want_locks_in(struct maker *maker, struct type type, uint32_t record,
				 uint64_t base, unsigned depth)
{
	struct member member;

	for (size_t i = 0; depth < DEPTH_MAX && type_member_at(type, i, &member); i++) {
		struct type inner = element_of(member.type);
		uint32_t holder = record;
		uint64_t at = base + member.bit_offset;

		if (!is_record(inner) || !holds_lock(maker, inner, 0))
			continue;
		if (member.name && *member.name) {
			char outer[PROFILE_NAME_MAX + 1];

			TRY(add(maker, record, member.name, &member, base));
			copy_string(outer, sizeof(outer),
				    profile_model_at(maker->model, record)->name);
			TRY(record_of(maker, inner, outer, member.name, &holder));
			at = 0;
		}
		if (!lock_type_is(inner))
			TRY(want_locks_in(maker, inner, holder, at, depth + 1));
	}
	return NULL;
}

static struct err *want_locks(struct maker *maker, const char *name)
{
	struct type type;
	uint32_t record;

	TRY(want_type(maker, TYPE_NONE, name, &type, &record));
	maker->budget = VISITED_MAX;
	return want_locks_in(maker, type, record, 0, 0);
}

/* --- all of it -------------------------------------------------------------------------------- */

/* What one kernel lacks, or calls as C would not, is left out. */
static struct err *want_all(struct maker *maker)
{
	const struct member_era *era;

	for (size_t i = 0; (era = members_era(i)); i++)
		(void)TRY_OK(want_path(maker, era->type, era->path));
#define PROFILE_TYPE(kind, name)                                                                   \
	(void)TRY_OK(want_type(maker, kind, name, &(struct type){0}, &(uint32_t){0}));
#define PROFILE_PATH(name, path_) (void)TRY_OK(want_path(maker, name, path_));
#define PROFILE_WHOLE(kind, name) (void)TRY_OK(want_whole(maker, kind, name));
#define PROFILE_LOCKS(name) (void)TRY_OK(want_locks(maker, name));
#include "kernel/types/profile_types.def"
#undef PROFILE_TYPE
#undef PROFILE_PATH
#undef PROFILE_WHOLE
#undef PROFILE_LOCKS
	return NULL;
}

struct err *profile_make(struct types *types, const struct profile_info *info, struct str *ret)
{
	_cleanup_(cleanup_profile_model_close) struct profile_model *model = NULL;

	TRY(profile_model_open(&model));
	struct maker maker = {.types = types, .model = model};
	struct err *err = want_all(&maker);
	map_deinit(&maker.anonymous);
	TRY(err);
	return profile_write(model, info, ret);
}
