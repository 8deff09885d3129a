/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a CPU stands whose registers nobody saved. */
#include "kernel/unwind/unwind_stopped.h"

#include "kernel/unwind/fake_stack.h"

static struct task running(void)
{
	return (struct task){.address = TASK, .stack = STACK, .stack_size = 0x4000, .on_cpu = 0};
}

static bool find(const struct task *task, struct unwind_state *state)
{
	bool found;

	assert_ok(unwind_stopped_find(&kernel, task, state, &found));
	return found;
}

/* What panic() called left its address; below it the stack ends where a task begins. */
START_TEST(a_call_out_of_panic_tells_where_it_is)
{
	struct task task = running();
	struct unwind_state state;

	open_orc();
	put_call(AT(FRAMED, 0x20), AT(INNER, 0));
	fake_u64(STACK + 0x3000, AT(FRAMED, 0x20));
	fake_u64(STACK + 0x3008, 0);
	fake_u64(STACK + 0x3010, AT(FORK, 0x7c));
	ck_assert(find(&task, &state));
	ck_assert_uint_eq(state.regs.value[REG_RIP], AT(FRAMED, 0x20));
	ck_assert_uint_eq(state.regs.value[REG_RSP], STACK + 0x3008);
	close_all();
}
END_TEST

/* Full of such addresses, none of which leads anywhere: it ends, and nothing is believed. */
START_TEST(a_stack_full_of_them_ends)
{
	struct task task = running();
	struct unwind_state state;

	open_orc();
	put_call(AT(FRAMED, 0x20), AT(INNER, 0));
	for (uint64_t at = STACK; at < STACK + 0x4000; at += 8)
		fake_u64(at, at % 16 ? AT(FRAMED, 0x20) : STACK);
	find(&task, &state);
	/* One that no call leads to, and data that only looks like it. */
	for (uint64_t at = STACK; at < STACK + 0x4000; at += 8)
		fake_u64(at, AT(FRAMED, 0x33));
	ck_assert(!find(&task, &state));
	close_all();
}
END_TEST

START_TEST(absurd_tasks_have_no_place)
{
	static const struct {
		uint64_t stack, size;
		int32_t cpu;
	} absurd[] = {
		{0, 0, -1},
		{UINT64_MAX - 7, 0x4000, 0}, /* around the end of the address space */
		{STACK + 3, UINT64_MAX, INT32_MAX},
		{0x1000, 0x4000, INT32_MIN},
		{FAKE_BASE - 0x4000, 0x4000, 0}, /* not there */
	};
	struct unwind_state state;

	open_orc();
	for (size_t i = 0; i < ARRAY_SIZE(absurd); i++) {
		struct task task = {.stack = absurd[i].stack,
				    .stack_size = absurd[i].size,
				    .on_cpu = absurd[i].cpu};

		ck_assert(!find(&task, &state));
	}
	close_all();
}
END_TEST

UNIT_MAIN("unwind_stopped", a_call_out_of_panic_tells_where_it_is, a_stack_full_of_them_ends,
	  absurd_tasks_have_no_place)
