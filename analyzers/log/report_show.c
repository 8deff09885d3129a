/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a report to the tasks and CPUs that the log shows. */
#include "log/report_show.h"

#include "base/str.h"
#include "log/report_lockup.h"
#include "log/report_shown.h"

static void show_cpu(struct shown *shown, const struct report *report,
		     const struct shown_stack *stack)
{
	struct shown_cpu *cpu = shown_cpu_add(shown, report->cpu);

	if (!cpu)
		return;
	cpu->line = report->first;
	cpu->rip = report->rip;
	cpu->lock = report_spins_for(report);
	cpu->stack = stack;
	cpu->task.pid = report->pid;
	cpu->idle = report->pid == 0;
	copy_string(cpu->task.comm, sizeof(cpu->task.comm), report->comm);
}

static void show_task(struct shown *shown, const struct report *report,
		      const struct shown_stack *stack)
{
	struct shown_task *task = shown_task_of(shown, report->pid, report->comm);

	if (!task)
		return;
	task->line = report->first;
	task->stack = stack ? stack : task->stack;
	if (report->state)
		task->task.state = report->state;
	if (report->tgid >= 0)
		task->task.tgid = report->tgid;
	if (report->cpu >= 0)
		task->task.cpu = report->cpu;
	if (report->work[0])
		copy_string(task->work, sizeof(task->work), report->work);
	if (report->kind == REPORT_HUNG_TASK) {
		task->task.state = 'D';
		task->task.blocked_ns = (uint64_t)(report->seconds * 1e9);
	}
}

static void take_missing(char *to, size_t size, const char *from)
{
	if (!to[0])
		copy_string(to, size, from);
}

void report_show(const struct report *report, struct shown *shown)
{
	const struct report_stack *own = report_own_stack(report);
	const struct shown_stack *stack =
		own ? shown_stack_of(shown, own->frames, own->count) : NULL;

	take_missing(shown->release, sizeof(shown->release), report->release);
	take_missing(shown->version, sizeof(shown->version), report->version);
	take_missing(shown->hardware, sizeof(shown->hardware), report->hardware);
	if (report->cpu >= 0 && report->kind != REPORT_HUNG_TASK && (report->pid >= 0 || stack))
		show_cpu(shown, report, stack);
	if (report->pid > 0 &&
	    (report->kind == REPORT_HUNG_TASK || report->kind == REPORT_BACKTRACE))
		show_task(shown, report, stack);
}
