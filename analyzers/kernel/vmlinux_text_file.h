/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_VMLINUX_TEXT_FILE_H
#define TRIAGE_VMLINUX_TEXT_FILE_H

/* Between vmlinux_text.c and vmlinux_module.c alone. */
#include <libelf.h>

#include "kernel/vmlinux_text.h"

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
