/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "kernel/printk/dmesg.h"
#include "memory/slab_report.h"

static bool read_first(const char *text, struct slab_report *report)
{
	_cleanup_(cleanup_log_close) struct log *log = NULL;
	size_t line = 0;

	assert_ok(dmesg_parse(text, strlen(text), &log));
	return slab_report_next(log, &line, report);
}

/* 6.1, with the objects' bytes cut to what matters. */
static const char whole[] =
	"[    4.108339] =================================================================\n"
	"[    4.108486] BUG kmalloc-1k (Tainted: G           OE     ): Poison overwritten\n"
	"[    4.108585] -----------------------------------------------------------------\n"
	"[    4.108700] \n"
	"[    4.108726] 0xffff8b5b9fc31e00-0xffff8b5b9fc31e07 @offset=7680. First byte 0x18 "
	"instead of 0x6b\n"
	"[    4.108958] Allocated in probe+0x1c/0x80 [driver] age=0 cpu=1 pid=104\n"
	"[    4.109381]  kmalloc_trace+0x26/0x90\n"
	"[    4.109917] Freed in remove+0x27/0x80 [driver] age=0 cpu=1 pid=104\n"
	"[    4.110378] Slab 0xfffff433407f0c00 objects=10 used=8 fp=0xffff8b5b9fc34c00 "
	"flags=0x200\n"
	"[    4.110646] Object 0xffff8b5b9fc31c00 @offset=7168 fp=0xffff8b5b9fc34c00\n"
	"[    4.110800] Redzone  ffff8b5b9fc31800: bb bb bb bb bb bb bb bb bb bb bb bb bb bb bb bb "
	" ................\n"
	"[    4.110801] Object   ffff8b5b9fc31c00: 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b "
	" kkkkkkkkkkkkkkkk\n"
	"[    4.110802] Object   ffff8b5b9fc31c10: 18 03 56 00 69 00 72 00 6b 6b 6b 6b 6b 6b 6b a5 "
	" ..V.i.r.kkkkkkk.\n"
	"[    4.110900] Call Trace:\n"
	"[    4.110901] Object   ffff8b5b9fc31c20: 00 00\n";

START_TEST(a_whole_report)
{
	struct slab_report report;

	ck_assert(read_first(whole, &report));
	ck_assert_str_eq(report.cache, "kmalloc-1k");
	ck_assert_str_eq(report.problem, "Poison overwritten");
	ck_assert_uint_eq(report.from, 0xffff8b5b9fc31e00);
	ck_assert_uint_eq(report.to, 0xffff8b5b9fc31e07);
	ck_assert_int_eq(report.expected, 0x6b);
	ck_assert_uint_eq(report.object, 0xffff8b5b9fc31c00);
	ck_assert_str_eq(report.allocated_by, "probe+0x1c/0x80 [driver] age=0 cpu=1 pid=104");
	ck_assert_str_eq(report.freed_by, "remove+0x27/0x80 [driver] age=0 cpu=1 pid=104");
	ck_assert_uint_eq(report.length, 32); /* not what follows the report */
	ck_assert_uint_eq(report.bytes[16], 0x18);
	ck_assert_uint_eq(report.bytes[31], 0xa5);
}
END_TEST

START_TEST(reports_of_other_eras)
{
	struct slab_report report;

	/* 6.15: the range first, and the head says something else */
	ck_assert(read_first(
		"[    6.200000] [Poison overwritten] 0xffff8a84022c2a00-0xffff8a84022c2a07 "
		"@offset=10752. First byte 0x18 instead of 0x6b\n"
		"[    6.300000] ======================================\n"
		"[    6.400000] BUG kmalloc-1k (Not tainted): Object corrupt\n",
		&report));
	ck_assert_str_eq(report.problem, "Poison overwritten");
	ck_assert_uint_eq(report.from, 0xffff8a84022c2a00);
	/* 5.10: pointers are hashed */
	ck_assert(read_first(
		"[    5.700000] BUG kmalloc-1k (Tainted: G    B): Redzone overwritten\n"
		"[    5.800000] INFO: 0x00000000a1b2c3d4-0x00000000a1b2c3d8 @offset=512. "
		"First byte 0xcc instead of 0xbb\n"
		"[    5.900000] INFO: Object 0x00000000d4c3b2a1 @offset=0 fp=0x0000000012345678\n",
		&report));
	ck_assert_str_eq(report.problem, "Redzone overwritten");
	ck_assert_uint_eq(report.from, 0);
	ck_assert_uint_eq(report.object, 0);
	ck_assert_int_eq(report.expected, 0xbb);
	/* 3.10 */
	ck_assert(read_first(
		"[    1.100000] BUG dentry (Not tainted): Object already free\n"
		"[    1.200000] INFO: Object 0xffff880036d42000 @offset=0 fp=0x          (null)\n",
		&report));
	ck_assert_str_eq(report.problem, "Object already free");
	ck_assert_uint_eq(report.object, 0xffff880036d42000);
}
END_TEST

START_TEST(reports_come_one_after_the_other)
{
	_cleanup_(cleanup_log_close) struct log *log = NULL;
	_str_ struct str text = {0};
	struct slab_report report;
	size_t line = 0;

	str_puts(&text, whole);
	str_puts(&text, "[    5.100000] BUG dentry (Not tainted): Object already free\n");
	assert_ok(dmesg_parse(text.data, text.length, &log));
	ck_assert(slab_report_next(log, &line, &report));
	ck_assert_str_eq(report.cache, "kmalloc-1k");
	ck_assert(slab_report_next(log, &line, &report));
	ck_assert_str_eq(report.cache, "dentry");
	ck_assert_uint_eq(report.object, 0);
	ck_assert(!slab_report_next(log, &line, &report));
	ck_assert(!slab_report_next(log, &line, &report));
}
END_TEST

START_TEST(other_lines_are_no_reports)
{
	static const char *const lines[] = {
		"",
		"BUG",
		"BUG ",
		"BUG (): ",
		"BUG  (",
		"BUG: soft lockup (x): y",
		"BUG: unable to handle page fault for address: ffff8d325f0f7ea8",
		"kernel BUG at mm/slub.c:305!",
		"BUG \x01\x02 (Not tainted): x",
		"Object 0xffff880036d42000 @offset=0 fp=0x0",
	};
	struct slab_report report;

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		char text[256];

		snprintf(text, sizeof(text), "[    1.000000] %s\n", lines[i]);
		ck_assert_msg(!read_first(text, &report), "%s", lines[i]);
	}
}
END_TEST

/* Bytes without end, names without end, ranges backwards. */
START_TEST(absurd_reports_are_bounded)
{
	_str_ struct str text = {0};
	struct slab_report report;

	str_puts(&text, "[    1.000000] BUG ");
	for (unsigned i = 0; i < 500; i++)
		str_puts(&text, "x");
	str_puts(&text, " (Not tainted): Poison overwritten\n"
			"[    1.100000] 0xffff8b5b9fc31e07-0xffff8b5b9fc31e00 @offset=1. First "
			"byte 0x1 instead of 0x6b\n");
	for (unsigned i = 0; i < 590; i++)
		str_puts(&text,
			 "[    1.200000] Object   ffff8b5b9fc31c00: 00 01 02 03 04 05 06 07 08 09 "
			 "0a 0b 0c 0d 0e 0f 10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f\n");
	ck_assert(read_first(text.data, &report));
	ck_assert_uint_eq(strlen(report.cache), sizeof(report.cache) - 1);
	ck_assert_uint_eq(report.from, 0);
	ck_assert_uint_eq(report.length, SLAB_REPORT_BYTES);
	ck_assert(read_first(
		"[    1.000000] BUG a (Not tainted): b\n[    1.100000] Object   f: 0g 12\n"
		"[    1.200000] Object   f: 1\n[    1.300000] Object   f:\n",
		&report));
	ck_assert_uint_eq(report.length, 0);
}
END_TEST

UNIT_MAIN("slab_report", a_whole_report, reports_of_other_eras, reports_come_one_after_the_other,
	  other_lines_are_no_reports, absurd_reports_are_bounded)
