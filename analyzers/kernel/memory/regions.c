/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which region of the kernel's address space an address belongs to. */
#include "kernel/memory/regions.h"

#include <stdbool.h>

#include "base/cleanup.h"
#include "kernel/memory/pagetable.h"

#define TB (1ull << 40)
#define PB (1ull << 50)

/* Regions whose place depends on the number of page table levels. */
struct defaults {
	uint64_t page_offset, direct_map_end;
	uint64_t vmalloc, vmalloc_size;
	uint64_t vmemmap, vmemmap_size;
	uint64_t kasan;
};

static const struct defaults four_levels = {
	0xffff888000000000, 0xffffc88000000000,
	0xffffc90000000000, 32 * TB,
	0xffffea0000000000, 1 * TB,
	0xffffec0000000000,
};
static const struct defaults five_levels = {
	0xff11000000000000, 0xff91000000000000, 0xffa0000000000000,
	12800 * TB,	    0xffd4000000000000, PB / 2,
	0xffdf000000000000,
};

/* The same for both, and never randomised. */
static const struct {
	uint64_t start, last;
	enum va_class va_class;
} fixed[] = {
	{0xfffffe0000000000, 0xfffffe7fffffffff, VA_CPU_ENTRY},
	{0xffffff0000000000, 0xffffff7fffffffff, VA_CPU_ENTRY}, /* %esp fixup stacks */
	{0xffffffffff000000, 0xffffffffffdfffff, VA_FIXMAP},	/* end of modules; vsyscall */
};

#define KASAN_END 0xfffffbffffffffffull
#define MODULES_END 0xffffffffff000000ull

static bool within(uint64_t va, uint64_t start, uint64_t size)
{
	return start && va >= start && va - start < size;
}

static bool is_image(const struct regions *regions, uint64_t va)
{
	if (regions->image)
		return va >= regions->image && va < regions->image_end;
	return within(va, START_KERNEL_MAP, regions->image_size);
}

/* From the image's region to the fixmap: the image, modules, and nothing else. */
static enum va_class class_top(const struct regions *regions, uint64_t va)
{
	if (is_image(regions, va))
		return VA_IMAGE;
	if (va - START_KERNEL_MAP >= regions->image_size && va < MODULES_END)
		return VA_MODULE;
	return VA_HOLE;
}

static enum va_class class_direct_map(const struct regions *regions, uint64_t va)
{
	return va - regions->page_offset < regions->direct_map_size ? VA_DIRECT_MAP
								    : VA_DIRECT_MAP_BEYOND;
}

enum va_class regions_class(const struct regions *regions, uint64_t va)
{
	const struct defaults *defaults = regions->levels == 5 ? &five_levels : &four_levels;
	uint64_t vmalloc = regions->vmalloc ? regions->vmalloc : defaults->vmalloc;
	uint64_t vmemmap = regions->vmemmap ? regions->vmemmap : defaults->vmemmap;
	uint64_t page_offset = regions->page_offset ? regions->page_offset : defaults->page_offset;
	/* Randomised regions lie in the same order, without their default sizes between them. */
	uint64_t direct_end = regions->vmalloc ? regions->vmalloc : defaults->direct_map_end;

	if (!pagetable_is_canonical(va, regions->levels))
		return VA_NON_CANONICAL;
	if (!(va >> 63))
		return VA_USER;
	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		if (va >= fixed[i].start && va <= fixed[i].last)
			return fixed[i].va_class;
	if (va >= START_KERNEL_MAP)
		return class_top(regions, va);
	if (within(va, vmemmap, defaults->vmemmap_size))
		return VA_VMEMMAP;
	if (within(va, vmalloc, defaults->vmalloc_size))
		return VA_VMALLOC;
	if (va >= page_offset && va < direct_end)
		return class_direct_map(regions, va);
	if (va >= defaults->kasan && va <= KASAN_END)
		return VA_KASAN;
	return VA_HOLE;
}

void regions_vmalloc(const struct regions *regions, uint64_t *first, uint64_t *last)
{
	const struct defaults *defaults = regions->levels == 5 ? &five_levels : &four_levels;

	*first = regions->vmalloc ? regions->vmalloc : defaults->vmalloc;
	*last = *first + (defaults->vmalloc_size - 1);
	/* Randomised, the regions behind it may begin sooner. */
	if (regions->vmemmap > *first && regions->vmemmap - 1 < *last)
		*last = regions->vmemmap - 1;
}

uint64_t regions_vmemmap(const struct regions *regions)
{
	/* Where the direct map begins unless it is randomised; until d52888aa2753 (v4.20) lower. */
	static const uint64_t fixed_bases[] = {0xffff880000000000, 0xffff888000000000,
					       0xff10000000000000, 0xff11000000000000};

	if (regions->vmemmap)
		return regions->vmemmap;
	for (size_t i = 0; i < ARRAY_SIZE(fixed_bases); i++)
		if (regions->page_offset == fixed_bases[i])
			return regions->levels == 5 ? five_levels.vmemmap : four_levels.vmemmap;
	return 0;
}

const char *regions_class_name(enum va_class va_class)
{
	static const char *const names[] = {
		[VA_USER] = "user",
		[VA_NON_CANONICAL] = "non_canonical",
		[VA_DIRECT_MAP] = "direct_map",
		[VA_DIRECT_MAP_BEYOND] = "direct_map_beyond",
		[VA_VMALLOC] = "vmalloc",
		[VA_VMEMMAP] = "vmemmap",
		[VA_IMAGE] = "image",
		[VA_MODULE] = "module",
		[VA_FIXMAP] = "fixmap",
		[VA_CPU_ENTRY] = "cpu_entry_area",
		[VA_KASAN] = "kasan",
		[VA_HOLE] = "hole",
	};

	return names[va_class];
}
