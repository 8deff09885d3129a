/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all memory is used for, by the kernel's counters; what none of them counts is the rest. */
#include "kernel/mm/mm_counters.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/tasks.h"
#include "kernel/types/object.h"
#include "memory/usage_totals.h"

/* The sum of the items of these names that this kernel has. */
static uint64_t sum_of(struct kernel *kernel, const char *const *items, size_t count)
{
	uint64_t sum = 0, value;

	for (size_t i = 0; i < count; i++)
		if (mm_counter(kernel, items[i], &value))
			sum += value;
	return sum;
}

#define SUM(kernel, ...)                                                                           \
	sum_of(kernel, (const char *const[]){__VA_ARGS__},                                         \
	       ARRAY_SIZE(((const char *const[]){__VA_ARGS__})))

/* Stacks in pages: counted in KiB (991e7673859e v5.9), before by the stack, pages before v4.8. */
static uint64_t stacks(struct kernel *kernel)
{
	uint64_t value;

	if (mm_counter(kernel, "NR_KERNEL_STACK_KB", &value))
		return value / (PAGE_SIZE / 1024);
	if (mm_counter(kernel, "NR_KERNEL_STACK", &value) && tasks_count(kernel->tasks))
		return value * (tasks_at(kernel->tasks, 0)->stack_size / PAGE_SIZE);
	return 0;
}

/* With CONFIG_VMAP_STACK stacks are vmalloc areas too. */
static bool stacks_are_areas(struct kernel *kernel)
{
	for (size_t i = 0; i < tasks_count(kernel->tasks); i++) {
		const struct task *task = tasks_at(kernel->tasks, i);

		if (!task->idle && task->stack)
			return memory_class(kernel->memory, task->stack) == VA_VMALLOC;
	}
	return false;
}

/* A variable (97105f0ab7b8 v5.3), or an item like others. */
static uint64_t vmalloc_pages(struct kernel *kernel, uint64_t in_stacks)
{
	uint64_t pages;

	if (!mm_counter(kernel, "NR_VMALLOC", &pages) &&
	    !err_ok(variable_read(kernel, "nr_vmalloc_pages", 8, &pages)))
		return 0;
	in_stacks = stacks_are_areas(kernel) ? in_stacks : 0;
	return pages > in_stacks ? pages - in_stacks : 0;
}

/* Pages behind alloc_percpu(); the first chunk's never were the page allocator's. */
static uint64_t percpu_pages(struct kernel *kernel)
{
	uint64_t populated, units, first, of_first = 0;

	if (!err_ok(variable_read(kernel, "pcpu_nr_populated", 8, &populated)) ||
	    !err_ok(variable_read(kernel, "pcpu_nr_units", 4, &units)))
		return 0;
	if (err_ok(variable_read(kernel, "pcpu_first_chunk", 8, &first)) &&
	    err_ok(member_read(kernel, first, MEMBER_PCPU_CHUNK_POPULATED, &of_first)))
		populated -= MIN(of_first, populated);
	return populated * units;
}

#define HSTATES_MAX 8
#define HUGE_ORDER_MAX 18 /* 1 GiB */

/* False where there are pools that cannot be read. */
static bool read_hugetlb(struct kernel *kernel, struct usage *usage)
{
	uint64_t size = type_size(types_find_struct(kernel->types, "hstate"));
	uint64_t states, count;

	if (!symbols_find(kernel->symbols, "hstates", &states) ||
	    !err_ok(variable_read(kernel, "hugetlb_max_hstate", 4, &count)))
		return true;
	if (!size)
		return !count;
	for (uint64_t i = 0; i < MIN(count, HSTATES_MAX); i++) {
		uint64_t state = states + i * size, order, pages, free_pages;

		if (!err_ok(member_read(kernel, state, MEMBER_HSTATE_ORDER, &order)) ||
		    !err_ok(member_read(kernel, state, MEMBER_HSTATE_PAGES, &pages)) ||
		    !err_ok(member_read(kernel, state, MEMBER_HSTATE_FREE, &free_pages)) ||
		    order > HUGE_ORDER_MAX || pages > usage->total >> order)
			continue;
		usage->pages[USAGE_HUGETLB] += pages << order;
		usage->huge_free += MIN(free_pages, pages) << order;
	}
	return true;
}

static void take_rest(struct usage *usage)
{
	uint64_t known = 0;

	for (int kind = 0; kind < USAGE_OTHER; kind++)
		known += usage->pages[kind];
	usage->pages[USAGE_OTHER] = usage->total > known ? usage->total - known : 0;
}

bool usage_read_totals(struct kernel *kernel, struct usage *usage)
{
	uint64_t *pages = usage->pages, swap_cache;

	if (!mm_total(kernel, &usage->total) || !usage->total ||
	    !mm_counter(kernel, "NR_FREE_PAGES", &pages[USAGE_FREE]))
		return false;
	pages[USAGE_ANON] = SUM(kernel, "NR_ANON_MAPPED", "NR_ANON_PAGES");
	pages[USAGE_SHMEM] = SUM(kernel, "NR_SHMEM");
	pages[USAGE_FILE] = SUM(kernel, "NR_FILE_PAGES");
	swap_cache = SUM(kernel, "NR_SWAPCACHE");
	pages[USAGE_FILE] -= MIN(pages[USAGE_FILE], pages[USAGE_SHMEM] + swap_cache);
	/* Of bytes (d42f3245c7e2 v5.9), but counted in pages all the same. */
	pages[USAGE_SLAB] = SUM(kernel, "NR_SLAB_RECLAIMABLE_B", "NR_SLAB_UNRECLAIMABLE_B",
				"NR_SLAB_RECLAIMABLE", "NR_SLAB_UNRECLAIMABLE");
	pages[USAGE_TABLES] = SUM(kernel, "NR_PAGETABLE", "NR_SECONDARY_PAGETABLE");
	pages[USAGE_STACKS] = stacks(kernel);
	pages[USAGE_VMALLOC] = vmalloc_pages(kernel, pages[USAGE_STACKS]);
	pages[USAGE_PERCPU] = percpu_pages(kernel);
	if (read_hugetlb(kernel, usage))
		take_rest(usage); /* what no counter knows is said only where all were read */
	return true;
}

enum usage_kind usage_largest(const struct usage *usage)
{
	enum usage_kind largest = USAGE_ANON;

	for (int kind = USAGE_ANON; kind < USAGE_KINDS; kind++)
		if (usage->pages[kind] > usage->pages[largest])
			largest = (enum usage_kind)kind;
	return largest;
}

bool usage_is_crowd(const struct usage *usage)
{
	return usage->crowd.pages > usage->pages[usage_largest(usage)];
}
