/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_BTF_BUILD_H
#define TRIAGE_BTF_BUILD_H

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "kernel/types/btf.h"
#include "kernel/types/members.h"
#include "unit.h"

/*
 * Writes .BTF sections for tests (Documentation/bpf/btf.rst). Each function returns the id of the
 * type it adds. Zero-initialise; for a split section set first_id and first_string.
 */
struct btf_build {
	struct str types, strings;
	uint32_t count, first_id, first_string;
};

enum {
	B_INT = 1,
	B_PTR,
	B_ARRAY,
	B_STRUCT,
	B_UNION,
	B_ENUM,
	B_FWD,
	B_TYPEDEF,
	B_VOLATILE,
	B_CONST,
	B_RESTRICT,
	B_FUNC,
	B_FUNC_PROTO,
	B_VAR,
	B_DATASEC,
	B_FLOAT,
	B_DECL_TAG,
	B_TYPE_TAG,
	B_ENUM64,
};
#define B_KIND_FLAG 0x80000000u

static inline uint32_t b_string(struct btf_build *b, const char *text)
{
	if (!b->strings.length && !b->first_string)
		str_append(&b->strings, "", 1);
	if (!text)
		return 0;
	uint32_t at = b->first_string + (uint32_t)b->strings.length;
	str_append(&b->strings, text, strlen(text) + 1);
	return at;
}

static inline void b_u32(struct btf_build *b, uint32_t value)
{
	str_append(&b->types, (char *)&value, 4);
}

static inline uint32_t b_head(struct btf_build *b, const char *name, uint32_t info, uint32_t last)
{
	b_u32(b, b_string(b, name));
	b_u32(b, info);
	b_u32(b, last);
	return (b->first_id ? b->first_id : 1) + b->count++;
}

/* What consists of a head alone: pointers, typedefs, qualifiers, functions, floats, forwards. */
static inline uint32_t b_plain(struct btf_build *b, uint32_t kind, const char *name, uint32_t last)
{
	return b_head(b, name, kind << 24, last);
}

static inline uint32_t b_int(struct btf_build *b, const char *name, uint32_t size)
{
	uint32_t id = b_head(b, name, B_INT << 24, size);

	b_u32(b, size * 8);
	return id;
}

static inline uint32_t b_array(struct btf_build *b, uint32_t element, uint32_t count)
{
	uint32_t id = b_head(b, NULL, B_ARRAY << 24, 0);

	b_u32(b, element);
	b_u32(b, element);
	b_u32(b, count);
	return id;
}

/* A struct or union; each member is (name, type, offset word). */
static inline uint32_t b_record(struct btf_build *b, uint32_t kind_and_flag, const char *name,
				uint32_t size, unsigned count, ...)
{
	uint32_t flag = kind_and_flag & B_KIND_FLAG, kind = kind_and_flag & ~B_KIND_FLAG;
	uint32_t id = b_head(b, name, flag | kind << 24 | count, size);
	va_list args;

	va_start(args, count);
	for (unsigned i = 0; i < count; i++) {
		b_u32(b, b_string(b, va_arg(args, const char *)));
		b_u32(b, va_arg(args, uint32_t));
		b_u32(b, va_arg(args, uint32_t));
	}
	va_end(args);
	return id;
}

/* The whole section, malloc'd. */
static inline void *b_finish(struct btf_build *b, size_t *size)
{
	b_string(b, NULL);
	uint32_t header[6] = {0x0001eb9f,
			      24,
			      0,
			      (uint32_t)b->types.length,
			      (uint32_t)b->types.length,
			      (uint32_t)b->strings.length};
	char *data = malloc(sizeof(header) + b->types.length + b->strings.length);

	memcpy(data, header, sizeof(header));
	if (b->types.length)
		memcpy(data + sizeof(header), b->types.data, b->types.length);
	if (b->strings.length)
		memcpy(data + sizeof(header) + b->types.length, b->strings.data, b->strings.length);
	*size = sizeof(header) + b->types.length + b->strings.length;
	str_deinit(&b->types);
	str_deinit(&b->strings);
	return data;
}

/* The types of the section; base for a module's, else NULL. */
static inline struct type_provider *b_open(struct btf_build *b, struct type_provider *base,
					   const char *module)
{
	struct type_provider *provider;
	size_t size;
	void *data = b_finish(b, &size);

	assert_ok(btf_open(data, size, base, module, &provider));
	return provider;
}

/* Make them the types of a kernel, for types_close() and members_close(). */
static inline void b_open_kernel(struct btf_build *b, struct types **types,
				 struct members **members)
{
	assert_ok(types_open(types));
	assert_ok(types_add(*types, b_open(b, NULL, "")));
	assert_ok(members_open(*types, members));
}

#endif
