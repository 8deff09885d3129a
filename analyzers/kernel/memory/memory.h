/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_MEMORY_MEMORY
#define TRIAGE_KERNEL_MEMORY_MEMORY

#include "kernel/dump/dump.h"
#include "kernel/dump/vmcoreinfo.h"
#include "kernel/memory/regions.h"

/*
 * The dead kernel's virtual address space: kernel image by its linear mapping, direct map, else
 * the page tables (4 or 5 levels, 2M and 1G pages, SME mask). Errors carry the virtual address.
 */
struct memory;

/* dump must outlive the memory; info may be NULL (then only what CR3 and scans give). */
struct err *memory_open(struct dump *dump, const struct vmcoreinfo *info, struct memory **ret);
void memory_close(struct memory *memory);
DEFINE_CLEANUP(struct memory, memory_close)

/* Whether a page table was found that maps the kernel's text. */
bool memory_has_table(const struct memory *memory);
struct err *memory_translate(struct memory *memory, uint64_t va, uint64_t *phys);
/* The entry of the page tables that maps va, or fails to; false where it cannot be read. */
struct table_entry;
bool memory_table_entry(struct memory *memory, uint64_t va, struct table_entry *ret);
/* The same in the tables of a process, whose top is at the kernel's address pgd. */
bool memory_table_entry_of(struct memory *memory, uint64_t pgd, uint64_t va,
			   struct table_entry *ret);
/* Any length, page borders included. On error buf is undefined. */
struct err *memory_read(struct memory *memory, uint64_t va, void *buf, size_t length);
/*
 * What is there of a range, page by page; the rest is zero. For looking further than an object may reach. Returns how
 * many bytes were there.
 */
size_t memory_read_there(struct memory *memory, uint64_t va, void *buf, size_t length);
/* The same past the page cache: for bulk tables that are read once. */
struct err *memory_stream(struct memory *memory, uint64_t va, void *buf, size_t length);
struct err *memory_read_u8(struct memory *memory, uint64_t va, uint8_t *ret);
struct err *memory_read_u32(struct memory *memory, uint64_t va, uint32_t *ret);
struct err *memory_read_u64(struct memory *memory, uint64_t va, uint64_t *ret);
/* Read 1..8 bytes as a little-endian unsigned number. */
struct err *memory_read_uint(struct memory *memory, uint64_t va, size_t size, uint64_t *ret);
/*
 * A NUL-terminated string of fewer than size bytes into buf; ERR_LIMIT when no NUL comes in time
 * (buf then holds the terminated beginning). Bytes are as in the dump: escape before showing.
 */
struct err *memory_read_string(struct memory *memory, uint64_t va, char *buf, size_t size);

enum va_class memory_class(const struct memory *memory, uint64_t va);
bool memory_is_canonical(const struct memory *memory, uint64_t va);
bool memory_is_kernel(const struct memory *memory, uint64_t va); /* upper, canonical half */
/* The direct map: [base, base + max_pfn pages). vmemmap base likewise; 0 while unknown. */
uint64_t memory_page_offset(const struct memory *memory);
uint64_t memory_vmemmap(const struct memory *memory);
uint64_t memory_kaslr_offset(const struct memory *memory);
/* Where VMCOREINFO does not tell it. What no kernel is moved by leaves it as it was. */
void memory_set_kaslr_offset(struct memory *memory, uint64_t offset);
/* Direct-map address of a physical one. */
uint64_t memory_phys_to_virt(const struct memory *memory, uint64_t phys);
/* And back, for the image too, without a page table; false for any other address. */
bool memory_virt_to_phys_linear(const struct memory *memory, uint64_t va, uint64_t *phys);

/* A physical page and where the kernel has it mapped besides the direct map. */
struct alias {
	uint64_t phys; /* of the page */
	uint64_t va;   /* 0: nowhere else */
};
/*
 * Fill in va of each page: where the image, a module or the vmalloc region (stacks lie there) has it
 * mapped. The kernel knows such a page by that address and not by the direct map's. pages are sorted
 * by phys. Bounded; what only page tables that cannot be read would tell stays 0.
 */
void memory_find_aliases(struct memory *memory, struct alias *pages, size_t count);
/* VMCOREINFO that was found only once the memory could be read: where KASLR put the image, and its room. */
void memory_set_vmcoreinfo(struct memory *memory, const struct vmcoreinfo *info);
/*
 * What is known only later and makes reads better: the image's bounds, from symbols, and the bases
 * of randomised regions (page_offset_base, vmalloc_base, vmemmap_base); 0 for what is not known.
 */
void memory_set_image(struct memory *memory, uint64_t text, uint64_t end);
void memory_set_regions(struct memory *memory, uint64_t page_offset, uint64_t vmalloc,
			uint64_t vmemmap);

#endif
