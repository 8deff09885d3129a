/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_VMLINUX_BUILD_H
#define TRIAGE_VMLINUX_BUILD_H

#include <string.h>

#include "elf_build.h"

/*
 * A vmlinux of nothing but symbols, from lines as nm(1) prints them: "ffffffff81000000 T _text".
 * Letters: t, d and b for code, data and bss, W for a weak one.
 */
#define VMLINUX_SYMBOLS 32

static inline int vmlinux_build(const char *nm)
{
	struct elf_build file = {.type = ET_EXEC};
	unsigned code = add_section(&file, ".text", "", 0, 0, SHF_EXECINSTR);
	unsigned data = add_section(&file, ".data", "", 0, 0, SHF_WRITE);
	unsigned bss = add_section(&file, ".bss", "", 0, 0, SHF_WRITE);
	Elf64_Sym symbols[VMLINUX_SYMBOLS] = {0};
	char strings[1024] = "";
	size_t count = 1, length = 1;
	unsigned long long address;
	char type, name[64];

	file.sections[bss].type = SHT_NOBITS;
	for (; sscanf(nm, "%llx %c %63s", &address, &type, name) == 3; nm = strchr(nm, '\n') + 1) {
		unsigned bind = type == 'W' ? STB_WEAK : type >= 'a' ? STB_LOCAL : STB_GLOBAL;

		ck_assert_uint_lt(count, VMLINUX_SYMBOLS);
		ck_assert_uint_lt(length + strlen(name), sizeof(strings));
		symbols[count++] = (Elf64_Sym){
			.st_name = (uint32_t)length,
			.st_info = (unsigned char)ELF64_ST_INFO(bind, STT_NOTYPE),
			.st_shndx = (uint16_t)(strchr("dD", type)   ? data
					       : strchr("bB", type) ? bss
								    : code),
			.st_value = address,
		};
		strcpy(strings + length, name);
		length += strlen(name) + 1;
	}
	unsigned table = add_section(&file, ".symtab", symbols, count * sizeof(*symbols), 0, 0);
	file.sections[table].type = SHT_SYMTAB;
	file.sections[table].entry = sizeof(*symbols);
	file.sections[table].link = add_section(&file, ".strtab", strings, length, 0, 0);
	file.sections[table + 1].type = SHT_STRTAB;
	return write_file(&file);
}

#endif
