/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TYPES_TYPE
#define TRIAGE_KERNEL_TYPES_TYPE

#include <stddef.h>

#include "base/error.h"

/*
 * One model of C types behind several providers: BTF out of dump memory (btf.h), DWARF of a vmlinux
 * (dwarf.h). Types are small values; names belong to the provider.
 */
enum type_kind {
	TYPE_NONE, /* no such type */
	TYPE_VOID,
	TYPE_INT, /* integers, bool, char */
	TYPE_FLOAT,
	TYPE_ENUM,
	TYPE_POINTER,
	TYPE_ARRAY,
	TYPE_STRUCT,
	TYPE_UNION,
	TYPE_FUNCTION,
};

struct type_provider;

/* A type with typedefs, const and volatile stripped. */
struct type {
	struct type_provider *provider;
	uint64_t id; /* the provider's own */
	enum type_kind kind;
};

struct member {
	const char *name; /* NULL for an anonymous one */
	struct type type;
	uint64_t bit_offset; /* from the start of the type it was asked of */
	uint64_t bit_size;   /* of a bit-field; else 0 */
};

static inline uint64_t member_offset(const struct member *member)
{
	return member->bit_offset / 8;
}

struct type_ops {
	const char *name; /* "btf", "dwarf" */
	/* A complete type is preferred; kind TYPE_NONE is any kind but functions. */
	struct type (*find)(struct type_provider *p, enum type_kind kind, const char *name);
	/* Type of a function or variable by its symbol name; TYPE_NONE when unknown. */
	struct type (*find_symbol)(struct type_provider *p, const char *name);
	const char *(*type_name)(struct type_provider *p, struct type type);
	uint64_t (*size)(struct type_provider *p, struct type type);
	/* Pointee, array element, function's return type. */
	struct type (*target)(struct type_provider *p, struct type type);
	/* Members of a struct or union, parameters of a function, elements of an array. */
	size_t (*count)(struct type_provider *p, struct type type);
	bool (*member)(struct type_provider *p, struct type type, size_t i, struct member *ret);
	bool (*enumerator)(struct type_provider *p, struct type type, size_t i, const char **name,
			   uint64_t *value);
	/*
	 * Whether under this name it has all that is ever asked for, so that what it lacks the kernel
	 * lacks. NULL: that is known of no name.
	 */
	bool (*tells_all)(struct type_provider *p, const char *name);
	void (*close)(struct type_provider *p);
};

/* Embedded first in each provider's own struct. */
struct type_provider {
	const struct type_ops *ops;
	char module[64]; /* "" for the kernel itself */
};

const char *type_name(struct type type); /* NULL for anonymous ones */
uint64_t type_size(struct type type);	 /* bytes; 0 for void, functions, incomplete */
struct type type_target(struct type type);
size_t type_count(struct type type);
bool type_member_at(struct type type, size_t i, struct member *ret);
/*
 * By path, "mm.mmap_lock", "list" or "mem[0].base"; looks into anonymous members; does not follow
 * pointers. An index must lie inside its array, unless that is a flexible one.
 */
bool type_find_member(struct type type, const char *path, struct member *ret);
/*
 * The reverse: the path of the innermost member that covers a byte offset, "fq" or
 * "queue.next" or "ctxs[3]", into buf. Bounded depth. False when offset is padding or outside.
 */
bool type_describe_offset(struct type type, uint64_t offset, char *buf, size_t size,
			  struct member *ret);
/* C spelling, "struct blk_flush_queue *", into buf. */
void type_format(struct type type, char *buf, size_t size);

#endif
