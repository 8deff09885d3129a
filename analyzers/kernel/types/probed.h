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
	uint8_t shift, bits; /* of a bit-field of an INT; else 0 */
};
#define PROBED_NUMBER(size_) ((struct probed_value){.kind = TYPE_INT, .size = (size_)})
/* bits_ of a number of size_ bytes, above its shift_ lowest ones. */
#define PROBED_BITS(size_, shift_, bits_)                                                          \
	((struct probed_value){TYPE_INT, (size_), NULL, (shift_), (bits_)})
#define PROBED_POINTER ((struct probed_value){.kind = TYPE_POINTER, .size = 8})
#define PROBED_CHARS(size_) ((struct probed_value){.kind = TYPE_ARRAY, .size = (size_)})
/* An array of a structure that is known already, size_ bytes in all. */
#define PROBED_ARRAY(type_, size_)                                                                 \
	((struct probed_value){.kind = TYPE_ARRAY, .size = (size_), .type = (type_)})
#define PROBED_STRUCT(type_) ((struct probed_value){.kind = TYPE_STRUCT, .type = (type_)})

/*
 * Add a member at a byte offset to a structure, which is made when it is new and grows to hold it.
 * Names are borrowed and must be literals. Bounded: ERR_LIMIT beyond.
 */
struct err *probed_add(struct type_provider *provider, const char *type, const char *member,
		       uint64_t offset, struct probed_value value);
/*
 * Whether what is added from now on is proven: told by hardware, ABI or the kernel itself. What was
 * found in one way alone, as all is at first, is inferred.
 */
void probed_set_proven(struct type_provider *provider, bool proven);
/*
 * What another, independent witness says of a member. One that is there already is proven when both
 * agree, and gone when they don't; another is added as it is.
 */
struct err *probed_witness(struct type_provider *provider, const char *type, const char *member,
			   uint64_t offset, struct probed_value value);
/* The same of a witness that is not believed alone: what nobody else says so, is not known. */
struct err *probed_hint(struct type_provider *provider, const char *type, const char *member,
			uint64_t offset, struct probed_value value);
/* Whether two witnesses have told of a member, and none against it. */
bool probed_is_proven(struct type_provider *provider, const char *type, const char *member);
/* How many members are of either kind. */
void probed_count(struct type_provider *provider, size_t *proven, size_t *inferred);
/* One name of an enumeration, which is made when it is new. */
struct err *probed_add_enumerator(struct type_provider *provider, const char *type,
				  const char *name, uint64_t value);
/* Set a structure's or, with a kind of TYPE_UNION, union's size. */
struct err *probed_set_size(struct type_provider *provider, enum type_kind kind, const char *type,
			    uint64_t size);

#endif
