/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <endian.h>

#include "kernel/dump/dump.h"
#include "kernel/dump/search.h"
#include "vmcore_file.h"

#define VALUE 0xffff8d6923f22000ull
#define FIRST_PAGE (8 * 4096)
#define ALL_BITS UINT64_MAX

static struct search_result search_fd(int fd, struct search_options options)
{
	struct search_result result;
	struct dump *dump;

	if (!options.limit)
		options.limit = 100;
	assert_ok(dump_open(fd, &dump));
	assert_ok(search_run(dump, &options, &result));
	dump_close(dump);
	close(fd);
	return result;
}

static struct search_options for_value(uint64_t value)
{
	return (struct search_options){.pattern = {.value = value, .mask = ALL_BITS}};
}

static struct search_options for_range(uint64_t low, uint64_t high)
{
	return (struct search_options){.pattern = {.range = true, .low = low, .high = high}};
}

/* Two pages of RAM at 1 MiB with a few words in them. */
struct placed {
	size_t offset;
	uint64_t word;
};

static int file_with(const struct placed *words, size_t count)
{
	struct vmcore_elf elf = vmcore_elf_start(NULL, 0);
	uint8_t pages[2 * PAGE_SIZE] = {0};

	for (size_t i = 0; i < count; i++)
		memcpy(pages + words[i].offset, &words[i].word, sizeof(words[i].word));
	vmcore_elf_load(&elf, 1 << 20, pages, sizeof(pages), sizeof(pages));
	return vmcore_elf_finish(&elf);
}
#define FILE_WITH(...)                                                                             \
	file_with((const struct placed[]){__VA_ARGS__},                                            \
		  sizeof((const struct placed[]){__VA_ARGS__}) / sizeof(struct placed))

static void expect_hits(struct search_result result, size_t count, const uint64_t *offsets)
{
	ck_assert_uint_eq(result.count, count);
	ck_assert_uint_eq(result.total, count);
	ck_assert(result.whole);
	for (size_t i = 0; i < count; i++)
		ck_assert_uint_eq(result.hits[i].phys, (1 << 20) + offsets[i]);
	search_deinit(&result);
}
#define EXPECT_HITS(result, ...)                                                                   \
	expect_hits(result, sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t),            \
		    (const uint64_t[]){__VA_ARGS__})

START_TEST(words_at_the_borders_of_pages)
{
	EXPECT_HITS(search_fd(FILE_WITH({0, VALUE}, {4088, VALUE}, {4096, VALUE}, {8184, VALUE}),
			      for_value(VALUE)),
		    0, 4088, 4096, 8184);
}
END_TEST

START_TEST(only_aligned_words)
{
	EXPECT_HITS(search_fd(FILE_WITH({12, VALUE}, {4092, VALUE}, {5000, VALUE}, {6001, VALUE}),
			      for_value(VALUE)),
		    5000);
}
END_TEST

START_TEST(a_mask_leaves_bits_out)
{
	struct search_options options = for_value(VALUE | 0x123);

	options.pattern.mask = ~0xfffull;
	struct search_result result = search_fd(
		FILE_WITH({8, VALUE}, {16, VALUE + 0xff8}, {24, VALUE + 0x1000}, {32, VALUE - 8}),
		options);
	ck_assert_uint_eq(result.hits[1].word, VALUE + 0xff8);
	EXPECT_HITS(result, 8, 16);
}
END_TEST

START_TEST(a_range_has_its_first_but_not_its_last)
{
	EXPECT_HITS(search_fd(FILE_WITH({8, VALUE - 1}, {16, VALUE}, {24, VALUE + 0x3ff},
					{32, VALUE + 0x400}),
			      for_range(VALUE, VALUE + 0x400)),
		    16, 24);
	EXPECT_HITS(search_fd(FILE_WITH({8, UINT64_MAX}, {16, UINT64_MAX - 1}),
			      for_range(UINT64_MAX - 1, UINT64_MAX)),
		    16);
}
END_TEST

/* Eight pieces of the dump with one page each, full of the value. */
static int many_pieces(void)
{
	struct vmcore_elf elf = vmcore_elf_start(NULL, 0);
	uint64_t page[PAGE_SIZE / 8];

	for (size_t i = 0; i < ARRAY_SIZE(page); i++)
		page[i] = VALUE;
	for (unsigned i = 0; i < VMCORE_LOADS; i++)
		vmcore_elf_load(&elf, (uint64_t)i * SWEEP_CHUNK * PAGE_SIZE, page, sizeof(page),
				sizeof(page));
	return vmcore_elf_finish(&elf);
}

START_TEST(the_limit_keeps_the_lowest_and_counts_all)
{
	for (unsigned threads = 1; threads <= SEARCH_THREADS_MAX; threads *= 2) {
		struct search_options options = for_value(VALUE);

		options.threads = threads;
		options.limit = 700;
		struct search_result result = search_fd(many_pieces(), options);
		ck_assert_uint_eq(result.total, 8 * 512);
		ck_assert_uint_eq(result.count, 700);
		ck_assert_uint_eq(result.pages.pages, 8);
		for (size_t i = 0; i < 700; i++)
			ck_assert_uint_eq(result.hits[i].phys,
					  i / 512 * SWEEP_CHUNK * PAGE_SIZE + i % 512 * 8);
		search_deinit(&result);
	}
}
END_TEST

static bool stop_after_two(void *context, uint64_t done, uint64_t all)
{
	ck_assert_uint_eq(all, 8);
	*(uint64_t *)context = done;
	return done < 2;
}

START_TEST(progress_can_end_it)
{
	struct search_options options = for_value(VALUE);
	uint64_t done = 0;

	options.threads = 1;
	options.progress = stop_after_two;
	options.context = &done;
	struct search_result result = search_fd(many_pieces(), options);
	ck_assert_uint_eq(done, 2);
	ck_assert_uint_eq(result.total, 2 * 512);
	ck_assert(!result.whole);
	search_deinit(&result);
}
END_TEST

START_TEST(a_budget_of_pieces_is_not_the_whole)
{
	struct search_options options = for_value(VALUE);

	options.chunks = 3;
	struct search_result result = search_fd(many_pieces(), options);
	ck_assert_uint_eq(result.total, 3 * 512);
	ck_assert(!result.whole);
	search_deinit(&result);
	options.chunks = 8;
	result = search_fd(many_pieces(), options);
	ck_assert_uint_eq(result.total, 8 * 512);
	ck_assert(result.whole);
	search_deinit(&result);
}
END_TEST

static void expect_window(int fd, uint64_t pfn, uint64_t pages, struct sweep_window expected)
{
	struct dump *dump;

	assert_ok(dump_open(fd, &dump));
	struct sweep_window window = sweep_window(dump, pfn, pages);
	ck_assert_uint_eq(window.first, expected.first);
	ck_assert_uint_eq(window.count, expected.count);
	ck_assert_uint_eq(window.pages, expected.pages);
	ck_assert_uint_eq(window.all, expected.all);
	dump_close(dump);
	close(fd);
}

START_TEST(a_window_around_a_page)
{
	struct vmcore_elf elf = vmcore_elf_start(NULL, 0);
	uint8_t pages[3 * PAGE_SIZE] = {0};

	expect_window(many_pieces(), 4 * SWEEP_CHUNK + 9, 0, (struct sweep_window){4, 1, 1, 8});
	expect_window(many_pieces(), 4 * SWEEP_CHUNK, 2, (struct sweep_window){4, 2, 2, 8});
	expect_window(many_pieces(), 4 * SWEEP_CHUNK, 3, (struct sweep_window){3, 3, 3, 8});
	expect_window(many_pieces(), 0, 3, (struct sweep_window){0, 3, 3, 8});
	expect_window(many_pieces(), UINT64_MAX, 7, (struct sweep_window){1, 7, 7, 8});
	expect_window(many_pieces(), 5, UINT64_MAX, (struct sweep_window){0, 8, 8, 8});
	expect_window(vmcore_kdump(0), 0, 7, (struct sweep_window){0, 1, 7, 7});
	expect_window(vmcore_kdump(0), 0, 6, (struct sweep_window){0, 1, 7, 7});
	/* Two segments in one page, one over the border of two pieces. */
	vmcore_elf_load(&elf, 0x1000, pages, 0x800, 0x800);
	vmcore_elf_load(&elf, 0x1800, pages, 0x1000, 0x1000);
	vmcore_elf_load(&elf, SWEEP_CHUNK * PAGE_SIZE - 0x1000, pages, 0x3000, 0x3000);
	expect_window(vmcore_elf_finish(&elf), 0, 4, (struct sweep_window){0, 1, 3, 5});
}
END_TEST

START_TEST(a_run_of_pieces_from_the_middle)
{
	struct search_options options = for_value(VALUE);

	options.first = 5;
	options.chunks = 2;
	struct search_result result = search_fd(many_pieces(), options);
	ck_assert_uint_eq(result.total, 2 * 512);
	ck_assert_uint_eq(result.hits[0].phys, 5ull * SWEEP_CHUNK * PAGE_SIZE);
	ck_assert(!result.whole);
	search_deinit(&result);
	options.first = 8; /* beyond its end */
	result = search_fd(many_pieces(), options);
	ck_assert_uint_eq(result.total, 0);
	search_deinit(&result);
}
END_TEST

START_TEST(hits_put_in_stay_in_order)
{
	struct search_result result = {0};

	for (uint64_t i = 0; i < 7; i++)
		assert_ok(search_add(&result, (struct search_hit){i * 3 % 7, VALUE}));
	ck_assert_uint_eq(result.total, 7);
	ck_assert_uint_eq(result.count, 7);
	for (uint64_t i = 0; i < 7; i++)
		ck_assert_uint_eq(result.hits[i].phys, i);
	search_deinit(&result);
}
END_TEST

static const uint32_t compressions[] = {0, PAGE_ZLIB, PAGE_LZO, PAGE_SNAPPY, PAGE_ZSTD};

START_TEST(every_compression_and_what_is_excluded)
{
	for (size_t i = 0; i < ARRAY_SIZE(compressions); i++) {
		struct search_result result =
			search_fd(vmcore_kdump(compressions[i]), for_value(0x0a0a0a0a0a0a0a0a));

		ck_assert_uint_eq(result.total, 512);
		ck_assert_uint_eq(result.hits[0].phys, 0xa000);
		ck_assert_uint_eq(result.pages.pages, 7);
		ck_assert_uint_eq(result.pages.excluded, 7);
		ck_assert_uint_eq(result.pages.corrupt + result.pages.truncated, 0);
		search_deinit(&result);
	}
}
END_TEST

START_TEST(broken_pages_are_counted_and_passed_over)
{
	for (size_t i = 1; i < ARRAY_SIZE(compressions); i++) {
		int fd = vmcore_kdump(compressions[i]);
		struct vmcore_descriptor huge = {FIRST_PAGE, 5000, compressions[i], 0},
					 none = {FIRST_PAGE, 0, 0, 0},
					 two = {FIRST_PAGE, 100, PAGE_ZLIB | PAGE_LZO, 0},
					 far = {UINT64_MAX - 10, 100, 0, 0};

		vmcore_put(fd, FIRST_PAGE, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
		vmcore_put(fd, VMCORE_DESCRIPTORS + 1 * sizeof(huge), &huge, sizeof(huge));
		vmcore_put(fd, VMCORE_DESCRIPTORS + 2 * sizeof(huge), &none, sizeof(huge));
		vmcore_put(fd, VMCORE_DESCRIPTORS + 3 * sizeof(huge), &two, sizeof(huge));
		vmcore_put(fd, VMCORE_DESCRIPTORS + 4 * sizeof(huge), &far, sizeof(huge));
		ck_assert_int_eq(ftruncate(fd, 16 * 4096), 0);
		struct search_result result = search_fd(fd, for_value(0x0c0c0c0c0c0c0c0c));
		ck_assert_uint_eq(result.total, 512);
		ck_assert_uint_eq(result.pages.pages, 2);
		ck_assert_uint_eq(result.pages.corrupt, 4);
		ck_assert_uint_eq(result.pages.truncated, 1);
		search_deinit(&result);
	}
}
END_TEST

START_TEST(a_file_cut_short_says_what_is_missing)
{
	int fd = vmcore_kdump(0);

	/* Two whole pages and half of the third. */
	ck_assert_int_eq(ftruncate(fd, FIRST_PAGE + 2 * 4096 + 2048), 0);
	struct search_result result = search_fd(fd, for_value(0x0404040404040404));
	ck_assert_uint_eq(result.total, 512);
	ck_assert_uint_eq(result.pages.pages, 2);
	ck_assert_uint_eq(result.pages.truncated, 5);
	search_deinit(&result);

	struct vmcore_elf elf = vmcore_elf_start(NULL, 0);
	uint8_t pages[4 * PAGE_SIZE] = {0};
	vmcore_elf_load(&elf, 0x10000, pages, sizeof(pages), sizeof(pages) + 3 * PAGE_SIZE);
	fd = vmcore_elf_finish(&elf);
	ck_assert_int_eq(ftruncate(fd, 8192 + 3 * 4096 + 8), 0);
	result = search_fd(fd, for_value(VALUE));
	ck_assert_uint_eq(result.pages.pages, 3);
	ck_assert_uint_eq(result.pages.truncated, 1);
	ck_assert_uint_eq(result.pages.excluded, 3);
	search_deinit(&result);
}
END_TEST

/* --- a sweep sees what a read of each page does ---------------------------------------------- */

struct seen {
	struct dump *dump;
	uint64_t next, pages, again;
	uint8_t shared[PAGE_SIZE];
};

static void compare_page(void *context, uint64_t pfn, const void *page, enum visit_bytes bytes)
{
	struct seen *seen = context;
	const void *expected;

	ck_assert_uint_ge(pfn, seen->next);
	assert_ok(dump_page(seen->dump, pfn, &expected));
	ck_assert(!memcmp(page, expected, PAGE_SIZE));
	if (bytes == BYTES_AGAIN)
		ck_assert(!memcmp(page, seen->shared, PAGE_SIZE));
	if (bytes == BYTES_SHARED)
		memcpy(seen->shared, page, PAGE_SIZE);
	seen->again += bytes == BYTES_AGAIN;
	seen->next = pfn + 1;
	seen->pages++;
}

static uint64_t sweep_all(int fd, uint64_t again)
{
	struct visit_counts counts = {0};
	struct seen seen = {0};
	struct sweep *sweep;

	assert_ok(dump_open(fd, &seen.dump));
	assert_ok(sweep_open(seen.dump, &sweep));
	for (uint64_t i = 0; i < sweep_chunks(seen.dump); i++)
		assert_ok(sweep_chunk(sweep, i, compare_page, &seen, &counts));
	ck_assert_uint_eq(counts.pages, seen.pages);
	ck_assert_uint_eq(seen.again, again);
	sweep_close(sweep);
	dump_close(seen.dump);
	close(fd);
	return seen.pages;
}

/* All share one zero page at the front, as makedumpfile and QEMU write it, but for two. */
START_TEST(pages_that_share_their_data)
{
	int fd = vmcore_kdump(PAGE_ZLIB);
	struct vmcore_descriptor first;

	ck_assert_int_eq(pread(fd, &first, sizeof(first), VMCORE_DESCRIPTORS), sizeof(first));
	for (unsigned i = 1; i < 7; i++)
		if (i != 2 && i != 5)
			vmcore_put(fd, VMCORE_DESCRIPTORS + i * sizeof(first), &first,
				   sizeof(first));
	struct search_result result = search_fd(dup(fd), for_value(0x0202020202020202));
	ck_assert_uint_eq(result.total, 5 * 512);
	search_deinit(&result);
	ck_assert_uint_eq(sweep_all(fd, 2), 7);
}
END_TEST

START_TEST(pages_in_any_order)
{
	for (size_t i = 0; i < ARRAY_SIZE(compressions); i++) {
		struct vmcore_descriptor all[7], mixed[7];
		int fd = vmcore_kdump(compressions[i]);

		ck_assert_int_eq(pread(fd, all, sizeof(all), VMCORE_DESCRIPTORS), sizeof(all));
		for (size_t j = 0; j < 7; j++)
			mixed[j] = all[j * 3 % 7];
		vmcore_put(fd, VMCORE_DESCRIPTORS, mixed, sizeof(mixed));
		ck_assert_uint_eq(sweep_all(fd, 0), 7);
	}
}
END_TEST

START_TEST(pages_that_are_ram_in_part)
{
	struct vmcore_elf elf = vmcore_elf_start(NULL, 0);
	uint8_t pages[5 * PAGE_SIZE];

	memset(pages, 7, sizeof(pages));
	vmcore_elf_load(&elf, 0x1000, pages, 0x2400, 0x2400);
	vmcore_elf_load(&elf, 0x3800, pages, 0x800 + 0x1000, 0x800 + 0x4000);
	vmcore_elf_load(&elf, 0x100c00, pages, 0x3400, 0x3400);
	ck_assert_uint_eq(sweep_all(vmcore_elf_finish(&elf), 0), 4 + 4);
}
END_TEST

/* The file of a dump in records of odd sizes, the last one first. */
static int flatten(int fd)
{
	struct {
		char signature[16];
		int64_t type, version;
	} header = {"makedumpfile", (int64_t)htobe64(1), (int64_t)htobe64(1)};
	int flat = vmcore_file();
	uint64_t at = 4096;
	off_t end = lseek(fd, 0, SEEK_END);

	vmcore_put(flat, 0, &header, sizeof(header));
	while (end > 0) {
		uint8_t bytes[3000];
		uint64_t size = MIN(sizeof(bytes), (uint64_t)end);
		uint64_t record[2] = {htobe64((uint64_t)end - size), htobe64(size)};

		end -= (off_t)size;
		ck_assert_int_eq(pread(fd, bytes, size, end), (ssize_t)size);
		vmcore_put(flat, at, record, sizeof(record));
		vmcore_put(flat, at + sizeof(record), bytes, size);
		at += sizeof(record) + size;
	}
	uint64_t last[2] = {UINT64_MAX, UINT64_MAX};
	vmcore_put(flat, at, last, sizeof(last));
	close(fd);
	return flat;
}

START_TEST(flattened_dumps)
{
	ck_assert_uint_eq(sweep_all(flatten(vmcore_kdump(PAGE_LZO)), 0), 7);
	EXPECT_HITS(search_fd(flatten(FILE_WITH({8, VALUE}, {4088, VALUE})), for_value(VALUE)), 8,
		    4088);
}
END_TEST

START_TEST(nonsense_is_refused)
{
	struct search_options options[] = {for_value(VALUE), for_range(5, 5), for_range(6, 5),
					   for_value(VALUE)};
	struct search_result result;
	struct dump *dump;
	int fd = many_pieces();

	options[0].pattern.mask = 0;
	options[3].limit = SEARCH_HITS_MAX + 1;
	assert_ok(dump_open(fd, &dump));
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		assert_err(search_run(dump, &options[i], &result), ERR_INVALID);
	dump_close(dump);
	close(fd);
}
END_TEST

UNIT_MAIN("search", words_at_the_borders_of_pages, only_aligned_words, a_mask_leaves_bits_out,
	  a_range_has_its_first_but_not_its_last, the_limit_keeps_the_lowest_and_counts_all,
	  progress_can_end_it, a_budget_of_pieces_is_not_the_whole, a_window_around_a_page,
	  a_run_of_pieces_from_the_middle, hits_put_in_stay_in_order,
	  every_compression_and_what_is_excluded, broken_pages_are_counted_and_passed_over,
	  a_file_cut_short_says_what_is_missing, pages_that_share_their_data, pages_in_any_order,
	  pages_that_are_ram_in_part, flattened_dumps, nonsense_is_refused)
