/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that lies in a file in runs, uncompressed: reads pages, whichever format told the runs. */
#include "kernel/dump/dump_segments.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

static int compare_segments(const void *a, const void *b)
{
	const struct segment *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

/* Sort, and cut what overlaps: each address then belongs to one segment, the first that had it. */
static void make_disjoint(struct segments *segments)
{
	size_t kept = 0;
	uint64_t end = 0;

	qsort(segments->at, segments->count, sizeof(*segments->at), compare_segments);
	for (size_t i = 0; i < segments->count; i++) {
		struct segment segment = segments->at[i];

		if (segment.start < end) {
			segment.offset += end - segment.start;
			segment.start = end;
		}
		if (segment.start >= segment.end)
			continue;
		segments->at[kept++] = segment;
		end = segment.end;
	}
	segments->count = kept;
}

/* The first segment that ends behind phys, or NULL. */
static const struct segment *find(const struct segments *segments, uint64_t phys)
{
	size_t at = array_first(segments->count, i, segments->at[i].end > phys);

	return at < segments->count ? &segments->at[at] : NULL;
}

/* The first segment with anything of a page; NULL when there is none. */
static const struct segment *find_in_page(const struct segments *segments, uint64_t phys)
{
	const struct segment *segment = find(segments, phys);

	return segment && segment->start < phys + PAGE_SIZE ? segment : NULL;
}

static enum page_state state(struct container *container, uint64_t pfn)
{
	struct segment_dump *dump = (struct segment_dump *)container;
	const struct segment *segment;
	uint64_t phys = pfn << PAGE_SHIFT;

	if (pfn > UINT64_MAX >> PAGE_SHIFT)
		return PAGE_ABSENT;
	segment = find_in_page(&dump->data, phys);
	if (segment) {
		uint64_t start = MAX(segment->start, phys);
		uint64_t end = MIN(segment->end, phys + PAGE_SIZE);
		uint64_t offset = segment->offset + (start - segment->start);

		return dump_file_holds(segment->file, offset, end - start) ? PAGE_PRESENT
									   : PAGE_TRUNCATED;
	}
	return find_in_page(&dump->ram, phys) ? PAGE_EXCLUDED : PAGE_ABSENT;
}

/*
 * A page that belongs to RAM only in part (the BIOS keeps the end of the lowest 640 KiB) has
 * zeros for the rest, as /proc/vmcore itself pads it.
 */
static struct err *read_page(struct container *container, uint64_t pfn, void *page)
{
	struct segment_dump *dump = (struct segment_dump *)container;
	uint64_t phys = pfn << PAGE_SHIFT, page_end = phys + PAGE_SIZE;
	const struct segment *last = dump->data.at + dump->data.count;

	memset(page, 0, PAGE_SIZE);
	for (const struct segment *segment = find_in_page(&dump->data, phys);
	     segment && segment < last && segment->start < page_end; segment++) {
		uint64_t start = MAX(segment->start, phys), end = MIN(segment->end, page_end);

		TRY(dump_file_read(segment->file, segment->offset + (start - segment->start),
				   (char *)page + (start - phys), (size_t)(end - start)));
	}
	return NULL;
}

/* RAM that the file does not hold, in pages [pfn, end), none of which is in any segment of data. */
static uint64_t count_ram(const struct segment_dump *dump, uint64_t pfn, uint64_t end)
{
	const struct segment *last = dump->ram.at + dump->ram.count;
	uint64_t count = 0;

	for (const struct segment *segment = find(&dump->ram, pfn << PAGE_SHIFT);
	     segment && segment < last && segment->start >> PAGE_SHIFT < end; segment++) {
		uint64_t first = MAX(segment->start >> PAGE_SHIFT, pfn);

		pfn = MIN((segment->end + PAGE_SIZE - 1) >> PAGE_SHIFT, end);
		count += pfn - MIN(first, pfn);
	}
	return count;
}

/* Pages that lie in a hole of the file: zeros, which need not be read. */
static void show_zeros(struct sweep *sweep, uint64_t pfn, uint64_t count)
{
	memset(sweep->page, 0, PAGE_SIZE);
	for (uint64_t i = 0; i < count; i++)
		sweep->visit(sweep->context, pfn + i, sweep->page, i ? BYTES_AGAIN : BYTES_SHARED);
	sweep->counts->pages += count;
}

/* As many whole pages of one segment as a window holds; *pfn is moved behind them. */
static struct err *sweep_run(struct sweep *sweep, const struct segment *segment, uint64_t *pfn,
			     uint64_t end)
{
	uint64_t count = MIN((segment->end >> PAGE_SHIFT) - *pfn, end - *pfn), first = *pfn;
	uint64_t offset = segment->offset + ((first << PAGE_SHIFT) - segment->start);
	size_t got;

	if (offset >= dump_file_size(segment->file)) { /* however much more is announced */
		*pfn += count;
		sweep->counts->truncated += count;
		return NULL;
	}
	count = MIN(count, SWEEP_WINDOW / PAGE_SIZE);
	*pfn += count;
	if (offset + count * PAGE_SIZE <= dump_file_size(segment->file) &&
	    dump_file_next_data(segment->file, offset) >= offset + count * PAGE_SIZE) {
		show_zeros(sweep, first, count);
		return NULL;
	}
	if (!TRY_OK(dump_file_read_some(segment->file, offset, sweep->window, count * PAGE_SIZE,
					&got))) {
		sweep->counts->corrupt += count;
		return NULL;
	}
	for (uint64_t i = 0; i < got / PAGE_SIZE; i++)
		sweep->visit(sweep->context, first + i, sweep->window + i * PAGE_SIZE, BYTES_OWN);
	sweep->counts->pages += got / PAGE_SIZE;
	sweep->counts->truncated += count - got / PAGE_SIZE;
	return NULL;
}

/* A page that is RAM, or in the file, only in part. */
static struct err *sweep_odd_page(const struct container *container, struct sweep *sweep,
				  uint64_t pfn)
{
	struct container *dump =
		(struct container *)(uintptr_t)container; /* not changed by these */

	if (state(dump, pfn) == PAGE_TRUNCATED) {
		sweep->counts->truncated++;
	} else if (!TRY_OK(read_page(dump, pfn, sweep->page))) {
		sweep->counts->corrupt++;
	} else {
		sweep->counts->pages++;
		sweep->visit(sweep->context, pfn, sweep->page, BYTES_OWN);
	}
	return NULL;
}

static struct err *sweep_pages(const struct container *container, struct sweep *sweep, uint64_t pfn,
			       uint64_t end)
{
	const struct segment_dump *dump = (const struct segment_dump *)container;

	while (pfn < end) {
		const struct segment *segment = find(&dump->data, pfn << PAGE_SHIFT);
		uint64_t next = segment ? MIN(segment->start >> PAGE_SHIFT, end) : end;

		if (next > pfn) {
			sweep->counts->excluded += count_ram(dump, pfn, next);
			pfn = next;
		} else if (segment->start <= pfn << PAGE_SHIFT &&
			   segment->end >> PAGE_SHIFT > pfn) {
			TRY(sweep_run(sweep, segment, &pfn, end));
		} else {
			TRY(sweep_odd_page(container, sweep, pfn++));
		}
	}
	return NULL;
}

static uint64_t pages_below(const struct container *container, uint64_t pfn)
{
	const struct segment_dump *dump = (const struct segment_dump *)container;
	uint64_t count = 0, next = 0; /* next: segments may share a page */

	for (size_t i = 0; i < dump->data.count; i++) {
		const struct segment *segment = &dump->data.at[i];
		uint64_t first = MAX(segment->start >> PAGE_SHIFT, next);
		uint64_t end = (segment->end + PAGE_SIZE - 1) >> PAGE_SHIFT;

		if (first >= pfn)
			break;
		next = MAX(next, MIN(end, pfn));
		count += next - MIN(first, next);
	}
	return count;
}

static void close_container(struct container *container)
{
	segment_dump_close((struct segment_dump *)container);
}

static const struct container_ops segment_ops = {
	.close = close_container,
	.state = state,
	.read = read_page,
	.sweep = sweep_pages,
	.pages_below = pages_below,
};

struct err *segment_dump_new(struct dump_file *file, size_t room, struct segment_dump **ret)
{
	_cleanup_(cleanup_segment_dump_close) struct segment_dump *dump = calloc(1, sizeof(*dump));

	if (!dump)
		return &err_nomem;
	dump->container.ops = &segment_ops;
	dump->file = file;
	dump->data.at = calloc(room + 1, sizeof(struct segment));
	dump->ram.at = calloc(room + 1, sizeof(struct segment));
	if (!dump->data.at || !dump->ram.at)
		return &err_nomem;
	dump->data.room = dump->ram.room = room;
	*ret = take_ptr(dump);
	return NULL;
}

static void add(struct segments *segments, const struct segment *segment)
{
	if (segment->end > segment->start && segments->count < segments->room)
		segments->at[segments->count++] = *segment;
}

void segment_dump_add_of(struct segment_dump *dump, struct dump_file *file, uint64_t start,
			 uint64_t size, uint64_t offset, uint64_t held)
{
	/* An end beyond the address space is nonsense; physical addresses have 52 bits. */
	if (start >> 52 || size >> 52 || held >> 52 || offset > INT64_MAX)
		return;
	add(&dump->data, &(struct segment){start, start + held, offset, file});
	add(&dump->ram, &(struct segment){start, start + MAX(size, held), 0, file});
}

void segment_dump_add(struct segment_dump *dump, uint64_t start, uint64_t size, uint64_t offset,
		      uint64_t held)
{
	segment_dump_add_of(dump, dump->file, start, size, offset, held);
}

struct err *segment_dump_finish(struct segment_dump *dump, const char *format,
				struct dump_info *info)
{
	make_disjoint(&dump->data);
	make_disjoint(&dump->ram);
	if (!dump->data.count)
		return err_new(ERR_CORRUPT, "the file (%s) holds no memory", format);
	info->format = format;
	info->compression = "none";
	if (dump->ram.count)
		info->max_pfn =
			(dump->ram.at[dump->ram.count - 1].end + PAGE_SIZE - 1) >> PAGE_SHIFT;
	for (size_t i = 0; i < dump->data.count; i++) {
		const struct segment *segment = &dump->data.at[i];
		uint64_t length = segment->end - segment->start;

		info->whole_size = MAX(info->whole_size, segment->offset + length);
		info->truncated |= !dump_file_holds(segment->file, segment->offset, length);
	}
	return NULL;
}

void segment_dump_close(struct segment_dump *dump)
{
	if (!dump)
		return;
	free(dump->data.at);
	free(dump->ram.at);
	free(dump->container.cpus);
	free(dump);
}
