/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads members of objects and variables of the dead kernel. */
#include "kernel/types/object.h"

#include "base/parse.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/members.h"
#include "kernel/types/types.h"

/* Where a member's bytes lie in its object and how its value is cut out of them. */
struct span {
	uint64_t offset;
	size_t bytes; /* 1 … 8 to be read */
	unsigned shift, bits;
};

static bool span_of(const struct member *member, struct span *ret)
{
	uint64_t size = type_size(member->type);

	if (member->bit_size) {
		ret->shift = member->bit_offset % 8;
		ret->bits = (unsigned)member->bit_size;
		ret->bytes = (ret->shift + member->bit_size + 7) / 8;
	} else {
		ret->shift = 0;
		ret->bits = size <= 8 ? (unsigned)size * 8 : 0;
		ret->bytes = size <= 8 ? (size_t)size : 0;
	}
	ret->offset = member_offset(member);
	return ret->bytes >= 1 && ret->bytes <= 8 && ret->bits >= 1 && ret->bits <= 64;
}

static uint64_t cut(const struct span *span, uint64_t raw)
{
	raw >>= span->shift;
	return span->bits == 64 ? raw : raw & ((UINT64_C(1) << span->bits) - 1);
}

static struct err *read_span(struct kernel *kernel, uint64_t object, const struct span *span,
			     uint64_t *ret)
{
	uint64_t raw;

	TRY(memory_read_uint(kernel->memory, object + span->offset, span->bytes, &raw));
	*ret = cut(span, raw);
	return NULL;
}

static struct err *find_member(struct kernel *kernel, enum member_id id, const struct member **ret)
{
	*ret = members_get(kernel->members, id);
	return *ret ? NULL
		    : err_new(ERR_NOT_FOUND, "no %s among this kernel's types", members_name(id));
}

static struct err *find_span(struct kernel *kernel, enum member_id id, struct span *ret)
{
	const struct member *member;

	TRY(find_member(kernel, id, &member));
	return span_of(member, ret) ? NULL
				    : err_new(ERR_INVALID, "%s is no number", members_name(id));
}

struct err *member_read(struct kernel *kernel, uint64_t object, enum member_id id, uint64_t *ret)
{
	struct span span;

	TRY(find_span(kernel, id, &span));
	return err_wrap(read_span(kernel, object, &span, ret), "%s", members_name(id));
}

struct err *member_read_signed(struct kernel *kernel, uint64_t object, enum member_id id,
			       int64_t *ret)
{
	struct span span;
	uint64_t value = 0;

	TRY(find_span(kernel, id, &span));
	TRY(err_wrap(read_span(kernel, object, &span, &value), "%s", members_name(id)));
	*ret = (int64_t)(value << (64 - span.bits)) >> (64 - span.bits);
	return NULL;
}

struct err *member_read_string(struct kernel *kernel, uint64_t object, enum member_id id, char *buf,
			       size_t size)
{
	const struct member *member;

	TRY(find_member(kernel, id, &member));
	size_t length = MIN(type_size(member->type), size - 1);
	buf[0] = '\0';
	TRY(err_wrap(memory_read(kernel->memory, object + member_offset(member), buf, length), "%s",
		     members_name(id)));
	buf[length] = '\0';
	return NULL;
}

struct err *object_read(struct kernel *kernel, struct type type, uint64_t object, const char *path,
			uint64_t *ret)
{
	const char *name = type_name(type);
	struct member member;
	struct span span;

	if (!type_find_member(type, path, &member))
		return err_new(ERR_NOT_FOUND, "no %s.%s among this kernel's types",
			       name ? name : "?", path);
	if (!span_of(&member, &span))
		return err_new(ERR_INVALID, "%s.%s is no number", name ? name : "?", path);
	return err_wrap(read_span(kernel, object, &span, ret), "%s.%s", name ? name : "?", path);
}

bool member_get(struct kernel *kernel, const void *bytes, size_t length, enum member_id id,
		uint64_t *ret)
{
	const struct member *member = members_get(kernel->members, id);
	struct span span;

	if (!member || !span_of(member, &span) || span.offset > length ||
	    span.bytes > length - span.offset)
		return false;
	*ret = cut(&span, load_uint((const char *)bytes + span.offset, span.bytes));
	return true;
}

struct err *variable_read(struct kernel *kernel, const char *symbol, size_t size, uint64_t *ret)
{
	uint64_t address;

	if (!kernel->symbols || !symbols_find(kernel->symbols, symbol, &address))
		return err_new(ERR_NOT_FOUND, "no symbol %s", symbol);
	return err_wrap(memory_read_uint(kernel->memory, address, size, ret), "%s", symbol);
}
