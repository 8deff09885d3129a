/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TEXT_TEXT_FILE_MODULE
#define TRIAGE_KERNEL_TEXT_TEXT_FILE_MODULE

#include "kernel/kernel.h"
#include "kernel/text/text_file.h"

struct module;

/*
 * A module's file: sections are placed where the module's symbols in the dump say. ERR_INVALID
 * when the file is of another build: its build-id is not in the module's memory, or, where it has
 * none, symbols disagree.
 */
struct err *text_file_module_place(struct text_file *file, struct kernel *kernel,
				   const struct module *module);

/* The build-id of a module's file, in hex digits; false when it has none. */
bool text_file_build_id(const struct text_file *file, char *ret, size_t size);

#endif
