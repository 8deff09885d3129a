/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A dump file out of any bytes: opened, its memory found, some pages and addresses read. */
#include <sys/mman.h>

#include "kernel/dump/dump.h"
#include "kernel/dump/search.h"
#include "kernel/dump/vmcoreinfo.h"
#include "kernel/memory/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_memory(struct dump *dump)
{
	_cleanup_(cleanup_vmcoreinfo_free) struct vmcoreinfo *info = NULL;
	_cleanup_(cleanup_memory_close) struct memory *memory = NULL;
	size_t length;
	const char *text = dump_vmcoreinfo(dump, &length);
	uint64_t value;

	if (text)
		err_ok(vmcoreinfo_parse(text, length, &info));
	if (!err_ok(memory_open(dump, info, &memory)))
		return;
	err_ok(memory_read_u64(memory, 0xffffffff81000ffd, &value));
	err_ok(memory_read_u64(memory, memory_page_offset(memory) + 0x1000, &value));
}

static void search(struct dump *dump)
{
	struct search_options options = {
		.pattern = {.value = 0, .mask = 0xff}, .threads = 1, .limit = 8, .chunks = 4};
	struct search_result result;

	if (err_ok(search_run(dump, &options, &result)))
		search_deinit(&result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_close_ int fd = memfd_create("vmcore", MFD_CLOEXEC);
	_cleanup_(cleanup_dump_close) struct dump *dump = NULL;
	uint64_t value;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size || !err_ok(dump_open(fd, &dump)))
		return 0;
	for (uint64_t pfn = 0; pfn < MIN(dump_info(dump)->max_pfn, 64u); pfn++)
		err_ok(dump_read(dump, pfn << PAGE_SHIFT, &value, sizeof(value)));
	read_memory(dump);
	search(dump);
	return 0;
}
