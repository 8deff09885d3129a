/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Queue nodes of spinlocks and calls between CPUs. */
#include "kernel/probe/probe_smp.h"

#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/percpu.h"
#include "kernel/types/probed.h"

#define NODES_PER_CPU 4u
#define NODE_BYTES 16u
#define NODE_BYTES_PARAVIRT 32u
#define CPUS_MAX 64u

/* next, locked, count; qnode has two words behind them where CONFIG_PARAVIRT_SPINLOCKS is set. */
static struct err *add_nodes(struct kernel *kernel, struct type_provider *types)
{
	uint64_t variable, size = NODE_BYTES;
	struct symbol symbol;
	const char *name = "mcs_spinlock";

	if (symbols_find(kernel->symbols, "qnodes", &variable)) {
		if (!symbols_at_percpu(kernel->symbols, variable, &symbol))
			return NULL;
		size = symbol.size / NODES_PER_CPU;
		name = "qnode";
	} else if (!symbols_find(kernel->symbols, "mcs_nodes", &variable)) {
		return NULL;
	}
	if (size != NODE_BYTES && size != NODE_BYTES_PARAVIRT)
		return NULL;
	TRY(probed_add(types, "mcs_spinlock", "next", 0, PROBED_POINTER));
	TRY(probed_add(types, "mcs_spinlock", "count", 12, PROBED_NUMBER(4)));
	return probed_set_size(types, TYPE_STRUCT, name, size);
}

static bool is_function(struct kernel *kernel, uint64_t address)
{
	struct symbol symbol;

	return symbols_at(kernel->symbols, address, &symbol) && symbol.address == address &&
	       (symbol.type == 't' || symbol.type == 'T');
}

/* Whether a CPU's calls of the others have a function there, or nothing. */
static bool calls_at(struct kernel *kernel, uint64_t cfd, uint64_t offset, unsigned *calls)
{
	unsigned cpus = MIN(percpu_cpus(kernel->percpu), CPUS_MAX);
	uint64_t many, call, function;

	if (!err_ok(memory_read_u64(kernel->memory, cfd, &many)))
		return false;
	for (unsigned cpu = 0; cpu < cpus; cpu++) {
		if (!percpu_online(kernel->percpu, cpu))
			continue;
		if (!err_ok(percpu_address(kernel->percpu, many, cpu, &call)) ||
		    !err_ok(memory_read_u64(kernel->memory, call + offset, &function)) ||
		    (function && !is_function(kernel, function)))
			return false;
		*calls += function != 0;
	}
	return true;
}

static bool find_function(struct kernel *kernel, uint64_t *ret)
{
	static const uint64_t places[] = {8, 16}; /* 4b44a21dd640 v5.8 put more in front of it */
	unsigned cpus = MIN(percpu_cpus(kernel->percpu), CPUS_MAX), found = 0;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		unsigned calls = 0;
		bool right = true;

		for (unsigned cpu = 0; right && cpu < cpus; cpu++) {
			uint64_t cfd;

			right = !percpu_online(kernel->percpu, cpu) ||
				(err_ok(percpu_symbol(kernel, "cfd_data", cpu, &cfd)) &&
				 calls_at(kernel, cfd, places[i], &calls));
		}
		if (!right || !calls)
			continue;
		*ret = places[i];
		found++;
	}
	return found == 1;
}

/* What is called begins with the list it is on; call_function_data with the pointer to a CPU's calls. */
static struct err *add_calls(struct kernel *kernel, struct type_provider *types)
{
	uint64_t at;

	if (!find_function(kernel, &at))
		return NULL;
	TRY(probed_add(types, "__call_single_data", "llist.next", 0, PROBED_POINTER));
	TRY(probed_witness(types, "__call_single_data", "func", at, PROBED_POINTER));
	return probed_add(types, "call_function_data", "csd", 0, PROBED_POINTER);
}

struct err *probe_smp(struct kernel *kernel, struct type_provider *types)
{
	TRY(add_nodes(kernel, types));
	return add_calls(kernel, types);
}
