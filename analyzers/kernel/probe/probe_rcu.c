/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RCU's own structures: by their thread, the CPUs, their neighbours and the readers they list. */
#include "kernel/probe/probe_rcu.h"

#include <string.h>

#include "base/parse.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/probe/probe_find.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/percpu.h"
#include "kernel/types/probed.h"

#define CPUS_MAX 64u
#define STATE_MAX (8u << 20) /* bytes of rcu_state: a kernel for 8192 CPUs has some megabytes */
#define STATE_TAIL 1024u     /* its last bytes, behind the nodes, which are looked at */
#define NODE_BYTES 512u
#define READERS_MAX 256u
#define DAY_TICKS (86400u * 1000u)

/* --- rcu_state ---------------------------------------------------------------------------------- */

/* gp_kthread: the only word that is the address of RCU's thread. */
static struct err *add_thread(const struct sample *sample, uint64_t state, const uint8_t *tail,
			      uint64_t from)
{
	const struct sample_task *thread = sample_named(sample, "rcu_preempt");
	uint64_t at = 0;
	unsigned found = 0;

	(void)state;
	thread = thread ? thread : sample_named(sample, "rcu_sched");
	for (size_t i = 0; thread && i + 8 <= STATE_TAIL; i += 8)
		if (load_u64(tail + i) == thread->address) {
			at = from + i;
			found++;
		}
	return found == 1 ? probed_witness(sample->types, "rcu_state", "gp_kthread", at,
					   PROBED_POINTER)
			  : NULL;
}

static bool is_before(uint64_t time, uint64_t later)
{
	return later - time < DAY_TICKS;
}

/* gp_start, since v5.1 gp_end, gp_activity: clock ticks, each no later than the last. */
static struct err *add_start(const struct sample *sample, const uint8_t *tail, uint64_t from)
{
	uint64_t at, activity;

	if (!probe_find(sample->types, "rcu_state", "gp_activity", &at) || at < from + 16 ||
	    at + 8 > from + STATE_TAIL)
		return NULL;
	activity = load_u64(tail + at - from);
	for (size_t i = 2; i > 0; i--)
		if (is_before(load_u64(tail + at - from - 8 * i), activity))
			return probed_witness(sample->types, "rcu_state", "gp_start", at - 8 * i,
					      PROBED_NUMBER(8));
	return NULL;
}

static struct err *probe_state(const struct sample *sample)
{
	struct symbols *symbols = sample->kernel->symbols;
	uint8_t tail[STATE_TAIL];
	struct symbol symbol;
	uint64_t state, from, activity;

	if (!symbols_find(symbols, "rcu_state", &state) || !symbols_at(symbols, state, &symbol) ||
	    symbol.size > STATE_MAX ||
	    !probe_find(sample->types, "rcu_state", "gp_activity", &activity) ||
	    activity > STATE_MAX || activity < STATE_TAIL / 2)
		return NULL;
	from = activity - STATE_TAIL / 2;
	if (!err_ok(memory_read(sample->kernel->memory, state + from, tail, sizeof(tail))))
		return NULL;
	TRY(add_start(sample, tail, from));
	return add_thread(sample, state, tail, from);
}

/* --- rcu_data, rcu_node ------------------------------------------------------------------------- */

/* Of each CPU: its node, and the bit it has there. */
struct cpus {
	uint64_t nodes[CPUS_MAX], bits[CPUS_MAX];
	size_t count;
};

static bool read_cpus(const struct sample *sample, uint64_t node_at, struct cpus *ret)
{
	struct kernel *kernel = sample->kernel;
	unsigned cpus = kernel->percpu ? MIN(percpu_cpus(kernel->percpu), CPUS_MAX) : 0;
	uint64_t data, words[2];

	ret->count = 0;
	for (unsigned cpu = 0; cpu < cpus; cpu++) {
		if (!percpu_online(kernel->percpu, cpu))
			continue;
		if (!err_ok(percpu_symbol(kernel, "rcu_data", cpu, &data)) ||
		    !err_ok(memory_read(kernel->memory, data + node_at, words, sizeof(words))) ||
		    !memory_is_kernel(kernel->memory, words[0]))
			return false;
		ret->nodes[ret->count] = words[0];
		ret->bits[ret->count++] = words[1];
	}
	return ret->count;
}

/* grpmask, behind mynode: one bit, no two the same in one node. */
static bool are_bits(const struct cpus *cpus)
{
	for (size_t i = 0; i < cpus->count; i++) {
		if (!cpus->bits[i] || cpus->bits[i] & (cpus->bits[i] - 1))
			return false;
		for (size_t j = 0; j < i; j++)
			if (cpus->nodes[i] == cpus->nodes[j] && cpus->bits[i] == cpus->bits[j])
				return false;
	}
	return cpus->count > 1;
}

/* A list that comes back, of tasks by this node in them; gp_tasks and exp_tasks, behind it, on it or NULL. */
static bool is_readers(const struct sample *sample, const uint8_t *bytes, uint64_t list,
		       uint64_t entry)
{
	struct memory *memory = sample->kernel->memory;
	uint64_t node = list, next, before;
	unsigned marks = 0, seen = 0;

	for (unsigned i = 2; i < 4; i++)
		marks += load_u64(bytes + 8 * i) != 0;
	for (unsigned i = 0; i < READERS_MAX; i++) {
		uint8_t comm[16] = "";

		if (!memory_is_kernel(memory, node) ||
		    !err_ok(memory_read_u64(memory, node, &next)) ||
		    !memory_is_kernel(memory, next) ||
		    !err_ok(memory_read_u64(memory, next + 8, &before)) || before != node)
			return false;
		if (next == list)
			return seen == marks;
		for (unsigned j = 2; j < 4; j++)
			seen += load_u64(bytes + 8 * j) == next;
		if (!err_ok(memory_read(memory, next - entry + sample->comm, comm, 16)) ||
		    !comm[0] || comm[15])
			return false;
		node = next;
	}
	return false;
}

/* The first list of a node that is one in all nodes. */
static bool find_readers(const struct sample *sample, const struct cpus *cpus, uint64_t entry,
			 uint64_t *ret)
{
	for (uint64_t at = 64; at + 32 <= NODE_BYTES; at += 8) {
		size_t i = 0;

		for (; i < cpus->count; i++) {
			uint64_t list = cpus->nodes[i] + at;
			uint8_t bytes[32];

			if (!err_ok(memory_read(sample->kernel->memory, list, bytes,
						sizeof(bytes))) ||
			    !is_readers(sample, bytes, list, entry))
				break;
		}
		if (i < cpus->count)
			continue;
		*ret = at;
		return true;
	}
	return false;
}

struct err *probe_rcu(const struct sample *sample)
{
	struct type_provider *types = sample->types;
	uint64_t node_at, entry, list;
	struct cpus cpus;

	TRY(probe_state(sample));
	if (!probe_find(types, "rcu_data", "mynode", &node_at) ||
	    !read_cpus(sample, node_at, &cpus))
		return NULL;
	if (are_bits(&cpus))
		TRY(probed_witness(types, "rcu_data", "grpmask", node_at + 8, PROBED_NUMBER(8)));
	if (!probe_find(types, "task_struct", "rcu_node_entry", &entry) ||
	    !find_readers(sample, &cpus, entry, &list))
		return NULL;
	TRY(probed_witness(types, "rcu_node", "blkd_tasks", list, PROBED_STRUCT("list_head")));
	return probed_witness(types, "rcu_node", "gp_tasks", list + 16, PROBED_POINTER);
}
