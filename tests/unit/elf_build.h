/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_ELF_BUILD_H
#define TRIAGE_ELF_BUILD_H

#include <elf.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "unit.h"

/* Small ELF files, section by section: a vmlinux or a module's .ko for tests. */
#define ELF_SECTIONS 12

struct elf_section {
	const char *name;
	const void *bytes;
	size_t size;
	uint64_t address;
	uint32_t type, link, info;
	uint64_t flags, entry;
};

struct elf_build {
	struct elf_section sections[ELF_SECTIONS];
	unsigned count;
	uint16_t type;
};

/* Its number. Contents are the caller's until write_file(). */
static inline unsigned add_section(struct elf_build *file, const char *name, const void *bytes,
				   size_t size, uint64_t address, uint64_t flags)
{
	ck_assert_uint_lt(file->count, ELF_SECTIONS - 2);
	if (!file->count)
		file->count = 1;
	file->sections[file->count] = (struct elf_section){
		.name = name,
		.bytes = bytes,
		.size = size,
		.address = address,
		.type = SHT_PROGBITS,
		.flags = flags | SHF_ALLOC,
	};
	return file->count++;
}

/* A new fd. Section names come last, after those that were added. */
static inline int write_file(const struct elf_build *file)
{
	int fd = memfd_create("file", MFD_CLOEXEC);
	Elf64_Shdr headers[ELF_SECTIONS] = {0};
	char names[512] = "";
	size_t at = sizeof(Elf64_Ehdr), name = 1;
	Elf64_Ehdr header = {
		.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			    EV_CURRENT},
		.e_type = file->type,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_ehsize = sizeof(header),
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = (uint16_t)(file->count + 1),
		.e_shstrndx = (uint16_t)file->count,
	};

	for (unsigned i = 1; i < file->count; i++) {
		const struct elf_section *section = &file->sections[i];

		headers[i] = (Elf64_Shdr){.sh_name = (uint32_t)name,
					  .sh_type = section->type,
					  .sh_flags = section->flags,
					  .sh_addr = section->address,
					  .sh_offset = at,
					  .sh_size = section->size,
					  .sh_link = section->link,
					  .sh_info = section->info,
					  .sh_entsize = section->entry,
					  .sh_addralign = 1};
		ck_assert_int_eq(pwrite(fd, section->bytes, section->size, (off_t)at),
				 (ssize_t)section->size);
		at += (section->size + 15) & ~15ull;
		name += (size_t)snprintf(names + name, sizeof(names) - name, "%s", section->name) +
			1;
	}
	headers[file->count] =
		(Elf64_Shdr){.sh_type = SHT_STRTAB, .sh_offset = at, .sh_size = sizeof(names)};
	ck_assert_int_eq(pwrite(fd, names, sizeof(names), (off_t)at), sizeof(names));
	header.e_shoff = at + sizeof(names);
	ck_assert_int_eq(pwrite(fd, headers, sizeof(headers), (off_t)header.e_shoff),
			 sizeof(headers));
	ck_assert_int_eq(pwrite(fd, &header, sizeof(header), 0), sizeof(header));
	return fd;
}

#endif
