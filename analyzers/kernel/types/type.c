/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be asked of one type, whichever provider it is from: members by path and by offset. */
#include "kernel/types/type.h"

#include <stdio.h>
#include <string.h>

#include "base/parse.h"

/* Types come out of the dump: a struct may hold itself a million times over. */
#define DEPTH_MAX 24
#define VISITED_MAX 200000

const char *type_name(struct type type)
{
	return type.provider ? type.provider->ops->type_name(type.provider, type) : NULL;
}

uint64_t type_size(struct type type)
{
	return type.provider ? type.provider->ops->size(type.provider, type) : 0;
}

struct type type_target(struct type type)
{
	return type.provider ? type.provider->ops->target(type.provider, type) : (struct type){0};
}

size_t type_count(struct type type)
{
	return type.provider ? type.provider->ops->count(type.provider, type) : 0;
}

bool type_member_at(struct type type, size_t i, struct member *ret)
{
	return type.provider && type.provider->ops->member(type.provider, type, i, ret);
}

static bool is_record(struct type type)
{
	return type.kind == TYPE_STRUCT || type.kind == TYPE_UNION;
}

/* Every member looked at costs one; false when all is spent. */
static bool spend(unsigned *budget)
{
	return *budget && (*budget)--;
}

/* --- by path ---------------------------------------------------------------------------------- */

/* A member of this name, also inside anonymous members; its offset is from the start of type. */
static bool find_named(struct type type, const char *name, size_t length, unsigned depth,
		       unsigned *budget, struct member *ret)
{
	size_t count = is_record(type) ? type_count(type) : 0;
	struct member member;

	for (size_t i = 0; i < count && spend(budget) && type_member_at(type, i, &member); i++) {
		if (member.name && *member.name) {
			if (strncmp(member.name, name, length) || member.name[length])
				continue;
			*ret = member;
			return true;
		}
		if (depth < DEPTH_MAX &&
		    find_named(member.type, name, length, depth + 1, budget, ret)) {
			ret->bit_offset += member.bit_offset;
			return true;
		}
	}
	return false;
}

/* Steps over "[3][4]" at *path, moving member to that element. */
static bool take_indices(const char **path, struct member *member)
{
	while (**path == '[') {
		const char *end = strchr(*path, ']');
		struct type element = type_target(member->type);
		uint64_t index, size = type_size(element);

		if (!end || member->type.kind != TYPE_ARRAY ||
		    !parse_dec(*path + 1, (size_t)(end - *path - 1), &index))
			return false;
		size_t count = type_count(member->type);
		if ((count && index >= count) || (size && index > UINT32_MAX / size))
			return false;
		member->bit_offset += index * size * 8;
		member->type = element;
		member->bit_size = 0;
		*path = end + 1;
	}
	return true;
}

bool type_find_member(struct type type, const char *path, struct member *ret)
{
	struct member at = {.type = type};
	unsigned budget = VISITED_MAX;

	/* What was probed has members of members, whose own type is not known, by their whole path. */
	if (strchr(path, '.') && find_named(type, path, strlen(path), 0, &budget, ret))
		return true;
	budget = VISITED_MAX;
	do {
		size_t length = strcspn(path, ".[");
		struct member next;

		if (!length || !find_named(at.type, path, length, 0, &budget, &next))
			return false;
		next.bit_offset += at.bit_offset;
		path += length;
		if (!take_indices(&path, &next))
			return false;
		at = next;
	} while (*path == '.' && path++);
	*ret = at;
	return !*path;
}

/* --- by offset -------------------------------------------------------------------------------- */

/* What is spelled out so far, cut to fit. */
struct spelling {
	char *buf;
	size_t size, length;
};

static void add(struct spelling *out, const char *before, const char *what)
{
	int length =
		snprintf(out->buf + out->length, out->size - out->length, "%s%s", before, what);

	if (length > 0)
		out->length = MIN(out->length + (size_t)length, out->size - 1);
}

/* A flexible array, last in its struct, reaches as far as its object does. */
static bool is_flexible(struct type record, size_t i, const struct member *member)
{
	return record.kind == TYPE_STRUCT && i + 1 == type_count(record) &&
	       member->type.kind == TYPE_ARRAY && !type_count(member->type);
}

static bool covers(struct type record, size_t i, const struct member *member, uint64_t offset)
{
	uint64_t first = member->bit_offset / 8;
	uint64_t bits = member->bit_size ? member->bit_size : type_size(member->type) * 8;

	if (offset < first)
		return false;
	if (is_flexible(record, i, member))
		return true;
	return bits && offset <= (member->bit_offset + bits - 1) / 8;
}

/* Moves *at to its member that covers offset (from the outermost type's start). */
static bool descend_record(struct member *at, uint64_t offset, struct spelling *out,
			   unsigned *budget)
{
	size_t count = type_count(at->type);
	uint64_t inside = offset - at->bit_offset / 8;
	struct member member;

	for (size_t i = 0; i < count && spend(budget) && type_member_at(at->type, i, &member);
	     i++) {
		if (!covers(at->type, i, &member, inside))
			continue;
		if (member.name && *member.name)
			add(out, out->length ? "." : "", member.name);
		member.bit_offset += at->bit_offset;
		*at = member;
		return true;
	}
	return false;
}

static bool descend_array(struct member *at, uint64_t offset, struct spelling *out)
{
	struct type element = type_target(at->type);
	uint64_t size = type_size(element);
	char index[32];

	if (!size)
		return false;
	uint64_t i = (offset - at->bit_offset / 8) / size;
	snprintf(index, sizeof(index), "[%llu]", (unsigned long long)i);
	add(out, index, "");
	at->type = element;
	at->bit_offset += i * size * 8;
	return true;
}

bool type_describe_offset(struct type type, uint64_t offset, char *buf, size_t size,
			  struct member *ret)
{
	struct spelling out = {buf, size, 0};
	struct member at = {.type = type};
	unsigned budget = VISITED_MAX;

	buf[0] = '\0';
	if (!is_record(type) || offset > UINT32_MAX)
		return false;
	for (unsigned depth = 0; depth < DEPTH_MAX; depth++) {
		bool further = is_record(at.type) ? descend_record(&at, offset, &out, &budget)
			       : at.type.kind == TYPE_ARRAY ? descend_array(&at, offset, &out)
							    : false;

		if (further)
			continue;
		*ret = at;
		/* Stuck in a struct or array: padding, or what has no size. */
		return out.length && !is_record(at.type) && at.type.kind != TYPE_ARRAY;
	}
	return false;
}

/* --- in C ------------------------------------------------------------------------------------- */

static void format(struct type type, struct spelling *out, unsigned depth);

static void format_pointer(struct type type, struct spelling *out, unsigned depth)
{
	struct type target = type_target(type);

	if (target.kind == TYPE_FUNCTION) {
		format(type_target(target), out, depth + 1);
		add(out, " (*)(...)", "");
		return;
	}
	format(target, out, depth + 1);
	add(out, out->length && out->buf[out->length - 1] == '*' ? "" : " ", "*");
}

static void format_array(struct type type, struct spelling *out, unsigned depth)
{
	char count[32];

	format(type_target(type), out, depth + 1);
	snprintf(count, sizeof(count), "[%zu]", type_count(type));
	add(out, count, "");
}

static void format(struct type type, struct spelling *out, unsigned depth)
{
	static const char *const keyword[] = {
		[TYPE_STRUCT] = "struct ", [TYPE_UNION] = "union ", [TYPE_ENUM] = "enum "};
	const char *name = type_name(type);

	if (depth > DEPTH_MAX) {
		add(out, "...", "");
	} else if (type.kind == TYPE_POINTER) {
		format_pointer(type, out, depth);
	} else if (type.kind == TYPE_ARRAY) {
		format_array(type, out, depth);
	} else if (type.kind == TYPE_FUNCTION) {
		format(type_target(type), out, depth + 1);
		add(out, " (...)", "");
	} else if (type.kind == TYPE_VOID || type.kind == TYPE_NONE) {
		add(out, "void", "");
	} else {
		const char *before = type.kind < ARRAY_SIZE(keyword) ? keyword[type.kind] : NULL;

		add(out, before ? before : "", name && *name ? name : "{...}");
	}
}

void type_format(struct type type, char *buf, size_t size)
{
	struct spelling out = {buf, size, 0};

	buf[0] = '\0';
	format(type, &out, 0);
}
