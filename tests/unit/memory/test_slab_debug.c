/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is made of a report of slab debugging; test_slab_report.c has the reading of it. */
#include "unit.h"

#include "fake_owner.h"
#include "kernel/printk/dmesg.h"

#define BASE (FAKE_BASE + 0x4000)
#define OBJECT (BASE + 2 * 256) /* ffff888000004200 */
#define STACK (FAKE_BASE + 0x8000)
#define USB 0x0072006900560318ull

#define RULER "[    1.000000] =================\n"
#define HEAD "[    1.000000] BUG kmalloc-256 (Tainted: G    B): Poison overwritten\n"
#define RANGE                                                                                      \
	"[    1.000001] 0xffff888000004240-0xffff888000004247 @offset=576. First byte 0x18 "       \
	"instead of 0x6b\n"
#define BYTES                                                                                      \
	"[    1.000002] Object 0xffff888000004200 @offset=512 fp=0x0\n"                            \
	"[    1.000003] Object   ffff888000004200: 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b "  \
	"6b\n"                                                                                     \
	"[    1.000004] Object   ffff888000004210: 18 03 56 00 69 00 72 00 6b 6b 6b 6b 6b 6b 6b "  \
	"6b\n"                                                                                     \
	"[    1.000005] Object   ffff888000004220: 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b 6b "  \
	"6b\n"

/* Freed objects, all poisoned, and a log. */
static void start(const char *log)
{
	fake_open(NULL);
	memset(&fake_slabs, 0, sizeof(fake_slabs));
	fake_slab("kmalloc-256", BASE, 256, 8);
	for (uint64_t at = BASE; at < BASE + 8 * 256; at += 8)
		fake_u64(at, 0x6b6b6b6b6b6b6b6b);
	kernel.memory = (struct memory *)&fake; /* never looked into */
	fake_analysis_start();
	crash.exception = true;
	assert_ok(dmesg_parse(log, strlen(log), &kernel.log));
}

static const struct debug_report *find(void)
{
	assert_ok(slab_debug_analyzer.run(&analysis));
	ck_assert_uint_eq(analysis.memory.report_count, 1);
	return analysis.memory.reports;
}

static void finish(void)
{
	log_close(kernel.log);
	kernel.log = NULL;
	kernel.memory = NULL;
	fake_analysis_end();
	fake_close();
}

START_TEST(what_is_still_in_memory_is_shown_from_there)
{
	start(HEAD RANGE);
	fake_u64(OBJECT + 0x40, USB);
	const struct debug_report *report = find();
	ck_assert_uint_eq(report->object, OBJECT);
	ck_assert_uint_eq(report->from, OBJECT + 0x40);
	ck_assert_uint_eq(report->length, 8);
	ck_assert(report->in_memory && report->located);
	ck_assert_uint_eq(analysis.memory.hypothesis_count, 1);
	ck_assert_str_eq(analysis.memory.hypotheses[0].kind, "usb_string");
	const struct finding *finding = fake_finding(FINDING_SLAB_REPORT);
	ck_assert_str_eq(finding->headline,
			 "slab debugging found: Poison overwritten in "
			 "kmalloc-256 object 0xffff888000004200, 8 bytes at +64");
	ck_assert_str_eq(json_string_value(json_object_get(finding->evidence, "source")), "memory");
	finish();
}
END_TEST

/* The kernel puts the poison back: then its log has the bytes. */
START_TEST(what_was_restored_is_shown_from_the_log)
{
	start(HEAD BYTES);
	const struct debug_report *report = find();
	ck_assert_uint_eq(report->object, OBJECT);
	ck_assert_uint_eq(report->from, OBJECT + 16);
	ck_assert_uint_eq(report->length, 8);
	ck_assert_uint_eq(report->bytes[0], 0x18);
	ck_assert(!report->in_memory && report->located);
	finish();
}
END_TEST

/* A report without addresses: the object is one with broken poison that the crash has at hand. */
START_TEST(without_an_address_the_object_is_looked_for)
{
	for (unsigned on_stack = 0; on_stack < 2; on_stack++) {
		start(HEAD);
		fake_u64(OBJECT + 0x40, USB);
		regs_set(&crash.regs, REG_RBX, BASE + 256); /* sound */
		regs_set(&crash.regs, REG_RSP, STACK);
		if (on_stack)
			fake_u64(STACK + 0x100, OBJECT);
		else
			regs_set(&crash.regs, REG_R12, OBJECT);
		const struct debug_report *report = find();
		ck_assert_uint_eq(report->object, OBJECT);
		ck_assert_uint_eq(report->from, OBJECT + 0x40);
		ck_assert(report->in_memory && !report->located);
		finish();
	}
}
END_TEST

START_TEST(an_object_nobody_points_to_stays_unknown)
{
	start(HEAD);
	fake_u64(OBJECT + 0x40, USB);
	analysis.crash = NULL;
	const struct debug_report *report = find();
	ck_assert_uint_eq(report->object, 0);
	ck_assert_uint_eq(report->length, 0);
	ck_assert(!report->has_owner);
	ck_assert_uint_eq(analysis.memory.hypothesis_count, 0);
	ck_assert_double_lt(fake_finding(FINDING_SLAB_REPORT)->confidence, 1);
	finish();
}
END_TEST

START_TEST(the_first_reports_are_enough)
{
	start(RULER HEAD RULER HEAD RULER HEAD RULER HEAD RULER HEAD RULER HEAD);
	assert_ok(slab_debug_analyzer.run(&analysis));
	ck_assert_uint_eq(analysis.memory.report_count, 4);
	finish();
}
END_TEST

UNIT_MAIN("slab_debug", what_is_still_in_memory_is_shown_from_there,
	  what_was_restored_is_shown_from_the_log, without_an_address_the_object_is_looked_for,
	  an_object_nobody_points_to_stays_unknown, the_first_reports_are_enough)
