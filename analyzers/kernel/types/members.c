/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds where this kernel has each member that members.def lists. */
#include "kernel/types/members.h"

#include <stdio.h>

#define MEMBER(id, ...) static const struct member_era eras_##id[] = {__VA_ARGS__};
#include "kernel/types/members.def"
#undef MEMBER

static const struct {
	const struct member_era *eras;
	size_t count;
} table[MEMBER_COUNT] = {
#define MEMBER(id, ...) [MEMBER_##id] = {eras_##id, sizeof(eras_##id) / sizeof(eras_##id[0])},
#include "kernel/types/members.def"
#undef MEMBER
};

static const struct member_era *members_eras(enum member_id id, size_t *count)
{
	*count = table[id].count;
	return table[id].eras;
}

const struct member_era *members_era(size_t i)
{
	for (size_t id = 0; id < MEMBER_COUNT; i -= table[id++].count)
		if (i < table[id].count)
			return &table[id].eras[i];
	return NULL;
}

enum probe { UNKNOWN, ABSENT, PRESENT };

struct members {
	struct types *types;
	size_t generation; /* of types, when the absent ones were found absent */
	uint8_t probed[MEMBER_COUNT];
	uint8_t era[MEMBER_COUNT]; /* of those present: the form found */
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
	size_t count;
	const struct member_era *eras = members_eras(id, &count);

	for (size_t i = 0; i < count; i++) {
		struct type type = types_find(members->types, TYPE_NONE, eras[i].type);

		if (!type_find_member(type, eras[i].path, &members->found[id]))
			continue;
		members->era[id] = (uint8_t)i;
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

const char *members_path(struct members *members, enum member_id id)
{
	return members_has(members, id) ? table[id].eras[members->era[id]].path : NULL;
}

const char *members_name(enum member_id id)
{
	static _Thread_local char name[96];
	size_t count;
	const struct member_era *newest = members_eras(id, &count);

	snprintf(name, sizeof(name), "%s.%s", newest->type, newest->path);
	return name;
}
