/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "daemon/cli/table.h"

/* Those of triage list. */
static const struct table_column columns[] = {
	{.heading = "ID"},
	{.heading = "TIME", .rank = 1},
	{.heading = "STATE", .rank = 2},
	{.heading = "HOST", .rank = 4},
	{.heading = "KERNEL", .rank = 5},
	{.heading = "CAUSE", .rank = 3},
	{.heading = "HEADLINE", .rest = true},
	{.heading = "PATH", .whole = true},
};

#define HEADLINE                                                                                   \
	"deadlock of 3 tasks: threads/112 waits for mmap_lock of threads/107, queued behind "      \
	"threads/113, which waits for mmap_lock of threads/107, held by threads/114"
#define A_PATH "/var/crash/127.0.0.1-2026-05-02-12:41:01/vmcore"

static void fill(struct table *table, size_t rows, bool path)
{
	static const char *const cells[] = {"123",
					    "2026-11-30 09:13",
					    "done",
					    "db17.example.com",
					    "6.1.0-57-cloud-amd64",
					    "use_after_free",
					    HEADLINE,
					    A_PATH};

	*table = (struct table){.columns = columns, .column_count = 7 + path};
	for (size_t row = 0; row < rows; row++)
		for (size_t i = 0; i < table->column_count; i++)
			table_add(table, cells[i]);
}

/* Columns on the terminal: the sign for what is cut is one, and three bytes. */
static size_t shown_width(const char *line, size_t length)
{
	size_t width = 0;

	for (size_t i = 0; i < length; i++)
		width += ((unsigned char)line[i] & 0xc0) != 0x80;
	return width;
}

static size_t widest(const char *text)
{
	size_t most = 0;

	while (*text) {
		size_t length = strcspn(text, "\n");

		most = MAX(most, shown_width(text, length));
		text += length + (text[length] == '\n');
	}
	return most;
}

static char *formatted(size_t width, bool path)
{
	_cleanup_(table_deinit) struct table table;
	struct str out = {0};

	fill(&table, 2, path);
	table_format(&table, width, true, false, &out);
	return str_take(&out);
}

START_TEST(lines_fit_and_the_headline_can_be_read)
{
	static const size_t lines[] = {40, 50, 60, 70, 80, 100, 120, 200, 300};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		_cleanup_(table_deinit) struct table table;
		size_t widths[TABLE_COLUMNS_MAX];
		_free_ char *text = formatted(lines[i], false);

		fill(&table, 1, false);
		table_layout(&table, lines[i], widths);
		ck_assert_msg(widest(text) <= lines[i], "%zu: %s", lines[i], text);
		ck_assert_msg(widths[6] >= MIN((size_t)TABLE_REST_LEAST, lines[i] - 5), "%zu: %zu",
			      lines[i], widths[6]);
		ck_assert_uint_eq(widths[0], 3);
	}
}
END_TEST

START_TEST(columns_give_way_in_the_order_that_is_told)
{
	static const char *const at[][2] = {
		{"\x28", "ID   HEADLINE"},			    /* 40 */
		{"\x3c", "ID   TIME              STATE  HEADLINE"}, /* 60 */
		{"\x50", "ID   TIME              STATE  HEADLINE"},
		{"\xc8",
		 "ID   TIME              STATE  HOST              KERNEL                CAUSE "
		 "          HEADLINE"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		_free_ char *text = formatted((unsigned char)at[i][0][0], false);

		text[strcspn(text, "\n")] = '\0';
		ck_assert_str_eq(text, at[i][1]);
	}
}
END_TEST

START_TEST(every_width_gives_something)
{
	for (size_t width = 1; width < 400; width++) {
		_free_ char *text = formatted(width, false), *path = formatted(width, true);

		ck_assert_ptr_nonnull(strstr(text, "123"));
		ck_assert_msg(width < 20 || widest(text) <= width, "%zu: %s", width, text);
		ck_assert_ptr_nonnull(strstr(path, A_PATH));
	}
}
END_TEST

START_TEST(without_a_width_nothing_is_cut)
{
	_free_ char *text = formatted(0, true), *huge = formatted(SIZE_MAX / 4, false);

	ck_assert_ptr_nonnull(strstr(text, HEADLINE "  " A_PATH "\n"));
	ck_assert_ptr_nonnull(strstr(text, "6.1.0-57-cloud-amd64"));
	ck_assert_ptr_nonnull(strstr(huge, HEADLINE "\n"));
}
END_TEST

START_TEST(hostile_cells_are_escaped_and_bounded)
{
	_cleanup_(table_deinit) struct table table = {.columns = columns, .column_count = 7};
	_str_ struct str out = {0};
	char huge[10000];

	memset(huge, '\x1b', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = '\0';
	for (size_t i = 0; i < 7; i++)
		table_add(&table, huge);
	table_add(&table, NULL);
	table_add(&table, "");
	for (size_t i = 2; i < 7; i++)
		table_add(&table, "\xff\n\t\x9b");
	table_format(&table, 200, true, false, &out);
	ck_assert(!strchr(out.data, '\x1b') && !strchr(out.data, '\t'));
	ck_assert_msg(widest(out.data) <= 200, "%zu: %s", widest(out.data), out.data);
}
END_TEST

START_TEST(columns_stay_as_wide_for_rows_to_come)
{
	_cleanup_(table_deinit) struct table table;
	_str_ struct str first = {0}, second = {0};

	fill(&table, 1, false);
	table_format(&table, 200, false, false, &first);
	table_next(&table);
	for (size_t i = 0; i < 7; i++)
		table_add(&table, "x");
	table_format(&table, 200, false, false, &second);
	ck_assert_int_eq(strstr(first.data, "deadlock") - first.data,
			 strrchr(second.data, 'x') - second.data);
}
END_TEST

UNIT_MAIN("table", lines_fit_and_the_headline_can_be_read,
	  columns_give_way_in_the_order_that_is_told, every_width_gives_something,
	  without_a_width_nothing_is_cut, hostile_cells_are_escaped_and_bounded,
	  columns_stay_as_wide_for_rows_to_come)
