/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "kernel/dump/vmcoreinfo.h"

static struct vmcoreinfo *parse(const char *text)
{
	struct vmcoreinfo *info;

	assert_ok(vmcoreinfo_parse(text, strlen(text), &info));
	return info;
}

START_TEST(values_come_in_three_notations)
{
	struct vmcoreinfo *info = parse("OSRELEASE=6.1.0-9-amd64\nSYMBOL(_stext)=ffffffff81000000\n"
					"NUMBER(phys_base)=-4096\nNUMBER(sme_mask)=0x800000000000\n"
					"OFFSET(page.flags)=8\nSIZE(page)=64\nLENGTH(zone)=5\n"
					"KERNELOFFSET=1f800000\n");
	uint64_t value;

	ck_assert_str_eq(vmcoreinfo_get(info, "OSRELEASE"), "6.1.0-9-amd64");
	ck_assert(vmcoreinfo_symbol(info, "_stext", &value));
	ck_assert_uint_eq(value, 0xffffffff81000000);
	ck_assert(vmcoreinfo_number(info, "phys_base", &value));
	ck_assert_uint_eq(value, (uint64_t)-4096);
	ck_assert(vmcoreinfo_number(info, "sme_mask", &value));
	ck_assert_uint_eq(value, 0x800000000000);
	ck_assert(vmcoreinfo_offset(info, "page.flags", &value) && value == 8);
	ck_assert(vmcoreinfo_size(info, "page", &value) && value == 64);
	ck_assert_uint_eq(vmcoreinfo_kaslr_offset(info), 0x1f800000);
	ck_assert(!vmcoreinfo_symbol(info, "_etext", &value));
	ck_assert(!vmcoreinfo_symbol(NULL, "_stext", &value));
	vmcoreinfo_free(info);
}
END_TEST

START_TEST(malformed_lines_are_left_out)
{
	struct vmcoreinfo *info = parse("=value\nno equals\nbell\a=1\nKEY=first\nKEY=second\n"
					"NUMBER(big)=99999999999999999999\nEMPTY=");
	uint64_t value;

	ck_assert_ptr_null(vmcoreinfo_get(info, ""));
	ck_assert_ptr_null(vmcoreinfo_get(info, "bell\a"));
	ck_assert_str_eq(vmcoreinfo_get(info, "KEY"), "first");
	ck_assert_str_eq(vmcoreinfo_get(info, "EMPTY"), "");
	ck_assert(!vmcoreinfo_number(info, "big", &value));
	vmcoreinfo_free(info);
}
END_TEST

START_TEST(nothing_is_no_vmcoreinfo)
{
	struct vmcoreinfo *info;

	assert_err(vmcoreinfo_parse("", 0, &info), ERR_CORRUPT);
	assert_err(vmcoreinfo_parse("\0A=1\n", 5, &info), ERR_CORRUPT);
	assert_err(vmcoreinfo_parse("text without end", 16, &info), ERR_CORRUPT);
}
END_TEST

START_TEST(size_and_count_are_bounded)
{
	static char text[200000];
	struct vmcoreinfo *info;

	for (unsigned i = 0; i < 5000; i++)
		sprintf(text + i * 8, "%05u=x\n", i);
	info = parse(text);
	ck_assert_str_eq(vmcoreinfo_get(info, "04095"), "x");
	ck_assert_ptr_null(vmcoreinfo_get(info, "04096"));
	vmcoreinfo_free(info);

	memset(text, 'A', sizeof(text) - 1);
	text[1] = '=';
	info = parse(text);
	ck_assert_uint_eq(strlen(vmcoreinfo_get(info, "A")), (64 << 10) - 2);
	vmcoreinfo_free(info);
}
END_TEST

UNIT_MAIN("vmcoreinfo", values_come_in_three_notations, malformed_lines_are_left_out,
	  nothing_is_no_vmcoreinfo, size_and_count_are_bounded)
