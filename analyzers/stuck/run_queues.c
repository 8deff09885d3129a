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
#include "analysis.h"
#include "base/str.h"
#include "describe.h"
#include "kernel/tasks/percpu.h"
#include "kernel/tasks/task_label.h"
#include "kernel/tasks/tasks.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "stuck/policy.h"
#include "stuck/stuck.h"

#define NS 1000000000ull
#define STARVED (2 * NS)    /* ready for so long without a CPU */
#define OLD_ENOUGH (2 * NS) /* a real-time task of that age has shown how it runs */
#define HOG_SHARE 0.8	    /* of its life that it ran */

struct cpu_load {
	unsigned cpu;
	const struct task *hog; /* who has the CPU, or had it until it was throttled */
	bool realtime;
	double share;	  /* of the hog's life that it ran; 0 unknown */
	uint64_t runtime; /* ns */
	size_t ready;	  /* others that are ready to run on this CPU, or run as long as they may */
	uint64_t longest_ns; /* that one of them has waited */
	const struct task *longest;
	bool throttled; /* real-time tasks do not run though they are ready: their time is used up */
};

static uint64_t task_member(struct kernel *kernel, const struct task *task, enum member_id id)
{
	uint64_t value;

	return err_ok(member_read(kernel, task->address, id, &value)) ? value : 0;
}

static bool is_ready(const struct task *task, unsigned cpu)
{
	return !task->idle && task->state == 'R' && task->on_cpu < 0 && task->cpu == (int32_t)cpu;
}

/* Ready on this CPU, and not running: since when says last_queued. */
static void count_ready(struct kernel *kernel, struct cpu_load *load)
{
	uint64_t clock = tasks_clock(kernel->tasks)->newest;

	for (size_t i = 0; i < tasks_count(kernel->tasks); i++) {
		const struct task *task = tasks_at(kernel->tasks, i);

		if (task == load->hog || !is_ready(task, load->cpu))
			continue;
		uint64_t since = task_member(kernel, task, MEMBER_TASK_LAST_QUEUED);
		load->ready++;
		if (!since || since > clock || clock - since < load->longest_ns)
			continue;
		load->longest_ns = clock - since;
		load->longest = task;
	}
}

/* How much of its life a task has run; 0 for one too young to tell, or whose times are absurd. */
static double share_of(struct kernel *kernel, const struct task *task, uint64_t *runtime)
{
	uint64_t age = task_clock_age(tasks_clock(kernel->tasks), task->start_time);

	*runtime = task_member(kernel, task, MEMBER_TASK_RUNTIME);
	if (age < OLD_ENOUGH || *runtime > age + NS)
		return 0;
	return MIN((double)*runtime / (double)age, 1.0);
}

/*
 * The real-time task that is ready and has run most of its life, while an ordinary one has the CPU, or
 * none: it would run if it might. One that was woken a moment ago has not run for long.
 */
static const struct task *find_throttled(struct kernel *kernel, unsigned cpu)
{
	const struct task *found = NULL;
	double most = HOG_SHARE;
	uint64_t runtime;

	for (size_t i = 0; i < tasks_count(kernel->tasks); i++) {
		const struct task *task = tasks_at(kernel->tasks, i);

		if (!is_ready(task, cpu) || !policy_is_realtime(kernel, task) ||
		    share_of(kernel, task, &runtime) < most)
			continue;
		found = task;
		most = share_of(kernel, task, &runtime);
	}
	return found;
}

static bool read_load(struct kernel *kernel, unsigned cpu, struct cpu_load *load)
{
	const struct task *current = tasks_on_cpu(kernel->tasks, cpu);
	uint64_t rq, value;

	*load = (struct cpu_load){.cpu = cpu, .hog = current};
	if (!current || !err_ok(percpu_symbol(kernel, "runqueues", cpu, &rq)))
		return false;
	load->throttled =
		err_ok(member_read(kernel, rq, MEMBER_RQ_RT_THROTTLED, &value)) && (uint32_t)value;
	if (!policy_is_realtime(kernel, current)) {
		const struct task *throttled = find_throttled(kernel, cpu);

		load->throttled |= throttled != NULL;
		load->hog = throttled ? throttled : current;
		load->ready += throttled && !current->idle;
	}
	if (load->hog->idle)
		return false;
	load->realtime = policy_is_realtime(kernel, load->hog);
	load->share = share_of(kernel, load->hog, &load->runtime);
	count_ready(kernel, load);
	return true;
}

static void put_headline(struct kernel *kernel, const struct cpu_load *load, struct str *text)
{
	policy_label(kernel, load->hog, text);
	str_printf(text, " keeps CPU %u", load->cpu);
	if (load->share > 0)
		str_printf(text, ", %.0f %% of its %.1f s", load->share * 100,
			   (double)load->runtime / load->share / (double)NS);
	if (load->throttled)
		str_puts(text, ", and is throttled");
	str_printf(text, "; %zu task%s starve%s there", load->ready, load->ready == 1 ? "" : "s",
		   load->ready == 1 ? "s" : "");
	if (load->longest_ns < STARVED)
		return;
	str_puts(text, ", ");
	task_label(load->longest, text);
	str_printf(text, " for %.1f s", (double)load->longest_ns / (double)NS);
}

static bool hogs(const struct cpu_load *load)
{
	return load->realtime && load->share >= HOG_SHARE;
}

/* It has not run for as long as somebody is said to have waited: one of the times is wrong, or others ran, too. */
static bool is_doubtful(const struct cpu_load *load)
{
	return load->share > 0 && load->runtime < load->longest_ns / 2;
}

static void report(struct analysis *analysis, const struct cpu_load *load)
{
	double seconds = (double)(hogs(load) ? load->runtime : load->longest_ns) / (double)NS;
	json_t *json = stuck_json("run_queue", seconds, load->ready);
	_str_ struct str text = {0};

	put_headline(analysis->kernel, load, &text);
	json_put(json, "cpu", json_integer(load->cpu));
	json_put(json, "task", describe_task(load->hog));
	json_put(json, "realtime", json_boolean(load->realtime));
	json_put(json, "throttled", json_boolean(load->throttled));
	finding_add(analysis->findings, FINDING_STUCK_CPU, SEVERITY_WARNING,
		    is_doubtful(load)		  ? 0.6
		    : load->longest_ns >= STARVED ? 0.95
		    : load->throttled		  ? 0.85
						  : 0.7,
		    json, "%s", text.data);
}

static struct err *run(struct analysis *analysis)
{
	struct kernel *kernel = analysis->kernel;

	for (unsigned cpu = 0; cpu < percpu_cpus(kernel->percpu); cpu++) {
		struct cpu_load load;

		if (percpu_online(kernel->percpu, cpu) && read_load(kernel, cpu, &load) &&
		    ((load.ready && load.longest_ns >= STARVED) ||
		     ((load.ready || load.throttled) && hogs(&load))))
			report(analysis, &load);
	}
	return NULL;
}

const struct analyzer run_queue_analyzer = {
	.name = "run_queue",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_PERCPU | STEP_TASKS,
	.run = run,
};
