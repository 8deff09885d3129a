/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A vmlinux or a module's file out of any bytes: its build-id, banner, symbols, code and debug information. */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kernel/symbols/vmlinux.h"
#include "kernel/text/text_file.h"
#include "kernel/text/text_file_module.h"
#include "kernel/types/dwarf.h"
#include "kernel/types/members.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_symbols(int fd)
{
	_cleanup_(symbol_list_deinit) struct symbol_list list = {0};
	char id[BUILD_ID_MAX], banner[256];
	uint64_t address;
	size_t at;

	vmlinux_build_id(fd, id, sizeof(id));
	vmlinux_banner(fd, banner, sizeof(banner), &address);
	vmlinux_symbol(fd, "_text", &address);
	err_ok(vmlinux_check(fd, NULL, NULL));
	if (err_ok(vmlinux_symbols(fd, 0, &list)) && err_ok(symbol_list_finish(&list)) &&
	    symbol_list_find(&list, "_text", &at))
		symbol_list_at(&list, list.entries[at].address, &at);
}

static void read_code(int fd)
{
	_cleanup_(cleanup_text_file_close) struct text_file *file = NULL;
	char id[BUILD_ID_MAX];

	if (!err_ok(text_file_open(dup(fd), &file)))
		return;
	text_file_build_id(file, id, sizeof(id));
	if (!err_ok(text_file_place_kernel(file, 0x1000000)))
		return;
	for (size_t i = 0; i < text_file_count(file); i++) {
		const struct text_section *section = text_file_at(file, i);

		text_file_find(file, section->address + section->size / 2);
		text_file_range(file, section->address, section->address + section->size);
		text_file_field_at(section, section->size / 2);
	}
}

static void read_types(int fd)
{
	_cleanup_(cleanup_types_close) struct types *types = NULL;
	_cleanup_(cleanup_members_close) struct members *members = NULL;
	struct source_line lines[4];
	struct type_provider *dwarf;

	if (!err_ok(dwarf_open(fd, NULL, &dwarf)))
		return;
	dwarf_lines(dwarf, 0xffffffff81000010, lines, ARRAY_SIZE(lines));
	if (!err_ok(types_open(&types))) {
		dwarf->ops->close(dwarf);
		return;
	}
	if (!err_ok(types_add(types, dwarf)) || !err_ok(members_open(types, &members)))
		return;
	for (enum member_id id = 0; id < MEMBER_COUNT; id++)
		members_get(members, id);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_close_ int fd = memfd_create("vmlinux", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		return 0;
	read_symbols(fd);
	read_code(fd);
	read_types(fd);
	return 0;
}
