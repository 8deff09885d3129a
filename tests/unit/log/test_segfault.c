/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "kernel/insn/disasm.h"
#include "kernel/printk/dmesg.h"
#include "kernel/printk/log.h"
#include "log/segfault_class.h"
#include "log/segfault_core.h"

START_TEST(a_null_pointer_in_a_library)
{
	struct segfault fault;
	uint64_t offset;

	ck_assert(segfault_parse("Processer_5[2905610]: segfault at 0 ip 00007fd23b6e020f sp "
				 "00007fc79d505b60 error 4 in libdcache.so[7fd23ac16000+13d4000]",
				 &fault));
	ck_assert_str_eq(fault.comm, "Processer_5");
	ck_assert_uint_eq(fault.pid, 2905610);
	ck_assert_str_eq(fault.object, "libdcache.so");
	ck_assert_uint_eq(fault.size, 0x13d4000);
	ck_assert(segfault_offset(&fault, &offset));
	ck_assert_uint_eq(offset, 0xaca20f);
	ck_assert_str_eq(segfault_access(&fault), "read");
	ck_assert_str_eq(segfault_class(&fault, NULL), "null_offset");
	ck_assert_int_eq(fault.cpu, -1);
}
END_TEST

START_TEST(names_may_hold_anything)
{
	struct segfault fault;

	ck_assert(segfault_parse("a[1]: b [x]:c[77]: segfault at 10 ip 1000 sp 2000 error 6 in "
				 "odd [name] in it[1000+1000] likely on CPU 3 (core 3, socket 0)",
				 &fault));
	ck_assert_str_eq(fault.comm, "a[1]: b [x]:c");
	ck_assert_uint_eq(fault.pid, 77);
	ck_assert_str_eq(fault.object, "odd [name] in it");
	ck_assert_str_eq(segfault_access(&fault), "write");
	ck_assert_int_eq(fault.cpu, 3);
}
END_TEST

START_TEST(traps_have_other_words)
{
	struct segfault fault;

	ck_assert(segfault_parse("traps: my prog[42] general protection fault ip:401136 "
				 "sp:7ffd12345678 error:0 in prog[401000+1000]",
				 &fault));
	ck_assert_str_eq(fault.comm, "my prog");
	ck_assert_str_eq(fault.trap, "general protection fault");
	ck_assert_ptr_null(segfault_access(&fault));
	ck_assert(segfault_parse("traps: x[9] trap divide error ip:401136 sp:7ffd12345678 error:0",
				 &fault));
	ck_assert_str_eq(fault.trap, "divide error");
	ck_assert_str_eq(fault.object, "");
}
END_TEST

START_TEST(what_is_not_such_a_line_is_left_alone)
{
	static const char *const lines[] = {
		"",
		"traps: sh[5]: ip:1 sp:2 error:0",
		"segfault at",
		": segfault at 0 ip 1 sp 2 error 4",
		"[]: segfault at 0 ip 1 sp 2 error 4",
		"a[]: segfault at 0 ip 1 sp 2 error 4",
		"a[-1]: segfault at 0 ip 1 sp 2 error 4",
		"a[1]: segfault at 0",
		"a[99999999999999999999]: segfault at 0 ip 1 sp 2 error 4",
		"traps: ip:",
		"traps: a[1] ip:",
		"abcdefghijklmnopq[1]: segfault at 0 ip 1 sp 2 error 4",
	};
	struct segfault fault;

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		ck_assert_msg(!segfault_parse(lines[i], &fault), "taken: %s", lines[i]);
	/* A mapping that cannot be: the rest of the line still counts. */
	ck_assert(segfault_parse("a[1]: segfault at 0 ip 1 sp 2 error 14 in x[zz+1]", &fault));
	ck_assert_str_eq(fault.object, "");
	ck_assert_str_eq(segfault_access(&fault), "execute");
	ck_assert(segfault_parse("a[1]: segfault at 8000000000000000 ip 5 sp 2 error 5 in x[10+1]",
				 &fault));
	uint64_t offset;
	ck_assert(!segfault_offset(&fault, &offset));
	ck_assert_str_eq(segfault_class(&fault, NULL), "non_canonical");
}
END_TEST

static struct segfault parsed(const char *line)
{
	struct segfault fault;

	ck_assert_msg(segfault_parse(line, &fault), "not taken: %s", line);
	return fault;
}

START_TEST(lines_of_2_6)
{
	struct segfault fault = parsed("labd[4242]: segfault at 0000000000000008 rip "
				       "00000036a1c7b2a1 rsp 00007fff2a51c3d0 error 4");

	ck_assert_uint_eq(fault.ip, 0x36a1c7b2a1);
	ck_assert_uint_eq(fault.sp, 0x7fff2a51c3d0);
	fault = parsed("labx[4250] general protection rip:400586 rsp:7fff4b1ac2f0 error:0");
	ck_assert_str_eq(fault.comm, "labx");
	ck_assert_str_eq(fault.trap, "general protection");
	ck_assert_uint_eq(fault.ip, 0x400586);
	fault = parsed("old[7] trap divide error ip:4005a6 sp:7ffd0c1b2a30 error:0");
	ck_assert_str_eq(fault.trap, "divide error");
	fault = parsed("old32[7]: segfault at 00000008 eip 08048400 esp bf8a1c20 error 4");
	ck_assert_uint_eq(fault.sp, 0xbf8a1c20);
	ck_assert(segfault_is_32bit(&fault));
	fault = parsed(
		"n[1]: segfault at (null) ip           (null) sp 00007fffb1c2a318 error 14 in "
		"labctl[400000+2000]");
	uint64_t offset;
	ck_assert_uint_eq(fault.ip, 0);
	ck_assert_str_eq(fault.object, "labctl");
	ck_assert(!segfault_offset(&fault, &offset));
	ck_assert_str_eq(segfault_access(&fault), "execute");
	ck_assert_str_eq(segfault_class(&fault, NULL), "null_offset");
}
END_TEST

START_TEST(the_line_may_say_the_offset)
{
	struct segfault fault = parsed("x[1]: segfault at 20d803fdc ip 00007dbe270a3e47 sp "
				       "00007ffff184bf00 error 4 in lab.so.5[4a3e47,7dbe26d79000+"
				       "d1c000] likely on CPU 29 (core 14, socket 1)");
	uint64_t offset;

	ck_assert(segfault_offset(&fault, &offset));
	ck_assert_uint_eq(offset, 0x4a3e47);
	ck_assert_uint_eq(fault.base, 0x7dbe26d79000);
	ck_assert_int_eq(fault.cpu, 29);
	ck_assert_int_eq(fault.core, 14);
	ck_assert_int_eq(fault.socket, 1);
}
END_TEST

START_TEST(all_bits_of_the_error_code)
{
	static const struct {
		const char *error, *class, *access;
	} table[] = {
		{"4", "not_present", "read"},
		{"7", "protection", "write"},
		{"15", "protection", "execute"},
		{"25", "protection_key", "read"},
		{"d", "reserved_bit", "read"},
		{"47", "shadow_stack", "write"},
		{"8007", "sgx", "write"},
		{"0", "not_present", "read"},
		{"ffffffffffffffff", "sgx", "execute"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		char line[128];
		struct segfault fault;

		snprintf(line, sizeof(line),
			 "x[1]: segfault at 7f1122330000 ip 401150 sp 7ffd00112340 error %s",
			 table[i].error);
		fault = parsed(line);
		ck_assert_str_eq(segfault_class(&fault, NULL), table[i].class);
		ck_assert_str_eq(segfault_access(&fault), table[i].access);
	}
	struct segfault fault =
		parsed("x[1]: segfault at 7f1122330000 ip 401150 sp 7ffd00112340 error 0");
	ck_assert_str_eq(segfault_error_word(&fault, 0), "no page there");
	ck_assert_str_eq(segfault_error_word(&fault, 1), "by the kernel for it");
	ck_assert_ptr_null(segfault_error_word(&fault, 2));
}
END_TEST

START_TEST(a_stack_overflow_is_told_from_a_wild_access)
{
	static const struct {
		const char *line, *class;
	} table[] = {
		{"x[1]: segfault at 7ffc1b3feff8 ip 401150 sp 7ffc1b3ff000 error 6",
		 "stack_overflow"},
		{"x[1]: segfault at 7ffc1b3ff010 ip 401150 sp 7ffc1b3ff000 error 6",
		 "stack_overflow"},
		{"x[1]: segfault at 7ffc1b3f0000 ip 401150 sp 7ffc1b3ff000 error 6",
		 "stack_overflow"},
		/* above the stack, far below it, read-only, read: something else */
		{"x[1]: segfault at 7ffc1b400000 ip 401150 sp 7ffc1b3ff000 error 6", "not_present"},
		{"x[1]: segfault at 7ffc1b300000 ip 401150 sp 7ffc1b3ff000 error 6", "not_present"},
		{"x[1]: segfault at 7ffc1b3feff8 ip 401150 sp 7ffc1b3ff000 error 7", "protection"},
		{"x[1]: segfault at 7ffc1b3ff000 ip 401150 sp 7ffc1b3ff000 error 4", "not_present"},
		{"x[1]: segfault at 8 ip 401150 sp 10 error 6", "null_offset"},
		{"x[1]: segfault at 7ffffffff000 ip 5 sp ffffffffffffffff error 6", "not_present"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct segfault fault = parsed(table[i].line);

		ck_assert_msg(!strcmp(segfault_class(&fault, NULL), table[i].class), "%s: %s",
			      table[i].line, segfault_class(&fault, NULL));
	}
}
END_TEST

static const char *class_of(struct disasm *disasm, const char *line, const char *code, char *text)
{
	struct segfault fault = parsed(line);
	struct insn insn;

	ck_assert(segfault_parse_code(code, &fault));
	ck_assert(segfault_instruction(&fault, disasm, &insn));
	strcpy(text, insn.assembly);
	return segfault_class(&fault, &insn);
}

START_TEST(the_instruction_is_read_from_the_code)
{
	static const char gp[] =
		"traps: x[1] general protection fault ip:401150 sp:7ffd00112340 error:0";
	struct disasm *disasm;
	struct segfault fault = parsed(gp);
	struct insn insn;
	char text[96];

	ck_assert(err_ok(disasm_open(&disasm)));
	ck_assert_str_eq(class_of(disasm, gp, "Code: 90 90 <8b> 00 41 39", text), "non_canonical");
	ck_assert_str_eq(text, "mov (%rax),%eax");
	ck_assert_str_eq(class_of(disasm, gp, "Code: <f4> 90", text), "privileged");
	ck_assert_str_eq(class_of(disasm, gp, "Code: <0f> 29 07", text), "misaligned");
	ck_assert_str_eq(class_of(disasm, gp, "Code: <c3>", text), "non_canonical");
	ck_assert_ptr_null(class_of(disasm, gp, "Code: <ff> c0", text)); /* inc */
	ck_assert_str_eq(class_of(disasm,
				  "x[1]: segfault at 7ffd00112340 ip 5 sp 7ffd00112340 error 4",
				  "Code: <c3>", text),
			 "stack_pointer");
	/* No mark, no bytes, no Code, 32-bit code: no instruction. */
	ck_assert(!segfault_parse_code("Code: 90 90", &fault));
	ck_assert(!segfault_parse_code("Code: Bad RIP value.", &fault));
	ck_assert(!segfault_parse_code("Code: Unable to access opcode bytes at 0x7f00.", &fault));
	ck_assert(!segfault_parse_code("", &fault));
	ck_assert(!segfault_instruction(&fault, disasm, &insn));
	fault = parsed("x[1]: segfault at 8 ip 8048400 sp bf8a1c20 error 4");
	ck_assert(segfault_parse_code("Code: <8b> 00", &fault));
	ck_assert(!segfault_instruction(&fault, disasm, &insn));
	disasm_close(disasm);
}
END_TEST

/* Bytes without end don't go beyond the room for them. */
START_TEST(code_is_bounded)
{
	struct segfault fault = {0};
	static char line[1 << 20];

	memcpy(line, "Code: <90>", 10);
	for (size_t i = 10; i + 3 < sizeof(line); i += 3)
		memcpy(line + i, " cc", 3);
	ck_assert(segfault_parse_code(line, &fault));
	ck_assert_uint_eq(fault.code_length, sizeof(fault.code));
}
END_TEST

START_TEST(the_same_core)
{
	static const char *const names[] = {"cc1plus", "python3", "ld", "bash", "postgres"};
	struct segfault list[5];
	struct segfault_core core;

	for (unsigned i = 0; i < 5; i++) {
		char line[160];

		snprintf(line, sizeof(line),
			 "%s[%u]: segfault at 7f00deadb000 ip 40%u000 sp 7ffd1a2b3c40 error 4 "
			 "likely "
			 "on CPU 11 (core 5, socket 0)",
			 names[i], i + 1, i);
		list[i] = parsed(line);
	}
	ck_assert(segfault_core_find(list, 5, 32, &core));
	ck_assert_int_eq(core.cpu, 11);
	ck_assert_uint_eq(core.programs, 5);
	ck_assert_double_eq_tol(core.chance, 1.0 / (32 * 32 * 32 * 32), 1e-9);
	ck_assert(core.cpus_known);
	/* As many CPUs as the numbers ask for, where the log doesn't tell. */
	ck_assert(segfault_core_find(list, 5, 0, &core));
	ck_assert_uint_eq(core.cpus, 12);
	ck_assert(!core.cpus_known);
	/* A thread of the core on its other CPU: twice the share. */
	list[4].cpu = 27;
	ck_assert(segfault_core_find(list, 5, 32, &core));
	ck_assert_double_eq_tol(core.chance, 1.0 / (16 * 16 * 16 * 16), 1e-9);
	/* One CPU proves nothing, nor do two programs, nor one program's threads. */
	for (unsigned i = 0; i < 5; i++)
		list[i].cpu = list[i].core = 0;
	ck_assert(!segfault_core_find(list, 5, 1, &core));
	ck_assert(!segfault_core_find(list, 5, 0, &core));
	ck_assert(!segfault_core_find(list, 2, 8, &core));
	for (unsigned i = 0; i < 5; i++)
		snprintf(list[i].comm, sizeof(list[i].comm), "worker_%u", i);
	ck_assert(!segfault_core_find(list, 5, 8, &core));
	ck_assert(!segfault_core_find(NULL, 0, 8, &core));
}
END_TEST

START_TEST(the_chance_of_luck)
{
	ck_assert_double_eq_tol(segfault_core_chance(3, 3, 0.5), 0.25, 1e-12);
	ck_assert_double_eq_tol(segfault_core_chance(3, 0, 0.5), 1, 1e-12);
	ck_assert_double_eq_tol(segfault_core_chance(4, 3, 0.25), 4 * (4 * 0.75 / 64 + 1.0 / 256),
				1e-12);
	ck_assert_double_eq(segfault_core_chance(5, 5, 1), 1);
	ck_assert_double_eq(segfault_core_chance(5, 5, 0), 1);
}
END_TEST

START_TEST(the_number_of_cpus)
{
	static const struct {
		const char *text;
		unsigned cpus;
	} table[] = {
		{"[    0.900000] smp: Brought up 1 node, 32 CPUs\n", 32},
		{"[    0.900000] Brought up 4 CPUs\n", 4},
		{"[    0.900000] smpboot: Total of 1 processors activated (5800.00 BogoMIPS)\n", 1},
		{"[    0.900000] Brought up 99999999999999 CPUs\n", 0},
		{"[    0.900000] nothing\n", 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_(cleanup_log_close) struct log *log = NULL;

		ck_assert(err_ok(dmesg_parse(table[i].text, strlen(table[i].text), &log)));
		ck_assert_uint_eq(segfault_cpus(log), table[i].cpus);
	}
}
END_TEST

UNIT_MAIN("segfault", a_null_pointer_in_a_library, names_may_hold_anything, traps_have_other_words,
	  what_is_not_such_a_line_is_left_alone, lines_of_2_6, the_line_may_say_the_offset,
	  all_bits_of_the_error_code, a_stack_overflow_is_told_from_a_wild_access,
	  the_instruction_is_read_from_the_code, code_is_bounded, the_same_core, the_chance_of_luck,
	  the_number_of_cpus)
