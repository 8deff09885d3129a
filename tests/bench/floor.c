/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The floor of the benchmarks: every page of the dump read and decompressed once, one thread. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>

#include "kernel/dump.h"

int main(int argc, char **argv)
{
	_cleanup_(cleanup_dump_close) struct dump *dump = NULL;
	_close_ int fd = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
	uint64_t pages = 0;
	uint8_t page[PAGE_SIZE];
	_err_ struct err *err = dump_open(fd, &dump);

	if (err) {
		fprintf(stderr, "floor: %s\n", err->message);
		return 1;
	}
	for (uint64_t pfn = 0; pfn < dump_info(dump)->max_pfn; pfn++)
		if (dump_page_state(dump, pfn) == PAGE_PRESENT &&
		    err_ok(dump_stream(dump, pfn << PAGE_SHIFT, page, PAGE_SIZE)))
			pages++;
	printf("%" PRIu64 " pages\n", pages);
	return 0;
}
