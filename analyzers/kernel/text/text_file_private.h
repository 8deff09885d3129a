/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TEXT_TEXT_FILE_PRIVATE
#define TRIAGE_KERNEL_TEXT_TEXT_FILE_PRIVATE

/* Between text_file.c and text_file_module.c alone. */
#include <libelf.h>

#include "kernel/text/text_file.h"

struct text_file {
	Elf *elf;
	int fd;
	bool module;
	uint64_t slide;
	struct text_section *sections; /* by section number */
	uint8_t **copies;	       /* bytes with relocations applied, owned; or NULL */
	size_t count;
};

#endif
