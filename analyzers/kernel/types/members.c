/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds where this kernel has each member that members.def lists. */
#include "kernel/types/members.h"

#include <stdio.h>

/* One form a member has had. */
struct era {
	const char *type, *path;
	const char *since; /* commit and release that brought this form; documentation */
};

#define MEMBER(id, ...) static const struct era eras_##id[] = {__VA_ARGS__};
#include "kernel/types/members.def"
#undef MEMBER

static const struct {
	const struct era *eras;
	size_t count;
} table[MEMBER_COUNT] = {
#define MEMBER(id, ...) [MEMBER_##id] = {eras_##id, ARRAY_SIZE(eras_##id)},
#include "kernel/types/members.def"
#undef MEMBER
};

enum probe { UNKNOWN, ABSENT, PRESENT };

struct members {
	struct types *types;
	size_t generation; /* of types, when the absent ones were found absent */
	uint8_t probed[MEMBER_COUNT];
	struct member found[MEMBER_COUNT];
};

struct err *members_open(struct types *types, struct members **ret)
{
	struct members *members = calloc(1, sizeof(*members));

	if (!members)
		return &err_nomem;
	members->types = types;
	*ret = members;
	return NULL;
}

void members_close(struct members *members)
{
	free(members);
}

static enum probe probe(struct members *members, enum member_id id)
{
	for (size_t i = 0; i < table[id].count; i++) {
		const struct era *era = &table[id].eras[i];
		struct type type = types_find(members->types, TYPE_NONE, era->type);

		if (type_find_member(type, era->path, &members->found[id]))
			return PRESENT;
	}
	return ABSENT;
}

const struct member *members_get(struct members *members, enum member_id id)
{
	size_t generation = types_generation(members->types);

	if (members->generation != generation) {
		members->generation = generation;
		for (size_t i = 0; i < MEMBER_COUNT; i++)
			if (members->probed[i] == ABSENT)
				members->probed[i] = UNKNOWN;
	}
	if (members->probed[id] == UNKNOWN)
		members->probed[id] = (uint8_t)probe(members, id);
	return members->probed[id] == PRESENT ? &members->found[id] : NULL;
}

bool members_asked(const struct members *members, enum member_id id)
{
	return members->probed[id] != UNKNOWN;
}

bool members_have_all(struct members *members, const enum member_id *ids, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!members_has(members, ids[i]))
			return false;
	return true;
}

const char *members_name(enum member_id id)
{
	static _Thread_local char name[96];
	const struct era *newest = &table[id].eras[0];

	snprintf(name, sizeof(name), "%s.%s", newest->type, newest->path);
	return name;
}
