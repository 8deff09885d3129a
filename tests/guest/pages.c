/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pages VMCORE...: every page of a dump as triage reads it, one by one and in a sweep, beside what
 * libkdumpfile reads of it. An independent witness: the two share nothing but the decompressors.
 *
 * pages --like ORIGINAL FILE...: the same of one dump, which may be several files, in a form that was made of
 * ORIGINAL, beside what libkdumpfile reads of that. Zeros may stand for what the original left out.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libkdumpfile/kdumpfile.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/dump/dump.h"
#include "kernel/dump/dump_sweep.h"

struct comparison {
	struct dump *dump;
	kdump_ctx_t *witness;
	uint64_t pages, different, unreadable, swept, lost;
	bool like; /* of another file: what was left out there may be zeros */
};

static bool witness_reads(struct comparison *c, uint64_t pfn, uint8_t *page)
{
	size_t length = PAGE_SIZE;

	return kdump_read(c->witness, KDUMP_MACHPHYSADDR, pfn << PAGE_SHIFT, page, &length) ==
	       KDUMP_OK;
}

static void compare_page(struct comparison *c, uint64_t pfn, const void *ours)
{
	static const uint8_t zeros[PAGE_SIZE];
	uint8_t theirs[PAGE_SIZE];

	if (!witness_reads(c, pfn, theirs)) {
		if (c->like && !memcmp(ours, zeros, PAGE_SIZE))
			return;
		c->unreadable++;
		fprintf(stderr, "page %" PRIu64 ": libkdumpfile: %s\n", pfn,
			kdump_get_err(c->witness));
	} else if (memcmp(ours, theirs, PAGE_SIZE)) {
		c->different++;
		fprintf(stderr, "page %" PRIu64 " differs\n", pfn);
	}
}

static void in_sweep(void *context, uint64_t pfn, const void *page, enum visit_bytes bytes)
{
	struct comparison *c = context;

	(void)bytes;
	c->swept++;
	compare_page(c, pfn, page);
}

static struct err *one_by_one(struct comparison *c)
{
	uint8_t page[PAGE_SIZE];

	for (uint64_t pfn = 0; pfn < dump_info(c->dump)->max_pfn; pfn++) {
		if (dump_page_state(c->dump, pfn) != PAGE_PRESENT)
			continue;
		struct err *err = dump_stream(c->dump, pfn << PAGE_SHIFT, page, sizeof(page));

		if (err && !c->like)
			return err;
		c->lost += err != NULL; /* in a form that is damaged */
		if (!err_ok(err))
			continue;
		compare_page(c, pfn, page);
		c->pages++;
	}
	return NULL;
}

static struct err *sweep_all(struct comparison *c)
{
	_cleanup_(cleanup_sweep_close) struct sweep *sweep = NULL;
	struct visit_counts counts = {0};

	TRY(sweep_open(c->dump, &sweep));
	for (uint64_t chunk = 0; chunk < sweep_chunks(c->dump); chunk++)
		TRY(sweep_chunk(sweep, chunk, in_sweep, c, &counts));
	return NULL;
}

static struct err *open_witness(int fd, kdump_ctx_t *ctx)
{
	const char *name;

	if (kdump_open_fd(ctx, fd) != KDUMP_OK)
		return err_new(ERR_CORRUPT, "libkdumpfile: %s", kdump_get_err(ctx));
	/*
	 * Some writers of kdump leave utsname empty, from which the library takes the architecture. Told
	 * beforehand, it falls over on ELF files.
	 */
	if (kdump_get_string_attr(ctx, "arch.name", &name) != KDUMP_OK &&
	    kdump_set_string_attr(ctx, "arch.name", "x86_64") != KDUMP_OK)
		return err_new(ERR_CORRUPT, "libkdumpfile: %s", kdump_get_err(ctx));
	return NULL;
}

/* c->dump beside the file at fd, as libkdumpfile reads it. */
static struct err *compare_with_witness(int fd, struct comparison *c)
{
	c->witness = kdump_new();
	if (!c->witness)
		return &err_nomem;
	struct err *err = open_witness(fd, c->witness);
	if (!err)
		err = one_by_one(c);
	if (!err)
		err = sweep_all(c);
	kdump_free(c->witness);
	return err;
}

static struct err *compare(const char *path, struct comparison *c)
{
	_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	_cleanup_(cleanup_dump_close) struct dump *dump = NULL;

	if (fd < 0)
		return err_errno(errno, "cannot open it");
	TRY(dump_open(fd, &dump));
	if (dump_info(dump)->flattened)
		return err_new(ERR_UNSUPPORTED, "libkdumpfile reads no flattened files");
	c->dump = dump;
	return compare_with_witness(fd, c);
}

#define FILES_MAX 16

/* Pages of the form that are those of the original: all that can be read must be. */
static struct err *compare_like(const char *original, char *const *paths, size_t count,
				struct comparison *c)
{
	_close_ int fd = open(original, O_RDONLY | O_CLOEXEC);
	_cleanup_(cleanup_dump_close) struct dump *dump = NULL;
	int fds[FILES_MAX];

	if (fd < 0)
		return err_errno(errno, "cannot open %s", original);
	for (size_t i = 0; i < count; i++)
		fds[i] = open(paths[i], O_RDONLY | O_CLOEXEC); /* open until the end */
	TRY(dump_open_set(fds, count, &dump));
	c->dump = dump;
	c->like = true;
	return compare_with_witness(fd, c);
}

static int main_like(const char *original, char *const *paths, size_t count)
{
	struct comparison c = {0};
	_err_ struct err *err = compare_like(original, paths, MIN(count, FILES_MAX), &c);
	bool same = !err && c.pages && c.swept == c.pages && !c.different && !c.unreadable;

	printf("%s %s: %" PRIu64 " pages read one by one, %" PRIu64 " in a sweep, %" PRIu64
	       " different, %" PRIu64 " not in the original, %" PRIu64 " lost%s%s\n",
	       same ? "ok" : "not ok", paths[0], c.pages, c.swept, c.different, c.unreadable,
	       c.lost, err ? ": " : "", err ? err->message : "");
	return !same;
}

int main(int argc, char **argv)
{
	if (argc > 3 && !strcmp(argv[1], "--like"))
		return main_like(argv[2], argv + 3, (size_t)argc - 3);
	int failed = argc < 2;

	for (int i = 1; i < argc; i++) {
		struct comparison c = {0};
		_err_ struct err *err = compare(argv[i], &c);
		if (err && err->code == ERR_UNSUPPORTED) {
			printf("skip %s: %s\n", argv[i], err->message);
			continue;
		}
		bool same = !err && c.pages && c.swept == c.pages && !c.different && !c.unreadable;

		printf("%s %s: %" PRIu64 " pages read one by one, %" PRIu64 " in a sweep, %" PRIu64
		       " different, %" PRIu64 " libkdumpfile cannot read%s%s\n",
		       same ? "ok" : "not ok", argv[i], c.pages, c.swept, c.different, c.unreadable,
		       err ? ": " : "", err ? err->message : "");
		failed |= !same;
	}
	return failed;
}
