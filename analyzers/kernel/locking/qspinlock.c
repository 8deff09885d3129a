/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The word of a qspinlock, and the nodes its queue is made of. */
#include "kernel/locking/qspinlock.h"

#include <stdlib.h>

#include "kernel/symbols/symbol.h"
#include "kernel/tasks/percpu.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"

void qspinlock_decode(uint32_t value, enum qspinlock_tail form, struct qspinlock *ret)
{
	*ret = (struct qspinlock){.locked = value & 0xff, .pending = value >> 8 & 1};
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

#define LOCKED_MAX 3 /* with paravirtualized queues: _Q_SLOW_VAL */

bool qspinlock_is_sound(uint32_t value)
{
	return (value & 0xff) <= LOCKED_MAX && !(value >> 8 & 0xfe);
}

#define NODES_PER_CPU 4 /* task, softirq, hardirq, NMI */

/* The nodes a CPU has in use: the count in its first one says how many. */
static size_t cpu_nodes(struct kernel *kernel, uint64_t first, uint64_t size, unsigned cpu,
			struct qspinlock_node *out)
{
	uint64_t used;
	size_t n = 0;

	if (!err_ok(member_read(kernel, first, MEMBER_MCS_COUNT, &used)))
		return 0;
	used = (uint32_t)used <= NODES_PER_CPU ? (uint32_t)used : 0;
	for (unsigned i = 0; i < used; i++) {
		out[n] = (struct qspinlock_node){
			.address = first + i * size, .cpu = cpu, .index = i};
		n += err_ok(member_read(kernel, out[n].address, MEMBER_MCS_NEXT, &out[n].next));
	}
	return n;
}

struct err *qspinlock_nodes(struct kernel *kernel, struct qspinlock_node **ret, size_t *count)
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
	struct qspinlock_node *nodes = calloc((size_t)cpus * NODES_PER_CPU + 1, sizeof(*nodes));
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
