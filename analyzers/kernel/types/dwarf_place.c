/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Function and line of a place in a user program's file, once its code is known to be what ran. */
#include "kernel/types/dwarf_place.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwelf.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "kernel/symbols/demangle.h"
#include "kernel/types/dwarf_scopes.h"

#define CODE_MIN 16	    /* bytes that must agree */
#define SYMBOLS_MAX 4000000 /* looked at */
#define SEGMENTS_MAX 64

/* The file's bytes at an offset are those that ran. */
static bool is_code(int fd, uint64_t offset, const struct dwarf_code *code)
{
	uint8_t bytes[64];

	return code->length >= CODE_MIN && code->length <= sizeof(bytes) && offset >= code->at &&
	       offset <= INT64_MAX &&
	       pread(fd, bytes, code->length, (off_t)(offset - code->at)) ==
		       (ssize_t)code->length &&
	       !memcmp(bytes, code->bytes, code->length);
}

/* The segment, as it is mapped, has the size of the mapping in the log. */
static bool is_size(const GElf_Phdr *segment, const struct dwarf_code *code)
{
	uint64_t start = segment->p_offset & ~0xfffull;
	uint64_t end = (segment->p_offset + segment->p_filesz + 0xfff) & ~0xfffull;

	return code->mapping && end - start == code->mapping;
}

/* Address by the program headers, of the segment in which the code is found. */
static bool find_address(Elf *elf, int fd, const struct dwarf_code *code, struct dwarf_place *place)
{
	size_t count, fitting = 0;

	if (elf_getphdrnum(elf, &count))
		return false;
	for (size_t i = 0; i < MIN(count, (size_t)SEGMENTS_MAX); i++) {
		GElf_Phdr segment;

		if (!gelf_getphdr(elf, (int)i, &segment) || segment.p_type != PT_LOAD ||
		    !(segment.p_flags & PF_X))
			continue;
		uint64_t offset = code->offset;
		if (!code->in_file)
			offset += segment.p_offset & ~0xfffull;
		if (offset < segment.p_offset || offset - segment.p_offset >= segment.p_filesz ||
		    (code->length ? !is_code(fd, offset, code) : !is_size(&segment, code)))
			continue;
		fitting++;
		place->address = offset - segment.p_offset + segment.p_vaddr;
		place->file_offset = offset;
		place->same_code = code->length;
		if (place->same_code)
			return true;
	}
	return fitting == 1;
}

static void find_symbol(Elf *elf, uint64_t address, struct dwarf_place *place)
{
	size_t left = SYMBOLS_MAX;

	for (Elf_Scn *scn = NULL; (scn = elf_nextscn(elf, scn));) {
		GElf_Shdr header;

		if (!gelf_getshdr(scn, &header) || !header.sh_entsize ||
		    (header.sh_type != SHT_SYMTAB && header.sh_type != SHT_DYNSYM))
			continue;
		Elf_Data *data = elf_getdata(scn, NULL);
		size_t count = MIN(header.sh_size / header.sh_entsize, left);
		left -= count;
		for (size_t i = 0; data && i < count; i++) {
			GElf_Sym symbol;

			if (!gelf_getsym(data, (int)i, &symbol) ||
			    GELF_ST_TYPE(symbol.st_info) != STT_FUNC || address < symbol.st_value ||
			    address - symbol.st_value >= symbol.st_size)
				continue;
			const char *name = elf_strptr(elf, header.sh_link, symbol.st_name);
			copy_string(place->symbol, sizeof(place->symbol), name ? name : "");
			demangle(name ? name : "", place->function, sizeof(place->function));
			place->symbol_offset = address - symbol.st_value;
			return;
		}
	}
}

static void find_line(Dwarf *dwarf, uint64_t address, struct dwarf_place *place)
{
	Dwarf_Die unit, scopes[DWARF_SCOPES_MAX];
	Dwarf_Line *line;

	if (!dwarf_addrdie(dwarf, address, &unit))
		return;
	line = dwarf_getsrc_die(&unit, address);
	const char *file = line ? dwarf_linesrc(line, NULL, NULL) : NULL;
	if (file && !dwarf_lineno(line, &place->line))
		copy_string(place->file, sizeof(place->file), file);
	size_t count = dwarf_scopes(dwarf, address, scopes);
	for (size_t i = 0; i < count && place->inlined_count < DWARF_INLINED_MAX; i++)
		if (dwarf_tag(&scopes[i]) == DW_TAG_inlined_subroutine)
			place->inlined_count += dwarf_qualified_name(
				&scopes[i], place->inlined[place->inlined_count],
				sizeof(place->inlined[0]));
}

static void read_build_id(Elf *elf, char *ret, size_t size)
{
	const void *bytes;
	ssize_t length = dwelf_elf_gnu_build_id(elf, &bytes);

	ret[0] = '\0';
	for (ssize_t i = 0; i < length && 2 * (size_t)i + 2 < size; i++)
		snprintf(ret + 2 * i, 3, "%02x", ((const uint8_t *)bytes)[i]);
}

/* What the file tells of the place at its address. */
static void describe(Elf *elf, struct dwarf_place *place)
{
	Dwarf *dwarf = dwarf_begin_elf(elf, DWARF_C_READ, NULL);

	if (!place->symbol[0])
		find_symbol(elf, place->address, place);
	if (dwarf)
		find_line(dwarf, place->address, place);
	dwarf_end(dwarf);
}

struct err *dwarf_place_debug(int fd, struct dwarf_place *place)
{
	char build_id[sizeof(place->build_id)];

	elf_version(EV_CURRENT);
	Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!elf)
		return NULL;
	if (elf_kind(elf) == ELF_K_ELF) {
		read_build_id(elf, build_id, sizeof(build_id));
		if (build_id[0] && !strcmp(build_id, place->build_id))
			describe(elf, place);
	}
	elf_end(elf);
	return NULL;
}

struct err *dwarf_place_find(int fd, const struct dwarf_code *code, struct dwarf_place *ret,
			     bool *found)
{
	*ret = (struct dwarf_place){0};
	*found = false;
	elf_version(EV_CURRENT);
	Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!elf)
		return NULL;
	if (elf_kind(elf) == ELF_K_ELF && find_address(elf, fd, code, ret)) {
		*found = true;
		read_build_id(elf, ret->build_id, sizeof(ret->build_id));
		describe(elf, ret);
	}
	elf_end(elf);
	return NULL;
}

#define TEXT_BEHIND 16 /* bytes, of the instruction at the place */

size_t dwarf_place_text(int fd, const struct dwarf_place *place, uint8_t *ret, size_t size,
			size_t *at)
{
	uint64_t before = place->symbol[0] ? place->symbol_offset : 0;

	if (size <= TEXT_BEHIND || place->file_offset > INT64_MAX)
		return 0;
	*at = MIN(MIN(before, size - TEXT_BEHIND), place->file_offset);
	ssize_t got = pread(fd, ret, *at + TEXT_BEHIND, (off_t)(place->file_offset - *at));
	return got > (ssize_t)*at ? (size_t)got : 0;
}
