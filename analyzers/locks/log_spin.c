/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPUs that the log shows spinning for a lock, and which other one may hold it. */
#include "locks/log_spin.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "kernel/locking/cpu_wait.h"
#include "kernel/tasks/task_label.h"
#include "locks/lock_report.h"
#include "locks/task_doing.h"
#include "log/report_shown.h"

#define SAME_MODULE 0.5 /* a CPU that runs in the module whose lock it is */
#define LOCKS_MAX 64

static enum lock_kind kind_of(const struct shown_cpu *cpu)
{
	if (cpu_wait_in(cpu->rip.symbol) == CPU_WAIT_RWLOCK)
		return strstr(cpu->rip.symbol, "queued") ? LOCK_QRWLOCK : LOCK_OTHER;
	return strstr(cpu->rip.symbol, "queued") ? LOCK_QSPINLOCK : LOCK_OTHER;
}

/* The first module on its stack: of the code whose lock it is. */
static const char *module_of(const struct shown_cpu *cpu)
{
	if (cpu->rip.module[0])
		return cpu->rip.module;
	for (size_t i = 0; cpu->stack && i < cpu->stack->count; i++)
		if (cpu->stack->frames[i].place.module[0])
			return cpu->stack->frames[i].place.module;
	return "";
}

static void add_spinners(const struct shown *shown, size_t crash, struct lock *lock)
{
	for (size_t i = 0; i < shown->cpu_count; i++)
		if (shown->cpus[i].lock == lock->address && shown_cpu_counts(shown, i, crash))
			lock_add_waiter(lock, &(struct lock_waiter){
						      .task = &shown->cpus[i].task,
						      .mode = MODE_EXCLUSIVE,
						      .position = -1,
						      .ticket = -1,
						      .cpu = shown->cpus[i].cpu,
					      });
	lock->listed = -1;
}

/* Of the CPUs that run, the one in the code that the lock is of; NULL for none or several. */
static const struct shown_cpu *likely_holder(const struct shown *shown, size_t crash,
					     const struct shown_cpu *spinner)
{
	const struct shown_cpu *found = NULL;
	const char *module = module_of(spinner);

	for (size_t i = 0; module[0] && i < shown->cpu_count; i++) {
		const struct shown_cpu *cpu = &shown->cpus[i];

		if (cpu->idle || cpu->lock || cpu->task.pid < 0 || strcmp(module_of(cpu), module) ||
		    !shown_cpu_counts(shown, i, crash))
			continue;
		if (found)
			return NULL;
		found = cpu;
	}
	return found;
}

static void describe(struct kernel *kernel, const struct shown_cpu *holder, struct lock *lock)
{
	size_t count = lock->waiter_count;

	snprintf(lock->place.name, sizeof(lock->place.name), "lock 0x%llx",
		 (unsigned long long)lock->address);
	str_printf(&lock->state, "%zu spinning", count);
	str_printf(&lock->headline, "%s: %zu CPU%s spin%s for it, ", lock->place.name, count,
		   count == 1 ? "" : "s", count == 1 ? "s" : "");
	str_puts(&lock->headline, holder ? "likely held by " : "holder not found");
	lock->confidence = 0.5;
	if (!holder) {
		lock_add_holder(lock, NULL, MODE_EXCLUSIVE, EVIDENCE_MISSING, 0,
				"a spinlock records no holder, and the log shows no CPU that is "
				"likely to be it");
		return;
	}
	lock_add_holder(lock, &holder->task, MODE_EXCLUSIVE, EVIDENCE_INFERRED, SAME_MODULE,
			"of all CPUs that are shown CPU %d alone runs in [%s] without spinning",
			holder->cpu, module_of(holder));
	task_label(&holder->task, &lock->headline);
	str_puts(&lock->headline, ", ");
	task_doing(kernel, &holder->task, &lock->headline);
}

static struct err *report(struct analysis *analysis, const struct shown *shown, size_t crash,
			  const struct shown_cpu *spinner)
{
	const struct shown_cpu *holder = likely_holder(shown, crash, spinner);
	struct lock *lock = lock_new(kind_of(spinner), spinner->lock);

	if (!lock)
		return &err_nomem;
	add_spinners(shown, crash, lock);
	describe(analysis->kernel, holder, lock);
	return lock_report(analysis, lock, FINDING_LOCK_SPIN, SEVERITY_WARNING);
}

struct err *log_spin_report_all(struct analysis *analysis, const struct reports *reports)
{
	const struct report *report_of_crash = reports_crash(reports);
	const struct shown *shown = reports->shown;
	size_t crash = report_of_crash ? report_of_crash->first : 0, count = 0;
	uint64_t known[LOCKS_MAX];

	for (size_t i = 0; i < shown->cpu_count && count < LOCKS_MAX; i++) {
		size_t j = 0;

		if (!shown->cpus[i].lock || !shown_cpu_counts(shown, i, crash))
			continue;
		while (j < count && known[j] != shown->cpus[i].lock)
			j++;
		if (j < count)
			continue;
		known[count++] = shown->cpus[i].lock;
		TRY(report(analysis, shown, crash, &shown->cpus[i]));
	}
	return NULL;
}
