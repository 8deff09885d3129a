/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the report of a stack's guard page to what met it; addresses that lie lead nowhere. */
#include "fake_kernel.h"
#include "kernel/unwind/unwind_guard.h"

#define TEXT (FAKE_BASE + 0x1000)
#define REPORTER (TEXT + 0x100)
#define COPIER (TEXT + 0x200)
#define OTHER_STACK (FAKE_BASE + 0x4000) /* where it is reported */
#define SAVED (FAKE_BASE + 0x8000)	 /* struct pt_regs of fake_regs_types() */
enum { S_RIP = 128, S_CS = 136, S_RSP = 152, S_SIZE = 168 };

static struct unwind_state state;
static struct unwind_step step;

static void set_up(void)
{
	fake_open(NULL);
	fake_symbol("_stext", TEXT);
	fake_symbol("handle_stack_overflow", REPORTER);
	fake_symbol("memcpy_erms", COPIER);
	fake_symbol("_etext", TEXT + 0x400);
	fake_u64(SAVED + S_RIP, COPIER + 6);
	fake_u64(SAVED + S_CS, 0x10);
	fake_u64(SAVED + S_RSP, SAVED + S_SIZE + 8);
	fake_u64(OTHER_STACK - 0x40, SAVED); /* saved by one that was called */
	state = (struct unwind_state){.kernel = &kernel};
	regs_set(&state.regs, REG_RIP, REPORTER + 0x3e);
	regs_set(&state.regs, REG_RSP, OTHER_STACK);
}

START_TEST(the_stack_that_met_it_is_found)
{
	set_up();
	ck_assert(unwind_guard_step(&state, &step));
	ck_assert(step.exact);
	ck_assert_uint_eq(step.pt_regs, SAVED);
	ck_assert_uint_eq(step.regs.value[REG_RIP], COPIER + 6);
	ck_assert_uint_eq(step.regs.value[REG_RSP], SAVED + S_SIZE + 8);
	fake_close();
}
END_TEST

START_TEST(what_does_not_fit_is_not_believed)
{
	set_up();
	regs_set(&state.regs, REG_RIP, COPIER + 6); /* another function */
	ck_assert(!unwind_guard_step(&state, &step));
	regs_set(&state.regs, REG_RIP, REPORTER + 0x3e);
	fake_u64(SAVED + S_CS, 0x33); /* user space's */
	ck_assert(!unwind_guard_step(&state, &step));
	fake_u64(SAVED + S_CS, 0x10);
	fake_u64(SAVED + S_RIP, 0x4141414141414141);
	ck_assert(!unwind_guard_step(&state, &step));
	fake_u64(SAVED + S_RIP, COPIER + 6);
	fake_u64(SAVED + S_RSP, SAVED - 0x1000); /* elsewhere */
	ck_assert(!unwind_guard_step(&state, &step));
	fake_u64(OTHER_STACK - 0x40, UINT64_MAX - 7);
	ck_assert(!unwind_guard_step(&state, &step));
	regs_set(&state.regs, REG_RSP, 8);
	ck_assert(!unwind_guard_step(&state, &step));
	fake_close();
}
END_TEST

UNIT_MAIN("unwind_guard", the_stack_that_met_it_is_found, what_does_not_fit_is_not_believed)
