/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzed_log.h"

#define STUCK_AT(place)                                                                            \
	"[   41.000000] watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [labd:2001]\n"           \
	"[   41.000001] CPU: 1 PID: 2001 Comm: labd Not tainted 5.10.0 #1\n"                       \
	"[   41.000002] RIP: 0010:" place "+0x282/0x2e0\n"                                         \
	"[   41.000003] Call Trace:\n"
#define STUCK STUCK_AT("smp_call_function_many_cond") "[   41.000004]  flush_tlb+0x30/0x60\n"
#define SENT "[   41.000010] Sending NMI from CPU 1 to CPUs 0,2-3:\n"
#define IDLE(cpu)                                                                                  \
	"[   41.000011] NMI backtrace for cpu " cpu                                                \
	" skipped: idling at native_safe_halt+0xe/0x20\n"
#define RUNS(cpu, pid, place)                                                                      \
	"[   41.000012] NMI backtrace for cpu " cpu "\n"                                           \
	"[   41.000013] CPU: " cpu " PID: " pid " Comm: labdma Not tainted 5.10.0 #1\n"            \
	"[   41.000014] RIP: 0010:" place "+0x21/0x40 [labmod]\n"                                  \
	"[   41.000015] Call Trace:\n"                                                             \
	"[   41.000016]  lab_caller+0x55/0x80 [labmod]\n"

static void assert_nobody(const char *text)
{
	struct analyzed_log log;

	analyze_log(text, &log_silent_cpu_analyzer, &log);
	ck_assert_uint_eq(log.kept.count, 0);
	analyzed_log_deinit(&log);
}

/* Of three others the one that neither idles nor waits. */
START_TEST(the_only_one_that_runs_is_silent)
{
	struct analyzed_log log;

	analyze_log(STUCK SENT IDLE("0") RUNS("3", "1888", "labdma_wait_idle")
			    RUNS("2", "1889", "flush_tlb_others_ipi"),
		    &log_silent_cpu_analyzer, &log);
	ck_assert_uint_eq(log.kept.count, 1);
	const struct finding *finding = kept_finding(&log.kept, FINDING_SILENT_CPU);

	ck_assert_ptr_nonnull(finding);
	ck_assert_str_eq(finding->headline,
			 "CPU 3 does not answer: labdma_wait_idle+0x21 [labmod], labdma/1888, runs "
			 "there; CPU 1 waits for it in smp_call_function_many_cond");
	ck_assert_double_lt(finding->confidence, 0.9);
	const json_t *waiter = json_object_get(finding->evidence, "waiter");

	ck_assert_int_eq(json_integer_value(json_object_get(finding->evidence, "cpu")), 3);
	ck_assert_int_eq(json_integer_value(json_object_get(waiter, "cpu")), 1);
	ck_assert_ptr_nonnull(
		strstr(json_string_value(json_object_get(finding->evidence, "why")), "2 idle"));
	analyzed_log_deinit(&log);
}
END_TEST

/* A helper stands above the function that waits. */
START_TEST(the_call_may_stand_below_a_helper)
{
	struct analyzed_log log;

	analyze_log(STUCK_AT("cpu_relax_lab") "[   41.000004]  csd_lock_wait+0x30/0x60\n" SENT RUNS(
			    "3", "1888", "labdma_wait_idle"),
		    &log_silent_cpu_analyzer, &log);
	ck_assert_uint_eq(log.kept.count, 1);
	ck_assert_ptr_nonnull(strstr(log.kept.list[0].headline, "waits for it in csd_lock_wait"));
	analyzed_log_deinit(&log);
}
END_TEST

START_TEST(of_two_that_run_neither_is_named)
{
	assert_nobody(STUCK SENT IDLE("0") RUNS("3", "1888", "labdma_wait_idle")
			      RUNS("2", "1889", "lab_other"));
}
END_TEST

START_TEST(nobody_is_named_where_all_idle_or_wait)
{
	assert_nobody(STUCK SENT IDLE("0") IDLE("2") RUNS("3", "1889", "smp_call_function_single"));
	assert_nobody(STUCK);
}
END_TEST

/* One that is stuck in its own code waits for nobody; an oops is no lockup. */
START_TEST(who_does_not_wait_for_an_answer_names_nobody)
{
	assert_nobody(STUCK_AT("lab_loops") "[   41.000004]  lab_thread+0x30/0x60\n" SENT RUNS(
		"3", "1888", "labdma_wait_idle"));
	assert_nobody("[   41.000000] BUG: kernel NULL pointer dereference, address: "
		      "0000000000000000\n"
		      "[   41.000001] CPU: 1 PID: 5 Comm: a Not tainted 5.10.0 #1\n"
		      "[   41.000002] RIP: 0010:smp_call_function_many_cond+0x282/0x2e0\n"
		      "[   41.000003] Call Trace:\n"
		      "[   41.000004]  flush_tlb+0x30/0x60\n"
		      "[   41.000005] ---[ end trace 0000000000000000 ]---\n" SENT RUNS(
			      "3", "1888", "labdma_wait_idle"));
}
END_TEST

/* Memory says it better. */
START_TEST(a_dump_is_left_to_those_who_read_memory)
{
	struct analyzed_log log;

	analyze_log("", &log_silent_cpu_analyzer, &log);
	analyzed_log_deinit(&log);
	analyze_log(STUCK SENT RUNS("3", "1888", "labdma_wait_idle"), &log_silent_cpu_analyzer,
		    &log);
	ck_assert_uint_eq(log.kept.count, 1);
	log.kernel.steps |= STEP_TASKS | STEP_STACKS;
	assert_ok(log_silent_cpu_analyzer.run(&log.analysis));
	ck_assert_uint_eq(log.kept.count, 1);
	analyzed_log_deinit(&log);
}
END_TEST

UNIT_MAIN("cpus/log_silent_cpu", the_only_one_that_runs_is_silent,
	  the_call_may_stand_below_a_helper, of_two_that_run_neither_is_named,
	  nobody_is_named_where_all_idle_or_wait, who_does_not_wait_for_an_answer_names_nobody,
	  a_dump_is_left_to_those_who_read_memory)
