/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "log/report_body.h"

static const struct {
	const char *text;
	enum body_line kind;
} lines[] = {
	{"#PF: supervisor read access in kernel mode", BODY_FAULT},
	{"PGD 0 P4D 0", BODY_FAULT},
	{"CPU: 1 PID: 5 Comm: sh Not tainted 6.1.0 #1", BODY_HEADER},
	{"Hardware name: QEMU", BODY_MACHINE},
	{"Workqueue: events f", BODY_TASK},
	{"RIP: 0010:f+0x1/0x2", BODY_RIP},
	{"RAX: 0000000000000000 RBX: ffff888100000000 RCX: 0000000000000001", BODY_REGS},
	{"x29: ffff800010003d00 x28: 0000000000000000", BODY_REGS},
	{"Code: 48 8b <48> 8b", BODY_CODE},
	{"Stack:", BODY_STACK},
	{" ffff88013c3e3c00 0000000000000000", BODY_STACK},
	{"Call Trace:", BODY_TRACE},
	{" <TASK>", BODY_FRAME},
	{" f+0x1/0x2", BODY_FRAME},
	{"Modules linked in: lab(O)", BODY_MODULES},
	{"Write of size 8 at addr ffff888104d2be58 by task x/1", BODY_DETAIL},
	{"Freed by task 5:", BODY_TITLE},
	{"---[ end trace 0000000000000000 ]---", BODY_END},
	{"", BODY_NONE},
	{" ", BODY_NONE},
	{"usb 1-1: new device", BODY_NONE},
	{"RAX:", BODY_REGS},
	{"RAX: x", BODY_NONE},
	{"ffff", BODY_NONE},
};

START_TEST(kinds_of_lines)
{
	ck_assert_msg(report_body_kind(lines[_i].text) == lines[_i].kind, "%s is %d",
		      lines[_i].text, report_body_kind(lines[_i].text));
}
END_TEST

struct block {
	struct report report;
	struct report_reader reader;
	size_t index;
};

static void begin(struct block *block, enum report_kind kind)
{
	*block = (struct block){.report = {.kind = kind,
					   .cpu = -1,
					   .pid = -1,
					   .tgid = -1,
					   .by_cpu = -1,
					   .stall = {.starved_cpu = -1},
					   .modules_line = SIZE_MAX}};
	block->reader.report = &block->report;
}

static void take(struct block *block, const char *line)
{
	enum body_line kind = report_body_kind(line);

	if (kind != BODY_NONE)
		assert_ok(report_body_take(&block->reader, line, block->index++, kind));
}

START_TEST(an_oops)
{
	struct block block;
	struct report *report = &block.report;

	begin(&block, REPORT_NULL_DEREFERENCE);
	take(&block, "CPU: 1 PID: 5 Comm: sh Not tainted 6.1.0 #1");
	take(&block, "RIP: 0010:lab_read+0x10/0x40 [lab]");
	take(&block, "Code: 90 <48> 8b 00");
	take(&block, "RSP: 0018:ffffc90000003d00 EFLAGS: 00010246");
	take(&block, "RAX: 0000000000000001 RBX: 0000000000000002 RCX: 0000000000000003");
	take(&block, "CR2: 0000000000000018 CR3: 0000000001000000 CR4: 00000000000006f0");
	take(&block, "Call Trace:");
	take(&block, " <TASK>");
	take(&block, " ? old+0x1/0x2");
	take(&block, " vfs_read+0x10/0x20");
	take(&block, "RIP: 0033:0x7f0000000000");
	take(&block, "RAX: 00000000000000ff RBX: 00000000000000ff RCX: 00000000000000ff");
	ck_assert_str_eq(report->rip.symbol, "lab_read");
	ck_assert_uint_eq(report->regs.value[REG_RAX], 1);
	ck_assert_uint_eq(report->regs.value[REG_CR2], 0x18);
	ck_assert_uint_eq(report->regs.value[REG_RSP], 0xffffc90000003d00);
	ck_assert_uint_eq(report->code_at, 1);
	ck_assert_uint_eq(report->code_length, 4);
	ck_assert_uint_eq(report->stack_count, 1);
	ck_assert_uint_eq(report->stacks[0].count, 2);
	ck_assert(report->stacks[0].frames[0].unreliable);
	report_deinit(report);
}
END_TEST

/* Frames, code, registers and traces without end are bounded. */
START_TEST(blocks_without_end)
{
	struct block block;
	_str_ struct str code = {0};

	begin(&block, REPORT_OOPS);
	str_puts(&code, "Code: <90>");
	for (unsigned i = 0; i < 5000; i++)
		str_puts(&code, " 90");
	take(&block, code.data);
	ck_assert_uint_eq(block.report.code_length, sizeof(block.report.code));
	take(&block, "Call Trace:");
	for (unsigned i = 0; i < 5000; i++) {
		char line[64];

		snprintf(line, sizeof(line), " f%u+0x1/0x2", i);
		take(&block, line);
		snprintf(line, sizeof(line), "x%u: %016x", i % 100, i);
		take(&block, line);
	}
	ck_assert_uint_eq(block.report.stacks[0].count, REPORT_FRAMES_MAX);
	ck_assert_uint_eq(block.report.stacks[0].left_out, 5000 - REPORT_FRAMES_MAX);
	ck_assert_uint_le(block.report.other_count, ARRAY_SIZE(block.report.others));
	report_deinit(&block.report);
}
END_TEST

/* Every line of the table to every kind, in any order, cut at any place. */
START_TEST(lines_out_of_place)
{
	for (int kind = 0; kind < REPORT_KINDS; kind++) {
		struct block block;

		begin(&block, (enum report_kind)kind);
		for (size_t i = 0; i < 400; i++) {
			const char *text = lines[i * 7 % ARRAY_SIZE(lines)].text;
			char *cut = strndup(text, i % (strlen(text) + 1));

			take(&block, cut);
			free(cut);
		}
		ck_assert_uint_le(block.report.code_length, sizeof(block.report.code));
		report_deinit(&block.report);
	}
}
END_TEST

START_TEST(absurd_registers)
{
	struct block block;

	begin(&block, REPORT_OOPS);
	take(&block, "RAX: 11111111111111111 RBX:");
	take(&block, "RSP: 0018:");
	take(&block, "RIP: 0010:");
	take(&block, "RIP: 0010:[<");
	take(&block, "RIP: 0010:[<ffffffff");
	take(&block, "RIP: ");
	take(&block, "EIP is at ");
	take(&block, "Code: ");
	take(&block, "Code: <");
	take(&block, "Code: Bad RIP value.");
	take(&block, "Code: zz 11");
	take(&block, "backtrace (");
	ck_assert(!regs_known(&block.report.regs, REG_RAX));
	ck_assert_uint_eq(block.report.code_length, 0);
	ck_assert_str_eq(block.report.rip.symbol, "");
	report_deinit(&block.report);
}
END_TEST

int main(void)
{
	TCase *cases = tcase_create("report_body");

	tcase_set_timeout(cases, 30);
	tcase_add_loop_test(cases, kinds_of_lines, 0, ARRAY_SIZE(lines));
	tcase_add_test(cases, an_oops);
	tcase_add_test(cases, blocks_without_end);
	tcase_add_test(cases, lines_out_of_place);
	tcase_add_test(cases, absurd_registers);
	return unit_run("report_body", cases);
}
