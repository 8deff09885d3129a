/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which files are one dump, and what of it is missing. */
#include "kernel/dump/dump_part.h"

#include "kernel/dump/dump_kdump_format.h"
#include "kernel/dump/dump_sadump_format.h"
#include "vmcore_file.h"

static int split(uint64_t first, uint64_t end, uint64_t all)
{
	struct kdump_header header = {
		.signature = "KDUMP   ",
		.version = 6,
		.block_size = 4096,
		.sub_header_blocks = 1,
		.bitmap_blocks = 2,
		.time_seconds = 1700000000,
	};
	struct kdump_sub_header sub = {
		.split = 1, .start_pfn_64 = first, .end_pfn_64 = end, .max_mapnr_64 = all};
	int fd = vmcore_file();

	vmcore_put(fd, 0, &header, sizeof(header));
	vmcore_put(fd, 4096, &sub, sizeof(sub));
	return fd;
}

static int disk(uint32_t number, uint32_t disks)
{
	struct sadump_part_header part = {.signature = SADUMP_SIGNATURE, .number = number};
	struct sadump_set_header set = {1, disks};
	int fd = vmcore_file();

	vmcore_put(fd, 0, &part, sizeof(part));
	vmcore_put(fd, 4096, &set, sizeof(set));
	return fd;
}

/* said: what the error has; NULL: there is none. */
static void check(const int *fds, size_t count, const char *said)
{
	_err_ struct err *err = dump_part_check(fds, count);

	ck_assert_int_eq(!said, !err);
	ck_assert_msg(!said || strstr(err->message, said), "%s", err ? err->message : "");
	for (size_t i = 0; i < count; i++)
		close(fds[i]);
}

START_TEST(pages_that_no_file_has_are_named)
{
	check((int[]){split(8, 20, 20), split(0, 8, 20)}, 2, NULL);
	check((int[]){split(0, 8, 20), split(9, 20, 20)}, 2, "from page 8 on");
	check((int[]){split(8, 20, 20)}, 1, "from page 0 on");
	/* Around the end, over each other, backwards, for nothing at all. */
	check((int[]){split(0, UINT64_MAX, 20), split(0, 20, 20)}, 2, NULL);
	check((int[]){split(20, 0, 20), split(0, 0, 20)}, 2, "from page 0 on");
	check((int[]){split(0, 20, UINT64_MAX)}, 1, "from page 20 on");
}
END_TEST

START_TEST(disks_that_are_missing_are_named)
{
	check((int[]){disk(2, 9), disk(1, 2)}, 2, NULL);
	check((int[]){disk(1, 3), disk(3, 3)}, 2, "disk 2 is missing");
	check((int[]){disk(2, 3)}, 1, "disk 1 is missing");
	check((int[]){disk(1, UINT32_MAX), disk(UINT32_MAX, 1)}, 2, "disk 2 is missing");
	check((int[]){disk(1, 0)}, 1, NULL);
}
END_TEST

START_TEST(files_of_one_dump_know_each_other)
{
	int fds[] = {split(0, 8, 20), split(8, 20, 20), split(0, 8, 20), disk(1, 2), disk(2, 2)};
	uint32_t incomplete = KDUMP_STATUS_INCOMPLETE;
	struct dump_part parts[5];

	vmcore_put(fds[1], offsetof(struct kdump_header, status), &incomplete, 4);
	vmcore_put(fds[2], offsetof(struct kdump_header, nodename), "other", 5);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		ck_assert(dump_part_read(fds[i], &parts[i]));
	ck_assert(dump_part_same(&parts[0], &parts[1]));
	ck_assert(!dump_part_same(&parts[0], &parts[2]));
	ck_assert(!dump_part_same(&parts[0], &parts[3]));
	ck_assert(dump_part_same(&parts[3], &parts[4]));
	/* The same disks, another day. */
	vmcore_put(fds[4], offsetof(struct sadump_part_header, time), "x", 1);
	ck_assert(dump_part_read(fds[4], &parts[4]));
	ck_assert(!dump_part_same(&parts[3], &parts[4]));
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		close(fds[i]);
}
END_TEST

START_TEST(what_is_no_part_is_none)
{
	static const uint32_t absurd[][2] = {
		{offsetof(struct kdump_header, version), 7},
		{offsetof(struct kdump_header, version), UINT32_MAX},
		{offsetof(struct kdump_header, block_size), 0},
		{4096 + offsetof(struct kdump_sub_header, split), 0},
	};
	struct dump_part part;
	int fd;

	for (size_t i = 0; i < ARRAY_SIZE(absurd); i++) {
		fd = split(0, 8, 20);
		vmcore_put(fd, absurd[i][0], &absurd[i][1], 4);
		ck_assert(!dump_part_read(fd, &part));
		close(fd);
	}
	for (int size = 0; size < 4096 + (int)sizeof(struct kdump_sub_header); size += 61) {
		fd = split(0, 8, 20);
		ck_assert_int_eq(ftruncate(fd, size), 0);
		ck_assert(!dump_part_read(fd, &part));
		ck_assert_uint_eq(dump_part_end(fd), 0);
		close(fd);
	}
	fd = disk(0, 0); /* of one partition alone */
	ck_assert(!dump_part_read(fd, &part));
	close(fd);
}
END_TEST

/* Of three pages it is for two: where the data of the second ends. */
START_TEST(the_end_of_a_file_is_that_of_its_own_pages)
{
	struct kdump_descriptor pages[] = {{.offset = 20000, .size = 100},
					   {.offset = 20100, .size = 4000}};
	int fd = split(4, 8, 20);
	uint32_t blocks = UINT32_MAX - 1;

	vmcore_put(fd, 3 * 4096, "\x31", 1); /* pages 0, 4, 5 */
	vmcore_put(fd, 4 * 4096, pages, sizeof(pages));
	ck_assert_uint_eq(dump_part_end(fd), 24100);
	vmcore_put(fd, offsetof(struct kdump_header, bitmap_blocks), &blocks, 4);
	ck_assert_uint_eq(dump_part_end(fd), 0);
	close(fd);
}
END_TEST

UNIT_MAIN("dump_part", pages_that_no_file_has_are_named, disks_that_are_missing_are_named,
	  files_of_one_dump_know_each_other, what_is_no_part_is_none,
	  the_end_of_a_file_is_that_of_its_own_pages)
