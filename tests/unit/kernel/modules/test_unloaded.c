/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Modules that are gone, with their taints; a list that loops, and names that are none. */
#include "fake_kernel.h"
#include "kernel/modules/unloaded.h"

#define HEAD (FAKE_BASE + 0x1000)
#define GONE(i) (FAKE_BASE + 0x1100 + 0x100 * (uint64_t)(i))

enum { NAME = 16, TAINTS = 80, COUNT = 88 };

static void types(struct btf_build *b, uint32_t i, uint32_t l)
{
	static const char *const links[] = {"next", "prev"};
	uint32_t list = fake_longs(b, "list_head", l, links, 2);
	uint32_t name = b_array(b, b_int(b, "char", 1), 64);

	(void)i;
	b_record(b, B_STRUCT, "mod_unload_taint", 96, 4, "list", list, 0, "name", name, NAME * 8,
		 "taints", l, TAINTS * 8, "count", l, COUNT * 8);
}

static void put_link(uint64_t node, uint64_t next)
{
	fake_u64(node, next);
	fake_u64(next + 8, node);
}

static void put_module(unsigned i, const char *name, uint64_t taints, uint64_t count)
{
	fake_put(GONE(i) + NAME, name, strlen(name) + 1);
	fake_u64(GONE(i) + TAINTS, taints);
	fake_u64(GONE(i) + COUNT, count);
}

static void set_up(void)
{
	fake_open(types);
	fake_symbol("unloaded_tainted_modules", HEAD);
	put_module(0, "lab", 1 << 12 | 1 << 13, 1);
	put_module(1, "old", 1, 3);
	put_link(HEAD, GONE(0));
	put_link(GONE(0), GONE(1));
	put_link(GONE(1), HEAD);
}

static void expect(const char *expected)
{
	_str_ struct str text = {0};

	unloaded_put_tainted(&kernel, &text);
	ck_assert_str_eq(text.data ? text.data : "", expected);
	fake_close();
}

START_TEST(with_their_taints)
{
	set_up();
	expect("lab (OE), old (P) 3 times");
	fake_open(NULL); /* a kernel that counts none */
	expect("");
}
END_TEST

START_TEST(what_loops_and_lies)
{
	set_up();
	fake_u64(GONE(1), GONE(0));
	fake_u64(GONE(0) + 8, GONE(1));
	_str_ struct str text = {0};
	unloaded_put_tainted(&kernel, &text); /* has an end */
	fake_close();
	set_up();
	put_module(0, "\x1b[2J", 1, 1);
	expect("old (P) 3 times");
	set_up();
	put_module(1, "old", UINT64_MAX, UINT64_MAX);
	expect("lab (OE), old (PCOEKXN) 18446744073709551615 times");
	set_up();
	fake_u64(HEAD, 0x4141414141414141);
	expect("");
}
END_TEST

UNIT_MAIN("unloaded", with_their_taints, what_loops_and_lies)
