/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the section "log" of the verdict. */
#include "log/log_json.h"

#include "finding.h"
#include "kernel/insn/insn.h"
#include "kernel/printk/log.h"
#include "kernel/types/dwarf_place.h"

void log_json_put_time(json_t *json, const struct log *log, size_t index)
{
	const struct log_line *line = &log->lines[index];
	const char *wall = log_wall(log, index);

	if (line->has_time)
		json_put(json, "time_s", json_real((double)line->time_us / 1e6));
	if (wall)
		json_put(json, "wall_time", json_escaped(wall));
}

static json_t *outcome_json(enum report_outcome outcome)
{
	static const char *const names[] = {
		[OUTCOME_NOTE] = "note", [OUTCOME_STUCK] = "stuck", [OUTCOME_BROKEN] = "broken",
		[OUTCOME_OOPS] = "oops", [OUTCOME_PANIC] = "panic",
	};

	return json_string(names[outcome]);
}

json_t *log_json_place(const struct report_place *place, bool exception)
{
	return json_pack("{s:o, s:o, s:I, s:o, s:s, s:s}", "address",
			 place->address ? json_address(place->address) : json_null(), "symbol",
			 place->symbol[0] ? json_escaped(place->symbol) : json_null(), "offset",
			 (json_int_t)place->offset, "module",
			 place->module[0] ? json_escaped(place->module) : json_null(), "kind",
			 exception ? "exception" : "call", "found_by", "log");
}

static json_t *details_json(const struct log *log, const struct report *report)
{
	json_t *list = json_array();

	for (size_t i = 0; i < report->detail_count; i++)
		json_array_append_new(list, json_escaped(log->lines[report->details[i]].text));
	return list;
}

#define FRAMES_SHOWN                                                                               \
	40 /* of a stack that is not the crash's own, which crash.backtrace has whole */

static json_t *stack_json(const struct report_stack *stack)
{
	bool guess = report_stack_is_guess(stack);
	json_t *frames = json_array(), *json = json_object();

	for (size_t i = 0; i < stack->count && json_array_size(frames) < FRAMES_SHOWN; i++)
		if (guess || !stack->frames[i].unreliable)
			json_array_append_new(frames, log_json_place(&stack->frames[i].place,
								     stack->frames[i].exception));
	json_put(json, "title", stack->title[0] ? json_escaped(stack->title) : NULL);
	json_put(json, "pid", stack->pid >= 0 ? json_integer(stack->pid) : NULL);
	json_put(json, "frames", frames);
	return json;
}

static json_t *stacks_json(const struct report *report)
{
	json_t *list = json_array();

	for (size_t i = 0; i < report->stack_count; i++)
		json_array_append_new(list, stack_json(&report->stacks[i]));
	return list;
}

/* A lock of lockdep's report: its class, and where it is taken. */
static void put_lock(json_t *json, const char *key, const struct report_lock *lock)
{
	if (!lock->name[0])
		return;
	json_t *one = json_pack("{s:o}", "name", json_escaped(lock->name));

	json_put(one, "address",
		 lock->address && !lock->hashed ? json_address(lock->address) : NULL);
	json_put(one, "at", lock->at.symbol[0] ? log_json_place(&lock->at, false) : NULL);
	json_put(json, key, one);
}

json_t *log_json_report(const struct log *log, const struct report *report)
{
	json_t *json = json_object();

	json_put(json, "kind", json_string(report_kind_name(report->kind)));
	json_put(json, "outcome", outcome_json(report_kind_outcome(report->kind)));
	log_json_put_time(json, log, report->first);
	json_put(json, "first_line", json_integer((json_int_t)report->first + 1));
	json_put(json, "last_line", json_integer((json_int_t)report->last + 1));
	json_put(json, "message", json_escaped(report->message));
	json_put(json, "cpu", report->cpu >= 0 ? json_integer(report->cpu) : NULL);
	json_put(json, "by_cpu", report->by_cpu >= 0 ? json_integer(report->by_cpu) : NULL);
	json_put(json, "pid", report->pid >= 0 ? json_integer(report->pid) : NULL);
	json_put(json, "comm", report->comm[0] ? json_escaped(report->comm) : NULL);
	json_put(json, "seconds", report->seconds > 0 ? json_real(report->seconds) : NULL);
	json_put(json, "workqueue", report->workqueue[0] ? json_escaped(report->workqueue) : NULL);
	json_put(json, "work", report->work[0] ? json_escaped(report->work) : NULL);
	put_lock(json, "wanted", &report->wanted);
	put_lock(json, "other", &report->other);
	if (report->rip.symbol[0])
		json_put(json, "rip",
			 json_pack("{s:o, s:I, s:o}", "symbol", json_escaped(report->rip.symbol),
				   "offset", (json_int_t)report->rip.offset, "module",
				   report->rip.module[0] ? json_escaped(report->rip.module)
							 : json_null()));
	if (report->file[0]) {
		json_put(json, "file", json_escaped(report->file));
		json_put(json, "line", json_integer(report->line));
	}
	if (report->detail_count)
		json_put(json, "details", details_json(log, report));
	if (report->stack_count)
		json_put(json, "stacks", stacks_json(report));
	if (report->cut_front)
		json_put(json, "cut_front", json_true());
	if (report->mixed)
		json_put(json, "mixed", json_true());
	if (report->cut_end)
		json_put(json, "cut_end", json_true());
	return json;
}

json_t *log_json_reports_left_out(const struct reports *reports, struct str *text)
{
	size_t kept[REPORT_KINDS] = {0}, all = 0;
	json_t *kinds = json_object();

	kept[REPORT_BACKTRACE] =
		reports->counts[REPORT_BACKTRACE]; /* what they show is kept apart */
	for (size_t i = 0; i < reports->count; i++)
		kept[reports->list[i].kind]++;
	for (int kind = 0; kind < REPORT_KINDS; kind++) {
		if (reports->counts[kind] <= kept[kind])
			continue;
		size_t more = reports->counts[kind] - kept[kind];

		str_printf(text, "%s%zu %s", all ? ", " : "", more,
			   report_kind_name((enum report_kind)kind));
		json_put(kinds, report_kind_name((enum report_kind)kind),
			 json_integer((json_int_t)more));
		all += more;
	}
	if (!all) {
		json_decref(kinds);
		return NULL;
	}
	return json_pack("{s:{s:I, s:o}}", "reports_left_out", "count", (json_int_t)all, "kinds",
			 kinds);
}

static json_t *error_words_json(const struct segfault *fault)
{
	json_t *list = json_array();
	const char *word;

	for (unsigned i = 0; (word = segfault_error_word(fault, i)); i++)
		json_array_append_new(list, json_string(word));
	return list;
}

static void put_object(json_t *json, const struct segfault *fault)
{
	uint64_t offset;

	if (!fault->object[0])
		return;
	json_put(json, "object", json_escaped(fault->object));
	json_put(json, "base", json_address(fault->base));
	json_put(json, "size", json_integer((json_int_t)fault->size));
	json_put(json, "offset",
		 segfault_offset(fault, &offset) ? json_integer((json_int_t)offset) : json_null());
}

static void put_number(json_t *json, const char *key, int number)
{
	json_put(json, key, number >= 0 ? json_integer(number) : NULL);
}

static void put_source(json_t *json, const struct dwarf_place *place)
{
	if (place->symbol[0]) {
		json_put(json, "symbol", json_escaped(place->symbol));
		json_put(json, "symbol_offset", json_integer((json_int_t)place->symbol_offset));
		json_put(json, "function", json_escaped(place->function));
	}
	json_put(json, "evidence",
		 json_string(place->same_code ? EVIDENCE_PROVEN : EVIDENCE_INFERRED));
	if (place->file[0]) {
		json_put(json, "file", json_escaped(place->file));
		json_put(json, "line", json_integer(place->line));
	}
	json_t *inlined = json_array();
	for (size_t i = 0; i < place->inlined_count; i++)
		json_array_append_new(inlined, json_escaped(place->inlined[i]));
	json_put(json, "inlined", inlined);
}

json_t *log_json_segfault(const struct log *log, size_t line, const struct segfault_facts *facts)
{
	const struct segfault *fault = facts->fault;
	json_t *json = json_object();

	log_json_put_time(json, log, line);
	json_put(json, "first_line", json_integer((json_int_t)line + 1));
	json_put(json, "comm", json_escaped(fault->comm));
	json_put(json, "pid", json_integer((json_int_t)fault->pid));
	json_put(json, "trap", json_escaped(fault->trap));
	json_put(json, "address", fault->has_address ? json_address(fault->address) : json_null());
	json_put(json, "ip", json_address(fault->ip));
	json_put(json, "sp", json_address(fault->sp));
	json_put(json, "error", json_integer((json_int_t)fault->error));
	if (fault->has_address)
		json_put(json, "error_words", error_words_json(fault));
	put_object(json, fault);
	json_put(json, "access",
		 segfault_access(fault) ? json_string(segfault_access(fault)) : NULL);
	json_put(json, "class", facts->class ? json_string(facts->class) : NULL);
	json_put(json, "instruction", facts->insn ? json_escaped(facts->insn->assembly) : NULL);
	if (facts->place)
		put_source(json, facts->place);
	if (facts->place && facts->operand[0])
		json_put(json, "operand", json_escaped(facts->operand));
	put_number(json, "cpu", fault->cpu);
	put_number(json, "core", fault->core);
	put_number(json, "socket", fault->socket);
	json_put(json, "times", facts->times ? json_integer((json_int_t)facts->times) : NULL);
	return json;
}

json_t *log_json_segfaults(size_t count, const struct segfault_core *core)
{
	json_t *json = json_pack("{s:I}", "segfault_count", (json_int_t)count);

	if (!core)
		return json;
	json_t *one = json_pack("{s:i, s:I, s:I, s:I, s:b, s:f}", "cpu", core->cpu, "programs",
				(json_int_t)core->programs, "of", (json_int_t)core->of, "cpus",
				(json_int_t)core->cpus, "cpus_known", core->cpus_known, "chance",
				core->chance);
	put_number(one, "core", core->core);
	put_number(one, "socket", core->socket);
	json_put(json, "segfault_core", one);
	return json;
}
