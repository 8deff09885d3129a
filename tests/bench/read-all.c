/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The floor under `triage search`: a dump read once, from end to end, and decompressed, by so many
 * threads, and nothing else. Shares no code with what it is the floor of: a plain loop over the page
 * descriptors of a kdump-compressed dump, or over the bytes of any other file. No check is made of
 * anything: for dumps that are whole.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <lzo/lzo1x.h>
#include <pthread.h>
#include <snappy-c.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#define PAGE 4096u
#define RUN (256u << 10) /* bytes read at once */
#define SHARE 4096u	 /* pages a thread takes at once */
#define THREADS_MAX 64

struct descriptor {
	uint64_t offset;
	uint32_t size, flags;
	uint64_t page_flags;
};

static int file;
static uint64_t size, descriptors, pages; /* pages 0: no kdump file */
static atomic_uint_fast64_t next, decoded;

static void die(const char *what)
{
	fprintf(stderr, "read-all: %s\n", what);
	exit(1);
}

static void read_at(void *buf, size_t length, uint64_t offset)
{
	if (pread(file, buf, length, (off_t)offset) != (ssize_t)length)
		die("short read");
}

static void decode(z_stream *zlib, ZSTD_DCtx *zstd, const struct descriptor *one,
		   const uint8_t *bytes, uint8_t *page)
{
	size_t length = PAGE;
	bool good = true;

	if (one->flags & 1) {
		inflateReset(zlib);
		zlib->next_in = (Bytef *)(uintptr_t)bytes;
		zlib->avail_in = one->size;
		zlib->next_out = page;
		zlib->avail_out = PAGE;
		good = inflate(zlib, Z_FINISH) == Z_STREAM_END;
	} else if (one->flags & 2) {
		good = !lzo1x_decompress_safe(bytes, one->size, page, &length, NULL);
	} else if (one->flags & 4) {
		good = !snappy_uncompress((const char *)bytes, one->size, (char *)page, &length);
	} else if (one->flags & 0x20) {
		good = ZSTD_decompressDCtx(zstd, page, PAGE, bytes, one->size) == PAGE;
	}
	if (!good)
		die("a page that cannot be decompressed");
}

/* Pages [first, first + count) by their descriptors; a run of them is read at once. */
static void read_pages(z_stream *zlib, ZSTD_DCtx *zstd, uint64_t first, size_t count)
{
	static _Thread_local struct descriptor all[SHARE];
	static _Thread_local uint8_t run[RUN], page[PAGE];
	uint64_t start = 0, end = 0;

	read_at(all, count * sizeof(*all), descriptors + first * sizeof(*all));
	for (size_t i = 0; i < count; i++) {
		const struct descriptor *one = &all[i];
		uint8_t *bytes = run + (one->offset - start);

		if (one->offset < start) { /* the zero page they share */
			read_at(page, one->size, one->offset);
			continue;
		}
		if (one->offset + one->size > end) {
			start = one->offset;
			end = start + (size - start < RUN ? size - start : RUN);
			read_at(run, (size_t)(end - start), start);
			bytes = run;
		}
		decode(zlib, zstd, one, bytes, page);
	}
	atomic_fetch_add(&decoded, count);
}

static void *work(void *context)
{
	static _Thread_local uint8_t buf[RUN];
	z_stream zlib = {0};
	ZSTD_DCtx *zstd = ZSTD_createDCtx();

	inflateInit(&zlib);
	for (uint64_t at; pages && (at = atomic_fetch_add(&next, SHARE)) < pages;)
		read_pages(&zlib, zstd, at, pages - at < SHARE ? pages - at : SHARE);
	for (uint64_t at; !pages && (at = atomic_fetch_add(&next, RUN)) < size;)
		read_at(buf, size - at < RUN ? size - at : RUN, at);
	inflateEnd(&zlib);
	ZSTD_freeDCtx(zstd);
	return context;
}

/* The second bitmap says how many descriptors there are. */
static void find_pages(void)
{
	uint32_t counts[5];
	char signature[8];

	read_at(signature, sizeof(signature), 0);
	if (memcmp(signature, "KDUMP   ", 8))
		return;
	read_at(counts, sizeof(counts), 12 + 6 * 65 + 6 + 16);
	uint64_t bitmaps = (1ull + counts[2]) * PAGE, half = counts[3] / 2ull * PAGE;
	uint64_t *bits = malloc(half);
	if (!bits)
		die("out of memory");
	read_at(bits, half, bitmaps + half);
	for (size_t i = 0; i < half / 8; i++)
		pages += (uint64_t)__builtin_popcountll(bits[i]);
	free(bits);
	descriptors = bitmaps + 2 * half;
}

int main(int argc, char **argv)
{
	int threads = argc == 3 ? atoi(argv[2]) : 0;
	pthread_t others[THREADS_MAX];
	struct stat st;

	if (threads < 1 || threads > THREADS_MAX)
		die("usage: read-all VMCORE THREADS");
	file = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (file < 0 || fstat(file, &st))
		die("cannot open the dump");
	size = (uint64_t)st.st_size;
	find_pages();
	for (int i = 1; i < threads; i++)
		if (pthread_create(&others[i], NULL, work, NULL))
			die("no thread");
	work(NULL);
	for (int i = 1; i < threads; i++)
		pthread_join(others[i], NULL);
	printf("%" PRIu64 " pages\n", pages ? (uint64_t)decoded : size / PAGE);
	return 0;
}
