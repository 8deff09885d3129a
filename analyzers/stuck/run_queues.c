/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: CPUs that one task keeps to itself while others are ready to run there; real-time queues
 *   that are throttled.
 * Needs: types, per-CPU areas, tasks.
 * False positives: a machine with more to do than it has CPUs: hence nothing is said of waits that are
 *   short, unless a real-time task takes nearly all of the CPU's time.
 * Kernel commits: none that change a layout; since 557a6bfc662c v6.12 others get a twentieth of a CPU that
 *   a real-time task keeps, so that waits are short where tasks starve.
 */
#include <inttypes.h>

#include "analysis.h"
#include "base/str.h"
#include "describe.h"
#include "kernel/tasks/percpu.h"
#include "kernel/tasks/task_label.h"
#include "kernel/tasks/tasks.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "stuck/stuck.h"

#define NS 1000000000ull
#define STARVED (2 * NS)    /* ready for so long without a CPU */
#define OLD_ENOUGH (2 * NS) /* a real-time task of that age has shown how it runs */
#define HOG_SHARE 0.8	    /* of its life that it ran */
#define RT_PRIO_MAX 100	    /* MAX_RT_PRIO, include/linux/sched/prio.h: below are real-time tasks */

struct cpu_load {
	unsigned cpu;
	const struct task *hog; /* who has the CPU */
	bool realtime;
	double share;	     /* of the hog's life that it ran; 0 unknown */
	uint64_t runtime;    /* ns */
	size_t ready;	     /* others that are ready to run on this CPU */
	uint64_t longest_ns; /* that one of them has waited */
	const struct task *longest;
	bool throttled;
};

static uint64_t task_member(struct kernel *kernel, const struct task *task, enum member_id id)
{
	uint64_t value;

	return err_ok(member_read(kernel, task->address, id, &value)) ? value : 0;
}

/* Ready on this CPU, and not running: since when says last_queued. */
static void count_ready(struct kernel *kernel, struct cpu_load *load)
{
	uint64_t clock = tasks_clock(kernel->tasks)->newest;

	for (size_t i = 0; i < tasks_count(kernel->tasks); i++) {
		const struct task *task = tasks_at(kernel->tasks, i);

		if (task->idle || task->state != 'R' || task->on_cpu >= 0 ||
		    task->cpu != (int32_t)load->cpu)
			continue;
		uint64_t since = task_member(kernel, task, MEMBER_TASK_LAST_QUEUED);
		load->ready++;
		if (!since || since > clock || clock - since < load->longest_ns)
			continue;
		load->longest_ns = clock - since;
		load->longest = task;
	}
}

static bool read_load(struct kernel *kernel, unsigned cpu, struct cpu_load *load)
{
	uint64_t rq, value;

	*load = (struct cpu_load){.cpu = cpu, .hog = tasks_on_cpu(kernel->tasks, cpu)};
	if (!load->hog || load->hog->idle ||
	    !err_ok(percpu_symbol(kernel, "runqueues", cpu, &rq)) ||
	    !err_ok(member_read(kernel, load->hog->address, MEMBER_TASK_PRIO, &value)))
		return false;
	load->realtime = (int32_t)value < RT_PRIO_MAX;
	load->runtime = task_member(kernel, load->hog, MEMBER_TASK_RUNTIME);
	uint64_t age = task_clock_age(tasks_clock(kernel->tasks), load->hog->start_time);
	if (age >= OLD_ENOUGH && load->runtime <= age + NS)
		load->share = MIN((double)load->runtime / (double)age, 1.0);
	load->throttled =
		err_ok(member_read(kernel, rq, MEMBER_RQ_RT_THROTTLED, &value)) && (uint32_t)value;
	count_ready(kernel, load);
	return true;
}

static void put_hog(struct kernel *kernel, const struct cpu_load *load, struct str *text)
{
	static const char *const policies[] = {"", "SCHED_FIFO", "SCHED_RR",	  "",
					       "", "",		 "SCHED_DEADLINE"};
	uint64_t policy = task_member(kernel, load->hog, MEMBER_TASK_POLICY);
	uint64_t priority = task_member(kernel, load->hog, MEMBER_TASK_RT_PRIORITY);

	task_label(load->hog, text);
	if (load->realtime && policy < ARRAY_SIZE(policies) && policies[policy][0])
		str_printf(text, " (%s, priority %" PRIu64 ")", policies[policy], priority);
	else if (load->realtime)
		str_puts(text, " (real-time)");
}

static void put_headline(struct kernel *kernel, const struct cpu_load *load, struct str *text)
{
	put_hog(kernel, load, text);
	str_printf(text, " keeps CPU %u", load->cpu);
	if (load->share > 0)
		str_printf(text, ", %.0f %% of its %.1f s", load->share * 100,
			   (double)load->runtime / load->share / (double)NS);
	str_printf(text, "; %zu task%s starve%s there", load->ready, load->ready == 1 ? "" : "s",
		   load->ready == 1 ? "s" : "");
	if (load->longest_ns < STARVED)
		return;
	str_puts(text, ", ");
	task_label(load->longest, text);
	str_printf(text, " for %.1f s", (double)load->longest_ns / (double)NS);
	if (load->throttled)
		str_puts(text, "; its real-time tasks are throttled");
}

static void report(struct analysis *analysis, const struct cpu_load *load)
{
	bool hogs = load->realtime && load->share >= HOG_SHARE;
	double seconds = (double)(hogs ? load->runtime : load->longest_ns) / (double)NS;
	json_t *json = stuck_json("run_queue", seconds, load->ready);
	_str_ struct str text = {0};

	put_headline(analysis->kernel, load, &text);
	json_put(json, "cpu", json_integer(load->cpu));
	json_put(json, "task", describe_task(load->hog));
	json_put(json, "realtime", json_boolean(load->realtime));
	json_put(json, "throttled", json_boolean(load->throttled));
	finding_add(analysis->findings, FINDING_STUCK_CPU, SEVERITY_WARNING,
		    load->longest_ns >= STARVED ? 0.95 : 0.7, json, "%s", text.data);
}

static struct err *run(struct analysis *analysis)
{
	struct kernel *kernel = analysis->kernel;

	for (unsigned cpu = 0; cpu < percpu_cpus(kernel->percpu); cpu++) {
		struct cpu_load load;

		if (percpu_online(kernel->percpu, cpu) && read_load(kernel, cpu, &load) &&
		    load.ready &&
		    (load.longest_ns >= STARVED || (load.realtime && load.share >= HOG_SHARE)))
			report(analysis, &load);
	}
	return NULL;
}

const struct analyzer run_queue_analyzer = {
	.name = "run_queue",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_PERCPU | STEP_TASKS,
	.run = run,
};
