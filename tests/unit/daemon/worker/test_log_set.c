/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "daemon/worker/crash_dir.h"
#include "daemon/worker/log_set.h"

static bool always(const char *path)
{
	(void)path;
	return true;
}

static bool never(const char *path)
{
	(void)path;
	return false;
}

/* "a b c": the set's names, the oldest first. */
static void check(const struct log_set *set, const char *wanted)
{
	_str_ struct str names = {0};

	for (size_t i = 0; i < set->count; i++)
		str_printf(&names, "%s%s", i ? " " : "", set->paths[i]);
	ck_assert_str_eq(names.data ? names.data : "", wanted);
}

static void check_take(const char *const *given, bool (*is_log)(const char *path),
		       const char *wanted, size_t wanted_left)
{
	_log_set_ struct log_set set = {0};
	const char *paths[16];
	size_t count = 0;

	for (; given[count]; count++)
		paths[count] = given[count];
	assert_ok(log_set_take(paths, &count, is_log, &set));
	check(&set, wanted);
	ck_assert_uint_eq(count, wanted_left);
}

START_TEST(rotated_files)
{
	static const char *const numbered[] = {"/l/messages",	"/l/messages.10.gz", "/l/other",
					       "/l/messages.1", "/l/messages.2.gz",  NULL};
	static const char *const dated[] = {"messages-20240108.xz", "messages", "messages-20231231",
					    "messages-20240101-1704067200", NULL};
	static const char *const dashed[] = {"kern.log-2024-01-02", "kern.log-2024-01-01.zst",
					     "kern.log", NULL};
	static const char *const parts[] = {"dmesg-efi-170000000002001",
					    "dmesg-efi-170000000001001", "dmesg-erst-7285", NULL};

	check_take(numbered, always, "/l/messages.10.gz /l/messages.2.gz /l/messages.1 /l/messages",
		   1);
	check_take(numbered, never, "/l/messages", 4);
	check_take(dated, always,
		   "messages-20231231 messages-20240101-1704067200 messages-20240108.xz messages",
		   0);
	check_take(dashed, always, "kern.log-2024-01-01.zst kern.log-2024-01-02 kern.log", 0);
	check_take(parts, always, "dmesg-efi-170000000001001 dmesg-efi-170000000002001", 1);
}
END_TEST

/* Names that only look like it, or the same file twice. */
START_TEST(other_files_stand_alone)
{
	static const char *const lists[][3] = {
		{"messages", "messages.old", NULL},
		{"messages", "messages2", NULL},
		{"/a/messages", "/b/messages.1", NULL},
		{"messages", "messages", NULL},
		{"dmesg.202405021241", "dmesg", NULL},
		{"a.12345", "a", NULL},
		{"messages-99", "messages", NULL},
		{".1", "", NULL},
		{"/.1", "/", NULL},
		{"messages.gz", "messages", NULL},
		{"-20240101", "", NULL},
		{"1", "2", NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		check_take(lists[i], always, lists[i][0], 1);
}
END_TEST

/* --- directories ------------------------------------------------------------------------------ */

static char directory[64];

static void make(const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

static void setup(void)
{
	snprintf(directory, sizeof(directory), "/tmp/test_log_set.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
}

static void teardown(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", directory);
	ck_assert_int_eq(system(command), 0);
}

static void check_in(const struct log_set *set, size_t i, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	ck_assert_str_eq(set->paths[i], path);
}

START_TEST(older_files_beside_one)
{
	_log_set_ struct log_set set = {0}, none = {0};
	char path[256];

	make("messages", "x");
	make("messages.1", "x");
	make("messages.2.gz", "x");
	make("messages.old", "x");
	snprintf(path, sizeof(path), "%s/messages", directory);
	assert_ok(log_set_older(path, &set));
	ck_assert_uint_eq(set.count, 2);
	check_in(&set, 0, "messages.1");
	check_in(&set, 1, "messages.2.gz");
	snprintf(path, sizeof(path), "%s/messages.1", directory);
	assert_ok(log_set_older(path, &none));
	assert_ok(log_set_older("/nowhere/messages", &none));
	ck_assert_uint_eq(none.count, 0);
}
END_TEST

START_TEST(a_dump_before_its_log)
{
	_log_set_ struct log_set set = {0};

	make("vmcore-dmesg.txt", "[    1.000000] x\n");
	make("vmcore", "KDUMP   ");
	make("kexec-dmesg.log", "x");
	assert_ok(crash_dir_find(directory, &set));
	ck_assert_uint_eq(set.count, 1);
	check_in(&set, 0, "vmcore");
}
END_TEST

START_TEST(a_log_alone)
{
	_log_set_ struct log_set set = {0};

	make("vmcore-dmesg.txt.xz", "\xfd"
				    "7zXZ");
	assert_ok(crash_dir_find(directory, &set));
	ck_assert_uint_eq(set.count, 1);
	check_in(&set, 0, "vmcore-dmesg.txt.xz");
}
END_TEST

START_TEST(parts_of_pstore)
{
	_log_set_ struct log_set set = {0};

	make("dmesg-ramoops-0", "Panic#1 Part1\nx\n");
	make("dmesg-ramoops-1", "Panic#1 Part2\ny\n");
	make("console-ramoops-0", "z\n");
	assert_ok(crash_dir_find(directory, &set));
	ck_assert_uint_eq(set.count, 2);
	check_in(&set, 0, "dmesg-ramoops-0");
}
END_TEST

START_TEST(rotated_in_a_directory)
{
	_log_set_ struct log_set set = {0};

	make("console.log", "x\n");
	make("console.log.2.gz", "\x1f\x8b");
	make("console.log.1", "y\n");
	make("notes.txt", "z\n");
	assert_ok(crash_dir_find(directory, &set));
	ck_assert_uint_eq(set.count, 3);
	check_in(&set, 0, "console.log.2.gz");
	check_in(&set, 1, "console.log.1");
	check_in(&set, 2, "console.log");
}
END_TEST

START_TEST(nothing_and_too_much)
{
	_log_set_ struct log_set set = {0};

	assert_err(crash_dir_find("/nowhere/at/all", &set), ERR_IO);
	assert_err(crash_dir_find(directory, &set), ERR_NOT_FOUND);
	make("one.core", "KDUMP   ");
	make("two.core", "KDUMP   ");
	assert_err(crash_dir_find(directory, &set), ERR_INVALID);
	ck_assert_uint_eq(set.count, 0);
}
END_TEST

int main(void)
{
	TCase *cases = tcase_create("log_set");

	tcase_set_timeout(cases, 30);
	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_test(cases, rotated_files);
	tcase_add_test(cases, other_files_stand_alone);
	tcase_add_test(cases, older_files_beside_one);
	tcase_add_test(cases, a_dump_before_its_log);
	tcase_add_test(cases, a_log_alone);
	tcase_add_test(cases, parts_of_pstore);
	tcase_add_test(cases, rotated_in_a_directory);
	tcase_add_test(cases, nothing_and_too_much);
	return unit_run("log_set", cases);
}
