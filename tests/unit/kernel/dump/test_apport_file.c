/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dumps out of apport's reports: whole, cut, and with nonsense where base64 should be. */
#include "unit.h"

#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "kernel/dump/apport_file.h"

#define HEAD "ProblemType: KernelCrash\nArchitecture: amd64\nDate: Tue Nov  3 12:00:00 2026\n"
#define TAIL "\nVmCoreLog: base64\n QUJD\nUname: Linux 6.8.0\n"

static int file_of(const char *bytes, size_t length)
{
	char path[] = "/tmp/test_apport.XXXXXX";
	int fd = mkstemp(path);

	unlink(path);
	ck_assert_int_eq(write(fd, bytes, length), length);
	return fd;
}

static struct err *read_all(const struct str *report, size_t piece, struct str *out)
{
	_cleanup_(cleanup_apport_file_close) struct apport_file *file = NULL;
	_close_ int fd = file_of(report->data, report->length);
	_free_ char *buf = malloc(piece);
	size_t got;

	TRY(apport_file_open(fd, &file));
	do {
		TRY(apport_file_read(file, buf, piece, &got));
		str_append(out, buf, got);
	} while (got);
	return NULL;
}

static void expect(const char *value, const char *wanted)
{
	static const size_t pieces[] = {3, 4, 7, 4096};

	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		_str_ struct str report = {0}, out = {0};

		str_printf(&report, HEAD "VmCore: base64\n%s" TAIL, value);
		assert_ok(read_all(&report, pieces[i], &out));
		ck_assert_str_eq(out.data ? out.data : "", wanted);
	}
}

/* Each line is padded by itself, as apport encodes one piece after the other. */
START_TEST(lines_are_joined)
{
	expect(" YWJjZGVm", "abcdef");
	expect(" YQ==\n YmM=\n ZGVm", "abcdef");
	expect(" YWJj\n \n ZGVm", "abcdef");
	expect("", "");
}
END_TEST

START_TEST(what_is_not_base64)
{
	static const char *const values[] = {" YW!j", " YQ=a", " =aaa", " YWJ\n ZGVm", " YW Jj"};

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		_str_ struct str report = {0}, out = {0};

		str_printf(&report, HEAD "VmCore: base64\n%s" TAIL, values[i]);
		assert_err(read_all(&report, 4096, &out), ERR_CORRUPT);
	}
}
END_TEST

/* The key stands wherever pieces of the file meet; a line may be as long as the file. */
START_TEST(large_reports)
{
	for (size_t before = (64 << 10) - 80; before < (64 << 10) + 8; before++) {
		_str_ struct str report = {0}, out = {0};

		str_puts(&report, HEAD);
		while (report.length < before)
			str_puts(&report, "x");
		str_puts(&report, "\nVmCore: base64\n ");
		for (int i = 0; i < 50000; i++)
			str_puts(&report, "YWJj");
		str_puts(&report, "\nX: y\n");
		assert_ok(read_all(&report, 1 << 16, &out));
		ck_assert_uint_eq(out.length, 150000);
		ck_assert(!memcmp(out.data + out.length - 6, "abcabc", 6));
	}
}
END_TEST

START_TEST(cut_and_without_a_dump)
{
	_str_ struct str cut = {0}, none = {0}, out = {0};

	str_puts(&cut, HEAD "VmCore: base64\n YWJj\n ZGV");
	assert_ok(read_all(&cut, 4096,
			   &out)); /* what it is packed with tells that the end is missing */
	ck_assert_str_eq(out.data, "abc");
	str_puts(&none, HEAD "VmCoreLog: base64\n YWJj\n");
	assert_err(read_all(&none, 4096, &out), ERR_NOT_FOUND);
	ck_assert(apport_file_is(HEAD, sizeof(HEAD) - 1));
	ck_assert(!apport_file_is("ProblemType: Crash\nArchitecture: amd64\n", 40));
	ck_assert(!apport_file_is("ProblemType: Ker", 16));
}
END_TEST

UNIT_MAIN("apport_file", lines_are_joined, what_is_not_base64, large_reports,
	  cut_and_without_a_dump)
