/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pages that others wait for: locked by a task, being read, written back; and waiters that lie. */
#include "fake_locks.h"

/*
 * struct wait_page_queue { folio, bit_nr, struct wait_queue_entry { flags, private, func } wait };
 * struct page { flags, mapping, index }
 */
enum { Q_PAGE = 0, Q_BIT = 8, Q_TASK = 24, Q_FUNC = 32, P_FLAGS = 0, P_MAPPING = 8 };
enum { LOCKED = 1, UP_TO_DATE = 4, WRITEBACK_BIT = 3 };

#define CODE 0xffffffff81000100ull
#define PAGE(i) (FAKE_BASE + 0xe000 + 0x40 * (uint64_t)(i))

struct err *memory_read_string(struct memory *memory, uint64_t va, char *buf, size_t size)
{
	return memory_read(memory, va, buf, size);
}

#define B_ENUM 6u

static void put_flags(struct btf_build *b)
{
	static const char *const names[] = {"PG_locked", "PG_error", "PG_uptodate", "PG_writeback"};

	b_head(b, "pageflags", B_ENUM << 24 | ARRAY_SIZE(names), 4);
	for (uint32_t i = 0; i < ARRAY_SIZE(names); i++) {
		b_u32(b, b_string(b, names[i]));
		b_u32(b, i);
	}
}

static void page_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	static const char *const entry[] = {"flags", "private", "func"}, *const page[] = {"flags",
											  "mapping",
											  "index"};
	uint32_t wait = fake_longs(b, "wait_queue_entry", l, entry, 3);

	b_record(b, B_STRUCT, "wait_page_queue", 40, 3, "folio", l, 0, "bit_nr", i, Q_BIT * 8,
		 "wait", wait, 128);
	fake_longs(b, "page", l, page, 3);
	put_flags(b);
}

/* Tasks 1, 2 and 3 wait for a bit of page 0; task 4 sleeps elsewhere. */
static void set_up(unsigned bit, uint64_t flags)
{
	put_tasks(page_types);
	fake_region(PAGE(0), PAGE(8), VA_VMEMMAP);
	fake_u64(PAGE(0), flags);
	for (int pid = 1; pid <= 3; pid++) {
		fake_u64(WAITER(pid) + Q_PAGE, PAGE(0));
		fake_u32(WAITER(pid) + Q_BIT, bit);
		fake_u64(WAITER(pid) + Q_TASK, TASK(pid));
		fake_u64(WAITER(pid) + Q_FUNC, CODE);
	}
	fake_symbol("wake_page_function", CODE);
	fake_symbol("something_else", CODE + 0x100);
	open_tasks();
	for (int pid = 1; pid <= 3; pid++) {
		put_asleep(pid, WAIT_PAGE, MODE_EXCLUSIVE)->what = "page I/O";
		((struct task *)tasks_by_pid(kernel.tasks, pid))->blocked_ns = (uint64_t)pid * 1000;
	}
	put_asleep(4, WAIT_NONE, MODE_UNKNOWN);
}

static void tear_down(void)
{
	close_tasks();
	free(kernel.page_flags);
	kernel.page_flags = NULL;
}

static void expect(const char *waiters, const char *holders, double confidence)
{
	ck_assert(run_again(&page_lock_analyzer));
	ck_assert_uint_eq(facts.locks.count, 1);
	ck_assert_str_eq(waiters_of(lock_at(PAGE(0))), waiters);
	ck_assert_str_eq(holders_of(lock_at(PAGE(0))), holders);
	ck_assert(lock_at(PAGE(0))->confidence == confidence);
	tear_down();
}

static void expect_none(void)
{
	ck_assert(run_again(&page_lock_analyzer));
	ck_assert_uint_eq(facts.locks.count, 0);
	tear_down();
}

START_TEST(a_page_that_somebody_keeps)
{
	set_up(0, LOCKED | UP_TO_DATE);
	expect("3e 2e 1e", "?e", 0.5);
	set_up(0, LOCKED | UP_TO_DATE);
	fake_u64(STACK(4) + 0x3d00, PAGE(0)); /* task 4 has it in hand */
	expect("3e 2e 1e", "4e", 0.65);
	/* Also where what is in it is not there yet. */
	set_up(0, LOCKED);
	fake_u64(STACK(4) + 0x3d00, PAGE(0));
	expect("3e 2e 1e", "4e", 0.65);
	/* But not who waits until it is written. */
	static struct call fsync = {.function = "__filemap_fdatawait_range",
				    .sp = STACK(4) + 0x3c00};
	set_up(0, LOCKED | UP_TO_DATE);
	fake_u64(STACK(4) + 0x3d00, PAGE(0));
	fake_sleepers_list[3].calls = &fsync;
	fake_sleepers_list[3].call_count = 1;
	expect("3e 2e 1e", "?e", 0.5);
}
END_TEST

START_TEST(other_waits_for_pages)
{
	set_up(0, LOCKED); /* it is being read: the device ends that */
	ck_assert(run_again(&page_lock_analyzer));
	ck_assert_uint_eq(facts.locks.count, 0);
	ck_assert_str_eq(fake_sleepers_list[0].what, "page read");
	tear_down();
	set_up(WRITEBACK_BIT, LOCKED | UP_TO_DATE);
	ck_assert(run_again(&page_lock_analyzer));
	ck_assert_uint_eq(facts.locks.count, 0);
	ck_assert_str_eq(fake_sleepers_list[0].what, "page writeback");
	tear_down();
	set_up(0, UP_TO_DATE); /* it has just been given back */
	expect_none();
}
END_TEST

START_TEST(waiters_that_lie)
{
	set_up(0, LOCKED | UP_TO_DATE);
	for (int pid = 1; pid <= 3; pid++)
		fake_u64(WAITER(pid) + Q_PAGE, LOCK); /* no page */
	expect_none();
	set_up(0, LOCKED | UP_TO_DATE);
	for (int pid = 1; pid <= 3; pid++)
		fake_u64(WAITER(pid) + Q_TASK, TASK(5));
	expect_none();
	set_up(0, LOCKED | UP_TO_DATE);
	for (int pid = 1; pid <= 3; pid++)
		fake_u64(WAITER(pid) + Q_FUNC, CODE + 0x100); /* registers that somebody saved */
	expect_none();
	set_up(0xffffffff, ~0ull);
	expect_none();
	set_up(200, ~0ull);
	expect_none();
}
END_TEST

UNIT_MAIN("page_lock", a_page_that_somebody_keeps, other_waits_for_pages, waiters_that_lie)
