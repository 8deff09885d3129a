/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TYPES_TYPES
#define TRIAGE_KERNEL_TYPES_TYPES

#include "base/error.h"

/*
 * One neutral model of C types behind several providers: BTF out of dump memory (btf.c), DWARF of
 * a vmlinux (dwarf.c). Types are small values; names belong to the provider.
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
	struct type (*find)(struct type_provider *p, enum type_kind kind, const char *name);
	/* A complete type is preferred; kind TYPE_NONE is any kind but functions. */
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
	void (*close)(struct type_provider *p);
};

/* Embedded first in each provider's own struct. */
struct type_provider {
	const struct type_ops *ops;
	char module[64]; /* "" for the kernel itself */
};

/* The providers of one kernel, asked in the order they were added; absent names are remembered. */
struct types;
struct err *types_open(struct types **ret);
/* Takes the provider over, also on error. */
struct err *types_add(struct types *types, struct type_provider *provider);
void types_close(struct types *types);
DEFINE_CLEANUP(struct types, types_close)
bool types_any(const struct types *types);
/* Grows with each provider added: an answer "absent" given before may not hold any more. */
size_t types_generation(const struct types *types);
const char *types_source(const struct types *types); /* "btf", "dwarf", "btf+dwarf" or "none" */

/* kind TYPE_NONE: any kind; typedef names are found too and resolved. TYPE_NONE when absent. */
struct type types_find(struct types *types, enum type_kind kind, const char *name);
struct type types_find_struct(struct types *types, const char *name);
/*
 * From one module's own types first (module may be "" or NULL); its BTF is read from the dump when
 * it is first asked for.
 */
struct type types_find_in(struct types *types, const char *module, enum type_kind kind,
			  const char *name);
struct type types_find_symbol(struct types *types, const char *name);
/* The same, from one module's own types first. */
struct type types_find_symbol_in(struct types *types, const char *module, const char *name);
bool types_enumerator(struct types *types, const char *enum_name, const char *name, uint64_t *ret);

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

struct kernel;
/* The kernel's own BTF out of dump memory (symbols __start_BTF, __stop_BTF) into kernel->types. */
struct err *types_open_btf(struct kernel *kernel);

/*
 * Providers. BTF: data is a whole .BTF section, malloc'd, taken over also on error; base is the
 * kernel's BTF for a module's split one (it must outlive this one), else NULL.
 */
struct err *btf_open(void *data, size_t size, struct type_provider *base, const char *module,
		     struct type_provider **ret);
/* fd stays the caller's and must stay open. ERR_NOT_FOUND when the file has no debug information. */
struct err *dwarf_open(int fd, struct type_provider **ret);
/* DWARF alone: source place of a link-time address; inline chain innermost first; 0 if unknown. */
struct source_line {
	char file[256];
	unsigned line;
	char function[128];
};
size_t dwarf_lines(struct type_provider *dwarf, uint64_t address, struct source_line *ret,
		   size_t max);

#endif
