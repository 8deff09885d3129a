/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/locking/spinlock.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/symbols/symbol.h"
#include "kernel/tasks/percpu.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
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
	} else if (types_any(kernel->types)) {
		/* asm-generic/spinlock.h (v5.19): arch_spinlock_t is an atomic_t */
		struct type lock = types_find(kernel->types, TYPE_NONE, "arch_spinlock_t");
		struct member counter;

		if (type_find_member(lock, "counter", &counter) && type_size(lock) == 4)
			ret->kind = SPINLOCK_TICKET;
	}
}

void ticket_decode(const struct spinlock_shape *shape, uint32_t value, struct ticket_lock *ret)
{
	uint32_t mask = shape->bits == 8 ? 0xff : 0xffff;
	uint32_t flag = shape->increment == 2 ? 1 : 0;

	*ret = (struct ticket_lock){
		.owner = value & mask & ~flag,
		.next = value >> shape->bits & mask & ~flag,
		.slow_path = flag && (value >> shape->bits & 1),
	};
	ret->outstanding = ((ret->next - ret->owner) & mask) / shape->increment;
}

int64_t ticket_position(const struct spinlock_shape *shape, const struct ticket_lock *lock,
			uint64_t ticket)
{
	uint32_t mask = shape->bits == 8 ? 0xff : 0xffff;
	uint32_t ahead = ((uint32_t)ticket - lock->owner) & mask;

	if (ticket > mask || ahead % shape->increment ||
	    ahead / shape->increment >= lock->outstanding)
		return -1;
	return ahead / shape->increment;
}

void queued_decode(uint32_t value, enum queued_tail form, struct queued_lock *ret)
{
	*ret = (struct queued_lock){.locked = value & 0xff, .pending = value >> 8 & 1};
	if (form == TAIL_EL7) {
		uint32_t index = value >> 16 & 7; /* twice the index, plus one */

		ret->has_tail = index;
		ret->tail_index = index ? (index - 1) / 2 : 0;
		ret->tail_cpu = value >> 19;
	} else {
		ret->has_tail = value >> 18;
		ret->tail_index = value >> 16 & 3;
		ret->tail_cpu = ret->has_tail ? (value >> 18) - 1 : 0;
	}
}

void queued_rw_decode(uint32_t value, struct queued_rwlock *ret)
{
	*ret = (struct queued_rwlock){
		.writer = (value & 0xff) == 0xff,
		.writer_waiting = value >> 8 & 1,
		.readers = value >> 9,
	};
}

#define NODES_PER_CPU 4 /* task, softirq, hardirq, NMI */

static bool read_node(struct kernel *kernel, uint64_t address, struct mcs_node *ret)
{
	uint64_t locked;

	ret->address = address;
	if (!err_ok(member_read(kernel, address, MEMBER_MCS_NEXT, &ret->next)) ||
	    !err_ok(member_read(kernel, address, MEMBER_MCS_LOCKED, &locked)))
		return false;
	ret->granted = (uint32_t)locked;
	return true;
}

/* The nodes a CPU has in use: the count in its first one says how many. */
static size_t cpu_nodes(struct kernel *kernel, uint64_t first, uint64_t size, unsigned cpu,
			struct mcs_node *out)
{
	uint64_t used;
	size_t n = 0;

	if (!err_ok(member_read(kernel, first, MEMBER_MCS_COUNT, &used)))
		return 0;
	used = (uint32_t)used <= NODES_PER_CPU ? (uint32_t)used : 0;
	for (unsigned i = 0; i < used; i++) {
		out[n] = (struct mcs_node){.cpu = cpu, .index = i};
		n += read_node(kernel, first + i * size, &out[n]);
	}
	return n;
}

struct err *mcs_nodes(struct kernel *kernel, struct mcs_node **ret, size_t *count)
{
	/* qnodes holds struct qnode since 0fa809ca7f81 v5.0, mcs_nodes plain mcs_spinlocks before. */
	uint64_t size = type_size(types_find_struct(kernel->types, "qnode")), variable;
	const char *name = "qnodes";

	if (!size || !symbols_find(kernel->symbols, name, &variable)) {
		name = "mcs_nodes";
		size = type_size(types_find_struct(kernel->types, "mcs_spinlock"));
	}
	if (!size || !symbols_find(kernel->symbols, name, &variable))
		return err_new(ERR_NOT_FOUND, "this kernel has no queue nodes for spinlocks");

	unsigned cpus = percpu_cpus(kernel->percpu);
	struct mcs_node *nodes = calloc((size_t)cpus * NODES_PER_CPU + 1, sizeof(*nodes));
	if (!nodes)
		return &err_nomem;
	*count = 0;
	for (unsigned cpu = 0; cpu < cpus; cpu++) {
		uint64_t first;

		if (err_ok(percpu_address(kernel->percpu, variable, cpu, &first)))
			*count += cpu_nodes(kernel, first, size, cpu, nodes + *count);
	}
	*ret = nodes;
	return NULL;
}
