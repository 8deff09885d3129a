/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TYPES_OBJECT
#define TRIAGE_KERNEL_TYPES_OBJECT

#include "kernel/kernel.h"
#include "kernel/types/members.h"
#include "kernel/types/types.h"

/* Typed reads of kernel objects. */

/*
 * A member as an unsigned number: integers, pointers, bit-fields and wrappers such as atomic_t, up
 * to 8 bytes. ERR_NOT_FOUND when this kernel has no such member; memory's errors pass through.
 */
struct err *member_read(struct kernel *kernel, uint64_t object, enum member_id id, uint64_t *ret);
/* The same, sign-extended. */
struct err *member_read_signed(struct kernel *kernel, uint64_t object, enum member_id id,
			       int64_t *ret);
/* A char[] member, NUL-terminated into buf whatever the dump holds. */
struct err *member_read_string(struct kernel *kernel, uint64_t object, enum member_id id, char *buf,
			       size_t size);
/* By type and path, for what no table lists; type as types_find_struct() returned it. */
struct err *object_read(struct kernel *kernel, struct type type, uint64_t object, const char *path,
			uint64_t *ret);
/* Out of bytes already read: a whole struct is one memory_read, its members are free. */
bool member_get(struct kernel *kernel, const void *bytes, size_t length, enum member_id id,
		uint64_t *ret);
/* A kernel variable of up to 8 bytes by symbol. */
struct err *variable_read(struct kernel *kernel, const char *symbol, size_t size, uint64_t *ret);

#endif
