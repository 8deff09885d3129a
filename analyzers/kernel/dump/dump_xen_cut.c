/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xl dump-core's file of a guest, cut off (tools/libs/guest/xg_core.c of Xen, dump-core-format.txt). libkdumpfile needs
 * what stands at its end: the names of the sections, and the list that says which page is which. Sections are known
 * here by the size of what is in them. Without the list the pages are taken in the order in which Xen writes them: from
 * 0 on, but for the holes that it knows of. A guest that gave memory back has more: then no kernel is found in it.
 */
#include "kernel/dump/dump_xen_cut.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "kernel/dump/dump_segments.h"

#define SECTIONS_MAX 64
#define RUNS_MAX (512u << 10)
#define CPUS_MAX 8192
#define LIST_READ 512	  /* entries of the list read at once */
#define CONTEXT_SIZE 5168 /* struct vcpu_guest_context of arch-x86/xen.h, x86-64 */
#define CONTEXT_REGS 520  /* user_regs in it */

struct core {
	struct dump_file *file;
	struct file_range pages, list, cpus;
	uint64_t end; /* where the last section would */
	bool paravirtualized;
};

/* Pages [start, end) that a guest has none of: VGA's, and what lies below 4 GiB for devices. */
static const struct {
	uint64_t start, end;
} holes[] = {{0xa0, 0xc0}, {0xf0000, 0x100000}};

static bool read_header(struct dump_file *file, Elf64_Ehdr *ret)
{
	return err_ok(dump_file_read(file, 0, ret, sizeof(*ret))) &&
	       !memcmp(ret->e_ident, ELFMAG, SELFMAG) && ret->e_ident[EI_CLASS] == ELFCLASS64 &&
	       ret->e_type == ET_CORE && !ret->e_phnum && ret->e_shnum;
}

static struct err *read_section(struct dump_file *file, const Elf64_Ehdr *ehdr, unsigned i,
				Elf64_Shdr *ret)
{
	return dump_file_read(file, ehdr->e_shoff + i * sizeof(*ret), ret, sizeof(*ret));
}

bool xen_is_core(struct dump_file *file)
{
	Elf64_Ehdr ehdr;

	return read_header(file, &ehdr);
}

bool xen_is_cut(struct dump_file *file)
{
	Elf64_Shdr section;
	Elf64_Ehdr ehdr;

	if (!read_header(file, &ehdr))
		return false;
	for (unsigned i = 0; i < MIN(ehdr.e_shnum, SECTIONS_MAX); i++)
		if (!err_ok(read_section(file, &ehdr, i, &section)) ||
		    (section.sh_size && !dump_file_holds(file, section.sh_offset, section.sh_size)))
			return true;
	return false;
}

/* --- which section is which -------------------------------------------------------------------- */

static void take_pages(struct core *core, const Elf64_Shdr *section)
{
	struct file_range range = {section->sh_offset, section->sh_size};

	if (range.offset <= INT64_MAX && range.size <= INT64_MAX)
		core->end = MAX(core->end, range.offset + range.size);
	if (section->sh_type == SHT_PROGBITS && section->sh_entsize == PAGE_SIZE &&
	    range.size > core->pages.size)
		core->pages = range;
}

/* Of each page a number, or two: that of the machine's frame as well, where the guest is paravirtualized. */
static void take_other(struct core *core, const Elf64_Shdr *section)
{
	struct file_range range = {section->sh_offset, section->sh_size};
	uint64_t pages = core->pages.size / PAGE_SIZE;

	if (section->sh_type != SHT_PROGBITS)
		return;
	if (section->sh_entsize == 8 && range.size == pages * 8)
		core->list = range;
	else if (section->sh_entsize == 16 && range.size == pages * 16)
		core->paravirtualized = true;
	else if (section->sh_entsize == CONTEXT_SIZE)
		core->cpus = range;
}

static struct err *find_sections(struct core *core, const Elf64_Ehdr *ehdr)
{
	unsigned count = MIN(ehdr->e_shnum, SECTIONS_MAX);
	Elf64_Shdr section;

	for (unsigned i = 0; i < count; i++) {
		TRY(read_section(core->file, ehdr, i, &section));
		take_pages(core, &section);
	}
	if (!core->pages.size || !dump_file_holds(core->file, core->pages.offset, PAGE_SIZE))
		return err_new(ERR_TRUNCATED, "a Xen core that is cut off before its pages");
	for (unsigned i = 0; i < count; i++) {
		TRY(read_section(core->file, ehdr, i, &section));
		take_other(core, &section);
	}
	return core->paravirtualized
		       ? err_new(ERR_UNSUPPORTED,
				 "the core of a paravirtualized Xen guest: only those of HVM and "
				 "PVH guests can be read, kdump within the guest gives one")
		       : NULL;
}

/* --- pages -------------------------------------------------------------------------------------- */

static void add_run(struct segment_dump *dump, const struct core *core, uint64_t pfn,
		    uint64_t index, uint64_t count)
{
	segment_dump_add(dump, pfn << PAGE_SHIFT, count << PAGE_SHIFT,
			 core->pages.offset + (index << PAGE_SHIFT), count << PAGE_SHIFT);
}

/* In Xen's order, around the holes. */
static void add_in_order(struct segment_dump *dump, const struct core *core)
{
	uint64_t left = core->pages.size >> PAGE_SHIFT, pfn = 0, index = 0;

	for (size_t i = 0; i < ARRAY_SIZE(holes) && left; i++) {
		uint64_t count = MIN(holes[i].start - pfn, left);

		add_run(dump, core, pfn, index, count);
		index += count;
		left -= count;
		pfn = holes[i].end;
	}
	add_run(dump, core, pfn, index, left);
}

/* By the list; pages that are not are ~0 in it. */
static struct err *add_by_list(struct segment_dump *dump, const struct core *core)
{
	uint64_t count = core->pages.size >> PAGE_SHIFT, start = 0, run = 0;
	uint64_t pfns[LIST_READ];

	for (uint64_t i = 0; i < count; i++) {
		if (i % LIST_READ == 0)
			TRY(dump_file_read(core->file, core->list.offset + i * 8, pfns,
					   MIN(count - i, (uint64_t)LIST_READ) * 8));
		uint64_t pfn = pfns[i % LIST_READ];

		if (run && pfn == start + run) {
			run++;
			continue;
		}
		if (run && start <= UINT64_MAX >> PAGE_SHIFT)
			add_run(dump, core, start, i - run, run);
		start = pfn;
		run = 1;
	}
	if (run && start <= UINT64_MAX >> PAGE_SHIFT)
		add_run(dump, core, start, count - run, run);
	return NULL;
}

/* --- registers ---------------------------------------------------------------------------------- */

/* struct cpu_user_regs of arch-x86/xen-x86_64.h: where each stands. */
static const struct {
	enum reg reg;
	unsigned at;
} layout[] = {
	{REG_R15, 0},	{REG_R14, 8},	   {REG_R13, 16},  {REG_R12, 24},  {REG_RBP, 32},
	{REG_RBX, 40},	{REG_R11, 48},	   {REG_R10, 56},  {REG_R9, 64},   {REG_R8, 72},
	{REG_RAX, 80},	{REG_RCX, 88},	   {REG_RDX, 96},  {REG_RSI, 104}, {REG_RDI, 112},
	{REG_RIP, 128}, {REG_RFLAGS, 144}, {REG_RSP, 152},
};

static struct err *take_cpus(struct segment_dump *dump, const struct core *core)
{
	size_t count = MIN(core->cpus.size / CONTEXT_SIZE, (uint64_t)CPUS_MAX);

	if (!dump_file_holds(core->file, core->cpus.offset, core->cpus.size))
		return NULL;
	dump->container.cpus = calloc(count + 1, sizeof(struct regs));
	if (!dump->container.cpus)
		return &err_nomem;
	for (size_t cpu = 0; cpu < count; cpu++) {
		uint64_t at = core->cpus.offset + cpu * CONTEXT_SIZE + CONTEXT_REGS;
		uint8_t regs[160];

		TRY(dump_file_read(core->file, at, regs, sizeof(regs)));
		for (size_t i = 0; i < ARRAY_SIZE(layout); i++)
			regs_set(&dump->container.cpus[cpu], layout[i].reg,
				 load_u64(regs + layout[i].at));
	}
	dump->container.cpu_count = count;
	return NULL;
}

/* --- opening ------------------------------------------------------------------------------------ */

static struct err *place_pages(const struct core *core, bool listed, struct segment_dump **ret)
{
	TRY(segment_dump_new(core->file, listed ? RUNS_MAX : ARRAY_SIZE(holes) + 1, ret));
	if (listed)
		return add_by_list(*ret, core);
	add_in_order(*ret, core);
	return NULL;
}

struct err *xen_cut_dump_open(const struct dump_files *files, struct dump_info *info,
			      struct container **ret)
{
	_cleanup_(cleanup_segment_dump_close) struct segment_dump *dump = NULL;
	struct core core = {.file = files->at[0]};
	Elf64_Ehdr ehdr;

	if (!read_header(core.file, &ehdr) || !xen_is_cut(core.file))
		return err_new(ERR_NOT_FOUND, "no Xen core that is cut off");
	TRY(find_sections(&core, &ehdr));
	bool listed =
		core.list.size && dump_file_holds(core.file, core.list.offset, core.list.size);

	TRY(place_pages(&core, listed, &dump));
	TRY(take_cpus(dump, &core));
	TRY(segment_dump_finish(dump, "xen", info));
	info->truncated = true;
	info->whole_size = core.end;
	info->presumed = !listed;
	*ret = &take_ptr(dump)->container;
	return NULL;
}
