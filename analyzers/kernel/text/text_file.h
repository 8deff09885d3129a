/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TEXT_TEXT_FILE
#define TRIAGE_KERNEL_TEXT_TEXT_FILE

#include "kernel/kernel.h"

/*
 * Code as the linker left it, for comparing: the sections of a vmlinux (or of the kernel image in
 * a vmlinuz), or those of a module's .ko with its relocations applied, each at the address it has
 * in the dead kernel. Files may be compressed as far as libdw can undo that.
 */

/* A relocated field of a module's section. */
struct text_field {
	uint32_t offset; /* in the section */
	uint8_t size;	 /* bytes */
	bool known;	 /* the value was computed; else where it leads is not known */
	bool relative;	 /* to its own place */
	int64_t addend;
	const char *name; /* of a symbol outside of the module; else NULL */
};

struct text_section {
	const char *name;
	uint64_t address; /* in the dead kernel; made up, near the others, when not placed */
	const uint8_t *bytes;
	size_t size;
	bool code; /* executable, and not freed after start */
	bool placed;
	struct text_field *fields; /* by offset */
	size_t field_count;
};

struct Elf;

/* Of text_file.c and text_file_module.c alone; all others ask the functions below. */
struct text_file {
	struct Elf *elf;
	int fd;
	bool module;
	uint64_t slide;
	struct text_section *sections; /* by section number */
	uint8_t **copies;	       /* bytes with relocations applied, owned; or NULL */
	size_t count;
};

/* Takes fd over, also on error. ERR_INVALID when it is no x86-64 ELF file. */
struct err *text_file_open(int fd, struct text_file **ret);
void text_file_close(struct text_file *file);
DEFINE_CLEANUP(struct text_file, text_file_close)

/* A vmlinux: link addresses are moved by offset. */
struct err *text_file_place_kernel(struct text_file *file, uint64_t offset);

size_t text_file_count(const struct text_file *file);
const struct text_section *text_file_at(const struct text_file *file, size_t i);
/* The section with code at this address of the dead kernel, or NULL. */
const struct text_section *text_file_find(const struct text_file *file, uint64_t address);
/* By name; NULL when there is none, or it has no contents. */
const struct text_section *text_file_named(const struct text_file *file, const char *name);
/* The section that holds [start, end), of any kind; NULL when there is none. */
const struct text_section *text_file_range(const struct text_file *file, uint64_t start,
					   uint64_t end);
bool text_file_is_module(const struct text_file *file);
/* What is added to absolute addresses in a vmlinux' sections; 0 for modules. */
uint64_t text_file_slide(const struct text_file *file);
/* The relocated field that covers a byte of the section, or NULL. */
const struct text_field *text_file_field_at(const struct text_section *section, size_t offset);

#endif
