/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes a CPU that does not answer as the verdict has it. */
#include "cpus/silent_json.h"

#include <inttypes.h>
#include <string.h>

#include "base/str.h"
#include "describe.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/task_label.h"

/* "crashme_irqs_off+0x9 [crashme]" */
static void put_place(struct str *text, const struct report_place *place)
{
	str_escape(text, place->symbol, strlen(place->symbol));
	if (place->address)
		str_printf(text, "+0x%" PRIx64, place->offset);
	if (place->module[0]) {
		str_puts(text, " [");
		str_escape(text, place->module, strlen(place->module));
		str_puts(text, "]");
	}
}

/* What makes it silent: "runs with interrupts off for 6 s", "does not schedule". */
static void put_how(struct str *text, const struct silent_cpu *silent)
{
	const struct cpu_state *state = silent->state;

	if (state->interrupts_off)
		str_puts(text, " with interrupts off");
	if (state->interrupts_off && state->behind_s >= 1)
		str_printf(text, " for %.0f s", state->behind_s);
}

/* "an inter-processor call of do_flush_tlb_all()" */
static void put_wait(struct kernel *kernel, struct str *text, const struct silent_cpu *silent)
{
	struct symbol symbol;

	if (silent->wait.how == CPU_WAIT_STOP) {
		str_puts(text, "stop_machine()");
		return;
	}
	str_puts(text, "an inter-processor call");
	if (symbols_at(kernel->symbols, silent->function, &symbol) &&
	    symbol.address == silent->function) {
		str_puts(text, " of ");
		str_escape(text, symbol.name, strlen(symbol.name));
		str_puts(text, "()");
	}
}

static void put_waiters(struct kernel *kernel, struct str *text, const struct silent_cpu *silent)
{
	const struct cpu_wait *wait = &silent->wait;

	if (silent->rcu)
		str_puts(text, "; RCU waits for it");
	if (!silent->waiter)
		return;
	str_printf(text, "; CPU %u waits for it in ", silent->waiter->cpu);
	put_wait(kernel, text, silent);
	str_puts(text, " (");
	if (silent->asker) {
		str_puts(text, "asked for ");
		if (wait->caller.symbol[0]) {
			str_puts(text, "in ");
			put_place(text, &wait->caller);
			str_puts(text, " ");
		}
		str_puts(text, "by ");
		task_label(silent->asker, text);
		str_puts(text, "; ");
	} else if (wait->caller.symbol[0]) {
		put_place(text, &wait->caller);
		str_puts(text, ", ");
	}
	task_label(silent->waiter->task, text);
	str_puts(text, ")");
	if (silent->waiters > 1)
		str_printf(text, ", as do %zu more", silent->waiters - 1);
}

static void put_headline(struct kernel *kernel, struct str *text, const struct silent_cpu *silent)
{
	bool only_rcu = silent->rcu && !silent->waiters && !silent->state->interrupts_off;

	str_printf(text, "CPU %u %s: ", silent->state->cpu,
		   only_rcu ? "does not schedule" : "does not answer");
	if (silent->culprit.symbol[0]) {
		put_place(text, &silent->culprit);
		str_puts(text, ", ");
	}
	if (silent->raised)
		str_puts(text, "irq work that raises itself, over and over in ");
	task_label(silent->state->task, text);
	str_puts(text, silent->raised ? "" : ", runs there");
	put_how(text, silent);
	put_waiters(kernel, text, silent);
}

/* What says so. */
static void put_why(struct str *text, const struct silent_cpu *silent)
{
	const struct cpu_state *state = silent->state;
	const char *comma = "";

	if (state->behind_s >= 1) {
		str_printf(text, "no tick has moved the clock of CPU %u for %.0f s", state->cpu,
			   state->behind_s);
		comma = "; ";
	}
	if (state->interrupts_off) {
		str_printf(text, "%sits interrupts are off", comma);
		comma = "; ";
	}
	if (silent->waiter && silent->wait.how == CPU_WAIT_CALL) {
		str_printf(text, "%sa call that CPU %u waits for stands in its queue", comma,
			   silent->waiter->cpu);
		comma = "; ";
	}
	if (silent->stop) {
		str_printf(text, "%sits stopper thread has work and does not run", comma);
		comma = "; ";
	}
	if (silent->rcu)
		str_printf(text, "%sRCU waits for it: its bit stands in the mask of CPUs to pass",
			   comma);
	if (silent->raised)
		str_printf(text,
			   "%sirq work of %s() is raised on it, whose code raises irq work again",
			   text->length ? "; " : "", silent->culprit.symbol);
	if (silent->interrupted)
		str_puts(text, "; but it takes interrupts, which may be all that it does");
	if (silent->waits_itself)
		str_puts(text, "; but it waits itself");
	if (state->lost)
		str_puts(text, "; what it ran is on a stack that could not be read");
}

static json_t *place_json(const struct report_place *place)
{
	if (!place->symbol[0])
		return NULL;
	return json_pack("{s:o, s:I, s:o}", "symbol", json_escaped(place->symbol), "offset",
			 (json_int_t)place->offset, "module",
			 place->module[0] ? json_escaped(place->module) : json_null());
}

static json_t *waiter_json(struct kernel *kernel, const struct silent_cpu *silent)
{
	_str_ struct str in = {0};
	json_t *json;

	if (!silent->waiter)
		return NULL;
	put_wait(kernel, &in, silent);
	json = json_pack("{s:i, s:o, s:s, s:I}", "cpu", (int)silent->waiter->cpu, "task",
			 describe_task(silent->waiter->task), "in", in.data ? in.data : "", "count",
			 (json_int_t)silent->waiters);
	json_put(json, "caller", place_json(&silent->wait.caller));
	return json;
}

void silent_json_add(struct kernel *kernel, const struct silent_cpu *silent,
		     struct findings *findings)
{
	const struct cpu_state *state = silent->state;
	_str_ struct str text = {0}, why = {0};
	json_t *json = json_object();

	put_headline(kernel, &text, silent);
	json_put(json, "cpu", json_integer(state->cpu));
	json_put(json, "task", describe_task(state->task));
	json_put(json, "at",
		 state->lost ? NULL : describe_frame(kernel, &state->trace.frames[state->at]));
	json_put(json, "culprit", place_json(&silent->culprit));
	json_put(json, "interrupts_off",
		 state->flags_known ? json_boolean(state->interrupts_off) : NULL);
	json_put(json, "behind_s", json_real(state->behind_s));
	json_put(json, "rcu", json_boolean(silent->rcu));
	json_put(json, "stop", json_boolean(silent->stop));
	json_put(json, "raised", json_boolean(silent->raised));
	json_put(json, "waits_itself", json_boolean(silent->waits_itself));
	json_put(json, "waiter", waiter_json(kernel, silent));
	put_why(&why, silent);
	json_put(json, "why", json_string(why.data ? why.data : ""));
	finding_add(findings, FINDING_SILENT_CPU, SEVERITY_WARNING, silent->confidence, json, "%s",
		    text.data ? text.data : "");
}
