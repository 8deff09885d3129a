/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One screen of a verdict for a person at a terminal: what to know and to do first, then what it rests on. */
#include "daemon/render/render.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/render/page.h"
#include "daemon/render/render_command.h"
#include "daemon/render/render_frames.h"
#include "daemon/render/render_json.h"
#include "daemon/render/render_log.h"
#include "daemon/render/render_stuck.h"
#include "daemon/render/render_width.h"
#include "finding.h"

#define FRAMES_SHOWN 20
#define TITLED_FRAMES_SHOWN 8
#define LIST_SHOWN 6
#define CRASH_TOLD 0.9 /* confidence from which on the crash is told, not guessed */

/* The string at a path, or what stands in for it. */
static const char *string_or(const json_t *object, const char *path, const char *otherwise)
{
	const char *string = json_string_at(object, path);

	return string ? string : otherwise;
}

static void put_known_bug(const struct page *page, const char *label, const json_t *bug)
{
	const char *reference = json_string_at(bug, "reference");
	const char *title = json_string_at(bug, "title");
	const json_t *confidence = json_at(bug, "confidence");
	_str_ struct str text = {0};

	str_printf(&text, "%s%s%s", title ? title : "", title ? ", " : "", reference);
	if (confidence)
		str_printf(&text, " (%.0f %%)", 100 * json_number_value(confidence));
	page_paragraph(page, label, "               ", text.data ? text.data : reference);
}

/* The known bug that it is; or that it may be, by a rule that did not decide. NULL: none. */
static const json_t *known_bug(const json_t *verdict, bool *ret_sure)
{
	const json_t *issue = json_at(verdict, "known_issue"), *alternative;
	size_t i;

	*ret_sure = json_string_at(issue, "reference") != NULL;
	if (*ret_sure)
		return issue;
	json_array_foreach (json_at(verdict, "alternatives"), i, alternative) {
		if (json_string_at(alternative, "reference"))
			return alternative;
	}
	return NULL;
}

/* Which dump it is, and whether the same crash was there before. */
static void put_record(const struct page *page, const json_t *report,
		       const struct render_record *record)
{
	const char *signature = json_string_at(report, "verdict.signature.exact");
	_str_ struct str line = {0};

	str_printf(&line, "dump %lld: %s, crashed %s", (long long)record->id, record->state,
		   record->crash_time);
	page_paragraph(page, "  ", "    ", line.data ? line.data : "?");
	line.length = 0;
	str_printf(&line, "signature: %s   %s", signature ? signature : "none",
		   signature ? record->seen : "");
	if (signature)
		page_paragraph(page, "  ", "    ", line.data ? line.data : "?");
}

/* What people found out about crashes like this one. */
static void put_annotation(const struct page *page, const json_t *annotation)
{
	static const struct {
		const char *key, *first, *rest;
	} lines[] = {{"ticket", "  known as: ", "            "},
		     {"cause", "  known cause: ", "               "},
		     {"fixed", "  fixed in: ", "            "},
		     {"note", "  note: ", "        "}};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		const char *text = json_string_at(annotation, lines[i].key);

		if (text)
			page_paragraph(page, lines[i].first, lines[i].rest, text);
	}
}

void render_headline(const struct page *page, const json_t *report)
{
	const json_t *verdict = json_at(report, "verdict");
	const char *cause = string_or(verdict, "cause", "?");
	char line[160];

	page_colour(page, strcmp(cause, "?") && strcmp(cause, "unknown") ? "1;31" : "1;33");
	page_title(page, string_or(verdict, "headline", "no verdict"));
	page_colour(page, "0");
	if (!json_object_size(verdict))
		return;
	snprintf(line, sizeof(line), "cause: %.60s   confidence: %.0f %%   rule: %.60s", cause,
		 100 * json_number_value(json_at(verdict, "confidence")),
		 string_or(verdict, "rule", "none"));
	page_paragraph(page, "", "", line);
}

void render_history(const struct page *page, const json_t *report,
		    const struct render_record *record)
{
	const json_t *verdict = json_at(report, "verdict");
	const json_t *annotation = json_at(verdict, "annotation");
	bool sure;
	const json_t *bug = known_bug(verdict, &sure);

	if (!record && !json_object_size(annotation) && !bug)
		return;
	page_heading(page, "History");
	if (record)
		put_record(page, report, record);
	put_annotation(page, annotation);
	if (bug)
		put_known_bug(page, sure ? "  known issue: " : "  may be known: ", bug);
}

/* One of the operands before names the same register. */
static bool names_before(const json_t *operands, size_t end)
{
	const char *name = json_string_at(json_array_get(operands, end), "register");

	for (size_t i = 0; i < end; i++) {
		const char *before = json_string_at(json_array_get(operands, i), "register");

		if (before && !strcmp(before, name))
			return true;
	}
	return false;
}

/* The line before has told of it: "rdi (0x0000000000000008) + 0x110". */
static bool is_in(const char *why, const json_t *operand)
{
	_str_ struct str text = {0};

	str_printf(&text, "%s (%s)", json_string_at(operand, "register"),
		   json_string_at(operand, "value"));
	return why && text.data && strstr(why, text.data);
}

static void put_operands(const struct page *page, const json_t *report)
{
	const json_t *operands = json_at(report, "crash.instruction.operands");
	const char *why = json_string_at(report, "crash.fault.why");
	size_t i;
	json_t *operand;

	json_array_foreach (operands, i, operand) {
		_str_ struct str text = {0}, shown = {0};

		if (!json_string_at(operand, "register") || !json_string_at(operand, "value") ||
		    names_before(operands, i) || is_in(why, operand))
			continue;
		str_printf(&text, "%s = %s", json_string_at(operand, "register"),
			   json_string_at(operand, "value"));
		render_width(report, text.data, &shown);
		page_field(page, "", shown.data);
	}
}

/* "direct_map_beyond": as a person would say it; NULL where the headline does. */
static const char *class_words(const char *class)
{
	static const struct {
		const char *class, *words;
	} all[] = {
		{"null_offset", NULL},
		{"null_minus_offset", "just below NULL"},
		{"error_pointer", "near an error in a pointer"},
		{"user", "in user space"},
		{"non_canonical", "which no address can be"},
		{"direct_map_beyond", "past the end of memory"},
		{"hole", "where nothing is ever mapped"},
		{"read_only", "of a page that is read-only"},
		{"not_executable", "of a page that is no code"},
		{"reserved_bit", "by a damaged page table entry"},
		{"list_poison", "what list_del() leaves behind"},
		{"slab_poison", "what freed or new memory is filled with"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (!strcmp(class, all[i].class))
			return all[i].words;
	return class;
}

static void put_fault(struct str *text, const json_t *fault)
{
	const char *class = json_string_at(fault, "class");

	if (!json_string_at(fault, "address"))
		return;
	str_puts(text, json_string_at(fault, "address"));
	if (json_string_at(fault, "access"))
		str_printf(text, ", %s", json_string_at(fault, "access"));
	class = class ? class_words(class) : NULL;
	if (class)
		str_printf(text, ", %s", class);
}

/* An instruction of another function: what a panic that nothing trapped into had interrupted. */
static bool is_elsewhere(const json_t *crash)
{
	const char *rip = json_string_at(crash, "rip.address");
	size_t i;
	json_t *near;

	json_array_foreach (json_at(crash, "instruction.around"), i, near) {
		const char *at = json_string_at(near, "address");

		if (rip && at && json_is_true(json_at(near, "faulting")))
			return strtoull(rip, NULL, 16) - strtoull(at, NULL, 16) >
			       1; /* int3's is behind it */
	}
	return false;
}

/* Of a lockup or stall: for how long, and on what. */
static void put_stuck(const struct page *page, const json_t *crash)
{
	const json_t *seconds = json_at(crash, "lockup_s"), *work = json_at(crash, "work");
	_str_ struct str stuck = {0}, runs = {0}, starved = {0};

	if (json_is_number(seconds))
		str_printf(&stuck, "for %.0f s", json_number_value(seconds));
	if (json_is_integer(json_at(crash, "by_cpu")))
		str_printf(&stuck, "%sby CPU %lld", stuck.length ? ", noticed " : "noticed ",
			   json_integer_at(crash, "by_cpu"));
	if (json_string_at(work, "function"))
		str_printf(&runs, "%s()", json_string_at(work, "function"));
	if (json_string_at(work, "module"))
		str_printf(&runs, " [%s]", json_string_at(work, "module"));
	if (json_string_at(crash, "stall.starved"))
		str_printf(&starved, "%s got no CPU", json_string_at(crash, "stall.starved"));
	if (starved.length && json_is_integer(json_at(crash, "stall.starved_cpu")))
		str_printf(&starved, "; it was to run on CPU %lld",
			   json_integer_at(crash, "stall.starved_cpu"));
	page_field(page, "stuck", stuck.data);
	page_field(page, "spins for", json_string_at(crash, "lock.address"));
	page_field(page, "work", runs.data);
	page_field(page, "behind it", json_string_at(work, "behind"));
	page_field(page, "starved", starved.data);
}

/* Is there a crash to tell of? */
static bool has_crash(const json_t *report)
{
	const json_t *crash = json_at(report, "crash");

	return json_object_size(crash) && strcmp(string_or(crash, "kind", ""), "none") != 0;
}

void render_crash(const struct page *page, const json_t *report)
{
	const json_t *crash = json_at(report, "crash");
	_str_ struct str where = {0}, who = {0}, fault = {0}, from = {0}, address = {0};
	const json_t *cpu = json_at(crash, "cpu");
	const json_t *instruction = json_at(crash, "instruction");

	if (!has_crash(report))
		return;
	page_heading(page, "Crash");
	render_place(&where, json_at(crash, "rip"));
	render_task(&who, json_at(crash, "task"));
	put_fault(&fault, json_at(crash, "fault"));
	if (json_is_integer(cpu))
		str_printf(&who, "%son CPU %lld", who.length ? " " : "",
			   (long long)json_integer_value(cpu));
	page_field(page, "kind", json_string_at(crash, "kind"));
	page_field(page, "message", json_string_at(crash, "message"));
	page_field(page, "at", where.data);
	page_field(page, "task", who.data);
	page_field(page, "context", json_string_at(crash, "context.text"));
	put_stuck(page, crash);
	render_width(report, fault.data, &address);
	page_field(page, "address", address.data);
	render_width(report, json_string_at(crash, "fault.why"), &from);
	page_field(page, "from", from.data);
	if (is_elsewhere(crash))
		return;
	page_field(page, "instruction", json_string_at(instruction, "text"));
	if (strncmp(string_or(instruction, "text", ""), "ud", 2) !=
	    0) /* a trap's operands are read by nobody */
		put_operands(page, report);
}

void render_backtrace(const struct page *page, const json_t *report)
{
	const json_t *frames = json_at(report, "crash.backtrace");

	if (!has_crash(report) || render_stuck(page, report) || !json_array_size(frames))
		return;
	page_heading(page, "Backtrace");
	render_frames(page, frames, "  ", FRAMES_SHOWN);
}

/* "kmem_cache_alloc, lab_open, vfs_open, …": who allocated or freed, in a line. */
static void put_titled_stack(const struct page *page, const json_t *stack)
{
	_str_ struct str text = {0};
	const json_t *frames = json_at(stack, "frames");
	const char *title = json_string_at(stack, "title");
	size_t i;
	json_t *frame;

	if (!title)
		return;
	str_escape(&text, title, strlen(title));
	json_array_foreach (frames, i, frame) {
		if (i == TITLED_FRAMES_SHOWN)
			break;
		str_puts(&text, i ? ", " : ": ");
		render_frame(&text, frame);
	}
	page_paragraph(page, "  ", "    ", text.data ? text.data : "?");
}

/* What the kernel's report says besides: of the crash's own, told by its first line. */
void render_report(const struct page *page, const json_t *report)
{
	const char *message = json_string_at(json_at(report, "crash"), "message");
	const json_t *reports = json_at(json_at(report, "log"), "reports");
	size_t i, j;
	json_t *one, *item;

	if (!has_crash(report))
		return;
	json_array_foreach (reports, i, one) {
		const char *first = json_string_at(one, "message");

		if (!message || !first || strcmp(message, first) != 0)
			continue;
		if (!json_at(one, "details") && json_array_size(json_at(one, "stacks")) < 2)
			return;
		page_heading(page, "The kernel's report");
		json_array_foreach (json_at(one, "details"), j, item) {
			const char *line = json_string_value(item);

			page_paragraph(page, "  ", "    ", line + strspn(line, " "));
		}
		json_array_foreach (json_at(one, "stacks"), j, item) {
			put_titled_stack(page, item);
		}
		return;
	}
}

/* A sentence stands on the page once: in the headline, else among the reasons, else where it was found. */
static bool is_said(const json_t *report, const char *text, bool by_reasons)
{
	const char *headline = json_string_at(report, "verdict.headline");
	size_t i;
	json_t *reason;

	if (headline && strstr(headline, text))
		return true;
	json_array_foreach (json_at(report, "verdict.reasons"), i, reason) {
		if (by_reasons && json_is_string(reason) && strstr(json_string_value(reason), text))
			return true;
	}
	return false;
}

/* The length of " [module]" at the start of text, else 0. */
static size_t module_length(const char *text)
{
	size_t name = has_prefix(text, " [") ? strcspn(text + 2, " []") : 0;

	return name && text[2 + name] == ']' ? name + 3 : 0;
}

/* "f/1 waits [m]; who for is not known" behind the headline "f/1 waits": what it says beyond that. */
static const char *beyond_headline(const json_t *report, const char *text)
{
	const char *headline = json_string_at(report, "verdict.headline"), *rest = text;

	while (headline && *headline) {
		if (*rest == *headline) {
			rest++;
			headline++;
			continue;
		}
		if (!module_length(rest))
			return text;
		rest += module_length(rest);
	}
	rest += module_length(rest);
	return rest != text && (has_prefix(rest, "; ") || has_prefix(rest, ", ")) ? rest + 2 : text;
}

/* report: leave out what its headline says; NULL for what says something of its own. */
static void put_list(const struct page *page, const char *title, const json_t *list,
		     const json_t *report)
{
	size_t i, shown = 0;
	char more[32];
	json_t *item;

	json_array_foreach (list, i, item) {
		const char *text = json_string_value(item);

		if (!text || (report && is_said(report, text, false)))
			continue;
		if (!shown)
			page_heading(page, title);
		if (shown++ == LIST_SHOWN) {
			snprintf(more, sizeof(more), "… %zu more", json_array_size(list) - i);
			page_note(page, "  ", more);
			break;
		}
		page_paragraph(page, "  - ", "    ", report ? beyond_headline(report, text) : text);
	}
}

/* Headlines of the findings that matter, surest first as they came. */
static void put_findings(const struct page *page, const json_t *report)
{
	const json_t *findings = json_at(report, "findings");
	size_t i, shown = 0;
	json_t *finding;

	json_array_foreach (findings, i, finding) {
		const char *severity = json_string_at(finding, "severity");
		const char *headline = json_string_at(finding, "headline");
		const char *code = json_string_at(finding, "code");
		double confidence = json_number_value(json_at(finding, "confidence"));
		char first[24];

		if (!headline || !severity || !strcmp(severity, "info") || shown == 2 * LIST_SHOWN)
			continue;
		/* The crash has a section of its own: here it stands only when it is a guess. */
		if (confidence >= CRASH_TOLD && code && !strcmp(code, finding_code(FINDING_CRASH)))
			continue;
		if (is_said(report, headline, true))
			continue;
		if (!shown++)
			page_heading(page, "Found");
		snprintf(first, sizeof(first), "  %-8s ",
			 confidence >= 1  ? "proven"
			 : confidence > 0 ? "inferred"
					  : "missing");
		page_paragraph(page, first, "           ", headline);
	}
}

/* Of a log in several files, how many there were. */
static void put_files(const json_t *files, struct str *text)
{
	size_t count = json_array_size(files);

	if (count > 1)
		str_printf(text, " and %zu older from %s on", count - 1,
			   json_string_value(json_array_get(files, 0)));
}

void render_system(const struct page *page, const json_t *report)
{
	const json_t *system = json_at(report, "system");
	const json_t *dump = json_at(report, "dump");
	bool is_log = !strcmp(string_or(dump, "format", ""), "log");
	_str_ struct str kernel = {0}, file = {0};

	page_heading(page, "System");
	if (json_string_at(system, "release"))
		str_puts(&kernel, json_string_at(system, "release"));
	if (kernel.length && json_string_at(system, "hostname"))
		str_printf(&kernel, " on %s", json_string_at(system, "hostname"));
	page_field(page, "kernel", kernel.data);
	page_field(page, "hardware", json_string_at(system, "hardware"));
	if (json_is_number(json_at(system, "uptime_s")))
		str_printf(&file, "%.0f s", json_number_value(json_at(system, "uptime_s")));
	page_field(page, "uptime", file.data);
	file.length = 0;
	str_puts(&file, string_or(dump, "path", "?"));
	put_files(json_at(report, "log.files"), &file);
	if (json_string_at(dump, "format") && !is_log)
		str_printf(&file, " (%s%s%s)", json_string_at(dump, "format"),
			   json_string_at(dump, "compression") ? ", " : "",
			   string_or(dump, "compression", ""));
	page_field(page, is_log ? "log" : "dump", file.data);
}

static void put_left_out(const struct page *page, const json_t *left_out)
{
	const char *kind, *comma = ": ";
	_str_ struct str text = {0};
	json_t *count;

	str_printf(&text, "log: %lld more reports were only counted",
		   json_integer_at(left_out, "count"));
	json_object_foreach ((json_t *)json_at(left_out, "kinds"), kind, count) {
		str_printf(&text, "%s%lld ", comma, (long long)json_integer_value(count));
		str_escape(&text, kind, strlen(kind));
		comma = ", ";
	}
	page_paragraph(page, "  - ", "    ", text.data ? text.data : "?");
}

/* Of the file first: what is missing of it explains the rest. */
void render_missing(const struct page *page, const json_t *report)
{
	const json_t *degraded = json_at(report, "degraded");
	const char *note = json_string_at(report, "dump.note");
	const json_t *left_out = json_at(report, "log.reports_left_out");
	size_t i;
	json_t *one;

	if (!json_array_size(degraded) && !note && !json_object_size(left_out))
		return;
	page_heading(page, "Missing");
	if (note)
		page_paragraph(page, "  - ", "    ", note);
	if (json_object_size(left_out))
		put_left_out(page, left_out);
	json_array_foreach (degraded, i, one) {
		_str_ struct str text = {0};

		str_printf(&text, "%s: %s", string_or(one, "step", "?"),
			   string_or(one, "why", "?"));
		if (json_string_at(one, "remedy"))
			str_printf(&text, " (%s)", json_string_at(one, "remedy"));
		page_paragraph(page, "  - ", "    ", text.data ? text.data : "?");
	}
}

static void put_before(const struct page *page, const json_t *report)
{
	_str_ struct str text = {0};

	render_log_around(report, page->style->width, &text);
	if (!text.length)
		return;
	page_heading(page, "What happened");
	str_append(page->out, text.data, text.length);
}

void render_reasons(const struct page *page, const json_t *report)
{
	put_list(page, "Because", json_at(report, "verdict.reasons"), report);
}

void render_ruled_out(const struct page *page, const json_t *report)
{
	put_list(page, "Ruled out", json_at(report, "verdict.ruled_out"), NULL);
}

/* Where to read of it, in one line. */
void render_see(const struct page *page, const json_t *report)
{
	_str_ struct str text = {0};
	size_t i;
	json_t *one;

	json_array_foreach (json_at(report, "verdict.see"), i, one)
		if (json_is_string(one))
			str_printf(&text, "%s%s", text.length ? ", " : "", json_string_value(one));
	if (!text.data)
		return;
	page_heading(page, "See");
	page_paragraph(page, "  ", "  ", text.data);
}

void render_next(const struct page *page, const json_t *report, const struct render_record *record)
{
	_json_ json_t *steps = json_array();
	const json_t *list = json_at(report, "verdict.next_steps");
	size_t i;
	json_t *step;

	json_array_foreach (list, i, step) {
		_str_ struct str text = {0};

		if (json_is_string(step))
			render_command(json_string_value(step), report, record, &text);
		if (text.data)
			json_array_append_new(steps, json_string(text.data));
	}
	put_list(page, "Next", steps, NULL);
}

void render_page(const json_t *report, const struct render_record *record,
		 const struct render_style *style, struct str *out)
{
	struct page page = {out, style, NULL, NULL};

	render_headline(&page, report);
	render_reasons(&page, report);
	render_history(&page, report, record);
	render_next(&page, report, record);
	render_crash(&page, report);
	render_backtrace(&page, report);
	render_report(&page, report);
	put_before(&page, report);
	put_findings(&page, report);
	render_ruled_out(&page, report);
	render_see(&page, report);
	render_system(&page, report);
	render_missing(&page, report);
}

void render_verdict(const json_t *report, const struct render_style *style, struct str *out)
{
	render_page(report, NULL, style, out);
}
