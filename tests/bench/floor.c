/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The floor of `make bench`: every page of a dump read and decompressed once, by one thread, and
 * nothing else. A tool that reads the whole file cannot be faster.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "kernel/dump/dump.h"

static struct err *read_all(const char *path, uint64_t *unreadable, uint64_t *pages)
{
	_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	_cleanup_(cleanup_dump_close) struct dump *dump = NULL;
	char page[PAGE_SIZE];

	if (fd < 0)
		return err_errno(errno, "%s", path);
	TRY(dump_open(fd, &dump));
	for (uint64_t pfn = 0; pfn < dump_info(dump)->max_pfn; pfn++) {
		if (dump_page_state(dump, pfn) != PAGE_PRESENT)
			continue;
		if (!err_ok(dump_stream(dump, pfn << PAGE_SHIFT, page, sizeof(page))))
			++*unreadable;
	}
	*pages = dump_pages_read(dump);
	return NULL;
}

int main(int argc, char **argv)
{
	uint64_t unreadable = 0, pages = 0;

	if (argc != 2) {
		fputs("usage: floor VMCORE\n", stderr);
		return 2;
	}
	_err_ struct err *err = read_all(argv[1], &unreadable, &pages);
	if (err) {
		fprintf(stderr, "floor: %s\n", err->message);
		return 1;
	}
	printf("%" PRIu64 " pages\n", pages);
	if (unreadable)
		fprintf(stderr, "floor: %" PRIu64 " pages could not be read\n", unreadable);
	return unreadable != 0;
}
