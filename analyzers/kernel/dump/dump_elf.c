/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ELF cores: /proc/vmcore, makedumpfile -E, QEMU's dump-guest-memory. Read here and not through
 * libkdumpfile, which (0.5.1) crashes on page frames that are in no segment, mistakes overlapping
 * segments, and adds nothing to a pread().
 */
#include "kernel/dump/dump_elf.h"

#include <elf.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "kernel/dump/dump_notes.h"

/* makedumpfile -E writes a segment for each run of pages it keeps; a bound for hostile headers. */
#define SEGMENTS_MAX (512u << 10)
#define START_KERNEL_MAP 0xffffffff80000000ull
#define IMAGE_SIZE_MAX (1ull << 30)

struct segment {
	uint64_t start, end; /* physical */
	uint64_t offset;     /* in the file, of start */
};

struct segments {
	struct segment *at;
	size_t count;
};

struct elf {
	struct container container;
	struct dump_file *file;
	struct segments data; /* disjoint and in order: what the file holds */
	struct segments ram;  /* what the machine has, held or not */
};

static int compare_segments(const void *a, const void *b)
{
	const struct segment *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

/* Sort, and cut what overlaps: each address then belongs to one segment, the first that had it. */
static void make_disjoint(struct segments *segments)
{
	size_t kept = 0;
	uint64_t end = 0;

	qsort(segments->at, segments->count, sizeof(*segments->at), compare_segments);
	for (size_t i = 0; i < segments->count; i++) {
		struct segment segment = segments->at[i];

		if (segment.start < end) {
			segment.offset += end - segment.start;
			segment.start = end;
		}
		if (segment.start >= segment.end)
			continue;
		segments->at[kept++] = segment;
		end = segment.end;
	}
	segments->count = kept;
}

/* The first segment that ends behind phys, or NULL. */
static const struct segment *find(const struct segments *segments, uint64_t phys)
{
	size_t at = array_first(segments->count, i, segments->at[i].end > phys);

	return at < segments->count ? &segments->at[at] : NULL;
}

/* The first segment with anything of a page; NULL when there is none. */
static const struct segment *find_in_page(const struct segments *segments, uint64_t phys)
{
	const struct segment *segment = find(segments, phys);

	return segment && segment->start < phys + PAGE_SIZE ? segment : NULL;
}

static enum page_state elf_state(struct container *container, uint64_t pfn)
{
	struct elf *elf = (struct elf *)container;
	const struct segment *segment;
	uint64_t phys = pfn << PAGE_SHIFT;

	if (pfn > UINT64_MAX >> PAGE_SHIFT)
		return PAGE_ABSENT;
	segment = find_in_page(&elf->data, phys);
	if (segment) {
		uint64_t start = MAX(segment->start, phys);
		uint64_t end = MIN(segment->end, phys + PAGE_SIZE);
		uint64_t offset = segment->offset + (start - segment->start);

		return dump_file_holds(elf->file, offset, end - start) ? PAGE_PRESENT
								       : PAGE_TRUNCATED;
	}
	return find_in_page(&elf->ram, phys) ? PAGE_EXCLUDED : PAGE_ABSENT;
}

/*
 * A page that belongs to RAM only in part (the BIOS keeps the end of the lowest 640 KiB) has
 * zeros for the rest, as /proc/vmcore itself pads it.
 */
static struct err *elf_read(struct container *container, uint64_t pfn, void *page)
{
	struct elf *elf = (struct elf *)container;
	uint64_t phys = pfn << PAGE_SHIFT, page_end = phys + PAGE_SIZE;
	const struct segment *last = elf->data.at + elf->data.count;

	memset(page, 0, PAGE_SIZE);
	for (const struct segment *segment = find_in_page(&elf->data, phys);
	     segment && segment < last && segment->start < page_end; segment++) {
		uint64_t start = MAX(segment->start, phys), end = MIN(segment->end, page_end);

		TRY(dump_file_read(elf->file, segment->offset + (start - segment->start),
				   (char *)page + (start - phys), (size_t)(end - start)));
	}
	return NULL;
}

/* RAM that the file does not hold, in pages [pfn, end), none of which is in any segment of data. */
static uint64_t count_ram(const struct elf *elf, uint64_t pfn, uint64_t end)
{
	const struct segment *last = elf->ram.at + elf->ram.count;
	uint64_t count = 0;

	for (const struct segment *segment = find(&elf->ram, pfn << PAGE_SHIFT);
	     segment && segment < last && segment->start >> PAGE_SHIFT < end; segment++) {
		uint64_t first = MAX(segment->start >> PAGE_SHIFT, pfn);

		pfn = MIN((segment->end + PAGE_SIZE - 1) >> PAGE_SHIFT, end);
		count += pfn - MIN(first, pfn);
	}
	return count;
}

/* As many whole pages of one segment as a window holds; *pfn is moved behind them. */
static struct err *sweep_run(const struct elf *elf, struct sweep *sweep,
			     const struct segment *segment, uint64_t *pfn, uint64_t end)
{
	uint64_t count = MIN((segment->end >> PAGE_SHIFT) - *pfn, end - *pfn), first = *pfn;
	size_t got;

	count = MIN(count, SWEEP_WINDOW / PAGE_SIZE);
	*pfn += count;
	if (!TRY_OK(dump_file_read_some(elf->file,
					segment->offset + ((first << PAGE_SHIFT) - segment->start),
					sweep->window, count * PAGE_SIZE, &got))) {
		sweep->counts->corrupt += count;
		return NULL;
	}
	for (uint64_t i = 0; i < got / PAGE_SIZE; i++)
		sweep->visit(sweep->context, first + i, sweep->window + i * PAGE_SIZE, BYTES_OWN);
	sweep->counts->pages += got / PAGE_SIZE;
	sweep->counts->truncated += count - got / PAGE_SIZE;
	return NULL;
}

/* A page that is RAM, or in the file, only in part. */
static struct err *sweep_odd_page(const struct container *container, struct sweep *sweep,
				  uint64_t pfn)
{
	struct container *elf = (struct container *)(uintptr_t)container; /* not changed by these */

	if (elf_state(elf, pfn) == PAGE_TRUNCATED) {
		sweep->counts->truncated++;
	} else if (!TRY_OK(elf_read(elf, pfn, sweep->page))) {
		sweep->counts->corrupt++;
	} else {
		sweep->counts->pages++;
		sweep->visit(sweep->context, pfn, sweep->page, BYTES_OWN);
	}
	return NULL;
}

static struct err *elf_sweep(const struct container *container, struct sweep *sweep, uint64_t pfn,
			     uint64_t end)
{
	const struct elf *elf = (const struct elf *)container;

	while (pfn < end) {
		const struct segment *segment = find(&elf->data, pfn << PAGE_SHIFT);
		uint64_t next = segment ? MIN(segment->start >> PAGE_SHIFT, end) : end;

		if (next > pfn) {
			sweep->counts->excluded += count_ram(elf, pfn, next);
			pfn = next;
		} else if (segment->start <= pfn << PAGE_SHIFT &&
			   segment->end >> PAGE_SHIFT > pfn) {
			TRY(sweep_run(elf, sweep, segment, &pfn, end));
		} else {
			TRY(sweep_odd_page(container, sweep, pfn++));
		}
	}
	return NULL;
}

static uint64_t elf_pages_below(const struct container *container, uint64_t pfn)
{
	const struct elf *elf = (const struct elf *)container;
	uint64_t count = 0, next = 0; /* next: segments may share a page */

	for (size_t i = 0; i < elf->data.count; i++) {
		const struct segment *segment = &elf->data.at[i];
		uint64_t first = MAX(segment->start >> PAGE_SHIFT, next);
		uint64_t end = (segment->end + PAGE_SIZE - 1) >> PAGE_SHIFT;

		if (first >= pfn)
			break;
		next = MAX(next, MIN(end, pfn));
		count += next - MIN(first, next);
	}
	return count;
}

static void add_load(struct elf *elf, const Elf64_Phdr *phdr)
{
	uint64_t filesz = phdr->p_filesz, memsz = MAX(phdr->p_memsz, filesz);

	/* An end beyond the address space is nonsense; physical addresses have 52 bits. */
	if (phdr->p_paddr >> 52 || memsz >> 52 || phdr->p_offset > INT64_MAX)
		return;
	if (filesz)
		elf->data.at[elf->data.count++] =
			(struct segment){phdr->p_paddr, phdr->p_paddr + filesz, phdr->p_offset};
	if (memsz)
		elf->ram.at[elf->ram.count++] =
			(struct segment){phdr->p_paddr, phdr->p_paddr + memsz, 0};
	/* The kernel's own segment tells where its image lies in physical memory. */
	if (phdr->p_vaddr >= START_KERNEL_MAP && !elf->container.has_phys_base &&
	    phdr->p_vaddr - START_KERNEL_MAP < IMAGE_SIZE_MAX) {
		elf->container.phys_base = phdr->p_paddr - (phdr->p_vaddr - START_KERNEL_MAP);
		elf->container.has_phys_base = true;
	}
}

static void add_notes(struct elf *elf, const Elf64_Phdr *phdr)
{
	struct container *container = &elf->container;

	if (container->note_count < NOTE_RANGES && phdr->p_offset <= INT64_MAX)
		container->notes[container->note_count++] =
			(struct file_range){phdr->p_offset, phdr->p_filesz};
}

/* With more than 65534 program headers their number stands in the first section header. */
static struct err *count_phdrs(struct dump_file *file, const Elf64_Ehdr *ehdr, size_t *ret)
{
	Elf64_Shdr first;

	*ret = ehdr->e_phnum;
	if (ehdr->e_phnum == PN_XNUM) {
		TRY(dump_file_read(file, ehdr->e_shoff, &first, sizeof(first)));
		*ret = first.sh_info;
	}
	if (*ret > SEGMENTS_MAX)
		return err_new(ERR_LIMIT, "the ELF header announces %zu segments", *ret);
	return NULL;
}

static struct err *read_phdrs(struct elf *elf, const Elf64_Ehdr *ehdr)
{
	size_t count;

	TRY(count_phdrs(elf->file, ehdr, &count));
	if (!count || ehdr->e_phentsize < sizeof(Elf64_Phdr))
		return err_new(ERR_CORRUPT, "the ELF core has no usable program headers");
	/* Checked first, so that a small file cannot ask for much memory. */
	if (!dump_file_holds(elf->file, ehdr->e_phoff, count * ehdr->e_phentsize))
		return err_new(ERR_TRUNCATED, "the file ends within its program headers");
	elf->data.at = calloc(count, sizeof(struct segment));
	elf->ram.at = calloc(count, sizeof(struct segment));
	if (!elf->data.at || !elf->ram.at)
		return &err_nomem;
	for (size_t i = 0; i < count; i++) {
		Elf64_Phdr phdr;

		TRY(dump_file_read(elf->file, ehdr->e_phoff + i * ehdr->e_phentsize, &phdr,
				   sizeof(phdr)));
		if (phdr.p_type == PT_LOAD)
			add_load(elf, &phdr);
		else if (phdr.p_type == PT_NOTE)
			add_notes(elf, &phdr);
	}
	return NULL;
}

static void fill_info(const struct elf *elf, struct dump_info *info)
{
	info->format = dump_file_flattened(elf->file) ? "elf-flattened" : "elf";
	info->compression = "none";
	if (elf->ram.count)
		info->max_pfn = (elf->ram.at[elf->ram.count - 1].end + PAGE_SIZE - 1) >> PAGE_SHIFT;
	for (size_t i = 0; i < elf->data.count; i++) {
		const struct segment *segment = &elf->data.at[i];
		uint64_t length = segment->end - segment->start;

		info->whole_size = MAX(info->whole_size, segment->offset + length);
		info->truncated |= !dump_file_holds(elf->file, segment->offset, length);
	}
}

static const char *machine_name(unsigned machine)
{
	switch (machine) {
	case EM_386:
		return "i386";
	case EM_AARCH64:
		return "aarch64";
	case EM_ARM:
		return "arm";
	case EM_PPC64:
		return "ppc64";
	case EM_S390:
		return "s390x";
	case EM_RISCV:
		return "riscv";
	default:
		return NULL;
	}
}

static struct err *check_header(const Elf64_Ehdr *ehdr)
{
	bool big_endian = ehdr->e_ident[EI_DATA] == ELFDATA2MSB;
	const char *machine = machine_name(big_endian ? be16toh(ehdr->e_machine) : ehdr->e_machine);

	if (machine)
		return err_new(ERR_UNSUPPORTED, "an ELF file of %s: only x86-64 dumps can be read",
			       machine);
	if (ehdr->e_machine != EM_X86_64)
		return err_new(ERR_UNSUPPORTED, "an ELF file of machine %u, not x86-64",
			       ehdr->e_machine);
	if (ehdr->e_ident[EI_CLASS] != ELFCLASS64 || big_endian)
		return err_new(ERR_UNSUPPORTED, "a 32-bit or big-endian ELF file, not x86-64");
	if (ehdr->e_type != ET_CORE)
		return err_new(ERR_INVALID, "an ELF program or object file, not a crash dump");
	return NULL;
}

static void elf_close(struct container *container)
{
	struct elf *elf = (struct elf *)container;

	if (!elf)
		return;
	free(elf->data.at);
	free(elf->ram.at);
	free(elf);
}

static void cleanup_elf(struct elf **elf)
{
	if (*elf)
		elf_close(&(*elf)->container);
}

static struct err *elf_open(struct dump_file *file, struct dump_info *info, struct container **ret)
{
	_cleanup_(cleanup_elf) struct elf *elf = NULL;
	Elf64_Ehdr ehdr;
	size_t got;

	TRY(dump_file_read_some(file, 0, &ehdr, sizeof(ehdr), &got));
	if (got < SELFMAG || memcmp(ehdr.e_ident, ELFMAG, SELFMAG))
		return err_new(ERR_NOT_FOUND, "no ELF file");
	if (got < sizeof(ehdr))
		return err_new(ERR_TRUNCATED, "the file ends within its ELF header");
	/* e_ehsize is not looked at: QEMU up to 7.2 writes 8 there. */
	TRY(check_header(&ehdr));
	elf = calloc(1, sizeof(*elf));
	if (!elf)
		return &err_nomem;
	elf->container.ops = &elf_container;
	elf->file = file;
	TRY(read_phdrs(elf, &ehdr));
	make_disjoint(&elf->data);
	make_disjoint(&elf->ram);
	if (!elf->data.count)
		return err_new(ERR_CORRUPT, "the ELF core holds no memory");
	fill_info(elf, info);
	*ret = &take_ptr(elf)->container;
	return NULL;
}

const struct container_ops elf_container = {
	.open = elf_open,
	.close = elf_close,
	.state = elf_state,
	.read = elf_read,
	.sweep = elf_sweep,
	.pages_below = elf_pages_below,
};
