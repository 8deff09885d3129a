/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who called vmalloc(): each area records it (vm_struct.caller). */
#include <string.h>

#include "base/array.h"
#include "base/hash.h"
#include "kernel/mm/vmap.h"
#include "kernel/symbols/symbol.h"
#include "memory/usage_read.h"
#include "memory/usage_top.h"

struct reading {
	struct kernel *kernel;
	uint64_t percpu;
	struct map by_caller; /* caller → index */
	struct usage_caller *list;
	size_t count;
};

/* What mm/percpu.c keeps of its chunks: with accounting to control groups as much as is in them. */
static bool is_percpu(struct kernel *kernel, uint64_t caller)
{
	struct symbol symbol;

	return caller && symbols_at(kernel->symbols, caller - 1, &symbol) &&
	       !strncmp(symbol.name, "pcpu_", 5);
}

static struct err *add_area(void *context, const struct vmap_area *area)
{
	struct reading *reading = context;
	uint64_t *known, index;

	if (is_percpu(reading->kernel, area->caller)) {
		reading->percpu += area->pages;
		return NULL;
	}
	if (!area->pages || area->pages > (area->end - area->start) / 4096)
		return NULL;
	known = map_get(&reading->by_caller, area->caller);
	index = known ? *known : reading->count;
	if (!known) {
		if (!array_grow(reading->list, reading->count) ||
		    !map_set(&reading->by_caller, area->caller, reading->count))
			return &err_nomem;
		reading->list[reading->count++] = (struct usage_caller){.address = area->caller};
	}
	reading->list[index].pages += area->pages;
	reading->list[index].areas++;
	return NULL;
}

struct err *usage_read_callers(struct kernel *kernel, struct usage *usage)
{
	struct reading reading = {.kernel = kernel};
	struct err *err = vmap_each(kernel, add_area, &reading);

	for (size_t i = 0; !err && i < reading.count; i++) {
		int at = usage_top_place(usage->callers, sizeof(*usage->callers),
					 &usage->caller_count, offsetof(struct usage_caller, pages),
					 reading.list[i].pages);

		if (at >= 0)
			usage->callers[at] = reading.list[i];
	}
	reading.percpu = MIN(reading.percpu, usage->pages[USAGE_VMALLOC]);
	usage->pages[USAGE_VMALLOC] -= reading.percpu;
	usage->pages[USAGE_PERCPU] += reading.percpu;
	map_deinit(&reading.by_caller);
	free(reading.list);
	return err;
}
