/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "log/segfault.h"

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
	ck_assert_str_eq(segfault_class(&fault), "null_offset");
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
	ck_assert_str_eq(segfault_class(&fault), "non_canonical");
}
END_TEST

UNIT_MAIN("segfault", a_null_pointer_in_a_library, names_may_hold_anything, traps_have_other_words,
	  what_is_not_such_a_line_is_left_alone)
