/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stacks: of the task that crashed, of what other CPUs ran, and of blocked tasks. */
#include "daemon/render/render_frames.h"
#include "daemon/render/render_json.h"
#include "daemon/render/section.h"

static void put_stack(struct str *out, const json_t *frames)
{
	size_t count = json_array_size(frames), period, times;

	for (size_t at = 0; at < count; at += times * period) {
		times = render_repeats(frames, at, &period);
		str_printf(out, times > 1 ? "  ... " : "  #%-2zu ", at);
		if (times > 1)
			render_repeat(out, frames, at, period, times);
		else
			render_frame(out, json_array_get(frames, at));
		str_puts(out, "\n");
	}
}

static void put_cpu(struct str *out, const json_t *cpu)
{
	str_puts(out, "\ncpu");
	if (json_is_integer(json_at(cpu, "cpu")))
		str_printf(out, " %lld", json_integer_at(cpu, "cpu"));
	str_puts(out, " ");
	render_task(out, json_at(cpu, "task"));
	str_puts(out, "\n");
	put_stack(out, json_at(cpu, "backtrace"));
}

/* Tasks that are blocked in the same place, and its stack once. */
static void put_blocked(struct str *out, const json_t *group)
{
	const json_t *tasks = json_at(group, "tasks"), *task;
	size_t i;

	str_printf(out, "\nblocked, %zu: ", json_array_size(tasks));
	json_array_foreach (tasks, i, task) {
		str_puts(out, i ? ", " : "");
		render_task(out, task);
	}
	str_puts(out, "\n");
	put_stack(out, json_at(group, "backtrace"));
}

static void render(const json_t *report, struct str *out)
{
	const json_t *item;
	size_t i;

	if (json_object_size(json_at(report, "crash"))) {
		str_puts(out, "panic task ");
		render_task(out, json_at(report, "crash.task"));
		str_puts(out, "\n");
	}
	put_stack(out, json_at(report, "crash.backtrace"));
	json_array_foreach (json_at(report, "cpus"), i, item) {
		put_cpu(out, item);
	}
	json_array_foreach (json_at(report, "tasks.blocked"), i, item) {
		put_blocked(out, item);
	}
}

const struct section stack_section = {
	.name = "stack",
	.summary = "the stacks: of the task that crashed, of CPUs, of blocked tasks",
	.render = render};
