/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the built-in rules say of findings that could be read in several ways. */
#include "rule_fixture.h"

static void add_crash(struct fixture *f, const char *kind, const char *instruction)
{
	add(f, "crash", 1,
	    json_pack("{s:s, s:i, s:{s:s}, s:{s:s}}", "kind", kind, "cpu", 3, "rip", "symbol",
		      "victim", "instruction", "text", instruction));
}

static void add_text(struct fixture *f, const char *against, const char *class, const char *symbol)
{
	add(f, "memory.text", 1,
	    json_pack("{s:s, s:s, s:s}", "against", against, "class", class, "symbol", symbol));
}

/* What code that was compared says of a crash, against what the crash alone would be called. */
START_TEST(code_that_was_compared)
{
	static const struct {
		const char *kind, *instruction, *against, *class, *symbol, *rule, *cause;
	} cases[] = {
		{"null_dereference", "mov (%rax),%rax", "vmlinux", "bit_flip", "victim",
		 "text_bit_flip", "hardware"},
		{"invalid_opcode", "ud2", "module", "bit_flip", "victim", "text_bit_flip",
		 "hardware"},
		{"invalid_opcode", "ud2", "module", "overwritten", "victim", "text_overwritten",
		 "memory_corruption"},
		{"null_dereference", "mov (%rax),%rax", "log", "bit_flip", "victim",
		 "null_dereference", "null_dereference"},
		{"invalid_opcode", "ud2", "module", "same", "victim", "invalid_opcode", "unknown"},
		{"invalid_opcode", "vaddps %ymm0,%ymm1,%ymm2", "vmlinux", "same", "victim",
		 "invalid_opcode", "unknown"},
		{"invalid_opcode", "mov %rax,%cr4", "vmlinux", "same", "victim", "invalid_opcode",
		 "unknown"},
		{"invalid_opcode", "mov (%rax),%rax", "vmlinux", "same", "victim", "text_misread",
		 "hardware"},
		{"invalid_opcode", "ret", "log", "same", "victim", "text_misread", "hardware"},
		{"invalid_opcode", "ret", "log", "same", "other", "invalid_opcode", "unknown"},
		{"null_dereference", "mov (%rax),%rax", "vmlinux", "same", "victim",
		 "null_dereference", "null_dereference"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture f;

		set_up(&f);
		add_crash(&f, cases[i].kind, cases[i].instruction);
		add_text(&f, cases[i].against, cases[i].class, cases[i].symbol);
		judge(&f);
		ck_assert_msg(!strcmp(f.verdict.rule, cases[i].rule), "%s, %s against %s: rule %s",
			      cases[i].instruction, cases[i].class, cases[i].against,
			      f.verdict.rule);
		ck_assert_str_eq(f.verdict.cause, cases[i].cause);
		tear_down(&f);
	}
}
END_TEST

/* A machine that waits for I/O is hung only when somebody has waited long, or the watchdog says so. */
START_TEST(waiting_for_io_is_no_hang_by_itself)
{
	static const struct {
		const char *kind;
		double blocked_s;
		const char *rule, *cause;
	} cases[] = {
		{"sysrq", 0.02, "sysrq", "requested"},
		{"sysrq", 20, "wait_without_holder", "hang"},
		{"hung_task", 6, "wait_without_holder", "hang"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture f;

		set_up(&f);
		add(&f, "crash", 1, json_pack("{s:s}", "kind", cases[i].kind));
		add(&f, "waits", 0.7,
		    json_pack("{s:[], s:[{s:b, s:b, s:i}], s:{s:i}, s:{s:f}}", "cycles", "roots",
			      "io", 1, "holder_known", 0, "victims", 3, "io", "tasks", 3, "longest",
			      "blocked_s", cases[i].blocked_s));
		judge(&f);
		ck_assert_str_eq(f.verdict.rule, cases[i].rule);
		ck_assert_str_eq(f.verdict.cause, cases[i].cause);
		tear_down(&f);
	}
}
END_TEST

/* Where no lock is at hand, the function most blocked tasks sleep in is the news. */
START_TEST(a_hung_task_names_where_it_sleeps)
{
	struct fixture f;

	set_up(&f);
	add(&f, "crash", 1,
	    json_pack("{s:s, s:s}", "kind", "hung_task", "message",
		      "Kernel panic - not syncing: hung_task: blocked tasks"));
	add(&f, "lock.other", 0.5,
	    json_pack("{s:s, s:s, s:b, s:[{}]}", "kind", "other", "name", "lock_blkgrp_sync()",
		      "unnamed", 1, "waiters"));
	judge(&f);
	ck_assert_str_eq(f.verdict.rule, "hung_task");
	ck_assert_ptr_nonnull(strstr(f.verdict.headline, "hung_task: blocked tasks; "));
	tear_down(&f);
}
END_TEST

/* Whether a queue moves: its root's state, and how long somebody has waited at most (-1 unknown). */
static void expect_queue(const char *kind, const char *root_state, double longest, const char *rule,
			 double confidence, const char *next)
{
	struct fixture f;

	set_up(&f);
	add(&f, "crash", 1, json_pack("{s:s, s:s}", "kind", kind, "message", "died"));
	json_t *waits = json_pack("{s:[], s:[{s:{s:s, s:i}, s:b, s:i, s:s}], s:i}", "cycles",
				  "roots", "task", "state", root_state, "pid", 5, "holder_known", 1,
				  "victims", 3, "doing", "asleep", "edge_count", 3);
	if (longest >= 0)
		json_object_set_new(waits, "longest", json_pack("{s:f}", "blocked_s", longest));
	add(&f, "waits", 1, waits);
	judge(&f);
	ck_assert_str_eq(f.verdict.rule, rule);
	ck_assert_double_eq_tol(f.verdict.confidence, confidence, 1e-9);
	ck_assert_str_eq(json_string_value(json_object_get(
				 json_array_get(f.verdict.alternatives, 0), "rule")),
			 next);
	tear_down(&f);
}

START_TEST(a_queue_that_moves_is_no_hang)
{
	expect_queue("sysrq", "R", 0.4, "sysrq", 0.98, "unknown");
	expect_queue("sysrq", "R", 125, "lock_root", 0.85, "sysrq");
	expect_queue("sysrq", "D", 0.4, "lock_root", 0.85, "sysrq");
	/* Not known how long: neither is sure. */
	expect_queue("sysrq", "R", -1, "sysrq", 0.49, "lock_root");
	expect_queue("sysrq", "D", -1, "lock_root", 0.85, "sysrq");
	/* Somebody has timed it. */
	expect_queue("hung_task", "R", 5, "lock_root", 0.85, "unknown");
}
END_TEST

static void add_report(struct fixture *f, const char *kind, const char *outcome, int pid)
{
	add(f, "log.report", 1,
	    json_pack("{s:s, s:s, s:i, s:s, s:i, s:s, s:{s:s, s:i}}", "kind", kind, "outcome",
		      outcome, "first_line", 7, "message", "BUG: it broke", "pid", pid, "comm",
		      "victim", "rip", "symbol", "broken_function", "offset", 16));
}

/* Who asks for a dump is no cause while the log has one. */
START_TEST(a_sick_machine_dumped_on_request)
{
	static const struct {
		const char *kind, *outcome, *rule, *cause;
	} cases[] = {
		{"null_dereference", "oops", "earlier_oops", "null_dereference"},
		{"bad_page", "broken", "earlier_oops", "memory_corruption"},
		{"soft_lockup", "stuck", "earlier_oops", "lockup"},
		{"hung_task", "stuck", "sysrq", "requested"},
		{"warn", "note", "sysrq", "requested"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture f;

		set_up(&f);
		add(&f, "crash", 1, json_pack("{s:s}", "kind", "sysrq"));
		add_report(&f, cases[i].kind, cases[i].outcome, 12);
		judge(&f);
		ck_assert_str_eq(f.verdict.rule, cases[i].rule);
		ck_assert_str_eq(f.verdict.cause, cases[i].cause);
		tear_down(&f);
	}
}
END_TEST

/* The oops and the lock that its task died with are one story; of another task they are two. */
START_TEST(a_task_that_died_with_a_lock)
{
	for (int same = 0; same < 2; same++) {
		struct fixture f;

		set_up(&f);
		add(&f, "crash", 1, json_pack("{s:s}", "kind", "sysrq"));
		add_report(&f, "null_dereference", "oops", 12);
		add(&f, "waits", 0.95,
		    json_pack("{s:[], s:[{s:{s:i, s:s}, s:b, s:b, s:i, s:s}]}", "cycles", "roots",
			      "task", "pid", same ? 12 : 13, "state", "X", "holder_known", 1,
			      "ended", 1, "victims", 3, "lock", "some_mutex"));
		judge(&f);
		ck_assert_str_eq(f.verdict.rule, same ? "died_holding_lock" : "earlier_oops");
		ck_assert_str_eq(f.verdict.cause, "null_dereference");
		if (same)
			ck_assert_ptr_nonnull(
				strstr(f.verdict.headline, ", holding some_mutex; 3 tasks wait"));
		tear_down(&f);
	}
}
END_TEST

/* What does not go on without a lock is the news of a dump that was asked for, when it is old. */
START_TEST(what_is_stuck_without_a_lock)
{
	static const struct {
		const char *code, *kind;
		double seconds;
		const char *rule;
	} cases[] = {
		{"stuck.cpu", "run_queue", 6, "cpu_hogged"},
		{"stuck.work", "work_queue", 12, "work_stuck"},
		{"stuck.work", "work_queue", 1, "sysrq"},
		{"stuck.io", "block_request", 31, "device_silent"},
		{"stuck.io", "block_request", 1.5, "sysrq"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture f;

		set_up(&f);
		add(&f, "crash", 1, json_pack("{s:s}", "kind", "sysrq"));
		add(&f, cases[i].code, 0.9,
		    json_pack("{s:s, s:f, s:b}", "kind", cases[i].kind, "seconds", cases[i].seconds,
			      "realtime", 1));
		judge(&f);
		ck_assert_str_eq(f.verdict.rule, cases[i].rule);
		tear_down(&f);
	}
}
END_TEST

/* The same rule advises on what is the case. */
START_TEST(advice_fits_the_case)
{
	static const struct {
		const char *brief;
		int cycles, ended;
		const char *rule, *step;
	} cases[] = {
		{"self-deadlock: a/1 reads b again", 1, 0, "deadlock",
		 "that it has for read already"},
		{"deadlock of 1 task over b: a/1", 1, 0, "deadlock", "that it holds already"},
		{"deadlock of 2 tasks over b, c: a/1, d/2", 1, 0, "deadlock", "The order in which"},
		{"b is held by a/1, which has ended", 0, 1, "lock_root",
		 "end with the lock in hand"},
		{"b: holder a/1 asleep", 0, 0, "lock_root", "at the root"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture f;
		json_t *evidence =
			json_pack("{s:s, s:[{s:{s:i, s:s}, s:b, s:b, s:i}]}", "brief",
				  cases[i].brief, "roots", "task", "pid", 12, "state", "D",
				  "holder_known", 1, "ended", cases[i].ended, "victims", 3);

		set_up(&f);
		json_object_set_new(evidence, "cycles",
				    cases[i].cycles ? json_pack("[[i]]", 12) : json_array());
		json_object_set_new(json_array_get(json_object_get(evidence, "roots"), 0), "doing",
				    json_string("asleep"));
		add(&f, "crash", 1, json_pack("{s:s}", "kind", "sysrq"));
		add(&f, "waits", 0.95, evidence);
		judge(&f);
		ck_assert_str_eq(f.verdict.rule, cases[i].rule);
		ck_assert_str_eq(f.verdict.headline, cases[i].brief);
		ck_assert_ptr_nonnull(strstr(text_in(f.verdict.next_steps, 0), cases[i].step));
		tear_down(&f);
	}
}
END_TEST

/* Whom to look at is the caller of a helper that only noticed, where there is one. */
START_TEST(advice_names_the_function)
{
	static const struct {
		const char *kind, *caller, *step;
	} cases[] = {
		{"soft_lockup", NULL, "Look at helper(): a loop without"},
		{"soft_lockup", "spins", "Look at spins() [lab]: a loop without"},
		{"null_dereference", "spins", "Look at spins() [lab]: which pointer"},
		{"divide_error", NULL, "the divisor in helper(): which"},
		{"stack_protector", "spins", "on the stack of spins() [lab], and"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture f;
		json_t *evidence = json_pack("{s:s, s:{s:s, s:i}}", "kind", cases[i].kind, "rip",
					     "symbol", "helper", "offset", 4);

		set_up(&f);
		if (cases[i].caller)
			json_object_set_new(evidence, "culprit",
					    json_pack("{s:s, s:i, s:s}", "symbol", cases[i].caller,
						      "offset", 8, "module", "lab"));
		add(&f, "crash", 1, evidence);
		judge(&f);
		ck_assert_str_eq(f.verdict.rule, cases[i].kind);
		ck_assert_ptr_nonnull(strstr(text_in(f.verdict.next_steps, 0), cases[i].step));
		tear_down(&f);
	}
}
END_TEST

START_TEST(a_frozen_file_system_is_no_device_that_fails)
{
	struct fixture f;

	set_up(&f);
	add(&f, "crash", 1, json_pack("{s:s}", "kind", "sysrq"));
	add(&f, "waits", 0.95,
	    json_pack("{s:[], s:[{s:{s:i}, s:b, s:i}]}", "cycles", "roots", "task", "pid", 12,
		      "holder_known", 0, "victims", 3));
	add(&f, "lock.percpu_rwsem", 1,
	    json_pack("{s:s, s:[]}", "state", "xfs on dm-2 is frozen (fsfreeze)", "waiters"));
	judge(&f);
	ck_assert_str_eq(f.verdict.rule, "frozen");
	ck_assert_ptr_nonnull(strstr(text_in(f.verdict.next_steps, 0), "fsfreeze --unfreeze"));
	tear_down(&f);
}
END_TEST

UNIT_MAIN("built_in_rules", code_that_was_compared, waiting_for_io_is_no_hang_by_itself,
	  a_hung_task_names_where_it_sleeps, a_queue_that_moves_is_no_hang,
	  a_sick_machine_dumped_on_request, a_task_that_died_with_a_lock,
	  what_is_stuck_without_a_lock, advice_fits_the_case, advice_names_the_function,
	  a_frozen_file_system_is_no_device_that_fails)
