/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TYPES_PROBED
#define TRIAGE_KERNEL_TYPES_PROBED

#include "kernel/types/type.h"

struct types;

/*
 * A provider of types that nobody described: structures known only by the members that were found
 * in the dead kernel itself (kernel/probe), and those that hardware and ABI fix.
 */
struct err *probed_open(struct type_provider **ret);
/* Open one, let fill() add what it finds, and give it to types; on error nothing is given. */
struct err *probed_provide(struct types *types,
			   struct err *(*fill)(void *context, struct type_provider *types),
			   void *context);

/* What a member is. */
struct probed_value {
	enum type_kind kind; /* INT, POINTER, ARRAY, STRUCT */
	uint64_t size;	     /* bytes; of a STRUCT its own size counts */
	const char *type;    /* of a STRUCT, which must be known already; else NULL */
};
#define PROBED_NUMBER(size_) ((struct probed_value){TYPE_INT, (size_), NULL})
#define PROBED_POINTER ((struct probed_value){TYPE_POINTER, 8, NULL})
#define PROBED_CHARS(size_) ((struct probed_value){TYPE_ARRAY, (size_), NULL})
/* An array of a structure that is known already, size_ bytes in all. */
#define PROBED_ARRAY(type_, size_) ((struct probed_value){TYPE_ARRAY, (size_), (type_)})
#define PROBED_STRUCT(type_) ((struct probed_value){TYPE_STRUCT, 0, (type_)})

/*
 * Add a member at a byte offset to a structure, which is made when it is new and grows to hold it.
 * Names are borrowed and must be literals. Bounded: ERR_LIMIT beyond.
 */
struct err *probed_add(struct type_provider *provider, const char *type, const char *member,
		       uint64_t offset, struct probed_value value);
/* One name of an enumeration, which is made when it is new. */
struct err *probed_add_enumerator(struct type_provider *provider, const char *type,
				  const char *name, uint64_t value);
/* Set a structure's or, with a kind of TYPE_UNION, union's size. */
struct err *probed_set_size(struct type_provider *provider, enum type_kind kind, const char *type,
			    uint64_t size);

#endif
