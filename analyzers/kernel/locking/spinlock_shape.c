/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells by its types and functions how a kernel's spinlocks are built. */
#include "kernel/locking/spinlock_shape.h"

#include <string.h>

#include "base/parse.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/members.h"
#include "kernel/types/types.h"

static bool has_symbol(struct kernel *kernel, const char *name)
{
	uint64_t address;

	return kernel->symbols && symbols_find_fuzzy(kernel->symbols, name, &address);
}

/* NR_CPUS, by the size of a cpumask; 0 when not known. */
static uint64_t nr_cpus(struct kernel *kernel)
{
	return type_size(types_find_struct(kernel->types, "cpumask")) * 8;
}

/* tickets.{head,tail} (8b8bc2f73109 v3.0): the members' own size, and paravirt's flag. */
static bool ticket_pair(struct kernel *kernel, struct spinlock_shape *ret)
{
	const struct member *head = members_get(kernel->members, MEMBER_TICKET_HEAD);
	struct member lock_spinning;

	if (!head)
		return false;
	struct type ops = types_find_struct(kernel->types, "pv_lock_ops");
	ret->kind = SPINLOCK_TICKET;
	ret->bits = (unsigned)type_size(head->type) * 8;
	ret->increment = type_find_member(ops, "lock_spinning", &lock_spinning) ? 2 : 1;
	return true;
}

#define LOCK_BYTES 64u /* of a lock function: the ticket is what it does first */

/*
 * "mov $I,%eax; lock xadd %eax,(%rdi)": I is one ticket in the upper half, of 16 bits or, with %ax, of 8.
 * Under paravirt a ticket counts two (545ac13892ab v3.12).
 */
static bool takes_ticket(const uint8_t *code, size_t length, struct spinlock_shape *ret)
{
	static const uint8_t wide[] = {0xf0, 0x0f, 0xc1, 0x07},
			     narrow[] = {0xf0, 0x66, 0x0f, 0xc1, 0x07};

	for (size_t i = 0; i + 5 + sizeof(narrow) <= length; i++) {
		uint32_t value = load_u32(code + i + 1);
		bool is_wide = !memcmp(code + i + 5, wide, sizeof(wide));
		unsigned bits = is_wide ? 16 : 8;

		if (code[i] != 0xb8 ||
		    (!is_wide && memcmp(code + i + 5, narrow, sizeof(narrow)) != 0) ||
		    (value != 1u << bits && value != 2u << bits))
			continue;
		*ret = (struct spinlock_shape){SPINLOCK_TICKET, bits, value >> bits};
		return true;
	}
	return false;
}

/* Where types do not tell: by the code of the functions that take a lock. */
static bool ticket_by_code(struct kernel *kernel, struct spinlock_shape *ret)
{
	static const char *const functions[] = {"_raw_spin_lock", "_raw_spin_lock_irq",
						"_spin_lock", "_spin_lock_irq"};
	uint8_t code[LOCK_BYTES];
	uint64_t address;

	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		if (kernel->symbols && symbols_find(kernel->symbols, functions[i], &address) &&
		    err_ok(memory_read(kernel->memory, address, code, sizeof(code))) &&
		    takes_ticket(code, sizeof(code), ret))
			return true;
	return false;
}

void spinlock_shape(struct kernel *kernel, struct spinlock_shape *ret)
{
	*ret = (struct spinlock_shape){.increment = 1, .bits = 16};
	if (types_find_struct(kernel->types, "qspinlock").kind == TYPE_STRUCT ||
	    has_symbol(kernel, "native_queued_spin_lock_slowpath") ||
	    has_symbol(kernel, "queued_spin_lock_slowpath")) {
		ret->kind = SPINLOCK_QUEUED;
	} else if (ticket_pair(kernel, ret)) {
		return;
	} else if (members_has(kernel->members, MEMBER_TICKET_SLOCK)) {
		ret->kind = SPINLOCK_TICKET;
		ret->bits = nr_cpus(kernel) >= 256 ? 16 : 8;
	} else if (ticket_by_code(kernel, ret)) {
		return;
	} else if (types_any(kernel->types)) {
		/* asm-generic/spinlock.h (v5.19): arch_spinlock_t is an atomic_t */
		struct type lock = types_find(kernel->types, TYPE_NONE, "arch_spinlock_t");
		struct member counter;

		if (type_find_member(lock, "counter", &counter) && type_size(lock) == 4)
			ret->kind = SPINLOCK_TICKET;
	}
}
