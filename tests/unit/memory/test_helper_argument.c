/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a function on the stack was given: by a register it was put aside in, as far as those it called kept it. */
#include "memory/helper_argument.h"
#include "unit.h"

#include "fake_code.h"

#define KEPT (FAKE_BASE + 0x4000)

static const char *const up = "up";
static struct helper_call call;

/* caller() calls the function of this name, which puts what it is given into RBX and calls down(), which faults. */
static void build(const char *name, const char *down)
{
	setup();
	add_frame(put_function(0, "down", down, RAX_RDX), 0);
	put_function(1, name, "48 89 fb e8 f8 fe ff ff", "c3");
	put_function(2, "caller", "e8 fb fe ff ff", "c3");
	add_frame(FUNCTION(1) + 8, STACK);
	add_frame(FUNCTION(2) + 5, STACK + 0x20);
	set(REG_RBX, KEPT);
}

static bool is_known(const char *name, const char *down)
{
	build(name, down);
	bool known = helper_argument_find(&crash, &up, 1, &call) && call.known[0];
	teardown();
	return known;
}

START_TEST(put_aside_and_kept)
{
	ck_assert(is_known("up", "90"));
	ck_assert_uint_eq(call.value[0], KEPT);
	ck_assert(!call.known[1]);
}
END_TEST

START_TEST(not_kept)
{
	ck_assert(!is_known("up", "31 db")); /* xor %ebx,%ebx: and not saved before */
}
END_TEST

/* What is left of its arguments is in other registers. */
START_TEST(a_copy_with_fewer_arguments)
{
	ck_assert(!is_known("up.isra.0", "90"));
	ck_assert(!is_known("up.constprop.0", "90"));
	ck_assert(is_known("up.cold", "90"));
}
END_TEST

UNIT_MAIN("helper_argument", put_aside_and_kept, not_kept, a_copy_with_fewer_arguments)
