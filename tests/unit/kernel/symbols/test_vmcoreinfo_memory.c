/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake_kernel.h"
#include "kernel/symbols/vmcoreinfo_memory.h"

#define DATA (FAKE_BASE + 0x100)
#define SIZE (FAKE_BASE + 0x80)
#define PLACE (FAKE_BASE + 0x1000)
#define TEXT "OSRELEASE=4.4.0\nSYMBOL(_stext)=ffffffff81000000\nOFFSET(printk_log.len)=8\n"

static bool is_foreign;

/* Stands in for kernel/symbols/symbol.c. */
struct err *symbols_check(struct symbols *symbols, const struct vmcoreinfo *info)
{
	(void)symbols;
	(void)info;
	return is_foreign ? err_new(ERR_CORRUPT, "of another kernel") : NULL;
}

static void open_kernel(uint64_t text_at, uint64_t size)
{
	fake_open(NULL);
	fake_symbol("vmcoreinfo_data", DATA);
	fake_symbol("vmcoreinfo_size", SIZE);
	fake_u64(SIZE, size);
	fake_put(text_at, TEXT, sizeof(TEXT));
	is_foreign = false;
}

static struct err *read_info(struct vmcoreinfo **ret)
{
	return vmcoreinfo_memory_read(kernel.symbols, kernel.memory, ret);
}

static void expect_length(void)
{
	_cleanup_(cleanup_vmcoreinfo_free) struct vmcoreinfo *info = NULL;
	uint64_t offset;

	assert_ok(read_info(&info));
	ck_assert_str_eq(vmcoreinfo_get(info, "OSRELEASE"), "4.4.0");
	ck_assert(vmcoreinfo_offset(info, "printk_log.len", &offset));
	ck_assert_uint_eq(offset, 8);
	fake_close();
}

START_TEST(array_is_read)
{
	open_kernel(DATA, sizeof(TEXT) - 1);
	expect_length();
}
END_TEST

START_TEST(pointer_is_followed)
{
	open_kernel(PLACE, sizeof(TEXT) - 1);
	fake_u64(DATA, PLACE);
	expect_length();
}
END_TEST

START_TEST(what_it_is_not_is_refused)
{
	struct vmcoreinfo *info = NULL;

	open_kernel(DATA, 0);
	assert_err(read_info(&info), ERR_CORRUPT);
	fake_u64(SIZE, UINT64_MAX);
	assert_err(read_info(&info), ERR_CORRUPT);
	fake_u64(SIZE, sizeof(TEXT) - 1);
	is_foreign = true;
	assert_err(read_info(&info), ERR_CORRUPT);
	fake_u64(DATA, PLACE); /* zeros there */
	assert_err(read_info(&info), ERR_NOT_FOUND);
	fake_u64(DATA, UINT64_MAX);
	assert_err(read_info(&info), ERR_NOT_FOUND);
	fake_close();
	fake_open(NULL);
	assert_err(read_info(&info), ERR_NOT_FOUND);
	ck_assert_ptr_null(info);
	fake_close();
}
END_TEST

UNIT_MAIN("vmcoreinfo_memory", array_is_read, pointer_is_followed, what_it_is_not_is_refused)
