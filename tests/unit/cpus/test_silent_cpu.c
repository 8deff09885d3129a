/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A CPU that a timer keeps in the timers' interrupt: the timer's function is what it runs. */
#include "cpus/silent_cpu.h"
#include "fake_kernel.h"
#include "kernel/insn/disasm.h"
#include "kernel/tasks/percpu.h"

#define OFFSETS (FAKE_BASE + 0x100)
#define COUNT (FAKE_BASE + 0x80)
#define AREA (FAKE_BASE + 0x1000)
#define BASES (AREA + 0x200)
#define TIMER (FAKE_BASE + 0x3000)
#define DELETE (FAKE_BASE + 0x8000)
#define HANDLER (FAKE_BASE + 0x8100)
#define STORM (FAKE_BASE + 0x8200)
#define END (FAKE_BASE + 0x8300)

static const struct task task = {.address = FAKE_BASE + 0x9000};
static struct frame frames[2];
static struct cpu_state state;
static const struct cpu_states states = {.list = &state, .count = 1};

static void put_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	uint32_t clock = b_record(b, B_STRUCT, "hrtimer_clock_base", 16, 1, "running", l, 64);

	(void)i;
	b_record(b, B_STRUCT, "hrtimer_cpu_base", 8 + 8 * 16, 1, "clock_base", b_array(b, clock, 8),
		 64);
	b_record(b, B_STRUCT, "hrtimer", 16, 1, "function", l, 64);
}

#define RAISED (AREA + 0x300)
#define WORK (FAKE_BASE + 0x3100)
#define QUEUE (FAKE_BASE + 0x8400)
#define AGAIN (FAKE_BASE + 0x8500)

/* Stopped where the handler takes a timer off its tree. */
static void set_up(void)
{
	fake_open(put_types);
	fake_symbol("__per_cpu_offset", OFFSETS);
	fake_symbol("nr_cpu_ids", COUNT);
	fake_symbol("hrtimer_bases", 0x200);
	fake_symbol("timerqueue_del", DELETE);
	fake_symbol("hrtimer_interrupt", HANDLER);
	fake_symbol("storm", STORM);
	fake_symbol("end", END);
	fake_u32(COUNT, 1);
	fake_u64(OFFSETS, AREA);
	fake_u64(BASES + 8 + 3 * 16 + 8, TIMER); /* the fourth clock's */
	fake_u64(TIMER + 8, STORM);
	frames[0] = (struct frame){.address = DELETE + 8, .exact = true};
	frames[1] = (struct frame){.address = HANDLER + 8};
	state = (struct cpu_state){.task = &task,
				   .trace = {.frames = frames, .count = 2},
				   .interrupted = true,
				   .flags_known = true,
				   .interrupts_off = true,
				   .behind_s = 5};
	assert_ok(percpu_open(&kernel, &kernel.percpu));
}

static void tear_down(void)
{
	percpu_close(kernel.percpu);
	kernel.percpu = NULL;
	fake_close();
}

static void expect(const char *culprit)
{
	struct silent_cpu silent;

	ck_assert(silent_cpu_find(&kernel, &states, &state, false, &silent));
	ck_assert_str_eq(silent.culprit.symbol, culprit);
}

START_TEST(a_timer_that_is_due_again_at_once)
{
	set_up();
	expect("storm");
	frames[0].address = STORM + 8; /* in it, where it says itself what it calls */
	expect("storm");
	frames[0].address = DELETE + 8;
	frames[1].address = END + 8; /* not the timers' interrupt */
	expect("timerqueue_del");
	tear_down();
}
END_TEST

START_TEST(what_is_no_timer_is_not_blamed)
{
	static const uint64_t words[] = {0, 1, 0x4141414141414141, UINT64_MAX, STORM + 4, END + 64};

	set_up();
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		fake_u64(TIMER + 8, words[i]);
		expect("timerqueue_del");
		fake_u64(TIMER + 8, STORM);
		fake_u64(BASES + 8 + 3 * 16 + 8, words[i]);
		expect("timerqueue_del");
		fake_u64(BASES + 8 + 3 * 16 + 8, TIMER);
	}
	frames[1].kind = FRAME_IRQ; /* of whom it came upon */
	expect("timerqueue_del");
	tear_down();
}
END_TEST

static bool is_interrupted(double behind_s, bool off, uint64_t timer)
{
	struct silent_cpu silent;

	fake_u64(BASES + 8 + 3 * 16 + 8, timer);
	state.behind_s = behind_s;
	state.interrupts_off = off;
	silent_cpu_find(&kernel, &states, &state, false, &silent);
	return silent.interrupted;
}

/* Interrupts are on, and yet no tick came: whoever is interrupted all the time is not who keeps the CPU. */
START_TEST(who_takes_interrupts_and_no_tick)
{
	set_up();
	ck_assert(is_interrupted(5, false, 0));
	ck_assert(!is_interrupted(1, false, 0));
	ck_assert(!is_interrupted(5, true, 0));
	ck_assert(!is_interrupted(5, false, TIMER)); /* it is known what keeps it */
	state.flags_known = false;
	ck_assert(!is_interrupted(5, false, 0));
	tear_down();
}
END_TEST

/* Work raised on a CPU that takes interrupts; again(): call irq_work_queue. The function stands so many bytes on. */
static void raise_work(unsigned behind)
{
	set_up();
	assert_ok(disasm_open(&kernel.disasm));
	fake_symbol("raised_list", 0x300);
	fake_symbol("irq_work_queue", QUEUE);
	fake_symbol("again", AGAIN);
	fake_symbol("end2", AGAIN + 16);
	fake_put(AGAIN, "\xe8", 1);
	fake_u32(AGAIN + 1, (uint32_t)(QUEUE - (AGAIN + 5)));
	fake_put(AGAIN + 5, "\xc3", 1);
	fake_u64(RAISED, WORK);
	fake_u64(WORK, 0);
	fake_u64(WORK + 8, 0x25);
	fake_u64(WORK + behind, AGAIN);
	fake_u64(BASES + 8 + 3 * 16 + 8, 0);
	state.interrupts_off = false;
}

static bool is_raised(void)
{
	struct silent_cpu silent;

	return silent_cpu_find(&kernel, &states, &state, false, &silent) && silent.raised &&
	       !silent.interrupted && !strcmp(silent.culprit.symbol, "again");
}

static void lower(void)
{
	disasm_close(kernel.disasm);
	kernel.disasm = NULL;
	tear_down();
}

START_TEST(irq_work_that_raises_itself)
{
	for (unsigned behind = 8; behind <= 16; behind += 8) {
		raise_work(behind);
		ck_assert(is_raised());
		fake_u64(WORK, WORK); /* a list without end */
		ck_assert(is_raised());
		fake_put(AGAIN, "\x90\x90\x90\x90\x90", 5); /* it raises nothing */
		ck_assert(!is_raised());
		lower();
	}
}
END_TEST

/* With interrupts off, raised work waits as it should. */
START_TEST(irq_work_that_waits)
{
	static const uint64_t words[] = {0, 1, 0x4141414141414141, UINT64_MAX, AGAIN + 1, QUEUE};

	raise_work(16);
	state.interrupts_off = true;
	ck_assert(!is_raised());
	state.interrupts_off = false;
	state.flags_known = false;
	ck_assert(!is_raised());
	state.flags_known = true;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		fake_u64(WORK + 16, words[i]);
		ck_assert(!is_raised());
	}
	fake_u64(WORK + 16, AGAIN);
	fake_u64(RAISED, 0);
	ck_assert(!is_raised());
	lower();
}
END_TEST

UNIT_MAIN("silent_cpu", a_timer_that_is_due_again_at_once, what_is_no_timer_is_not_blamed,
	  who_takes_interrupts_and_no_tick, irq_work_that_raises_itself, irq_work_that_waits)
