/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Puts the records of a flattened dump in order; what was written later covers what came before. */
#include "kernel/dump/dump_flattened.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"

#define SIGNATURE                                                                                  \
	"makedumpfile"	 /* and a NUL; what fills up the field some versions leave as it was */
#define HEADER_SIZE 4096 /* MAX_SIZE_MDF_HEADER */
#define RECORDS_MAX (16u << 20)
#define SPLITS_MAX 4096 /* rewritten pieces: a writer goes back to a header, not to everything */

struct header {
	char signature[16];
	int64_t type, version; /* both 1, big-endian */
};

struct record {
	int64_t offset, size; /* big-endian; an offset of -1 ends the file */
};

/* A segment, and when it was written: it covers what was written before it. */
struct written {
	struct flattened_segment segment;
	size_t order;
};

struct list {
	struct written *items;
	size_t count;
};

bool flattened_is(int fd)
{
	struct header header;

	return pread(fd, &header, sizeof(header), 0) == sizeof(header) &&
	       !memcmp(header.signature, SIGNATURE, sizeof(SIGNATURE)) &&
	       be64toh((uint64_t)header.type) == 1 && be64toh((uint64_t)header.version) == 1;
}

static struct err *append(struct list *list, struct written item)
{
	if (!array_grow(list->items, list->count))
		return &err_nomem;
	list->items[list->count++] = item;
	return NULL;
}

static struct err *read_records(int fd, uint64_t file_size, struct list *list, bool *truncated)
{
	uint64_t at = HEADER_SIZE;
	struct record record;

	*truncated = true;
	while (at + sizeof(record) <= file_size) {
		if (pread(fd, &record, sizeof(record), (off_t)at) != sizeof(record))
			return err_errno(errno ? errno : EIO,
					 "read a record of the flattened dump");
		int64_t offset = (int64_t)be64toh((uint64_t)record.offset);
		int64_t size = (int64_t)be64toh((uint64_t)record.size);

		if (offset == -1) {
			*truncated = false;
			return NULL;
		}
		at += sizeof(record);
		if (offset < 0 || size <= 0 || offset > INT64_MAX - size)
			return err_new(ERR_CORRUPT,
				       "flattened dump: absurd record at offset 0x%" PRIx64,
				       at - sizeof(record));
		if (list->count == RECORDS_MAX)
			return err_new(ERR_LIMIT, "flattened dump: more than %u records",
				       RECORDS_MAX);
		uint64_t left = file_size - at;
		struct flattened_segment segment = {(uint64_t)offset, MIN((uint64_t)size, left),
						    at};
		if (segment.size)
			TRY(append(list, (struct written){segment, list->count}));
		if ((uint64_t)size > left)
			return NULL;
		at += (uint64_t)size;
	}
	return NULL;
}

static int by_offset(const void *a, const void *b)
{
	const struct written *x = a, *y = b;

	if (x->segment.offset != y->segment.offset)
		return x->segment.offset < y->segment.offset ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static uint64_t end_of(const struct flattened_segment *segment)
{
	return segment->offset + segment->size;
}

static void cut_front(struct flattened_segment *segment, uint64_t bytes)
{
	segment->offset += bytes;
	segment->place += bytes;
	segment->size -= bytes;
}

/* Put an item where the order by offset wants it, at or after index from. */
static struct err *insert(struct list *list, size_t from, struct written item)
{
	TRY(append(list, item));
	size_t at = list->count - 1;
	while (at > from && by_offset(&list->items[at - 1], &item) > 0) {
		list->items[at] = list->items[at - 1];
		at--;
	}
	list->items[at] = item;
	return NULL;
}

/* Two neighbours overlap: the one written later keeps what both claim. */
static struct err *settle(struct list *list, size_t i)
{
	struct written *first = &list->items[i], *second = &list->items[i + 1];
	uint64_t first_end = end_of(&first->segment), second_end = end_of(&second->segment);

	if (first->order > second->order) {
		struct written rest = *second;

		memmove(second, second + 1, (list->count - i - 2) * sizeof(*second));
		list->count--;
		if (second_end <= first_end)
			return NULL;
		cut_front(&rest.segment, first_end - rest.segment.offset);
		return insert(list, i + 1, rest);
	}
	struct written tail = *first;
	first->segment.size = second->segment.offset - first->segment.offset;
	if (first_end <= second_end)
		return NULL;
	cut_front(&tail.segment, second_end - tail.segment.offset);
	return insert(list, i + 1, tail);
}

static struct err *remove_overlaps(struct list *list)
{
	size_t splits = 0;

	for (size_t i = 0; i + 1 < list->count;) {
		if (end_of(&list->items[i].segment) <= list->items[i + 1].segment.offset) {
			i++;
			continue;
		}
		if (++splits > SPLITS_MAX)
			return err_new(ERR_CORRUPT,
				       "flattened dump: its records overlap too often");
		TRY(settle(list, i));
		if (!list->items[i].segment.size) { /* wholly covered by the next */
			memmove(&list->items[i], &list->items[i + 1],
				(list->count - i - 1) * sizeof(*list->items));
			list->count--;
		}
		i -= i > 0;
	}
	return NULL;
}

static struct err *keep(struct list *list, struct flattened *flat)
{
	flat->segments = calloc(list->count + 1, sizeof(*flat->segments));
	if (!flat->segments)
		return &err_nomem;
	for (size_t i = 0; i < list->count; i++)
		flat->segments[i] = list->items[i].segment;
	flat->count = list->count;
	flat->size = list->count ? end_of(&flat->segments[list->count - 1]) : 0;
	return NULL;
}

struct err *flattened_read(int fd, uint64_t file_size, struct flattened *ret)
{
	struct list list = {0};
	struct flattened flat = {0};

	struct err *err = read_records(fd, file_size, &list, &flat.truncated);
	if (!err && list.count) {
		qsort(list.items, list.count, sizeof(*list.items), by_offset);
		err = remove_overlaps(&list);
	}
	if (!err)
		err = keep(&list, &flat);
	free(list.items);
	if (err)
		return err;
	*ret = flat;
	return NULL;
}

void flattened_deinit(struct flattened *flat)
{
	free(flat->segments);
	*flat = (struct flattened){0};
}

const struct flattened_segment *flattened_find(const struct flattened *flat, uint64_t offset)
{
	size_t at = array_first(flat->count, i, end_of(&flat->segments[i]) > offset);

	return at < flat->count ? &flat->segments[at] : NULL;
}
