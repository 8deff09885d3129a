/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TYPES_BTF_SECTION
#define TRIAGE_KERNEL_TYPES_BTF_SECTION

#include "base/error.h"

/* A .BTF section taken apart (Documentation/bpf/btf.rst, include/uapi/linux/btf.h). */
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

struct btf_section {
	const struct btf_section *base; /* the kernel's, under a module's; else NULL */
	uint8_t *data;			/* all of it */
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
struct btf_record {
	const struct btf_section *section;
	enum btf_kind kind;
	bool kind_flag;
	uint32_t id, vlen;
	uint32_t name; /* offset of the name */
	uint32_t size_or_type;
	const uint8_t *parts; /* what follows the head */
};

/*
 * Check and index size bytes, malloc'd, that are taken over, also on error. base must outlive it.
 * ERR_CORRUPT for what is no BTF, ERR_UNSUPPORTED for another version of it. Whatever comes of it,
 * btf_section_deinit() has to follow.
 */
struct err *btf_section_init(struct btf_section *section, void *data, size_t size,
			     const struct btf_section *base);
void btf_section_deinit(struct btf_section *section);
/* False for an id that is none; 0, void, has no record. */
bool btf_section_record(const struct btf_section *section, uint64_t id, struct btf_record *ret);
/* NULL for the empty name and for offsets outside. */
const char *btf_section_string(const struct btf_section *section, uint32_t offset);
/* Walk the records of this very name, in order of their ids. False on out-of-memory. */
bool btf_section_start_names(struct btf_section *section, const char *name, uint32_t *slot);
bool btf_section_next_named(const struct btf_section *section, const char *name, uint32_t *slot,
			    struct btf_record *ret);

#endif
