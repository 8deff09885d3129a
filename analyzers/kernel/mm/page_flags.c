/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The flags and types of pages, by their names in this kernel. */
#include "kernel/mm/page_flags.h"

#include <stdlib.h>

#include "kernel/dump/vmcoreinfo.h"
#include "kernel/kernel.h"
#include "kernel/types/types.h"

static uint64_t flag(struct kernel *kernel, const char *name)
{
	uint64_t bit;

	return (vmcoreinfo_number(kernel->vmcoreinfo, name, &bit) ||
		types_enumerator(kernel->types, "pageflags", name, &bit)) &&
			       bit < 64
		       ? UINT64_C(1) << bit
		       : 0;
}

static uint32_t type_word(struct kernel *kernel, const char *name)
{
	uint64_t value;

	return vmcoreinfo_number(kernel->vmcoreinfo, name, &value) ? (uint32_t)value : 0;
}

/* For those VMCOREINFO does not have. */
static uint8_t type_byte(struct kernel *kernel, const char *name)
{
	uint64_t value;

	return types_enumerator(kernel->types, "pagetype", name, &value) ? (uint8_t)value : 0;
}

static uint64_t struct_size(struct kernel *kernel)
{
	uint64_t size;

	if (vmcoreinfo_size(kernel->vmcoreinfo, "page", &size) && size)
		return size;
	return type_size(types_find_struct(kernel->types, "page"));
}

static struct page_flags look_up(struct kernel *kernel)
{
	return (struct page_flags){
		.size = struct_size(kernel),
		.tail = flag(kernel, "PG_tail"),
		.slab = flag(kernel, "PG_slab"),
		/* Until 5f24ce5fd34c v2.6.38. */
		.buddy = flag(kernel, "PG_buddy"),
		.reserved = flag(kernel, "PG_reserved"),
		.locked = flag(kernel, "PG_locked"),
		.writeback = flag(kernel, "PG_writeback"),
		.up_to_date = flag(kernel, "PG_uptodate"),
		.slab_type = type_word(kernel, "PAGE_SLAB_MAPCOUNT_VALUE"),
		.buddy_type = type_word(kernel, "PAGE_BUDDY_MAPCOUNT_VALUE"),
		.table = type_byte(kernel, "PGTY_table"),
		.large_kmalloc = type_byte(kernel, "PGTY_large_kmalloc"),
		.offline = type_byte(kernel, "PGTY_offline"),
		.hugetlb = type_byte(kernel, "PGTY_hugetlb"),
	};
}

const struct page_flags *page_flags(struct kernel *kernel)
{
	size_t generation = types_generation(kernel->types) + 1;

	if (!kernel->page_flags && !(kernel->page_flags = calloc(1, sizeof(*kernel->page_flags))))
		return NULL;
	if (kernel->page_flags->generation != generation) {
		*kernel->page_flags = look_up(kernel);
		kernel->page_flags->generation = generation;
	}
	return kernel->page_flags;
}
