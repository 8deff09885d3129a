/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files that DWARF is read from. They are mapped here rather than by libelf, which keeps each page of
 * a file of 600 MB that was ever looked at.
 */
#include "kernel/types/dwarf_file.h"

#include <elfutils/libdwelf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/cleanup.h"

#define BUILD_ID_BYTES_MAX 32

static void put_hex(const uint8_t *bytes, size_t count, char *ret)
{
	for (size_t i = 0; i < count; i++)
		snprintf(ret + i * 2, 3, "%02x", bytes[i]);
}

static bool read_build_id(Elf *elf, char ret[BUILD_ID_BYTES_MAX * 2 + 1])
{
	const void *bytes;
	ssize_t count = dwelf_elf_gnu_build_id(elf, &bytes);

	if (count <= 0 || count > BUILD_ID_BYTES_MAX)
		return false;
	put_hex(bytes, (size_t)count, ret);
	return true;
}

static bool is_compressed(Elf *elf)
{
	Elf_Scn *section = NULL;
	size_t names;

	if (elf_getshdrstrndx(elf, &names))
		return false;
	while ((section = elf_nextscn(elf, section))) {
		const Elf64_Shdr *header = elf64_getshdr(section);
		const char *name = header ? elf_strptr(elf, names, header->sh_name) : NULL;

		if (name && (header->sh_flags & SHF_COMPRESSED || !strncmp(name, ".zdebug", 7)))
			return true;
	}
	return false;
}

static struct err *map_file(int fd, struct dwarf_file *file)
{
	struct stat st;

	if (fstat(fd, &st) || st.st_size <= 0 || elf_version(EV_CURRENT) == EV_NONE)
		return err_new(ERR_NOT_FOUND, "no file with debug information");
	void *map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return err_errno(errno, "map debug information");
	file->map = map;
	file->size = (size_t)st.st_size;
	file->elf = elf_memory(map, file->size);
	if (!file->elf)
		return err_new(ERR_NOT_FOUND, "no file with debug information");
	/* To unpack a section libelf writes into its header, here in a copy of our own. */
	file->changed = is_compressed(file->elf);
	if (file->changed && mprotect(map, file->size, PROT_READ | PROT_WRITE))
		return err_errno(errno, "map debug information");
	return NULL;
}

static int find_none(Dwfl_Module *module, void **data, const char *name, Dwarf_Addr base,
		     const char *file, const char *link, GElf_Word checksum, char **found)
{
	(void)module, (void)data, (void)name, (void)base;
	(void)file, (void)link, (void)checksum, (void)found;
	return -1;
}

/* A file that is not linked yet: its sections lead to one another by relocations, but for those of dwz. */
static bool is_relocatable(Elf *elf)
{
	const Elf64_Ehdr *file = elf64_getehdr(elf);
	Elf_Scn *section = NULL;

	while (file && file->e_type == ET_REL && (section = elf_nextscn(elf, section))) {
		const Elf64_Shdr *header = elf64_getshdr(section);

		if (header && header->sh_type == SHT_RELA)
			return true;
	}
	return false;
}

static Dwarf *relocate(int fd, struct dwarf_file *file)
{
	static const Dwfl_Callbacks callbacks = {.find_debuginfo = find_none,
						 .section_address = dwfl_offline_section_address};
	_close_ int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	Dwarf_Addr bias;

	file->linker = own >= 0 ? dwfl_begin(&callbacks) : NULL;
	Dwfl_Module *module =
		file->linker ? dwfl_report_offline(file->linker, "module", "module", own) : NULL;
	if (!module)
		return NULL;
	(void)take_fd(own); /* the linker's now */
	dwfl_report_end(file->linker, NULL, NULL);
	return dwfl_module_getdwarf(module, &bias);
}

/* The file alone. dbg stays NULL where it has no DWARF. */
static struct err *open_alone(int fd, struct dwarf_file **ret)
{
	_cleanup_(cleanup_dwarf_file_close) struct dwarf_file *file = calloc(1, sizeof(*file));

	if (!file)
		return &err_nomem;
	TRY(map_file(fd, file));
	file->dbg = is_relocatable(file->elf) ? relocate(fd, file)
					      : dwarf_begin_elf(file->elf, DWARF_C_READ, NULL);
	*ret = take_ptr(file);
	return NULL;
}

/* What the search has under a build-id, if it is of that and has DWARF; else NULL. */
static struct err *open_other(const struct dwarf_search *search, const char *build_id,
			      struct dwarf_file **ret)
{
	_cleanup_(cleanup_dwarf_file_close) struct dwarf_file *file = NULL;
	_close_ int fd = search ? search->open(search->context, build_id) : -1;
	char found[BUILD_ID_BYTES_MAX * 2 + 1];

	*ret = NULL;
	if (fd >= 0 && TRY_OK(open_alone(fd, &file)) && file->dbg &&
	    read_build_id(file->elf, found) && !strcmp(found, build_id))
		*ret = take_ptr(file);
	return NULL;
}

/* What dwz (1) has moved into a file that several share; what leads there is unknown without it. */
static struct err *open_alternate(struct dwarf_file *file, const struct dwarf_search *search)
{
	char build_id[BUILD_ID_BYTES_MAX * 2 + 1];
	const void *bytes;
	const char *name;
	ssize_t count = dwelf_dwarf_gnu_debugaltlink(file->dbg, &name, &bytes);

	if (count <= 0 || count > BUILD_ID_BYTES_MAX)
		return NULL;
	put_hex(bytes, (size_t)count, build_id);
	TRY(open_other(search, build_id, &file->alternate));
	if (file->alternate)
		dwarf_setalt(file->dbg, file->alternate->dbg);
	return NULL;
}

struct err *dwarf_file_open(int fd, const struct dwarf_search *search, struct dwarf_file **ret)
{
	_cleanup_(cleanup_dwarf_file_close) struct dwarf_file *file = NULL;
	char build_id[BUILD_ID_BYTES_MAX * 2 + 1];

	TRY(open_alone(fd, &file));
	if (!file->dbg && read_build_id(file->elf, build_id)) {
		struct dwarf_file *parted;

		TRY(open_other(search, build_id, &parted));
		if (parted) {
			dwarf_file_close(file);
			file = parted;
		}
	}
	if (!file->dbg)
		return err_new(ERR_NOT_FOUND, "no debug information: %s", dwarf_errmsg(-1));
	TRY(open_alternate(file, search));
	*ret = take_ptr(file);
	return NULL;
}

void dwarf_file_close(struct dwarf_file *file)
{
	if (!file)
		return;
	if (file->linker)
		dwfl_end(file->linker); /* and dbg with it */
	else
		dwarf_end(file->dbg);
	dwarf_file_close(file->alternate);
	elf_end(file->elf);
	if (file->map)
		munmap(file->map, file->size);
	free(file);
}

void dwarf_file_forget(struct dwarf_file *file)
{
	if (!file->changed)
		madvise(file->map, file->size, MADV_DONTNEED);
}
