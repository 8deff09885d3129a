/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One screen of a verdict for a person at a terminal: the headline first, then what it rests on. */
#include "daemon/render/render.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "daemon/render/render_json.h"
#include "daemon/render/render_log.h"
#include "finding.h"

#define DEFAULT_WIDTH 100
#define FRAMES_SHOWN 20
#define TITLED_FRAMES_SHOWN 8
#define LIST_SHOWN 6
#define CRASH_TOLD 0.9 /* confidence from which on the crash is told, not guessed */

struct render_style render_style_for(int fd)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	struct render_style style = {.width = DEFAULT_WIDTH};

	if (!ioctl(fd, TIOCGWINSZ, &size) && size.ws_col)
		style = (struct render_style){.width = size.ws_col, .given = true};
	else if (columns && atoi(columns) > 0)
		style = (struct render_style){.width = (unsigned)atoi(columns), .given = true};
	style.width = MAX(style.width, 40u);
	style.colour = isatty(fd) && !getenv("NO_COLOR");
	return style;
}

struct page {
	struct str *out;
	const struct render_style *style;
};

/* The string at a path, or what stands in for it. */
static const char *string_or(const json_t *object, const char *path, const char *otherwise)
{
	const char *string = json_string_at(object, path);

	return string ? string : otherwise;
}

static void colour(const struct page *page, const char *code)
{
	if (page->style->colour)
		str_printf(page->out, "\033[%sm", code);
}

static void heading(const struct page *page, const char *text)
{
	str_puts(page->out, "\n");
	colour(page, "1");
	str_puts(page->out, text);
	colour(page, "0");
	str_puts(page->out, "\n");
}

/* Escape, then wrap at spaces; lines after the first are indented. */
static void paragraph(const struct page *page, const char *first, const char *rest,
		      const char *text)
{
	_str_ struct str safe = {0};
	size_t indent = strlen(first), room = page->style->width - strlen(rest);

	str_escape(&safe, text, strlen(text));
	str_puts(page->out, first);
	for (const char *at = safe.data ? safe.data : ""; *at;) {
		size_t left = strlen(at), take = MIN(left, page->style->width - indent);

		if (take < left) {
			while (take && at[take] != ' ')
				take--;
			take = take ? take : room;
		}
		take = MIN(take, left);
		str_append(page->out, at, take);
		str_puts(page->out, "\n");
		at += take;
		at += *at == ' ';
		if (*at)
			str_puts(page->out, rest);
		indent = strlen(rest);
	}
	if (!safe.length)
		str_puts(page->out, "\n");
}

/* "  name      value", left out when the value is not known. */
static void field(const struct page *page, const char *name, const char *value)
{
	char first[32];

	if (!value || !*value)
		return;
	snprintf(first, sizeof(first), "  %-12s ", name);
	paragraph(page, first, "               ", value);
}

static void put_known_issue(const struct page *page, const json_t *issue)
{
	const char *reference = json_string_at(issue, "reference");
	const char *title = json_string_at(issue, "title");
	_str_ struct str text = {0};

	if (!reference)
		return;
	str_printf(&text, "%s%s%s", title ? title : "", title ? ", " : "", reference);
	paragraph(page, "known issue: ", "             ", text.data ? text.data : reference);
}

/* Which dump it is, and whether the same crash was there before. */
static void put_record(const struct page *page, const json_t *report,
		       const struct render_record *record)
{
	const char *signature = json_string_at(report, "verdict.signature.exact");
	_str_ struct str line = {0};

	str_printf(&line, "dump %lld: %s, crashed %s", (long long)record->id, record->state,
		   record->crash_time);
	paragraph(page, "", "  ", line.data ? line.data : "?");
	line.length = 0;
	str_printf(&line, "signature: %s   %s", signature ? signature : "none",
		   signature ? record->seen : "");
	if (signature)
		paragraph(page, "", "  ", line.data ? line.data : "?");
}

static void put_headline(const struct page *page, const json_t *report,
			 const struct render_record *record)
{
	const json_t *verdict = json_at(report, "verdict");
	const char *cause = string_or(verdict, "cause", "?");
	char line[160];

	colour(page, strcmp(cause, "?") && strcmp(cause, "unknown") ? "1;31" : "1;33");
	paragraph(page, "", "", string_or(verdict, "headline", "no verdict"));
	colour(page, "0");
	if (!verdict || json_is_null(verdict)) {
		if (record)
			put_record(page, report, record);
		return;
	}
	snprintf(line, sizeof(line), "cause: %.60s   confidence: %.0f %%   rule: %.60s", cause,
		 100 * json_number_value(json_at(verdict, "confidence")),
		 string_or(verdict, "rule", "none"));
	paragraph(page, "", "", line);
	if (record)
		put_record(page, report, record);
	put_known_issue(page, json_at(verdict, "known_issue"));
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

static void put_operands(const struct page *page, const json_t *instruction)
{
	const json_t *operands = json_at(instruction, "operands");
	size_t i;
	json_t *operand;

	json_array_foreach (operands, i, operand) {
		_str_ struct str text = {0};

		if (!json_string_at(operand, "register") || !json_string_at(operand, "value") ||
		    names_before(operands, i))
			continue;
		str_printf(&text, "%s = %s", json_string_at(operand, "register"),
			   json_string_at(operand, "value"));
		field(page, "", text.data);
	}
}

static void put_fault(struct str *text, const json_t *fault)
{
	if (!json_string_at(fault, "address"))
		return;
	str_puts(text, json_string_at(fault, "address"));
	if (json_string_at(fault, "access"))
		str_printf(text, ", %s", json_string_at(fault, "access"));
	if (json_string_at(fault, "class"))
		str_printf(text, ", %s", json_string_at(fault, "class"));
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
	field(page, "stuck", stuck.data);
	field(page, "spins for", json_string_at(crash, "lock.address"));
	field(page, "work", runs.data);
	field(page, "behind it", json_string_at(work, "behind"));
	field(page, "starved", starved.data);
}

static void put_crash(const struct page *page, const json_t *crash)
{
	_str_ struct str where = {0}, who = {0}, fault = {0};
	const json_t *cpu = json_at(crash, "cpu");
	const json_t *instruction = json_at(crash, "instruction");

	heading(page, "Crash");
	render_place(&where, json_at(crash, "rip"));
	render_task(&who, json_at(crash, "task"));
	put_fault(&fault, json_at(crash, "fault"));
	if (json_is_integer(cpu))
		str_printf(&who, "%son CPU %lld", who.length ? " " : "",
			   (long long)json_integer_value(cpu));
	field(page, "kind", json_string_at(crash, "kind"));
	field(page, "message", json_string_at(crash, "message"));
	field(page, "at", where.data);
	field(page, "task", who.data);
	field(page, "context", json_string_at(crash, "context.text"));
	put_stuck(page, crash);
	field(page, "address", fault.data);
	field(page, "from", json_string_at(crash, "fault.why"));
	field(page, "instruction", json_string_at(instruction, "text"));
	put_operands(page, instruction);
}

static void put_frame(const struct page *page, size_t number, const json_t *frame)
{
	_str_ struct str text = {0};
	char first[16];

	render_frame(&text, frame);
	snprintf(first, sizeof(first), "  #%-3zu ", number);
	paragraph(page, first, "       ", text.data ? text.data : "?");
}

static void put_backtrace(const struct page *page, const json_t *crash)
{
	const json_t *frames = json_at(crash, "backtrace");
	size_t i;
	json_t *frame;

	if (!json_array_size(frames))
		return;
	heading(page, "Backtrace");
	json_array_foreach (frames, i, frame) {
		if (i == FRAMES_SHOWN) {
			str_printf(page->out, "  … %zu more\n", json_array_size(frames) - i);
			break;
		}
		put_frame(page, i, frame);
	}
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
	paragraph(page, "  ", "    ", text.data ? text.data : "?");
}

/* What the kernel's report says besides: of the crash's own, told by its first line. */
static void put_report(const struct page *page, const json_t *report)
{
	const char *message = json_string_at(json_at(report, "crash"), "message");
	const json_t *reports = json_at(json_at(report, "log"), "reports");
	size_t i, j;
	json_t *one, *item;

	json_array_foreach (reports, i, one) {
		const char *first = json_string_at(one, "message");

		if (!message || !first || strcmp(message, first) != 0)
			continue;
		if (!json_at(one, "details") && json_array_size(json_at(one, "stacks")) < 2)
			return;
		heading(page, "The kernel's report");
		json_array_foreach (json_at(one, "details"), j, item) {
			const char *line = json_string_value(item);

			paragraph(page, "  ", "    ", line + strspn(line, " "));
		}
		json_array_foreach (json_at(one, "stacks"), j, item) {
			put_titled_stack(page, item);
		}
		return;
	}
}

static void put_list(const struct page *page, const char *title, const json_t *list)
{
	size_t i;
	json_t *item;

	if (!json_array_size(list))
		return;
	heading(page, title);
	json_array_foreach (list, i, item) {
		if (i == LIST_SHOWN) {
			str_printf(page->out, "  … %zu more\n", json_array_size(list) - i);
			break;
		}
		if (json_is_string(item))
			paragraph(page, "  - ", "    ", json_string_value(item));
	}
}

/* Headlines of the findings that matter, surest first as they came. */
static void put_findings(const struct page *page, const json_t *findings)
{
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
		if (!shown++)
			heading(page, "Found");
		snprintf(first, sizeof(first), "  %-8s ",
			 confidence >= 1  ? "proven"
			 : confidence > 0 ? "inferred"
					  : "missing");
		paragraph(page, first, "           ", headline);
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

static void put_system(const struct page *page, const json_t *report)
{
	const json_t *system = json_at(report, "system");
	const json_t *dump = json_at(report, "dump");
	bool is_log = !strcmp(string_or(dump, "format", ""), "log");
	_str_ struct str kernel = {0}, file = {0};

	heading(page, "System");
	if (json_string_at(system, "release"))
		str_puts(&kernel, json_string_at(system, "release"));
	if (kernel.length && json_string_at(system, "hostname"))
		str_printf(&kernel, " on %s", json_string_at(system, "hostname"));
	field(page, "kernel", kernel.data);
	field(page, "hardware", json_string_at(system, "hardware"));
	if (json_is_number(json_at(system, "uptime_s")))
		str_printf(&file, "%.0f s", json_number_value(json_at(system, "uptime_s")));
	field(page, "uptime", file.data);
	file.length = 0;
	str_puts(&file, string_or(dump, "path", "?"));
	put_files(json_at(report, "log.files"), &file);
	if (json_string_at(dump, "format") && !is_log)
		str_printf(&file, " (%s%s%s)", json_string_at(dump, "format"),
			   json_string_at(dump, "compression") ? ", " : "",
			   string_or(dump, "compression", ""));
	field(page, is_log ? "log" : "dump", file.data);
}

/* Of the file first: what is missing of it explains the rest. */
static void put_missing(const struct page *page, const json_t *report)
{
	const json_t *degraded = json_at(report, "degraded");
	const char *note = json_string_at(report, "dump.note");
	size_t i;
	json_t *one;

	if (!json_array_size(degraded) && !note)
		return;
	heading(page, "Missing");
	if (note)
		paragraph(page, "  - ", "    ", note);
	json_array_foreach (degraded, i, one) {
		_str_ struct str text = {0};

		str_printf(&text, "%s: %s", string_or(one, "step", "?"),
			   string_or(one, "why", "?"));
		if (json_string_at(one, "remedy"))
			str_printf(&text, " (%s)", json_string_at(one, "remedy"));
		paragraph(page, "  - ", "    ", text.data ? text.data : "?");
	}
}

static void put_before(const struct page *page, const json_t *report)
{
	_str_ struct str text = {0};

	render_log_around(report, page->style->width, &text);
	if (!text.length)
		return;
	heading(page, "What happened");
	str_append(page->out, text.data, text.length);
}

void render_page(const json_t *report, const struct render_record *record,
		 const struct render_style *style, struct str *out)
{
	struct page page = {out, style};
	const json_t *verdict = json_at(report, "verdict");
	const json_t *crash = json_at(report, "crash");

	put_headline(&page, report, record);
	put_list(&page, "Because", json_at(verdict, "reasons"));
	if (json_object_size(crash) && strcmp(string_or(crash, "kind", ""), "none") != 0) {
		put_crash(&page, crash);
		put_backtrace(&page, crash);
		put_report(&page, report);
	}
	put_before(&page, report);
	put_findings(&page, json_at(report, "findings"));
	put_list(&page, "Ruled out", json_at(verdict, "ruled_out"));
	put_system(&page, report);
	put_missing(&page, report);
	put_list(&page, "Next", json_at(verdict, "next_steps"));
}

void render_verdict(const json_t *report, const struct render_style *style, struct str *out)
{
	render_page(report, NULL, style, out);
}
