/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "log/report_place.h"

static const struct {
	const char *text;
	bool unreliable;
	uint64_t address, offset, size;
	const char *symbol, *module;
} frames[] = {
	{"lab_read+0x10/0x40 [lab]", false, 0, 0x10, 0x40, "lab_read", "lab"},
	{" ? lab_read+0x10/0x40", true, 0, 0x10, 0x40, "lab_read", ""},
	{" [<ffffffff81234567>] ? f+0x1/0x2", true, 0xffffffff81234567, 1, 2, "f", ""},
	{" [ffffffff81234567] f+0x1/0x2", false, 0xffffffff81234567, 1, 2, "f", ""},
	{" [<0>] f+0x1/0x2", false, 0, 1, 2, "f", ""},
	{" [] f+0x1/0x2", false, 0, 1, 2, "f", ""},
	{" [<ffffffff88012345>] :xfs:xfs_ioctl+0x12/0x34", false, 0xffffffff88012345, 0x12, 0x34,
	 "xfs_ioctl", "xfs"},
	{" f+0x1/0x2 [kvm 0123456789abcdef0123456789abcdef01234567]", false, 0, 1, 2, "f", "kvm"},
	{" f+0x1/0x2 [lab(OE)]", false, 0, 1, 2, "f", "lab"},
	{" f.isra.0+0x1/0x2", false, 0, 1, 2, "f.isra.0", ""},
	/* 32-bit ARM shows who was called, and from where. */
	{"[<8195d3d8>] (dump_backtrace) from [<8195d4d4>] (f+0x18/0x1c)", false, 0x8195d4d4, 0x18,
	 0x1c, "f", ""},
	{"[<c001521c>] (g+0x0/0x12c) from [<c00abec8>] (f+0x94/0x1f4 [lab])", false, 0xc00abec8,
	 0x94, 0x1f4, "f", "lab"},
	{" dump_backtrace from f+0x18/0x1c", false, 0, 0x18, 0x1c, "f", ""},
	/* powerpc: the stack pointer in front, entry points with a dot; s390: the first in parentheses. */
	{"[c000000049a87710] [c0000000000286fc] .f+0x43c/0x6d0", false, 0xc0000000000286fc, 0x43c,
	 0x6d0, "f", ""},
	{"[c000000049a87710] [c0000000000286fc] f+0x43c/0x6d0 (unreliable)", true,
	 0xc0000000000286fc, 0x43c, 0x6d0, "f", ""},
	{"([<000003ff8086d036>] f+0x36/0x1000 [lab])", false, 0x3ff8086d036, 0x36, 0x1000, "f",
	 "lab"},
	{" 0xffffffffc0123456", false, 0xffffffffc0123456, 0, 0, "", ""},
	{" f+18446744073709551615/0x2", false, 0, UINT64_MAX, 2, "f", ""},
};

START_TEST(frames_are_read)
{
	struct report_frame frame;
	const char *rest;

	ck_assert(report_frame_read(frames[_i].text, &frame, &rest));
	ck_assert_int_eq(frame.unreliable, frames[_i].unreliable);
	ck_assert_uint_eq(frame.place.address, frames[_i].address);
	ck_assert_uint_eq(frame.place.offset, frames[_i].offset);
	ck_assert_uint_eq(frame.place.size, frames[_i].size);
	ck_assert_str_eq(frame.place.symbol, frames[_i].symbol);
	ck_assert_str_eq(frame.place.module, frames[_i].module);
}
END_TEST

START_TEST(other_lines_are_no_frames)
{
	static const char *const lines[] = {
		"",
		" ",
		"f",
		"f+",
		"f+x",
		"+0x1/0x2",
		"f+0x/0x2",
		"f+0x11111111111111111/0x2",
		"f+99999999999999999999/0x2",
		"f+0x1/0x11111111111111111",
		"f+0x1/0x2 and then words",
		"we got it from f+0x1/0x2 and then words",
		"called from ",
		"[<ffffffff81234567>]",
		"[<ffffffff81234567",
		"[",
		"?",
		"0xffff",
		"eth0: f+0x1/0x2",
		"1+2=3",
	};
	struct report_frame frame;
	const char *rest;

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		ck_assert_msg(!report_frame_read(lines[i], &frame, &rest), "%s", lines[i]);
}
END_TEST

/* 2.6.18 prints several in a line. */
START_TEST(several_in_a_line)
{
	struct report_frame frame;
	const char *rest;

	ck_assert(report_frame_read(" <ffffffff80012345>{f+1}", &frame, &rest) == false);
	ck_assert(report_frame_read(
		" [<ffffffff80012345>] f+0x1/0x2 [<ffffffff80012346>] g+0x3/0x4", &frame, &rest));
	ck_assert_ptr_nonnull(rest);
	ck_assert(report_frame_read(rest, &frame, &rest));
	ck_assert_str_eq(frame.place.symbol, "g");
	ck_assert_ptr_null(rest);
}
END_TEST

START_TEST(names_without_end)
{
	char line[8192];
	struct report_place place;
	struct report_frame frame;
	const char *rest;

	memset(line, 'a', sizeof(line));
	memcpy(line + sizeof(line) - 9, "+0x1/0x2", 9);
	ck_assert_ptr_null(report_place_read(line, &place));
	memcpy(line, "f+0x1/0x2 [", 11);
	line[sizeof(line) - 2] = ']';
	line[sizeof(line) - 1] = '\0';
	report_place_read(line, &place);
	ck_assert_str_eq(place.module, "");
	memset(line, '[', sizeof(line) - 1);
	ck_assert(!report_frame_read(line, &frame, &rest));
	memset(line, '0', sizeof(line) - 1);
	ck_assert(!report_frame_read(line, &frame, &rest));
}
END_TEST

START_TEST(contexts)
{
	enum report_context context;
	const char *rest;

	ck_assert(report_context_read(" <IRQ> f+0x1/0x2", &context, &rest));
	ck_assert_int_eq(context, CONTEXT_IRQ);
	ck_assert_str_eq(rest, "f+0x1/0x2");
	ck_assert(report_context_read(" <<EOE>> <NMI>", &context, &rest));
	ck_assert_int_eq(context, CONTEXT_TASK);
	ck_assert(report_context_read(rest, &context, &rest));
	ck_assert_int_eq(context, CONTEXT_NMI);
	ck_assert_str_eq(rest, "");
	ck_assert(!report_context_read("<IRQ", &context, &rest));
	ck_assert(!report_context_read("IRQ>", &context, &rest));
	ck_assert(!report_context_read("", &context, &rest));
}
END_TEST

int main(void)
{
	TCase *cases = tcase_create("report_place");

	tcase_set_timeout(cases, 30);
	tcase_add_loop_test(cases, frames_are_read, 0, ARRAY_SIZE(frames));
	tcase_add_test(cases, other_lines_are_no_frames);
	tcase_add_test(cases, several_in_a_line);
	tcase_add_test(cases, names_without_end);
	tcase_add_test(cases, contexts);
	return unit_run("report_place", cases);
}
