/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Through libkdumpfile: what our own readers don't know, which is LKCD and Xen's dump-core. Not kdump and
 * ELF: for these the library (0.5.1) takes memory by the machine's size, tells less about what is missing,
 * knows no flattened files, falls over some damaged ones, and what is cut off of a split one it reads as
 * zeros. Not SADUMP: it gives for all pages of a run the first one. Not a Xen core that is cut off: it reads none
 * without the names at its end. It parses hostile input in C that is
 * not ours: only a worker in its sandbox may come here.
 */
#include "kernel/dump/dump_libkdumpfile.h"

#include <errno.h>
#include <inttypes.h>
#include <libkdumpfile/kdumpfile.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "base/str.h"
#include "kernel/dump/dump_xen_cut.h"

#define CPUS_MAX 8192
#define CACHE_PAGES 256 /* of the library's own cache; dump.c has a larger one */
#define LKCD_MAGIC 0xa8190173618f23edull
#define LKCD_START 65536   /* of the pages, up to version 8 */
#define LKCD_VERSION 8	   /* places in struct __dump_header (lkcdutils' dump.h) */
#define LKCD_MEMORY_END 40 /* physical memory's */
#define LKCD_BUFFER 734	   /* where they start from version 9 on */
/* Of a page some microseconds are spent in the library, 20 where they are in no order: longer than anybody waits. */
#define LKCD_PAGES_MAX (4u << 20)

struct library {
	struct container container;
	kdump_ctx_t *ctx;
	pthread_mutex_t lock; /* the context is one thread's at a time */
	kdump_bmp_t *in_file; /* pages in the file; NULL where the format has no such list */
	uint64_t max_pfn;
	bool cut; /* the file ends before its end mark: what is not found may have been behind it */
	uint64_t known; /* from this page on none is in what is left */
};

/* --- whose it is -------------------------------------------------------------------------------- */

static bool begins_with(struct dump_file *file, const void *bytes, size_t length)
{
	uint8_t head[8];

	return err_ok(dump_file_read(file, 0, head, length)) && !memcmp(head, bytes, length);
}

/* The name of a format that is the library's to read; NULL: none of them. */
static const char *format_of(struct dump_file *file)
{
	const uint64_t lkcd = LKCD_MAGIC;

	if (begins_with(file, &lkcd, sizeof(lkcd)))
		return "lkcd";
	return xen_is_core(file) && !xen_is_cut(file) ? "xen" : NULL;
}

bool libkdumpfile_reads(int fd)
{
	_cleanup_(cleanup_dump_file_close) struct dump_file *file = NULL;

	return err_ok(dump_file_open(fd, &file)) && format_of(file);
}

/* --- pages -------------------------------------------------------------------------------------- */

static struct err *page_error(const struct library *library, kdump_status status, uint64_t pfn)
{
	uint64_t phys = pfn << PAGE_SHIFT;
	kdump_ctx_t *ctx = library->ctx;

	if (status == KDUMP_ERR_SYSTEM && errno == ENOMEM)
		return &err_nomem;
	if (library->cut)
		return err_at(ERR_TRUNCATED, phys, "page beyond the end of the truncated file");
	if (status == KDUMP_ERR_NODATA)
		return err_at(ERR_EXCLUDED, phys, "page not in the dump");
	return err_at(status == KDUMP_ERR_EOF ? ERR_TRUNCATED : ERR_DAMAGED, phys,
		      "libkdumpfile: %s", kdump_get_err(ctx));
}

static struct err *read_locked(struct library *library, uint64_t pfn, void *page)
{
	size_t length = PAGE_SIZE;
	kdump_status status =
		kdump_read(library->ctx, KDUMP_MACHPHYSADDR, pfn << PAGE_SHIFT, page, &length);

	return status == KDUMP_OK ? NULL : page_error(library, status, pfn);
}

static struct err *read_page(struct container *container, uint64_t pfn, void *page)
{
	struct library *library = (struct library *)container;

	pthread_mutex_lock(&library->lock);
	struct err *err = read_locked(library, pfn, page);
	pthread_mutex_unlock(&library->lock);
	return err;
}

/* Without a list of the pages only reading one tells. */
static enum page_state state(struct container *container, uint64_t pfn)
{
	struct library *library = (struct library *)container;
	unsigned char bits = 0;

	if (pfn >= library->max_pfn)
		return PAGE_ABSENT;
	pthread_mutex_lock(&library->lock);
	bool listed = !library->in_file ||
		      kdump_bmp_get_bits(library->in_file, pfn, pfn, &bits) != KDUMP_OK || bits & 1;
	pthread_mutex_unlock(&library->lock);
	return listed ? PAGE_PRESENT : PAGE_EXCLUDED;
}

static struct err *sweep_pages(const struct container *container, struct sweep *sweep, uint64_t pfn,
			       uint64_t end)
{
	struct container *own = (struct container *)(uintptr_t)container; /* it locks itself */
	const struct library *library = (const struct library *)container;

	for (; pfn < end; pfn++) {
		if (library->cut && pfn >= library->known) {
			sweep->counts->truncated += end - pfn;
			break;
		}
		struct err *err =
			state(own, pfn) == PAGE_PRESENT ? read_page(own, pfn, sweep->page) : NULL;

		if (err == &err_nomem)
			return err;
		if (err || state(own, pfn) != PAGE_PRESENT) {
			bool excluded = !err || err->code == ERR_EXCLUDED;
			bool cut = err && err->code == ERR_TRUNCATED;

			*(excluded ? &sweep->counts->excluded
			  : cut	   ? &sweep->counts->truncated
				   : &sweep->counts->corrupt) += 1;
			err_free(err);
			continue;
		}
		sweep->counts->pages++;
		sweep->visit(sweep->context, pfn, sweep->page, BYTES_OWN);
	}
	return NULL;
}

/* As if all were there: it serves to share out work. */
static uint64_t pages_below(const struct container *container, uint64_t pfn)
{
	return MIN(pfn, ((const struct library *)container)->max_pfn);
}

/* --- what the library knows besides --------------------------------------------------------------- */

static bool get_number(kdump_ctx_t *ctx, const char *key, uint64_t *ret)
{
	kdump_attr_t attr;

	if (kdump_get_attr(ctx, key, &attr) != KDUMP_OK ||
	    (attr.type != KDUMP_NUMBER && attr.type != KDUMP_ADDRESS))
		return false;
	*ret = attr.type == KDUMP_NUMBER ? attr.val.number : attr.val.address;
	return true;
}

static void get_text(kdump_ctx_t *ctx, const char *key, char *buf, size_t size)
{
	const char *text;

	if (kdump_get_string_attr(ctx, key, &text) == KDUMP_OK && text)
		copy_string(buf, size, text);
}

static void take_registers(kdump_ctx_t *ctx, unsigned cpu, struct regs *ret)
{
	for (enum reg reg = 0; reg < REG_COUNT; reg++) {
		char key[64];
		uint64_t value;

		snprintf(key, sizeof(key), "cpu.%u.reg.%s", cpu, reg_name(reg));
		if (get_number(ctx, key, &value))
			regs_set(ret, reg, value);
	}
}

static struct err *take_cpus(struct library *library)
{
	uint64_t count;

	if (!get_number(library->ctx, KDUMP_ATTR_NUM_CPUS, &count) || !count)
		return NULL;
	count = MIN(count, CPUS_MAX);
	library->container.cpus = calloc(count, sizeof(struct regs));
	if (!library->container.cpus)
		return &err_nomem;
	library->container.cpu_count = count;
	for (unsigned cpu = 0; cpu < count; cpu++)
		take_registers(library->ctx, cpu, &library->container.cpus[cpu]);
	return NULL;
}

static struct err *check_machine(kdump_ctx_t *ctx)
{
	char machine[65] = "";

	get_text(ctx, KDUMP_ATTR_ARCH_NAME, machine, sizeof(machine));
	/* Its word on the machine comes from utsname, which some writers leave out. */
	return !machine[0] || !strcmp(machine, "x86_64")
		       ? NULL
		       : err_new(ERR_UNSUPPORTED, "a dump of %s: only x86-64 dumps can be read",
				 machine);
}

/* A guest that was paravirtualized: of which page of its own the machine's frames are is in no page table. */
static struct err *check_xen(kdump_ctx_t *ctx)
{
	uint64_t kind;

	return get_number(ctx, KDUMP_ATTR_XEN_XLAT, &kind) && kind == KDUMP_XEN_NONAUTO
		       ? err_new(ERR_UNSUPPORTED,
				 "the core of a paravirtualized Xen guest: only those of HVM and "
				 "PVH guests can be read, kdump within the guest gives one")
		       : NULL;
}

static void fill_info(kdump_ctx_t *ctx, struct dump_info *info)
{
	get_text(ctx, "linux.uts.release", info->release, sizeof(info->release));
	get_text(ctx, "linux.uts.version", info->version, sizeof(info->version));
	get_text(ctx, "linux.uts.machine", info->machine, sizeof(info->machine));
	get_text(ctx, "linux.uts.nodename", info->nodename, sizeof(info->nodename));
}

/* Where the pages of an LKCD file begin, each behind its address, size and flags. */
static struct err *lkcd_start(struct dump_file *file, uint64_t *ret)
{
	uint8_t version[4], start[8];

	TRY(dump_file_read(file, LKCD_VERSION, version, sizeof(version)));
	TRY(dump_file_read(file, LKCD_BUFFER, start, sizeof(start)));
	*ret = load_u32(version) > 8 ? load_u64(start) : LKCD_START;
	return NULL;
}

/* What of an LKCD file is looked at: most headers of pages are near the one before. */
struct window {
	struct dump_file *file;
	uint64_t start;
	size_t size;
	uint8_t bytes[4096];
};

/* length bytes at a place in the file, NULL where it ends before them. */
static const uint8_t *look_at(struct window *window, uint64_t at, size_t length)
{
	if (at < window->start || at - window->start + length > window->size) {
		window->start = at;
		window->size = 0;
		if (!err_ok(dump_file_read_some(window->file, at, window->bytes,
						sizeof(window->bytes), &window->size)))
			window->size = 0;
	}
	return length <= window->size ? window->bytes + (at - window->start) : NULL;
}

/* The page behind the last that is in the file, by the headers of its pages, and how many these are. */
static struct err *walk_lkcd(struct dump_file *file, uint64_t *known, size_t *count)
{
	struct window window = {.file = file};
	const uint8_t *page;
	uint64_t at;

	*known = *count = 0;
	TRY(lkcd_start(file, &at));
	while (*count <= LKCD_PAGES_MAX && (page = look_at(&window, at, 16))) {
		*known = MAX(*known, (load_u64(page) >> PAGE_SHIFT) + 1);
		at += 16 + load_u32(page + 8);
		*count += 1;
	}
	return NULL;
}

static struct err *check_lkcd_size(struct dump_file *file)
{
	uint64_t known;
	size_t count = 0;

	if (dump_file_size(file) / 16 > LKCD_PAGES_MAX)
		TRY(walk_lkcd(file, &known, &count));
	return count <= LKCD_PAGES_MAX
		       ? NULL
		       : err_new(ERR_LIMIT,
				 "an LKCD dump of more than %u pages: libkdumpfile, which reads it "
				 "here, takes minutes for so many; crash reads it",
				 LKCD_PAGES_MAX);
}

/* The page behind the last of an LKCD file that is cut off: by its header, or by the pages that are there. */
static struct err *lkcd_max_pfn(struct dump_file *file, uint64_t *known, uint64_t *ret)
{
	uint8_t end[8];
	size_t count;

	TRY(dump_file_read(file, LKCD_MEMORY_END, end, sizeof(end)));
	TRY(walk_lkcd(file, known, &count));
	*ret = MAX(*known, load_u64(end) >> PAGE_SHIFT);
	return NULL;
}

/* Of LKCD the library has to find the end for that, and gives it none where there is no end mark. */
static struct err *take_max_pfn(struct library *library, struct dump_file *file, const char *format,
				struct dump_info *info)
{
	if (get_number(library->ctx, "max_pfn", &library->max_pfn))
		return NULL;
	if (strcmp(format, "lkcd") != 0)
		return err_new(ERR_TRUNCATED,
			       "a dump (%s) that is cut off or damaged: libkdumpfile: %s", format,
			       kdump_get_err(library->ctx));
	library->cut = info->truncated = true;
	return lkcd_max_pfn(file, &library->known, &library->max_pfn);
}

static struct err *fill(struct library *library, struct dump_file *file, const char *format,
			struct dump_info *info)
{
	kdump_ctx_t *ctx = library->ctx;
	kdump_attr_t attr = {.type = KDUMP_BITMAP};

	TRY(check_machine(ctx));
	TRY(check_xen(ctx));
	TRY(take_max_pfn(library, file, format, info));
	if (library->max_pfn >> (52 - PAGE_SHIFT))
		return err_new(ERR_CORRUPT, "a dump (%s) of %" PRIu64 " pages", format,
			       library->max_pfn);
	/* Its list of a core by sections is that of the segments, of which there is none. */
	if (strcmp(format, "xen") != 0 &&
	    kdump_get_typed_attr(ctx, KDUMP_ATTR_FILE_PAGEMAP, &attr) == KDUMP_OK) {
		kdump_bmp_incref(attr.val.bitmap);
		library->in_file = attr.val.bitmap;
	}
	info->format = format;
	info->max_pfn = library->max_pfn;
	return take_cpus(library);
}

/* --- opening ------------------------------------------------------------------------------------- */

static void close_library(struct container *container)
{
	struct library *library = (struct library *)container;

	if (!library)
		return;
	if (library->in_file)
		kdump_bmp_decref(library->in_file);
	if (library->ctx)
		kdump_free(library->ctx);
	pthread_mutex_destroy(&library->lock);
	free(library->container.cpus);
	free(library);
}

static void cleanup_library(struct library **library)
{
	if (*library)
		close_library(&(*library)->container);
}

static struct err *open_file(struct library *library, struct dump_file *file)
{
	library->ctx = kdump_new();
	if (!library->ctx)
		return &err_nomem;
	/* A mapped file that somebody cuts short is a signal; a failed read is an error. */
	kdump_set_number_attr(library->ctx, KDUMP_ATTR_FILE_MMAP_POLICY, KDUMP_MMAP_NEVER);
	kdump_set_number_attr(library->ctx, "cache.size", CACHE_PAGES);
	if (kdump_open_fd(library->ctx, dump_file_fd(file)) != KDUMP_OK)
		return err_new(ERR_CORRUPT, "libkdumpfile: %s", kdump_get_err(library->ctx));
	return NULL;
}

static const struct container_ops library_ops = {
	.close = close_library,
	.state = state,
	.read = read_page,
	.sweep = sweep_pages,
	.pages_below = pages_below,
};

struct err *libkdumpfile_dump_open(const struct dump_files *files, struct dump_info *info,
				   struct container **ret)
{
	_cleanup_(cleanup_library) struct library *library = NULL;
	const char *format = format_of(files->at[0]);

	if (!format)
		return err_new(ERR_NOT_FOUND, "nothing for libkdumpfile");
	library = calloc(1, sizeof(*library));
	if (!library)
		return &err_nomem;
	pthread_mutex_init(&library->lock, NULL);
	library->container.ops = &library_ops;
	if (!strcmp(format, "lkcd"))
		TRY(check_lkcd_size(files->at[0]));
	TRY(open_file(library, files->at[0]));
	TRY(fill(library, files->at[0], format, info));
	fill_info(library->ctx, info);
	*ret = &take_ptr(library)->container;
	return NULL;
}
