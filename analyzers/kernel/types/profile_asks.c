/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What profiles hold: the tables of what analyzers ask for. */
#include "kernel/types/profile_asks.h"

#include <string.h>

#include "base/hash.h"
#include "kernel/types/members.h"
#include "kernel/types/type.h"

/* Types by name, and what is asked of each, for the hash. */
static const struct {
	const char *type, *what;
} asked[] = {
#define PROFILE_TYPE(kind, name) {name, "size"},
#define PROFILE_PATH(type, path) {type, path},
#define PROFILE_WHOLE(kind, name) {name, "whole"},
#define PROFILE_LOCKS(type) {type, "locks"},
#include "kernel/types/profile_types.def"
#undef PROFILE_TYPE
#undef PROFILE_PATH
#undef PROFILE_WHOLE
#undef PROFILE_LOCKS
};

static bool table_has(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(asked); i++)
		if (!strcmp(asked[i].type, name))
			return true;
	return false;
}

bool profile_asks(const char *name)
{
	const struct member_era *era;

	for (size_t i = 0; (era = members_era(i)); i++)
		if (!strcmp(era->type, name))
			return true;
	return table_has(name);
}

uint64_t profile_asks_hash(void)
{
	const struct member_era *era;
	uint64_t hash = 0;

	for (size_t i = 0; (era = members_era(i)); i++)
		hash = (hash + hash_string(era->type)) * 31 + hash_string(era->path);
	for (size_t i = 0; i < ARRAY_SIZE(asked); i++)
		hash = (hash + hash_string(asked[i].type)) * 31 + hash_string(asked[i].what);
	return hash;
}
