/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TYPES_BTF_SECTION
#define TRIAGE_KERNEL_TYPES_BTF_SECTION

#include "kernel/types/types.h"

/*
 * A .BTF section taken apart (Documentation/bpf/btf.rst, include/uapi/linux/btf.h): btf.c checks
 * and indexes it, btf_types.c makes types of its records.
 */
enum btf_kind {
	BTF_INT = 1,
	BTF_PTR,
	BTF_ARRAY,
	BTF_STRUCT,
	BTF_UNION,
	BTF_ENUM,
	BTF_FWD,
	BTF_TYPEDEF,
	BTF_VOLATILE,
	BTF_CONST,
	BTF_RESTRICT,
	BTF_FUNC,
	BTF_FUNC_PROTO,
	BTF_VAR,
	BTF_DATASEC,
	BTF_FLOAT,
	BTF_DECL_TAG,
	BTF_TYPE_TAG,
	BTF_ENUM64,
	BTF_KINDS,
};

struct btf {
	struct type_provider provider;
	struct btf *base; /* the kernel's, under a module's */
	uint8_t *data;	  /* the whole section */
	const uint8_t *types;
	const char *strings;
	uint32_t types_size, strings_size;
	const uint8_t *layout; /* the shapes of all kinds as the section itself has them, or NULL */
	uint32_t layout_kinds;
	uint32_t first_id, end_id; /* ids of this section; below first_id they are base's */
	uint32_t first_string;	   /* likewise for offsets of strings */
	uint32_t *where;	   /* offset into types by id - first_id */
	uint32_t *names;	   /* hash table of ids, 0 is free; NULL until first asked */
	uint32_t names_mask;
};

/* One record, unpacked. id 0 stands for void. */
struct record {
	const struct btf *btf;
	enum btf_kind kind;
	bool kind_flag;
	uint32_t id, vlen;
	uint32_t name; /* offset of the name */
	uint32_t size_or_type;
	const uint8_t *parts; /* what follows the head */
};

extern const struct type_ops btf_ops;

static inline struct btf *btf_of(struct type_provider *provider)
{
	return (struct btf *)provider;
}

/* False for an id that is none; 0, void, has no record. */
bool btf_record(const struct btf *btf, uint64_t id, struct record *ret);
/* NULL for the empty name and for offsets outside. */
const char *btf_string(const struct btf *btf, uint32_t offset);
/* Walk what has a name (by exact match, in order of ids); false on out-of-memory. */
bool btf_start_names(struct btf *btf, const char *name, uint32_t *slot);
bool btf_next_named(struct btf *btf, const char *name, uint32_t *slot, struct record *ret);
void btf_close(struct type_provider *provider);

#endif
