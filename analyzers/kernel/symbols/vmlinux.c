/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Symbols, build-id and banner of a vmlinux. */
#include "kernel/symbols/vmlinux.h"

#include <elfutils/libdwelf.h>
#include <gelf.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "kernel/dump/vmcoreinfo.h"
#include "kernel/memory/pagetable.h"

#define BANNER_MAX 512
#define NAME_MAX_LENGTH 511

static void elf_release(Elf **elf)
{
	if (*elf)
		elf_end(*elf);
}
#define _elf_ _cleanup_(elf_release)

static Elf *open_elf(int fd)
{
	if (elf_version(EV_CURRENT) == EV_NONE)
		return NULL;
	/* Also out of a vmlinuz, where libdw can undo its compression. */
	Elf *elf = dwelf_elf_begin(fd);
	if (elf && (elf_kind(elf) != ELF_K_ELF || gelf_getclass(elf) != ELFCLASS64)) {
		elf_end(elf);
		return NULL;
	}
	return elf;
}

/* --- build-id and banner --------------------------------------------------------------------- */

static bool build_id_note(Elf_Data *data, char *buf, size_t size)
{
	size_t at = 0, next, name, description;
	GElf_Nhdr note;

	while ((next = gelf_getnote(data, at, &note, &name, &description)) > 0) {
		const uint8_t *bytes = (const uint8_t *)data->d_buf + description;

		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
		    !memcmp((const char *)data->d_buf + name, "GNU", 4) && note.n_descsz &&
		    note.n_descsz * 2 < size) {
			for (size_t i = 0; i < note.n_descsz; i++)
				snprintf(buf + i * 2, 3, "%02x", bytes[i]);
			return true;
		}
		at = next;
	}
	return false;
}

static bool elf_build_id(Elf *elf, char *buf, size_t size)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(elf, section))) {
		if (!gelf_getshdr(section, &header) || header.sh_type != SHT_NOTE)
			continue;
		Elf_Data *data = elf_getdata(section, NULL);
		if (data && data->d_buf && build_id_note(data, buf, size))
			return true;
	}
	return false;
}

bool vmlinux_build_id(int fd, char *buf, size_t size)
{
	_elf_ Elf *elf = open_elf(fd);

	return elf && elf_build_id(elf, buf, size);
}

static Elf_Scn *symbol_table(Elf *elf, GElf_Shdr *header)
{
	Elf_Scn *section = NULL;

	while ((section = elf_nextscn(elf, section)))
		if (gelf_getshdr(section, header) && header->sh_type == SHT_SYMTAB &&
		    header->sh_entsize)
			return section;
	return NULL;
}

static bool find_symbol(Elf *elf, const char *name, GElf_Sym *ret)
{
	GElf_Shdr header;
	Elf_Scn *section = symbol_table(elf, &header);
	Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;

	for (int i = 0; data && gelf_getsym(data, i, ret); i++) {
		const char *candidate = elf_strptr(elf, header.sh_link, ret->st_name);

		if (candidate && !strcmp(candidate, name))
			return true;
	}
	return false;
}

static bool elf_banner(Elf *elf, char *buf, size_t size, uint64_t *address)
{
	GElf_Shdr header;
	GElf_Sym symbol;

	if (!find_symbol(elf, "linux_banner", &symbol))
		return false;
	Elf_Scn *section = elf_getscn(elf, symbol.st_shndx);
	/* Files of debuginfo alone have no contents here. */
	if (!section || !gelf_getshdr(section, &header) || header.sh_type != SHT_PROGBITS ||
	    symbol.st_value < header.sh_addr)
		return false;
	Elf_Data *data = elf_rawdata(section, NULL);
	uint64_t offset = symbol.st_value - header.sh_addr;
	if (!data || !data->d_buf || offset >= data->d_size)
		return false;
	copy_string(buf, MIN(size, data->d_size - offset), (const char *)data->d_buf + offset);
	buf[strcspn(buf, "\n")] = '\0';
	*address = symbol.st_value;
	return true;
}

bool vmlinux_banner(int fd, char *buf, size_t size, uint64_t *address)
{
	_elf_ Elf *elf = open_elf(fd);

	return elf && elf_banner(elf, buf, size, address);
}

bool vmlinux_symbol(int fd, const char *name, uint64_t *address)
{
	_elf_ Elf *elf = open_elf(fd);
	GElf_Sym symbol;

	if (!elf || !find_symbol(elf, name, &symbol))
		return false;
	*address = symbol.st_value;
	return true;
}

static bool dump_banner(struct memory *memory, uint64_t link_address, char *buf, size_t size)
{
	/* ERR_LIMIT: the beginning is there, and long enough. */
	struct err *err =
		memory_read_string(memory, link_address + memory_kaslr_offset(memory), buf, size);
	bool read = !err || err->code == ERR_LIMIT;

	err_free(err);
	buf[read ? strcspn(buf, "\n") : 0] = '\0';
	return read;
}

/* "Linux version RELEASE (…": is it this release? */
static bool is_release(const char *banner, const char *release)
{
	static const char prefix[] = "Linux version ";
	size_t length = strlen(release);

	return !strncmp(banner, prefix, sizeof(prefix) - 1) &&
	       !strncmp(banner + sizeof(prefix) - 1, release, length) &&
	       banner[sizeof(prefix) - 1 + length] == ' ';
}

static struct err *check_banner(Elf *elf, const struct vmcoreinfo *info, struct memory *memory,
				bool ids_differ)
{
	const char *release = vmcoreinfo_get(info, "OSRELEASE");
	char banner[BANNER_MAX], dumped[BANNER_MAX];
	uint64_t address;

	if (!elf_banner(elf, banner, sizeof(banner), &address))
		return err_new(ERR_INVALID, "the vmlinux has no banner to be told by");
	if (memory && dump_banner(memory, address, dumped, sizeof(dumped)))
		return strcmp(banner, dumped) ? err_new(ERR_INVALID,
							"the vmlinux is of \"%s\", not of the "
							"kernel in the dump",
							banner)
					      : NULL;
	if (ids_differ || !release || !is_release(banner, release))
		return err_new(ERR_INVALID, "the vmlinux is of \"%s\", the dump of %s", banner,
			       release ? release : "an unknown release");
	return NULL;
}

struct err *vmlinux_check(int fd, const struct vmcoreinfo *info, struct memory *memory)
{
	_elf_ Elf *elf = open_elf(fd);
	const char *expected = vmcoreinfo_get(info, "BUILD-ID");
	char found[BUILD_ID_MAX] = "";

	if (!elf)
		return err_new(ERR_INVALID, "not a 64-bit ELF file");
	bool known = elf_build_id(elf, found, sizeof(found)) && expected;
	if (known && !strcmp(expected, found))
		return NULL;
	struct err *err = check_banner(elf, info, memory, known);
	return known ? err_wrap(err, "build-id %s, the dump says %s", found, expected) : err;
}

/* --- symbols --------------------------------------------------------------------------------- */

/* The letter nm(1) would give. */
static char letter(Elf *elf, const GElf_Sym *symbol)
{
	bool local = GELF_ST_BIND(symbol->st_info) == STB_LOCAL;
	GElf_Shdr header;
	char type = 'r';

	if (GELF_ST_BIND(symbol->st_info) == STB_WEAK)
		return 'W';
	if (symbol->st_shndx == SHN_ABS)
		return local ? 'a' : 'A';
	Elf_Scn *section = elf_getscn(elf, symbol->st_shndx);
	if (!section || !gelf_getshdr(section, &header))
		return '?';
	if (header.sh_flags & SHF_EXECINSTR)
		type = 't';
	else if (header.sh_type == SHT_NOBITS)
		type = 'b';
	else if (header.sh_flags & SHF_WRITE)
		type = 'd';
	return local ? type : (char)(type - 'a' + 'A');
}

static bool is_wanted(const GElf_Sym *symbol, const char *name)
{
	unsigned type = GELF_ST_TYPE(symbol->st_info);

	return name && name[0] && symbol->st_shndx != SHN_UNDEF && type != STT_SECTION &&
	       type != STT_FILE && strncmp(name, ".L", 2);
}

/* Below lie absolute symbols, and per-CPU ones before v6.15. KASLR moves neither. */
static uint64_t moved(uint64_t address, uint64_t offset)
{
	return address >= START_KERNEL_MAP ? address + offset : address;
}

struct err *vmlinux_symbols(int fd, uint64_t offset, struct symbol_list *list)
{
	_elf_ Elf *elf = open_elf(fd);
	GElf_Shdr header;
	GElf_Sym symbol;

	if (!elf)
		return err_new(ERR_INVALID, "not a 64-bit ELF file");
	Elf_Scn *section = symbol_table(elf, &header);
	Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
	if (!data)
		return err_new(ERR_NOT_FOUND, "the vmlinux has no symbol table");
	for (int i = 0; gelf_getsym(data, i, &symbol); i++) {
		const char *name = elf_strptr(elf, header.sh_link, symbol.st_name);

		if (is_wanted(&symbol, name))
			TRY(symbol_list_add(list, moved(symbol.st_value, offset),
					    letter(elf, &symbol), name,
					    strnlen(name, NAME_MAX_LENGTH)));
	}
	return NULL;
}
