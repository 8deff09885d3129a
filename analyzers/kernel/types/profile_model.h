/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TYPES_PROFILE_MODEL
#define TRIAGE_KERNEL_TYPES_PROFILE_MODEL

#include "kernel/types/type.h"

/*
 * The types of a profile, as a provider: records (structures, unions, enumerations) that hold no more
 * than the members that analyzers ask for. All names and numbers may come from a file: everything is
 * bounded here, ERR_LIMIT beyond, and what cannot be is ERR_CORRUPT.
 */
struct profile_model;

#define PROFILE_NAME_MAX 120 /* bytes of a name */

/* A type is a number: of one of these. 0 is void. */
struct profile_type {
	enum type_kind kind;
	uint64_t size;	 /* of INT, FLOAT, ENUM, in bytes */
	uint64_t count;	 /* elements of an ARRAY; 0 for a flexible one */
	uint32_t target; /* type of an ARRAY's element; what a POINTER leads to */
	uint32_t record; /* of STRUCT and UNION */
};

struct profile_member {
	char *name;
	uint64_t value; /* offset in bits; of an enumeration the name's value */
	uint8_t bits;	/* of a bit-field; else 0 */
	uint32_t type;
};

/* A name with a dot in it, "signal_struct.rlim", is none in the source: the record is anonymous. */
struct profile_record {
	enum type_kind kind; /* STRUCT, UNION, ENUM; NONE is another name for alias */
	char *name;
	uint64_t size;
	bool defined; /* and not just pointed to */
	uint32_t alias;
	struct profile_member *members;
	size_t count;
};

struct err *profile_model_open(struct profile_model **ret);
struct type_provider *profile_model_provider(struct profile_model *model);
void profile_model_close(struct profile_model *model);
/* It was made by who asks for the same types: see tells_all() of struct type_ops. */
void profile_model_set_whole(struct profile_model *model);
DEFINE_CLEANUP(struct profile_model, profile_model_close)

/* The record of this kind and name, made when it is new. */
struct err *profile_model_record(struct profile_model *model, enum type_kind kind, const char *name,
				 uint32_t *ret);
/* Give a record its size in bytes. A second time it must be the same. */
struct err *profile_model_define(struct profile_model *model, uint32_t record, uint64_t size);
/* The type, made when it is new. */
struct err *profile_model_type(struct profile_model *model, const struct profile_type *type,
			       uint32_t *ret);
/*
 * Add a member, of a defined record whose size it must fit; member->name is copied. One that is there
 * already is left as it is.
 */
struct err *profile_model_add(struct profile_model *model, uint32_t record,
			      const struct profile_member *member);
/* name is another one of the type, as by a typedef. */
struct err *profile_model_alias(struct profile_model *model, const char *name, uint32_t type);
/* All that is pointed into or held must be defined: ERR_CORRUPT when something is not. */
struct err *profile_model_check(const struct profile_model *model);

size_t profile_model_count(const struct profile_model *model);
const struct profile_record *profile_model_at(const struct profile_model *model, size_t record);
const struct profile_type *profile_model_type_at(const struct profile_model *model, uint32_t type);

#endif
