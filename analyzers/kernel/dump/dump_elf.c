/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ELF cores: /proc/vmcore, makedumpfile -E, QEMU's dump-guest-memory, VirtualBox' dumpvmcore. Read
 * here and not through libkdumpfile, which (0.5.1) crashes on page frames that are in no segment,
 * mistakes overlapping segments, and adds nothing to a pread().
 */
#include "kernel/dump/dump_elf.h"

#include <elf.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/dump/dump_segments.h"

/* makedumpfile -E writes a segment for each run of pages it keeps; a bound for hostile headers. */
#define SEGMENTS_MAX (512u << 10)
#define START_KERNEL_MAP 0xffffffff80000000ull
#define IMAGE_SIZE_MAX (1ull << 30)

/* The kernel's own segment tells where its image lies in physical memory. */
static void take_phys_base(struct container *container, const Elf64_Phdr *phdr)
{
	if (container->has_phys_base || phdr->p_vaddr < START_KERNEL_MAP ||
	    phdr->p_vaddr - START_KERNEL_MAP >= IMAGE_SIZE_MAX)
		return;
	container->phys_base = phdr->p_paddr - (phdr->p_vaddr - START_KERNEL_MAP);
	container->has_phys_base = true;
}

static void add_notes(struct container *container, const Elf64_Phdr *phdr)
{
	if (container->note_count < NOTE_RANGES && phdr->p_offset <= INT64_MAX)
		container->notes[container->note_count++] =
			(struct file_range){phdr->p_offset, phdr->p_filesz};
}

static void take_phdr(struct segment_dump *dump, const Elf64_Phdr *phdr)
{
	if (phdr->p_type == PT_LOAD) {
		segment_dump_add(dump, phdr->p_paddr, phdr->p_memsz, phdr->p_offset,
				 phdr->p_filesz);
		take_phys_base(&dump->container, phdr);
	} else if (phdr->p_type == PT_NOTE) {
		add_notes(&dump->container, phdr);
	}
}

/* --- headers of either class, as those of 64 bits ---------------------------------------------- */

/* kexec --elf32-core-headers has the first kernel write them so for any x86 capture kernel. */
static Elf64_Ehdr widen_ehdr(const Elf32_Ehdr *ehdr)
{
	Elf64_Ehdr wide = {
		.e_type = ehdr->e_type,
		.e_machine = ehdr->e_machine,
		.e_phoff = ehdr->e_phoff,
		.e_shoff = ehdr->e_shoff,
		.e_phentsize = ehdr->e_phentsize,
		.e_phnum = ehdr->e_phnum,
		.e_shnum = ehdr->e_shnum,
	};

	memcpy(wide.e_ident, ehdr->e_ident, EI_NIDENT);
	return wide;
}

static bool is_narrow(const Elf64_Ehdr *ehdr)
{
	return ehdr->e_ident[EI_CLASS] == ELFCLASS32;
}

static size_t phdr_size(const Elf64_Ehdr *ehdr)
{
	return is_narrow(ehdr) ? sizeof(Elf32_Phdr) : sizeof(Elf64_Phdr);
}

static struct err *read_phdr(struct dump_file *file, const Elf64_Ehdr *ehdr, size_t i,
			     Elf64_Phdr *ret)
{
	uint64_t offset = ehdr->e_phoff + i * ehdr->e_phentsize;
	Elf32_Phdr narrow;

	if (!is_narrow(ehdr))
		return dump_file_read(file, offset, ret, sizeof(*ret));
	TRY(dump_file_read(file, offset, &narrow, sizeof(narrow)));
	*ret = (Elf64_Phdr){.p_type = narrow.p_type,
			    .p_offset = narrow.p_offset,
			    .p_vaddr = narrow.p_vaddr,
			    .p_paddr = narrow.p_paddr,
			    .p_filesz = narrow.p_filesz,
			    .p_memsz = narrow.p_memsz};
	return NULL;
}

/* With more than 65534 program headers their number stands in the first section header. */
static struct err *count_phdrs(struct dump_file *file, const Elf64_Ehdr *ehdr, size_t *ret)
{
	Elf64_Shdr first;

	*ret = ehdr->e_phnum;
	if (ehdr->e_phnum == PN_XNUM && !is_narrow(ehdr)) {
		TRY(dump_file_read(file, ehdr->e_shoff, &first, sizeof(first)));
		*ret = first.sh_info;
	}
	if (*ret > SEGMENTS_MAX)
		return err_new(ERR_LIMIT, "the ELF header announces %zu segments", *ret);
	return NULL;
}

static struct err *read_phdrs(struct dump_file *file, const Elf64_Ehdr *ehdr,
			      struct segment_dump **ret)
{
	_cleanup_(cleanup_segment_dump_close) struct segment_dump *dump = NULL;
	size_t count;

	TRY(count_phdrs(file, ehdr, &count));
	if (!count && ehdr->e_shnum) /* Xen's, which comes after */
		return err_new(ERR_NOT_FOUND, "an ELF core with sections alone");
	if (!count || ehdr->e_phentsize < phdr_size(ehdr))
		return err_new(ERR_CORRUPT, "the ELF core has no usable program headers");
	/* Checked first, so that a small file cannot ask for much memory. */
	if (!dump_file_holds(file, ehdr->e_phoff, count * ehdr->e_phentsize))
		return err_new(ERR_TRUNCATED, "the file ends within its program headers");
	TRY(segment_dump_new(file, count, &dump));
	for (size_t i = 0; i < count; i++) {
		Elf64_Phdr phdr;

		TRY(read_phdr(file, ehdr, i, &phdr));
		take_phdr(dump, &phdr);
	}
	*ret = take_ptr(dump);
	return NULL;
}

/* --- whose it is -------------------------------------------------------------------------------- */

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

	if (ehdr->e_machine != EM_X86_64 && (big_endian || ehdr->e_machine != EM_386))
		return machine ? err_new(ERR_UNSUPPORTED,
					 "an ELF file of %s: only x86-64 dumps can be read",
					 machine)
			       : err_new(ERR_UNSUPPORTED, "an ELF file of machine %u, not x86-64",
					 ehdr->e_machine);
	if (big_endian)
		return err_new(ERR_UNSUPPORTED, "a big-endian ELF file, not x86-64");
	if (ehdr->e_type != ET_CORE)
		return err_new(ERR_INVALID, "an ELF program or object file, not a crash dump");
	return NULL;
}

static struct err *read_header(struct dump_file *file, Elf64_Ehdr *ret)
{
	Elf32_Ehdr narrow;
	size_t got;

	TRY(dump_file_read_some(file, 0, ret, sizeof(*ret), &got));
	if (got < SELFMAG || memcmp(ret->e_ident, ELFMAG, SELFMAG))
		return err_new(ERR_NOT_FOUND, "no ELF file");
	if (got < sizeof(*ret))
		return err_new(ERR_TRUNCATED, "the file ends within its ELF header");
	if (is_narrow(ret)) {
		memcpy(&narrow, ret, sizeof(narrow));
		*ret = widen_ehdr(&narrow);
	}
	/* e_ehsize is not looked at: QEMU up to 7.2 writes 8 there. */
	return check_header(ret);
}

struct err *elf_dump_open(const struct dump_files *files, struct dump_info *info,
			  struct container **ret)
{
	_cleanup_(cleanup_segment_dump_close) struct segment_dump *dump = NULL;
	struct dump_file *file = files->at[0];
	Elf64_Ehdr ehdr;

	TRY(read_header(file, &ehdr));
	TRY(read_phdrs(file, &ehdr, &dump));
	TRY(segment_dump_finish(dump, dump_file_flattened(file) ? "elf-flattened" : "elf", info));
	/* QEMU goes by the state of the first CPU: dump.c has the last word. */
	if (ehdr.e_machine == EM_386)
		dump->container.machine = "i386";
	*ret = &take_ptr(dump)->container;
	return NULL;
}
