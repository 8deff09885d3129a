/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sections of a file of code, as the linker left them. */
#include "kernel/text/text_file.h"

#include <elfutils/libdwelf.h>
#include <gelf.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "kernel/dump/dump.h"

#define SECTIONS_MAX 16384

static bool is_x86_64(Elf *elf)
{
	GElf_Ehdr header;

	return elf_kind(elf) == ELF_K_ELF && gelf_getehdr(elf, &header) &&
	       header.e_ident[EI_CLASS] == ELFCLASS64 && header.e_machine == EM_X86_64;
}

/* Freed once the kernel, or the module, is up: other things lie there by the time of the dump. */
static bool is_transient(const char *name)
{
	static const char *const starts[] = {".init", ".exit", ".altinstr"};

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		if (!strncmp(name, starts[i], strlen(starts[i])))
			return true;
	return false;
}

static void read_section(struct text_file *file, size_t strings, Elf_Scn *scn,
			 struct text_section *section)
{
	GElf_Shdr header;
	Elf_Data *data;

	section->name = "";
	if (!gelf_getshdr(scn, &header))
		return;
	const char *name = elf_strptr(file->elf, strings, header.sh_name);
	if (name)
		section->name = name;
	section->address = header.sh_addr;
	if (!(header.sh_flags & SHF_ALLOC))
		return;
	section->size = header.sh_size;
	/* 7.2 has .data marked executable; what is written to is not compared. */
	section->code = header.sh_flags & SHF_EXECINSTR && !is_transient(section->name) &&
			(!(header.sh_flags & SHF_WRITE) || !strncmp(section->name, ".text", 5));
	if (header.sh_type == SHT_NOBITS || !(data = elf_rawdata(scn, NULL)) || !data->d_buf)
		return;
	section->bytes = data->d_buf;
	section->size = data->d_size;
}

static struct err *read_sections(struct text_file *file)
{
	size_t strings;

	if (elf_getshdrnum(file->elf, &file->count) || elf_getshdrstrndx(file->elf, &strings) ||
	    !file->count || file->count > SECTIONS_MAX)
		return err_new(ERR_INVALID, "the file's section table cannot be read");
	file->sections = calloc(file->count, sizeof(*file->sections));
	file->copies = calloc(file->count, sizeof(*file->copies));
	if (!file->sections || !file->copies)
		return &err_nomem;
	for (size_t i = 0; i < file->count; i++) {
		Elf_Scn *scn = elf_getscn(file->elf, i);

		file->sections[i].name = "";
		if (scn)
			read_section(file, strings, scn, &file->sections[i]);
	}
	return NULL;
}

struct err *text_file_open(int fd, struct text_file **ret)
{
	_cleanup_(cleanup_text_file_close) struct text_file *file = calloc(1, sizeof(*file));
	GElf_Ehdr header;

	if (!file) {
		close(fd);
		return &err_nomem;
	}
	file->fd = fd;
	if (elf_version(EV_CURRENT) == EV_NONE)
		return err_new(ERR_UNSUPPORTED, "libelf is of another version");
	file->elf = dwelf_elf_begin(fd);
	if (!file->elf || !is_x86_64(file->elf))
		return err_new(ERR_INVALID, "not an x86-64 ELF file, or compressed in a way that "
					    "cannot be undone here");
	gelf_getehdr(file->elf, &header);
	file->module = header.e_type == ET_REL;
	TRY(read_sections(file));
	*ret = take_ptr(file);
	return NULL;
}

void text_file_close(struct text_file *file)
{
	if (!file)
		return;
	for (size_t i = 0; file->sections && file->copies && i < file->count; i++) {
		free(file->sections[i].fields);
		free(file->copies[i]);
	}
	free(file->sections);
	free(file->copies);
	if (file->elf)
		elf_end(file->elf);
	close(file->fd);
	free(file);
}

struct err *text_file_place_kernel(struct text_file *file, uint64_t offset)
{
	bool code = false;

	if (file->module)
		return err_new(ERR_INVALID, "a module's file, not the kernel's");
	file->slide = offset;
	for (size_t i = 0; i < file->count; i++) {
		struct text_section *section = &file->sections[i];

		/* Per-CPU sections before v6.15 begin at 0, and have no place of their own. */
		if (!section->size || section->address < PAGE_SIZE)
			continue;
		section->address += offset;
		section->placed = section->address >= offset &&
				  section->address + section->size >= section->address;
		code |= section->placed && section->code && section->bytes;
	}
	/* Files of debuginfo alone have the sections' headers and no contents. */
	return code ? NULL : err_new(ERR_NOT_FOUND, "the file holds no code");
}

size_t text_file_count(const struct text_file *file)
{
	return file->count;
}

const struct text_section *text_file_at(const struct text_file *file, size_t i)
{
	return &file->sections[i];
}

const struct text_section *text_file_range(const struct text_file *file, uint64_t start,
					   uint64_t end)
{
	for (size_t i = 0; i < file->count; i++) {
		const struct text_section *section = &file->sections[i];

		if (section->bytes && section->placed && start <= end &&
		    start >= section->address && end - section->address <= section->size)
			return section;
	}
	return NULL;
}

const struct text_section *text_file_find(const struct text_file *file, uint64_t address)
{
	const struct text_section *section =
		address < UINT64_MAX ? text_file_range(file, address, address + 1) : NULL;

	return section && section->code ? section : NULL;
}

const struct text_section *text_file_named(const struct text_file *file, const char *name)
{
	for (size_t i = 0; i < file->count; i++)
		if (file->sections[i].bytes && !strcmp(file->sections[i].name, name))
			return &file->sections[i];
	return NULL;
}

bool text_file_is_module(const struct text_file *file)
{
	return file->module;
}

uint64_t text_file_slide(const struct text_file *file)
{
	return file->slide;
}

const struct text_field *text_file_field_at(const struct text_section *section, size_t offset)
{
	size_t next = array_first(section->field_count, i, section->fields[i].offset > offset);

	if (!next || offset - section->fields[next - 1].offset >= section->fields[next - 1].size)
		return NULL;
	return &section->fields[next - 1];
}
