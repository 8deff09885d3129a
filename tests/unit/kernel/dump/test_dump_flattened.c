/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <endian.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel/dump/dump_file.h"
#include "kernel/dump/dump_flattened.h"

static int file;

static void start(void)
{
	struct {
		char signature[16];
		int64_t type, version;
	} header = {"makedumpfile", (int64_t)htobe64(1), (int64_t)htobe64(1)};

	file = memfd_create("flat", MFD_CLOEXEC);
	ck_assert_int_eq(pwrite(file, &header, sizeof(header), 0), sizeof(header));
	ck_assert_int_eq(lseek(file, 4096, SEEK_SET), 4096);
}

static void put_record(int64_t offset, int64_t announced, const char *data, size_t length)
{
	int64_t record[2] = {(int64_t)htobe64((uint64_t)offset),
			     (int64_t)htobe64((uint64_t)announced)};

	ck_assert_int_eq(write(file, record, sizeof(record)), sizeof(record));
	ck_assert_int_eq(write(file, data, length), (ssize_t)length);
}

static void put(int64_t offset, const char *data)
{
	put_record(offset, (int64_t)strlen(data), data, strlen(data));
}

static void expect(const char *text, bool truncated)
{
	_cleanup_(cleanup_dump_file_close) struct dump_file *dump = NULL;
	char buf[64] = "";
	size_t got;

	assert_ok(dump_file_open(file, &dump));
	ck_assert(dump_file_flattened(dump));
	ck_assert_int_eq(dump_file_truncated(dump), truncated);
	ck_assert_uint_eq(dump_file_size(dump), strlen(text));
	assert_ok(dump_file_read_some(dump, 0, buf, sizeof(buf), &got));
	for (size_t i = 0; i < got; i++)
		buf[i] = buf[i] ? buf[i] : '.';
	buf[got] = '\0';
	ck_assert_str_eq(buf, text);
	close(file);
}

START_TEST(records_come_in_any_order)
{
	start();
	put(6, "world");
	put(0, "hello");
	put_record(-1, -1, "", 0);
	expect("hello.world", false);
}
END_TEST

START_TEST(what_is_written_later_covers)
{
	start();
	put(0, "aaaaaaaaaa");
	put(2, "bbb");	/* within */
	put(8, "cccc"); /* over the end */
	put(0, "d");	/* the header, rewritten at the end */
	put_record(-1, -1, "", 0);
	expect("dabbbaaacccc", false);

	start();
	put(4, "xx");
	put(0, "yyyyyyyyyy"); /* covers the earlier one whole */
	put_record(-1, -1, "", 0);
	expect("yyyyyyyyyy", false);
}
END_TEST

START_TEST(a_missing_end_is_a_truncated_dump)
{
	start();
	put(0, "hello");
	expect("hello", true);

	start();
	put(0, "hello");
	put_record(5, 1 << 30, "wor", 3); /* announces more than the file has */
	expect("hellowor", true);
}
END_TEST

START_TEST(absurd_records_are_refused)
{
	static const int64_t absurd[][2] = {{-2, 5}, {0, -5}, {0, 0}, {INT64_MAX - 1, 5}};

	for (size_t i = 0; i < ARRAY_SIZE(absurd); i++) {
		struct dump_file *dump;

		start();
		put_record(absurd[i][0], absurd[i][1], "hello", 5);
		put_record(-1, -1, "", 0);
		assert_err(dump_file_open(file, &dump), ERR_CORRUPT);
		close(file);
	}
	/* So many rewritten pieces that putting them in order would take for ever. */
	start();
	for (int i = 0; i < 6000; i++)
		put(i & 1, "abc");
	struct dump_file *dump;
	put_record(-1, -1, "", 0);
	assert_err(dump_file_open(file, &dump), ERR_CORRUPT);
	close(file);
}
END_TEST

UNIT_MAIN("flatten", records_come_in_any_order, what_is_written_later_covers,
	  a_missing_end_is_a_truncated_dump, absurd_records_are_refused)
