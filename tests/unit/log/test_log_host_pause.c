/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyzed_log.h"

#define QEMU "QEMU Standard PC (Q35 + ICH9, 2009), BIOS 1.16.2-1 04/01/2014"
#define DESK "Example Inc. Desk 3000/0ABC, BIOS 1.2 01/02/2020"
#define STUCK(cpu, seconds, task)                                                                  \
	"[ 4100.000000] watchdog: BUG: soft lockup - CPU#" cpu " stuck for " seconds "s! [" task   \
	"]\n"
#define BODY(pid, machine, place)                                                                  \
	"[ 4100.000020] CPU: 1 PID: " pid " Comm: lab Not tainted 5.15.0 #1\n"                     \
	"[ 4100.000030] Hardware name: " machine "\n"                                              \
	"[ 4100.000040] RIP: 0010:" place "+0xb/0x10\n"                                            \
	"[ 4100.000080] Call Trace:\n"                                                             \
	"[ 4100.000090]  lab_caller+0xe/0x20\n"
#define SKEW(time)                                                                                 \
	"[ " time "] clocksource: timekeeping watchdog on CPU1: Marking clocksource 'tsc' as "     \
	"unstable because the skew is too large:\n"

/* What is found: its confidence, or 0 for nothing; why gets what it says, up to size. */
static double pause_of(const char *text, char *why, size_t size)
{
	struct analyzed_log log;
	double confidence = 0;

	analyze_log(text, &host_pause_analyzer, &log);
	const struct finding *finding = kept_finding(&log.kept, FINDING_HOST_PAUSE);

	ck_assert_uint_eq(log.kept.count, finding != NULL);
	if (finding) {
		const json_t *one = json_object_get(finding->evidence, "host_pause");

		confidence = finding->confidence;
		copy_string(why, size, json_string_value(json_object_get(one, "why")));
		ck_assert_str_eq(finding->headline, "the host did not run this guest for 68 s");
	}
	analyzed_log_deinit(&log);
	return confidence;
}

/* An idle CPU has nothing to be stuck in. */
START_TEST(an_idle_cpu_of_a_guest_is_enough)
{
	char why[400];
	const char *alone = STUCK("1", "68", "swapper/1:0") BODY("0", QEMU, "native_safe_halt");
	const char *two = STUCK("1", "68", "swapper/1:0") STUCK("0", "67", "swapper/0:0")
		BODY("0", QEMU, "native_safe_halt");

	ck_assert_double_eq_tol(pause_of(alone, why, sizeof(why)), 0.8, 0.001);
	ck_assert_ptr_nonnull(strstr(why, "CPU 1 was idle"));
	ck_assert_ptr_null(strstr(why, "CPUs were away"));
	ck_assert_double_eq_tol(pause_of(two, why, sizeof(why)), 0.85, 0.001);
	ck_assert_ptr_nonnull(strstr(why, "2 CPUs were away at once"));
}
END_TEST

/* A task at work may have been stuck by itself: one sign is a hint, two are more. */
START_TEST(a_busy_cpu_takes_two_signs)
{
	char why[400];
	const char *none = STUCK("1", "68", "lab:9") BODY("9", QEMU, "lab_works");
	const char *clock =
		STUCK("1", "68", "lab:9") BODY("9", QEMU, "lab_works") SKEW("4101.000000");
	const char *both = STUCK("1", "68", "lab:9") STUCK("0", "66", "lab:8")
		BODY("9", QEMU, "lab_works") SKEW("4101.000000");

	ck_assert_double_eq_tol(pause_of(none, why, sizeof(why)), 0, 0.001);
	ck_assert_double_eq_tol(pause_of(clock, why, sizeof(why)), 0.4, 0.001);
	ck_assert_ptr_nonnull(strstr(why, "the clocks ran apart"));
	ck_assert_ptr_null(strstr(why, "idle"));
	ck_assert_double_eq_tol(pause_of(both, why, sizeof(why)), 0.75, 0.001);
}
END_TEST

/* Another time, or stuck for another while: not the same pause. */
START_TEST(signs_of_another_moment_do_not_count)
{
	char why[400];
	const char *late =
		STUCK("1", "68", "lab:9") BODY("9", QEMU, "lab_works") SKEW("4200.000000");
	const char *shorter =
		STUCK("1", "68", "lab:9") STUCK("0", "22", "lab:8") BODY("9", QEMU, "lab_works");

	ck_assert_double_eq_tol(pause_of(late, why, sizeof(why)), 0, 0.001);
	ck_assert_double_eq_tol(pause_of(shorter, why, sizeof(why)), 0, 0.001);
}
END_TEST

/* No guest, no host; "swapper" in a driver's loop is not idle; no lockup. */
START_TEST(other_lockups_are_none)
{
	char why[400];

	ck_assert_double_eq_tol(pause_of(STUCK("1", "68", "swapper/1:0")
						 BODY("0", DESK, "native_safe_halt"),
					 why, sizeof(why)),
				0, 0.001);
	ck_assert_double_eq_tol(pause_of(STUCK("1", "68", "swapper/1:0")
						 BODY("0", QEMU, "lab_interrupt"),
					 why, sizeof(why)),
				0, 0.001);
	ck_assert_double_eq_tol(
		pause_of("[ 4100.000000] WARNING: CPU: 1 PID: 0 at a.c:1 f+0x1/0x2\n" BODY(
				 "0", QEMU, "native_safe_halt"),
			 why, sizeof(why)),
		0, 0.001);
	ck_assert_double_eq_tol(pause_of("", why, sizeof(why)), 0, 0.001);
}
END_TEST

UNIT_MAIN("log/log_host_pause", an_idle_cpu_of_a_guest_is_enough, a_busy_cpu_takes_two_signs,
	  signs_of_another_moment_do_not_count, other_lockups_are_none)
