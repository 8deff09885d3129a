/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: by the log alone, the CPU that another one waits for in an inter-processor call: of all
 *   whose backtraces the log shows the only one that runs the kernel's code and waits for nobody.
 * Needs: the log, a lockup in a function that waits for an answer, backtraces of the other CPUs.
 * False positives: a CPU that the log does not show; one that answered before its backtrace was taken.
 * Kernel commits: none; functions by kernel/locking/answer_functions.def.
 */
#include <inttypes.h>
#include <string.h>

#include "analysis.h"
#include "base/str.h"
#include "describe.h"
#include "kernel/locking/cpu_wait.h"
#include "kernel/tasks/task_label.h"
#include "log/log_json.h"
#include "log/report_shown.h"

#define TOP_FRAMES 4 /* of the lockup's stack: a helper may stand above the function that waits */
#define ALONE 0.8    /* nobody else can be it, of those that are shown */

/* The function in which the CPU of a report waits for another's answer, or NULL. */
static const char *waits_in(const struct report *report)
{
	const struct report_stack *stack = report_own_stack((struct report *)report);

	if (cpu_wait_in(report->rip.symbol) == CPU_WAIT_CPU)
		return report->rip.symbol;
	for (size_t i = 0; stack && i < MIN(stack->count, (size_t)TOP_FRAMES); i++)
		if (!stack->frames[i].unreliable &&
		    cpu_wait_in(stack->frames[i].place.symbol) == CPU_WAIT_CPU)
			return stack->frames[i].place.symbol;
	return NULL;
}

/* It runs the kernel's code and waits for no CPU: in user mode it would have answered. */
static bool may_be_it(const struct shown_cpu *cpu, const struct report *waiter)
{
	return cpu->cpu != waiter->cpu && !cpu->idle && cpu->rip.symbol[0] && cpu->task.pid > 0 &&
	       cpu_wait_in(cpu->rip.symbol) != CPU_WAIT_CPU;
}

/* The only one, or NULL; others counts the CPUs that are shown and are not it. */
static const struct shown_cpu *find(const struct shown *shown, const struct report *waiter,
				    size_t *others)
{
	const struct shown_cpu *found = NULL;

	*others = 0;
	for (size_t i = 0; i < shown->cpu_count; i++) {
		const struct shown_cpu *cpu = &shown->cpus[i];

		if (!shown_cpu_counts(shown, i, waiter->first) || cpu->cpu == waiter->cpu)
			continue;
		if (!may_be_it(cpu, waiter)) {
			++*others;
			continue;
		}
		if (found)
			return NULL;
		found = cpu;
	}
	return found;
}

static json_t *waiter_json(const struct report *waiter, const char *function)
{
	json_t *json = json_pack("{s:i, s:s, s:i}", "cpu", waiter->cpu, "in",
				 "an inter-processor call", "count", 1);

	json_put(json, "caller", json_pack("{s:o}", "symbol", json_escaped(function)));
	return json;
}

static void put_headline(const struct shown_cpu *cpu, const struct report *waiter,
			 const char *function, struct str *out)
{
	str_printf(out, "CPU %d does not answer: ", cpu->cpu);
	str_escape(out, cpu->rip.symbol, strlen(cpu->rip.symbol));
	str_printf(out, "+0x%" PRIx64, cpu->rip.offset);
	if (cpu->rip.module[0]) {
		str_puts(out, " [");
		str_escape(out, cpu->rip.module, strlen(cpu->rip.module));
		str_puts(out, "]");
	}
	str_puts(out, ", ");
	task_label(&cpu->task, out);
	str_printf(out, ", runs there; CPU %d waits for it in ", waiter->cpu);
	str_escape(out, function, strlen(function));
}

static void report_it(struct analysis *analysis, const struct shown_cpu *cpu,
		      const struct report *waiter, const char *function, size_t others)
{
	_str_ struct str text = {0}, why = {0};
	json_t *json = json_object();

	put_headline(cpu, waiter, function, &text);
	str_printf(&why, "CPU %d waits in ", waiter->cpu);
	str_escape(&why, function, strlen(function));
	str_printf(&why,
		   "() for another CPU's answer; of the CPUs whose backtraces the log has, CPU %d "
		   "alone runs"
		   " the kernel's code",
		   cpu->cpu);
	if (others)
		str_printf(&why, ", and %zu idle%s or wait%s", others, others == 1 ? "s" : "",
			   others == 1 ? "s" : "");
	json_put(json, "cpu", json_integer(cpu->cpu));
	json_put(json, "task", describe_task(&cpu->task));
	json_put(json, "at", log_json_place(&cpu->rip, true));
	json_put(json, "culprit", log_json_place(&cpu->rip, true));
	json_put(json, "waits_itself", json_boolean(cpu->lock != 0));
	json_put(json, "waiter", waiter_json(waiter, function));
	json_put(json, "why", json_escaped(why.data ? why.data : ""));
	finding_add(analysis->findings, FINDING_SILENT_CPU, SEVERITY_WARNING, ALONE, json, "%s",
		    text.data ? text.data : "");
}

static struct err *run(struct analysis *analysis)
{
	const unsigned memory = STEP_TASKS | STEP_STACKS;
	const struct reports *reports = analysis->reports;
	const struct report *waiter = reports ? reports_crash(reports) : NULL;
	const char *function;
	size_t others;

	if (!waiter || (analysis->kernel->steps & memory) == memory || waiter->cpu < 0 ||
	    report_kind_outcome(report_crash_kind(waiter)) != OUTCOME_STUCK)
		return NULL;
	function = waits_in(waiter);
	const struct shown_cpu *cpu = function ? find(reports->shown, waiter, &others) : NULL;
	if (cpu)
		report_it(analysis, cpu, waiter, function, others);
	return NULL;
}

const struct analyzer log_silent_cpu_analyzer = {
	.name = "log_silent_cpu",
	.needs = STEP_LOG,
	.run = run,
};
