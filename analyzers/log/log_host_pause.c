/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: a lockup of a virtual machine that its host did not run: the time that its watchdogs missed was
 *   the host's. Idle CPUs that "did not schedule", several CPUs that were stuck equally long, a clock source
 *   that ran ahead of another.
 * Needs: the log of a guest with a soft lockup or an RCU stall.
 * False positives: a guest whose CPUs all wait for one lock at once; so the place decides, or two signs.
 * Kernel commits: words of the clock watchdog: 390dd67c47c6 v4.1, c86ff8c55b8a v5.17.
 */
#include <math.h>
#include <string.h>

#include "analysis.h"
#include "base/str.h"
#include "kernel/printk/log.h"
#include "log/log_json.h"
#include "log/log_time.h"

#define AT_ONCE_S 2.0	/* CPUs run again at once */
#define AS_LONG_S 4.0	/* and were away for as long */
#define CLOCK_NEAR_S 30 /* the clock watchdog looks every half second, the lockup's every few */
#define CLOCK_LINES 400 /* between the report and the clock's line */

struct signs {
	bool idle;    /* the CPU that was stuck had nothing to do */
	size_t cpus;  /* were away equally long, that of the crash included */
	size_t clock; /* the clock watchdog's line */
	bool has_clock;
	const char *guest; /* what says that it is one */
};

/* Hypervisors by the names that their firmware gives to machines. */
static const char *const machines[] = {"QEMU",	     "KVM",
				       "VMware",     "Virtual Machine",
				       "VirtualBox", "Google Compute Engine",
				       "Amazon EC2", "OpenStack",
				       "Xen",	     "HVM domU",
				       "RHEV",	     "oVirt",
				       "Bochs"};

static const char *guest_by_name(const char *hardware)
{
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		if (strstr(hardware, machines[i]))
			return hardware;
	return NULL;
}

static bool is_idle(const struct report *report)
{
	static const char *const functions[] = {
		"native_safe_halt", "default_idle",	      "pv_native_safe_halt",
		"acpi_safe_halt",   "acpi_idle_do_entry",     "mwait_idle",
		"intel_idle",	    "xen_hypercall_sched_op", "cpuidle_enter_state",
		"poll_idle",	    "xen_safe_halt"};

	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		if (report->pid == 0 &&
		    !strncmp(report->rip.symbol, functions[i], strlen(functions[i])))
			return true;
	return false;
}

/* How many CPUs were found stuck at the same moment, for as long. */
static size_t count_cpus(const struct log *log, const struct reports *reports,
			 const struct report *crash)
{
	size_t count = 1;
	double gap;

	for (size_t i = 0; i < reports->count; i++) {
		const struct report *other = &reports->list[i];

		if (other->kind == crash->kind && other->cpu >= 0 && other->cpu != crash->cpu &&
		    log_time_between(log, crash->first, other->first, &gap) &&
		    fabs(gap) < AT_ONCE_S && fabs(other->seconds - crash->seconds) < AS_LONG_S)
			count++;
	}
	return count;
}

static bool find_clock(const struct log *log, const struct report *crash, size_t *line)
{
	static const char *const words[] = {"because the skew is too large",
					    "Clocksource tsc unstable", "Long readout interval"};
	size_t from = crash->first > CLOCK_LINES ? crash->first - CLOCK_LINES : 0;
	double gap;

	for (*line = from; *line < log->count && *line < crash->first + CLOCK_LINES; ++*line)
		for (size_t i = 0; i < ARRAY_SIZE(words); i++)
			if (strstr(log->lines[*line].text, words[i]) &&
			    log_time_between(log, crash->first, *line, &gap) &&
			    fabs(gap) < CLOCK_NEAR_S)
				return true;
	return false;
}

/* An idle CPU has nothing to be stuck in; the other signs may have other causes, so it takes two. */
static double confidence_of(const struct signs *signs)
{
	bool more = signs->cpus > 1 || signs->has_clock;

	if (signs->idle)
		return more ? 0.85 : 0.8;
	return signs->cpus > 1 && signs->has_clock ? 0.75 : more ? 0.4 : 0;
}

static void put_why(const struct signs *signs, const struct report *crash, struct str *out)
{
	str_puts(out, "this is a virtual machine (");
	str_escape(out, signs->guest, strlen(signs->guest));
	str_puts(out, ")");
	if (signs->idle)
		str_printf(out, "; CPU %d was idle, and has nothing to be stuck in", crash->cpu);
	if (signs->cpus > 1)
		str_printf(out, "; %zu CPUs were away at once and for as long", signs->cpus);
	if (signs->has_clock)
		str_puts(out, "; the clocks ran apart just then");
}

static void show(struct analysis *analysis, const struct report *crash, const struct signs *signs)
{
	_str_ struct str why = {0};
	json_t *json = json_object(), *one = json_object();

	put_why(signs, crash, &why);
	json_put(one, "seconds", json_real(crash->seconds));
	json_put(one, "cpus", json_integer((json_int_t)signs->cpus));
	json_put(one, "idle", json_boolean(signs->idle));
	json_put(one, "clock_line",
		 signs->has_clock ? json_integer((json_int_t)signs->clock + 1) : NULL);
	json_put(one, "why", json_string(why.data ? why.data : ""));
	json_put(json, "host_pause", one);
	finding_add(analysis->findings, FINDING_HOST_PAUSE, SEVERITY_WARNING, confidence_of(signs),
		    json, "the host did not run this guest for %.0f s", crash->seconds);
}

static struct err *run(struct analysis *analysis)
{
	const struct reports *reports = analysis->reports;
	const struct report *crash = reports ? reports_crash(reports) : NULL;
	struct signs signs = {0};

	if (!crash || crash->cpu < 0 || report_crash_kind(crash) != REPORT_SOFT_LOCKUP)
		return NULL;
	signs.guest = guest_by_name(crash->hardware);
	if (!signs.guest)
		return NULL;
	signs.idle = is_idle(crash);
	signs.cpus = count_cpus(analysis->kernel->log, reports, crash);
	signs.has_clock = find_clock(analysis->kernel->log, crash, &signs.clock);
	if (confidence_of(&signs) > 0)
		show(analysis, crash, &signs);
	return NULL;
}

const struct analyzer host_pause_analyzer = {
	.name = "host_pause",
	.needs = STEP_LOG,
	.run = run,
};
