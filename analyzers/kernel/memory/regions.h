/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_MEMORY_REGIONS
#define TRIAGE_KERNEL_MEMORY_REGIONS

#include <stdint.h>

/* The classes of virtual addresses. */
enum va_class {
	VA_USER,
	VA_NON_CANONICAL,
	VA_DIRECT_MAP,	      /* direct map, RAM behind it */
	VA_DIRECT_MAP_BEYOND, /* inside the direct map's region, no RAM behind it */
	VA_VMALLOC,
	VA_VMEMMAP,
	VA_IMAGE, /* kernel text, data, bss */
	VA_MODULE,
	VA_FIXMAP,
	VA_CPU_ENTRY, /* cpu_entry_area, espfix and their like */
	VA_KASAN,
	VA_HOLE, /* canonical kernel half, but no region lives there */
};

/* The map of the kernel's address space (Documentation/arch/x86/x86_64/mm.rst). */
struct regions {
	unsigned levels;
	uint64_t page_offset, direct_map_size; /* base 0 = not known */
	uint64_t vmalloc, vmemmap;	       /* bases; 0 = the ones without randomisation */
	uint64_t image, image_end;	       /* kernel text to bss; 0 = not known */
	uint64_t image_size;		       /* of the region the image is placed in */
};

const char *regions_class_name(enum va_class va_class); /* "direct_map", "vmalloc", … */
enum va_class regions_class(const struct regions *regions, uint64_t va);
/* First and last address of the vmalloc region. */
void regions_vmalloc(const struct regions *regions, uint64_t *first, uint64_t *last);
/* The array of struct page; 0 while randomised regions are not known. */
uint64_t regions_vmemmap(const struct regions *regions);

#endif
