/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads members and variables of the dead kernel, and walks its lists. */
#include "kernel/types/object.h"

#include <string.h>

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

/* --- walks ------------------------------------------------------------------------------------ */

/*
 * Brent: the tortoise waits at a node while the walk goes on, and moves up to it whenever the walk
 * has gone twice as far as before. A ring is noticed within three times its length.
 */
static struct err *check_step(uint64_t node, size_t *steps, size_t max, uint64_t *tortoise,
			      uint64_t *power)
{
	if (node == *tortoise)
		return err_at(ERR_LOOP, node, "the list comes back to a node");
	if (*steps >= max)
		return err_at(ERR_LIMIT, node, "the list goes on after %zu nodes", max);
	if (++*steps == *power) {
		*tortoise = node;
		*power *= 2;
	}
	return NULL;
}

void list_walk_init(struct list_walk *walk, struct kernel *kernel, uint64_t head, size_t max)
{
	*walk = (struct list_walk){.kernel = kernel,
				   .head = head,
				   .node = head,
				   .max = max,
				   .tortoise = head,
				   .power = 1};
}

static struct err *list_step(struct list_walk *walk, bool *end)
{
	uint64_t next, prev;

	TRY(member_read(walk->kernel, walk->node, MEMBER_LIST_NEXT, &next));
	*end = next == walk->head;
	if (*end)
		return NULL;
	TRY(check_step(next, &walk->steps, walk->max, &walk->tortoise, &walk->power));
	TRY(member_read(walk->kernel, next, MEMBER_LIST_PREV, &prev));
	if (prev != walk->node)
		return err_at(ERR_CORRUPT, next, "the list's back-pointer is broken");
	walk->node = next;
	return NULL;
}

bool list_walk_next(struct list_walk *walk)
{
	bool end = false;

	if (walk->err)
		return false;
	walk->err = list_step(walk, &end);
	return !walk->err && !end;
}

void list_walk_deinit(struct list_walk *walk)
{
	err_free(walk->err);
	walk->err = NULL;
}

void chain_walk_init(struct chain_walk *walk, struct kernel *kernel, uint64_t first,
		     uint64_t next_offset, size_t max)
{
	*walk = (struct chain_walk){.kernel = kernel,
				    .first = first,
				    .next_offset = next_offset,
				    .max = max,
				    .tortoise = UINT64_MAX,
				    .power = 1};
}

static struct err *chain_step(struct chain_walk *walk, bool *end)
{
	uint64_t next = walk->first;

	if (walk->steps) {
		TRY(memory_read_u64(walk->kernel->memory, walk->node + walk->next_offset, &next));
		*end = next == walk->first;
	}
	*end |= !next;
	if (*end)
		return NULL;
	TRY(check_step(next, &walk->steps, walk->max, &walk->tortoise, &walk->power));
	walk->node = next;
	return NULL;
}

bool chain_walk_next(struct chain_walk *walk)
{
	bool end = false;

	if (walk->err)
		return false;
	walk->err = chain_step(walk, &end);
	return !walk->err && !end;
}

void chain_walk_deinit(struct chain_walk *walk)
{
	err_free(walk->err);
	walk->err = NULL;
}
