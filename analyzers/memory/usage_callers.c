/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who called vmalloc(): each area records it (vm_struct.caller). */
#include "base/array.h"
#include "base/hash.h"
#include "kernel/mm/vmap.h"
#include "memory/usage_read.h"
#include "memory/usage_top.h"

struct reading {
	struct map by_caller; /* caller → index */
	struct usage_caller *list;
	size_t count;
};

static struct err *add_area(void *context, const struct vmap_area *area)
{
	struct reading *reading = context;
	uint64_t *known, index;

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
	struct reading reading = {0};
	struct err *err = vmap_each(kernel, add_area, &reading);

	for (size_t i = 0; !err && i < reading.count; i++) {
		int at = usage_top_place(usage->callers, sizeof(*usage->callers),
					 &usage->caller_count, offsetof(struct usage_caller, pages),
					 reading.list[i].pages);

		if (at >= 0)
			usage->callers[at] = reading.list[i];
	}
	map_deinit(&reading.by_caller);
	free(reading.list);
	return err;
}
