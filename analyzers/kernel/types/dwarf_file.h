/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TYPES_DWARF_FILE
#define TRIAGE_KERNEL_TYPES_DWARF_FILE

#include <elfutils/libdwfl.h>
#include <stdbool.h>

#include "base/error.h"

/* Where the files lie that another one is parted from: its debug information, or what dwz took out of it. */
struct dwarf_search {
	int (*open)(void *context, const char *build_id); /* a new fd, or -1 */
	void *context;
};

/* A file with DWARF, and the ones that this leads to. */
struct dwarf_file {
	void *map;
	size_t size;
	bool changed; /* the map is not what is in the file */
	Elf *elf;
	Dwfl *linker; /* of a file that is not linked: dbg is its; else NULL */
	Dwarf *dbg;
	struct dwarf_file *alternate; /* of dwz, shared by several files; or NULL */
};

/*
 * Open the debug information of an ELF file: its own, else that of the file that search, which may be NULL,
 * has of its build-id. fd stays the caller's, and may be closed. ERR_NOT_FOUND when there is none.
 */
struct err *dwarf_file_open(int fd, const struct dwarf_search *search, struct dwarf_file **ret);
void dwarf_file_close(struct dwarf_file *file);
DEFINE_CLEANUP(struct dwarf_file, dwarf_file_close)
/* Gives back the memory of what was read: it comes from the file again where it is needed. */
void dwarf_file_forget(struct dwarf_file *file);

#endif
