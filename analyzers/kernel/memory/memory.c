/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads virtual addresses of the dead kernel: finds its page table, translates, and knows regions. */
#include "kernel/memory/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/parse.h"
#include "kernel/dump/regs.h"
#include "kernel/memory/pagetable.h"
#include "kernel/memory/regions.h"

#define TLB_SIZE 1024
/* KERNEL_IMAGE_SIZE with and without CONFIG_RANDOMIZE_BASE (asm/page_64_types.h). */
#define IMAGE_SIZE_KASLR (1ull << 30)
#define KASLR_STEP 0x200000u /* MIN_KERNEL_ALIGN, arch/x86/include/asm/boot.h */
#define IMAGE_SIZE_FIXED (512ull << 20)

struct tlb_entry {
	uint64_t tag; /* virtual page address | 1 */
	uint64_t phys;
};

struct memory {
	struct dump *dump;
	struct pagetable table; /* root 0: none that can be trusted */
	struct regions regions;
	uint64_t phys_base, kaslr_offset;
	bool has_phys_base;
	struct tlb_entry tlb[TLB_SIZE];
};

/* --- finding the way in ------------------------------------------------------------------- */

static bool is_image_region(const struct memory *memory, uint64_t va)
{
	return va >= START_KERNEL_MAP && va - START_KERNEL_MAP < memory->regions.image_size;
}

static uint64_t image_phys(const struct memory *memory, uint64_t va)
{
	return va - START_KERNEL_MAP + memory->phys_base;
}

/* An address of kernel text that any page table of this kernel must map; 0 when none is known. */
static uint64_t text_address(const struct memory *memory, const struct vmcoreinfo *info)
{
	uint64_t text;
	struct regs regs;

	if (vmcoreinfo_symbol(info, "_stext", &text))
		return text;
	for (size_t i = 0; i < dump_cpu_count(memory->dump); i++)
		if (err_ok(dump_cpu_regs(memory->dump, i, &regs)) && regs_known(&regs, REG_RIP) &&
		    is_image_region(memory, regs.value[REG_RIP]))
			return regs.value[REG_RIP];
	return 0;
}

/*
 * Take a page table if it maps the kernel's text and, when phys_base is certain, to the right
 * place. The user half of a pair under page-table isolation has text too (the entry code), but no
 * direct map: that is what tells a kernel's table.
 */
static bool try_table(struct memory *memory, uint64_t root, unsigned levels, uint64_t text)
{
	struct pagetable table = memory->table;
	uint64_t phys, base;

	table.root = root;
	table.levels = levels;
	if (!pagetable_maps(&table, text, &phys) || !pagetable_find_direct_map(&table, &base))
		return false;
	if (memory->has_phys_base && is_image_region(memory, text) &&
	    phys != image_phys(memory, text))
		return false;
	memory->table = table;
	memory->regions.levels = levels;
	memory->regions.page_offset = base;
	return true;
}

static bool try_levels(struct memory *memory, const struct vmcoreinfo *info, uint64_t root,
		       uint64_t text)
{
	uint64_t l5;

	if (vmcoreinfo_number(info, "pgtable_l5_enabled", &l5))
		return try_table(memory, root, l5 ? 5 : 4, text);
	return try_table(memory, root, 4, text) || try_table(memory, root, 5, text);
}

static bool try_symbol(struct memory *memory, const struct vmcoreinfo *info, const char *name,
		       uint64_t text)
{
	uint64_t va;

	return memory->has_phys_base && vmcoreinfo_symbol(info, name, &va) &&
	       is_image_region(memory, va) &&
	       try_levels(memory, info, image_phys(memory, va), text);
}

/*
 * CR3 of the CPUs. Its low bits are a PCID; under page-table isolation bit 12 chooses the user
 * half of an 8 KiB pair, so the kernel's half is tried first.
 */
static bool try_cr3(struct memory *memory, const struct vmcoreinfo *info, uint64_t text)
{
	struct regs regs;

	for (size_t i = 0; i < dump_cpu_count(memory->dump); i++) {
		if (!err_ok(dump_cpu_regs(memory->dump, i, &regs)) || !regs_known(&regs, REG_CR3))
			continue;
		uint64_t root =
			regs.value[REG_CR3] & 0x000ffffffffff000ull & ~memory->table.sme_mask;

		if (try_levels(memory, info, root & ~(uint64_t)PAGE_SIZE, text) ||
		    try_levels(memory, info, root, text))
			return true;
	}
	return false;
}

static void find_phys_base(struct memory *memory, const struct vmcoreinfo *info)
{
	if (vmcoreinfo_number(info, "phys_base", &memory->phys_base)) {
		memory->has_phys_base = true;
		return;
	}
	/* Before 4.10 (401721ecd1dc) the container's word is all there is: QEMU's is no good. */
	memory->has_phys_base = dump_phys_base(memory->dump, &memory->phys_base);
}

/* With a page table but a phys_base that cannot be right, the table's word counts. */
static void correct_phys_base(struct memory *memory, uint64_t text)
{
	uint64_t phys;

	if (!is_image_region(memory, text) || !pagetable_maps(&memory->table, text, &phys))
		return;
	memory->phys_base = phys - (text - START_KERNEL_MAP);
	memory->has_phys_base = true;
}

static void find_table(struct memory *memory, const struct vmcoreinfo *info)
{
	uint64_t text = text_address(memory, info), certain;

	if (!text || try_symbol(memory, info, "init_top_pgt", text) ||
	    try_symbol(memory, info, "swapper_pg_dir", text))
		return;
	/* Only VMCOREINFO's phys_base is a reason to reject a table. */
	memory->has_phys_base = vmcoreinfo_number(info, "phys_base", &certain);
	if (try_cr3(memory, info, text))
		correct_phys_base(memory, text);
	else if (!memory->has_phys_base)
		memory->has_phys_base = dump_phys_base(memory->dump, &memory->phys_base);
}

static uint64_t image_size(const struct vmcoreinfo *info)
{
	uint64_t size;

	/* Modules follow the image at once; too large a size hides only where they begin. */
	if (vmcoreinfo_number(info, "KERNEL_IMAGE_SIZE", &size) && size <= IMAGE_SIZE_KASLR)
		return size;
	return vmcoreinfo_get(info, "KERNELOFFSET") ? IMAGE_SIZE_KASLR : IMAGE_SIZE_FIXED;
}

struct err *memory_open(struct dump *dump, const struct vmcoreinfo *info, struct memory **ret)
{
	_cleanup_(cleanup_memory_close) struct memory *memory = calloc(1, sizeof(*memory));
	uint64_t l5;

	if (!memory)
		return &err_nomem;
	memory->dump = memory->table.dump = dump;
	memory->kaslr_offset = vmcoreinfo_kaslr_offset(info);
	memory->regions.image_size = info ? image_size(info) : IMAGE_SIZE_KASLR;
	memory->regions.direct_map_size = dump_info(dump)->max_pfn << PAGE_SHIFT;
	memory->regions.levels = vmcoreinfo_number(info, "pgtable_l5_enabled", &l5) && l5 ? 5 : 4;
	vmcoreinfo_number(info, "sme_mask", &memory->table.sme_mask);
	find_phys_base(memory, info);
	find_table(memory, info);
	if (!memory->table.root && !memory->has_phys_base)
		return err_new(ERR_NOT_FOUND, "no page table and no phys_base: virtual addresses "
					      "cannot be translated");
	*ret = take_ptr(memory);
	return NULL;
}

void memory_close(struct memory *memory)
{
	free(memory);
}

bool memory_has_table(const struct memory *memory)
{
	return memory->table.root;
}

/* --- translation -------------------------------------------------------------------------- */

/* Addresses that need no page table, once it is known where these regions are. */
static bool translate_linear(const struct memory *memory, uint64_t va, uint64_t *phys)
{
	const struct regions *regions = &memory->regions;

	if (regions->page_offset && va >= regions->page_offset &&
	    va - regions->page_offset < regions->direct_map_size) {
		*phys = va - regions->page_offset;
		return true;
	}
	if (memory->has_phys_base && regions->image && va >= regions->image &&
	    va < regions->image_end) {
		*phys = image_phys(memory, va);
		return true;
	}
	return false;
}

static struct err *translate_slowly(struct memory *memory, uint64_t va, uint64_t *phys)
{
	struct err *err;

	if (translate_linear(memory, va, phys))
		return NULL;
	if (memory->table.root) {
		err = pagetable_walk(&memory->table, va, phys);
		/* A page table page that is not there says nothing about the image. */
		if (!err || err->code == ERR_UNMAPPED || err->code == ERR_NOMEM ||
		    !memory->has_phys_base || !is_image_region(memory, va))
			return err;
		err_free(err);
	} else if (!memory->has_phys_base || !is_image_region(memory, va)) {
		return err_at(ERR_UNMAPPED, va, "no page table was found to translate");
	}
	*phys = image_phys(memory, va);
	return NULL;
}

struct err *memory_translate(struct memory *memory, uint64_t va, uint64_t *phys)
{
	uint64_t tag = (va & ~(uint64_t)(PAGE_SIZE - 1)) | 1;
	struct tlb_entry *entry = &memory->tlb[va >> PAGE_SHIFT & (TLB_SIZE - 1)];

	if (entry->tag != tag) {
		uint64_t found;

		TRY(translate_slowly(memory, va, &found));
		*entry = (struct tlb_entry){tag, found & ~(uint64_t)(PAGE_SIZE - 1)};
	}
	*phys = entry->phys | (va & (PAGE_SIZE - 1));
	return NULL;
}

bool memory_table_entry(struct memory *memory, uint64_t va, struct table_entry *ret)
{
	return memory_has_table(memory) && pagetable_entry(&memory->table, va, ret);
}

bool memory_table_entry_of(struct memory *memory, uint64_t pgd, uint64_t va,
			   struct table_entry *ret)
{
	struct pagetable table = memory->table;

	return memory_has_table(memory) && memory_virt_to_phys_linear(memory, pgd, &table.root) &&
	       pagetable_entry(&table, va, ret);
}

/* --- reads -------------------------------------------------------------------------------- */

/* The dump's errors name the physical address: let them carry the one that was asked for. */
static struct err *at_virtual(struct err *err, uint64_t va)
{
	if (err->code == ERR_NOMEM)
		return err;
	err->address = va;
	return err_wrap(err, "reading 0x%016" PRIx64, va);
}

typedef struct err *piece_fn(struct dump *dump, uint64_t phys, void *buf, size_t length);

static struct err *in_pieces(struct memory *memory, uint64_t va, void *buf, size_t length,
			     piece_fn *piece)
{
	while (length) {
		size_t size = MIN(length, PAGE_SIZE - (va & (PAGE_SIZE - 1)));
		uint64_t phys;
		struct err *err;

		TRY(memory_translate(memory, va, &phys));
		err = piece(memory->dump, phys, buf, size);
		if (err)
			return at_virtual(err, va);
		va += size;
		buf = (char *)buf + size;
		length -= size;
	}
	return NULL;
}

struct err *memory_read(struct memory *memory, uint64_t va, void *buf, size_t length)
{
	return in_pieces(memory, va, buf, length, dump_read);
}

struct err *memory_stream(struct memory *memory, uint64_t va, void *buf, size_t length)
{
	return in_pieces(memory, va, buf, length, dump_stream);
}

struct err *memory_read_uint(struct memory *memory, uint64_t va, size_t size, uint64_t *ret)
{
	unsigned char bytes[sizeof(uint64_t)];
	const void *page;
	uint64_t phys;
	struct err *err;

	if (!size || size > sizeof(bytes))
		return err_new(ERR_INVALID, "no integer has %zu bytes", size);
	if ((va & (PAGE_SIZE - 1)) + size > PAGE_SIZE) {
		TRY(memory_read(memory, va, bytes, size));
		*ret = load_uint(bytes, size);
		return NULL;
	}
	TRY(memory_translate(memory, va, &phys));
	err = dump_page(memory->dump, phys >> PAGE_SHIFT, &page);
	if (err)
		return at_virtual(err, va);
	*ret = load_uint((const char *)page + (phys & (PAGE_SIZE - 1)), size);
	return NULL;
}

struct err *memory_read_u8(struct memory *memory, uint64_t va, uint8_t *ret)
{
	uint64_t value;

	TRY(memory_read_uint(memory, va, sizeof(*ret), &value));
	*ret = (uint8_t)value;
	return NULL;
}

struct err *memory_read_u32(struct memory *memory, uint64_t va, uint32_t *ret)
{
	uint64_t value;

	TRY(memory_read_uint(memory, va, sizeof(*ret), &value));
	*ret = (uint32_t)value;
	return NULL;
}

struct err *memory_read_u64(struct memory *memory, uint64_t va, uint64_t *ret)
{
	return memory_read_uint(memory, va, sizeof(*ret), ret);
}

struct err *memory_read_string(struct memory *memory, uint64_t va, char *buf, size_t size)
{
	uint64_t start = va;
	size_t done = 0;

	if (!size)
		return err_new(ERR_INVALID, "no room for a string");
	while (done < size - 1) {
		size_t length = MIN(size - 1 - done, PAGE_SIZE - (va & (PAGE_SIZE - 1)));

		TRY(memory_read(memory, va, buf + done, length));
		if (memchr(buf + done, '\0', length))
			return NULL;
		done += length;
		va += length;
	}
	buf[done] = '\0';
	return err_at(ERR_LIMIT, start, "string longer than %zu bytes", size - 1);
}

/* --- the way back ------------------------------------------------------------------------- */

#define ALIAS_TABLES_MAX 65536

struct alias_search {
	struct alias *pages;
	size_t count;
};

/* The first mapping that was found stays. */
static void take_mapping(void *context, uint64_t va, uint64_t phys, uint64_t size)
{
	struct alias_search *search = context;
	struct alias *pages = search->pages;
	size_t first = array_first(search->count, i, pages[i].phys >= phys);

	for (size_t i = first; i < search->count && pages[i].phys - phys < size; i++)
		if (!pages[i].va)
			pages[i].va = va + (pages[i].phys - phys);
}

void memory_find_aliases(struct memory *memory, struct alias *pages, size_t count)
{
	struct alias_search search = {pages, count};
	uint64_t first, last;

	for (size_t i = 0; i < count; i++) {
		uint64_t image = pages[i].phys - memory->phys_base + START_KERNEL_MAP, phys;

		pages[i].va = memory->regions.image && memory_class(memory, image) == VA_IMAGE &&
					      err_ok(memory_translate(memory, image, &phys)) &&
					      phys == pages[i].phys
				      ? image
				      : 0;
	}
	if (!count)
		return;
	pagetable_each(&memory->table, START_KERNEL_MAP + memory->regions.image_size, UINT64_MAX,
		       ALIAS_TABLES_MAX, take_mapping, &search);
	regions_vmalloc(&memory->regions, &first, &last);
	pagetable_each(&memory->table, first, last, ALIAS_TABLES_MAX, take_mapping, &search);
}

/* --- the map ------------------------------------------------------------------------------ */

enum va_class memory_class(const struct memory *memory, uint64_t va)
{
	return regions_class(&memory->regions, va);
}

bool memory_is_canonical(const struct memory *memory, uint64_t va)
{
	return pagetable_is_canonical(va, memory->regions.levels);
}

bool memory_is_kernel(const struct memory *memory, uint64_t va)
{
	return va >> 63 && memory_is_canonical(memory, va);
}

uint64_t memory_page_offset(const struct memory *memory)
{
	return memory->regions.page_offset;
}

uint64_t memory_vmemmap(const struct memory *memory)
{
	return regions_vmemmap(&memory->regions);
}

uint64_t memory_kaslr_offset(const struct memory *memory)
{
	return memory->kaslr_offset;
}

void memory_set_kaslr_offset(struct memory *memory, uint64_t offset)
{
	if (offset < IMAGE_SIZE_KASLR && offset % KASLR_STEP == 0)
		memory->kaslr_offset = offset;
}

uint64_t memory_phys_to_virt(const struct memory *memory, uint64_t phys)
{
	return memory->regions.page_offset + phys;
}

bool memory_virt_to_phys_linear(const struct memory *memory, uint64_t va, uint64_t *phys)
{
	return translate_linear(memory, va, phys);
}

void memory_set_vmcoreinfo(struct memory *memory, const struct vmcoreinfo *info)
{
	memory->kaslr_offset = vmcoreinfo_kaslr_offset(info);
	memory->regions.image_size = image_size(info);
	vmcoreinfo_number(info, "sme_mask", &memory->table.sme_mask);
}

void memory_set_image(struct memory *memory, uint64_t text, uint64_t end)
{
	if (text < START_KERNEL_MAP || end <= text || end - text > IMAGE_SIZE_KASLR)
		return;
	memory->regions.image = text;
	memory->regions.image_end = end;
}

void memory_set_regions(struct memory *memory, uint64_t page_offset, uint64_t vmalloc,
			uint64_t vmemmap)
{
	struct regions *regions = &memory->regions;

	/* What the page table itself shows stands above a variable of the damaged kernel. */
	if (page_offset &&
	    (!memory->table.root || pagetable_has_direct_map(&memory->table, page_offset)))
		regions->page_offset = page_offset;
	if (vmalloc)
		regions->vmalloc = vmalloc;
	if (vmemmap)
		regions->vmemmap = vmemmap;
}
