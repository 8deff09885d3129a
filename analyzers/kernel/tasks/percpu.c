/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the per-CPU areas, and which CPUs were online. */
#include "kernel/tasks/percpu.h"

#include <stdio.h>

#include "base/parse.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/object.h"

struct percpu {
	unsigned cpus;
	uint64_t start, end; /* of the static variables, as symbols have them; 0, 0 unknown */
	uint64_t *offsets;   /* NO_AREA for an id that is no CPU */
	uint8_t online[PERCPU_MAX / 8];
};

#define NO_AREA UINT64_MAX

/*
 * The entry of an id that never became a CPU keeps its initial value: the address of the image's
 * own copy (__per_cpu_load), which init freed; zero since 6.15 (9d7de2aa8b41), when per-CPU symbols
 * became ordinary addresses.
 */
static uint64_t initial_offset(struct kernel *kernel)
{
	uint64_t load = 0, start = 0;

	if (symbols_find(kernel->symbols, "__per_cpu_load", &load) &&
	    symbols_find(kernel->symbols, "__per_cpu_start", &start))
		return load - start;
	return load;
}

static struct err *read_offsets(struct kernel *kernel, struct percpu *percpu)
{
	uint64_t table, initial = initial_offset(kernel);

	percpu->offsets = calloc(percpu->cpus, sizeof(*percpu->offsets));
	if (!percpu->offsets)
		return &err_nomem;
	if (!symbols_find(kernel->symbols, "__per_cpu_offset", &table))
		return NULL;
	TRY(err_wrap(memory_read(kernel->memory, table, percpu->offsets,
				 percpu->cpus * sizeof(*percpu->offsets)),
		     "__per_cpu_offset"));
	for (unsigned i = 0; i < percpu->cpus; i++) {
		percpu->offsets[i] = load_u64(&percpu->offsets[i]);
		if (percpu->offsets[i] == initial && percpu->cpus > 1)
			percpu->offsets[i] = NO_AREA;
	}
	return NULL;
}

static struct err *read_count(struct kernel *kernel, struct percpu *percpu)
{
	uint64_t table, cpus;

	percpu->cpus = 1;
	if (!symbols_find(kernel->symbols, "__per_cpu_offset", &table))
		return NULL;
	TRY(variable_read(kernel, "nr_cpu_ids", 4, &cpus));
	if (!cpus || cpus > PERCPU_MAX)
		return err_new(ERR_CORRUPT, "nr_cpu_ids is %u", (unsigned)cpus);
	percpu->cpus = (unsigned)cpus;
	return NULL;
}

/*
 * A mask of CPUs. A variable of its own since 4b804c85dc37 (v4.6), before that a bitmap behind a
 * constant pointer.
 */
static struct err *read_mask(struct kernel *kernel, const char *variable, const char *bits,
			     const char *pointer, uint8_t *ret, size_t length)
{
	uint64_t mask;

	if (!symbols_find(kernel->symbols, variable, &mask) &&
	    !symbols_find(kernel->symbols, bits, &mask))
		TRY(variable_read(kernel, pointer, 8, &mask));
	return err_wrap(memory_read(kernel->memory, mask, ret, length), "mask of online CPUs");
}

/*
 * Which CPUs were online. Where no crash kernel took over, panic() has stopped the others, and
 * stop_this_cpu() took them out of the online mask: the active one still has them.
 */
static struct err *read_online(struct kernel *kernel, struct percpu *percpu)
{
	size_t length = ((size_t)percpu->cpus + 63) / 64 * 8;
	uint8_t active[PERCPU_MAX / 8] = {0};

	TRY(read_mask(kernel, "__cpu_online_mask", "cpu_online_bits", "cpu_online_mask",
		      percpu->online, length));
	if (!err_ok(read_mask(kernel, "__cpu_active_mask", "cpu_active_bits", "cpu_active_mask",
			      active, length)))
		return NULL;
	for (size_t i = 0; i < length; i++)
		percpu->online[i] |= active[i];
	return NULL;
}

struct err *percpu_open(struct kernel *kernel, struct percpu **ret)
{
	struct percpu *percpu = calloc(1, sizeof(*percpu));
	struct err *err;

	if (!percpu)
		return &err_nomem;
	err = read_count(kernel, percpu);
	if (!err)
		err = read_offsets(kernel, percpu);
	if (err) {
		percpu_close(percpu);
		return err;
	}
	if (!err_ok(read_online(kernel, percpu)) && percpu->cpus == 1)
		percpu->online[0] = 1; /* without CONFIG_SMP there is no mask */
	if (!symbols_find(kernel->symbols, "__per_cpu_start", &percpu->start) ||
	    !symbols_find(kernel->symbols, "__per_cpu_end", &percpu->end))
		percpu->start = percpu->end = 0;
	*ret = percpu;
	return NULL;
}

void percpu_close(struct percpu *percpu)
{
	if (!percpu)
		return;
	free(percpu->offsets);
	free(percpu);
}

unsigned percpu_cpus(const struct percpu *percpu)
{
	return percpu->cpus;
}

bool percpu_online(const struct percpu *percpu, unsigned cpu)
{
	return cpu < percpu->cpus && percpu->online[cpu / 8] >> (cpu % 8) & 1;
}

struct err *percpu_address(const struct percpu *percpu, uint64_t variable, unsigned cpu,
			   uint64_t *ret)
{
	if (cpu >= percpu->cpus || percpu->offsets[cpu] == NO_AREA)
		return err_new(ERR_NOT_FOUND, "there is no CPU %u", cpu);
	*ret = variable + percpu->offsets[cpu];
	return NULL;
}

/* Names of per-CPU variables had a prefix until dd17c8f72993 v2.6.33. */
static bool find_variable(struct kernel *kernel, const char *symbol, uint64_t *ret)
{
	char prefixed[128];

	snprintf(prefixed, sizeof(prefixed), "per_cpu__%s", symbol);
	return symbols_find(kernel->symbols, symbol, ret) ||
	       symbols_find(kernel->symbols, prefixed, ret);
}

struct err *percpu_symbol(struct kernel *kernel, const char *symbol, unsigned cpu, uint64_t *ret)
{
	uint64_t variable;

	if (!kernel->percpu)
		return err_new(ERR_NOT_FOUND, "the per-CPU areas are not known");
	if (!find_variable(kernel, symbol, &variable))
		return err_new(ERR_NOT_FOUND, "no per-CPU symbol %s", symbol);
	return percpu_address(kernel->percpu, variable, cpu, ret);
}

bool percpu_owner(struct kernel *kernel, uint64_t address, unsigned *cpu, uint64_t *variable)
{
	const struct percpu *percpu = kernel->percpu;

	if (!percpu)
		return false;
	for (unsigned i = 0; i < percpu->cpus; i++) {
		uint64_t value = address - percpu->offsets[i];

		if (percpu->offsets[i] == NO_AREA ||
		    value - percpu->start >= percpu->end - percpu->start)
			continue;
		*cpu = i;
		*variable = value;
		return true;
	}
	return false;
}

#define UNIT_MAX (1u << 30)

bool percpu_unit(struct kernel *kernel, uint64_t address, unsigned *cpu, uint64_t *unit)
{
	const struct percpu *percpu = kernel->percpu;
	uint64_t size;

	if (!percpu || percpu->start == percpu->end ||
	    !err_ok(variable_read(kernel, "pcpu_unit_size", 4, &size)) || size > UNIT_MAX)
		return false;
	for (unsigned i = 0; i < percpu->cpus; i++) {
		uint64_t begin = percpu->offsets[i] + percpu->start;

		if (percpu->offsets[i] == NO_AREA || address - begin >= size)
			continue;
		*cpu = i;
		*unit = begin;
		return true;
	}
	return false;
}
