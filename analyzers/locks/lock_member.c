/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which member of a type a lock is: found by its offset, through structs, unions and arrays. */
#include "locks/lock_member.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "kernel/types/lock_type.h"

#define MEMBER_DEPTH 12
#define MEMBERS_MAX 20000 /* looked at: types come from the dump too */

struct search {
	uint64_t offset; /* wanted, from the outermost type's start */
	char path[128];
	unsigned budget;
};

static bool search_type(struct search *search, struct type type, uint64_t base, unsigned depth);

static bool search_array(struct search *search, struct type array, uint64_t base, unsigned depth)
{
	struct type element = type_target(array);
	uint64_t size = type_size(element), used = strlen(search->path);

	if (!size)
		return false;
	uint64_t i = (search->offset - base) / size;
	snprintf(search->path + used, sizeof(search->path) - used, "[%" PRIu64 "]", i);
	return search_type(search, element, base + i * size, depth + 1);
}

/* All members that cover the offset are tried: a union has several. */
static bool search_record(struct search *search, struct type record, uint64_t base, unsigned depth)
{
	size_t count = type_count(record), used = strlen(search->path);
	struct member member;

	for (size_t i = 0; i < count && type_member_at(record, i, &member); i++) {
		uint64_t at = base + member_offset(&member);

		if (!search->budget-- || search->budget > MEMBERS_MAX)
			return false;
		if (search->offset < at || search->offset - at >= type_size(member.type))
			continue;
		if (member.name && *member.name)
			snprintf(search->path + used, sizeof(search->path) - used, "%s%s",
				 used ? "." : "", member.name);
		if (search_type(search, member.type, at, depth + 1))
			return true;
		search->path[used] = '\0';
	}
	return false;
}

/* The outermost lock that begins at the offset: a mutex, not the spinlock in it. */
static bool search_type(struct search *search, struct type type, uint64_t base, unsigned depth)
{
	if (base == search->offset && lock_type_is(type))
		return true;
	if (depth == MEMBER_DEPTH)
		return false;
	if (type.kind == TYPE_ARRAY)
		return search_array(search, type, base, depth);
	return (type.kind == TYPE_STRUCT || type.kind == TYPE_UNION) &&
	       search_record(search, type, base, depth);
}

bool lock_member_find(struct type type, uint64_t offset, char *path, size_t size)
{
	struct search search = {.offset = offset, .budget = MEMBERS_MAX};

	if (offset >= type_size(type) || !search_type(&search, type, 0, 0))
		return false;
	copy_string(path, size, search.path);
	return true;
}
