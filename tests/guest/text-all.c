/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All code of a dump against its files: on a healthy kernel nothing may differ, for whatever does
 * would be told to be a flipped bit or an overwrite.
 *
 *   text-all DUMP [--vmlinux FILE] [MODULE=FILE.ko…]
 *
 * Prints each section's figures, and each byte that differs; exit status 1 when one does, or when
 * nothing was compared. Modules that are not loaded are passed over.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kernel/modules/module.h"
#include "kernel/text/text_file_module.h"
#include "kernel/open.h"
#include "kernel/symbols/symbol.h"
#include "text/text_compare.h"

struct totals {
	size_t sections, differing;
};

static struct err *compare_section(struct kernel *kernel, const struct text_file *file,
				   const struct text_section *section, struct totals *totals)
{
	_cleanup_(cleanup_free) struct text_comparison *result = calloc(1, sizeof(*result));

	if (!result)
		return &err_nomem;
	TRY(text_compare(kernel, file, section->address, section->address + section->size, result));
	printf("  %-20s %zu bytes, %zu patched places, %zu bytes unchecked, %zu differ\n",
	       section->name, result->bytes, result->patched, result->unchecked, result->count);
	for (size_t i = 0; i < MIN(result->count, TEXT_DIFFERENCES_MAX); i++) {
		const struct text_difference *one = &result->differences[i];
		char place[SYMBOL_NAME_MAX + 96];

		symbols_format(kernel->symbols, one->address, place, sizeof(place));
		printf("    0x%016" PRIx64 " %s: %02x in the file, %02x in the dump\n",
		       one->address, place, one->expected, one->found);
	}
	totals->sections++;
	totals->differing += result->count;
	return NULL;
}

static struct err *compare_file(struct kernel *kernel, const char *name, const char *path,
				const struct module *module, struct totals *totals)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	_cleanup_(cleanup_text_file_close) struct text_file *file = NULL;

	if (fd < 0)
		return err_errno(errno, "%s", path);
	TRY(text_file_open(fd, &file));
	TRY(module ? text_file_module_place(file, kernel, module)
		   : text_file_place_kernel(file, kernel->link_offset));
	printf("%s against %s\n", name, path);
	for (size_t i = 0; i < text_file_count(file); i++) {
		const struct text_section *section = text_file_at(file, i);

		if (section->code && section->placed && section->bytes)
			TRY(compare_section(kernel, file, section, totals));
	}
	return NULL;
}

static const struct module *module_named(struct kernel *kernel, const char *name, size_t length)
{
	for (size_t i = 0; i < modules_count(kernel->modules); i++) {
		const struct module *module = modules_at(kernel->modules, i);

		if (!strncmp(module->name, name, length) && !module->name[length])
			return module;
	}
	return NULL;
}

static struct err *compare_module(struct kernel *kernel, const char *argument,
				  struct totals *totals)
{
	const char *equals = strchr(argument, '=');
	const struct module *module =
		equals && kernel->modules
			? module_named(kernel, argument, (size_t)(equals - argument))
			: NULL;

	if (!module)
		return NULL;
	return err_wrap(compare_file(kernel, module->name, equals + 1, module, totals), "%s",
			argument);
}

static struct err *run(int argc, char **argv, struct totals *totals)
{
	bool has_vmlinux = argc > 3 && !strcmp(argv[2], "--vmlinux");
	_close_ int fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	_cleanup_(cleanup_kernel_close) struct kernel *kernel = NULL;
	struct kernel_options options = {.dump_fd = fd, .vmlinux_fd = -1, .dmesg_fd = -1};

	if (fd < 0)
		return err_errno(errno, "%s", argv[1]);
	TRY(kernel_open(&options, &kernel));
	if (!kernel->symbols)
		return err_new(ERR_NOT_FOUND, "%s: no symbols", argv[1]);
	if (has_vmlinux)
		TRY(compare_file(kernel, "kernel", argv[3], NULL, totals));
	for (int i = has_vmlinux ? 4 : 2; i < argc; i++)
		TRY(compare_module(kernel, argv[i], totals));
	return NULL;
}

int main(int argc, char **argv)
{
	struct totals totals = {0};

	if (argc < 2) {
		fprintf(stderr, "usage: text-all DUMP [--vmlinux FILE] [MODULE=FILE.ko...]\n");
		return 2;
	}
	_err_ struct err *err = run(argc, argv, &totals);
	if (err)
		fprintf(stderr, "text-all: %s\n", err->message);
	return err || totals.differing || !totals.sections;
}
