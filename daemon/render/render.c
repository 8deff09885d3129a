/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One screen of a verdict for a person at a terminal: the headline first, then what it rests on. */
#include "daemon/render/render.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "finding.h"

#define DEFAULT_WIDTH 100
#define FRAMES_SHOWN 20
#define LIST_SHOWN 6

struct render_style render_style_for(int fd)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	struct render_style style = {.width = DEFAULT_WIDTH};

	if (!ioctl(fd, TIOCGWINSZ, &size) && size.ws_col)
		style.width = size.ws_col;
	else if (columns && atoi(columns) > 0)
		style.width = (unsigned)atoi(columns);
	style.width = MAX(style.width, 40u);
	style.colour = isatty(fd) && !getenv("NO_COLOR");
	return style;
}

struct page {
	struct str *out;
	const struct render_style *style;
};

static const char *text_at(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static void colour(const struct page *page, const char *code)
{
	if (page->style->colour)
		str_printf(page->out, "\033[%sm", code);
}

static void title(const struct page *page, const char *text)
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
	const char *title = text_at(issue, "title"), *reference = text_at(issue, "reference");
	_str_ struct str text = {0};

	if (!reference)
		return;
	str_printf(&text, "%s%s%s", title ? title : "", title ? ", " : "", reference);
	paragraph(page, "known issue: ", "             ", text.data ? text.data : reference);
}

static void put_headline(const struct page *page, const json_t *report)
{
	const json_t *verdict = json_object_get(report, "verdict");
	const char *headline = text_at(verdict, "headline"), *cause = text_at(verdict, "cause");
	char line[160];

	colour(page, cause && strcmp(cause, "unknown") ? "1;31" : "1;33");
	paragraph(page, "", "", headline ? headline : "no verdict");
	colour(page, "0");
	if (!verdict || json_is_null(verdict))
		return;
	snprintf(line, sizeof(line), "cause: %.60s   confidence: %.0f %%   rule: %.60s",
		 cause ? cause : "?",
		 100 * json_number_value(json_object_get(verdict, "confidence")),
		 text_at(verdict, "rule") ? text_at(verdict, "rule") : "none");
	paragraph(page, "", "", line);
	put_known_issue(page, json_object_get(verdict, "known_issue"));
}

static void put_task(struct str *text, const json_t *task)
{
	if (text_at(task, "comm"))
		str_printf(text, "%s/%lld", text_at(task, "comm"),
			   (long long)json_integer_value(json_object_get(task, "pid")));
}

static void put_place(struct str *text, const json_t *place)
{
	const char *module = text_at(place, "module"), *file = text_at(place, "file");

	if (text_at(place, "symbol"))
		str_printf(text, "%s+0x%llx", text_at(place, "symbol"),
			   (long long)json_integer_value(json_object_get(place, "offset")));
	else if (text_at(place, "address"))
		str_puts(text, text_at(place, "address"));
	if (module && *module)
		str_printf(text, " [%s]", module);
	if (file)
		str_printf(text, "  %s:%lld", file,
			   (long long)json_integer_value(json_object_get(place, "line")));
}

static void put_operands(const struct page *page, const json_t *instruction)
{
	size_t i;
	json_t *operand;

	json_array_foreach(json_object_get(instruction, "operands"), i, operand)
	{
		_str_ struct str text = {0};

		if (!text_at(operand, "register") || !text_at(operand, "value"))
			continue;
		str_printf(&text, "%s = %s", text_at(operand, "register"),
			   text_at(operand, "value"));
		field(page, "", text.data);
	}
}

static void put_fault(struct str *text, const json_t *fault)
{
	if (!text_at(fault, "address"))
		return;
	str_puts(text, text_at(fault, "address"));
	if (text_at(fault, "access"))
		str_printf(text, ", %s", text_at(fault, "access"));
	if (text_at(fault, "class"))
		str_printf(text, ", %s", text_at(fault, "class"));
}

static void put_crash(const struct page *page, const json_t *crash)
{
	_str_ struct str where = {0}, who = {0}, fault = {0};
	const json_t *cpu = json_object_get(crash, "cpu");
	const json_t *instruction = json_object_get(crash, "instruction");

	title(page, "Crash");
	put_place(&where, json_object_get(crash, "rip"));
	put_task(&who, json_object_get(crash, "task"));
	put_fault(&fault, json_object_get(crash, "fault"));
	if (json_is_integer(cpu))
		str_printf(&who, "%son CPU %lld", who.length ? " " : "",
			   (long long)json_integer_value(cpu));
	field(page, "kind", text_at(crash, "kind"));
	field(page, "message", text_at(crash, "message"));
	field(page, "at", where.data);
	field(page, "task", who.data);
	field(page, "address", fault.data);
	field(page, "from", text_at(json_object_get(crash, "fault"), "why"));
	field(page, "instruction", text_at(instruction, "text"));
	put_operands(page, instruction);
}

static void put_frame(const struct page *page, size_t number, const json_t *frame)
{
	const char *kind = text_at(frame, "kind"), *found_by = text_at(frame, "found_by");
	_str_ struct str text = {0};
	char first[16];

	put_place(&text, frame);
	if (kind && strcmp(kind, "call") != 0)
		str_printf(&text, "  <%s>", kind);
	if (found_by && (!strcmp(found_by, "scan") || !strcmp(found_by, "resumed")))
		str_printf(&text, "  (%s)", found_by);
	snprintf(first, sizeof(first), "  #%-3zu ", number);
	paragraph(page, first, "       ", text.data ? text.data : "?");
}

static void put_backtrace(const struct page *page, const json_t *crash)
{
	const json_t *frames = json_object_get(crash, "backtrace");
	size_t i;
	json_t *frame;

	if (!json_array_size(frames))
		return;
	title(page, "Backtrace");
	json_array_foreach(frames, i, frame)
	{
		if (i == FRAMES_SHOWN) {
			str_printf(page->out, "  … %zu more\n", json_array_size(frames) - i);
			break;
		}
		put_frame(page, i, frame);
	}
}

static void put_list(const struct page *page, const char *heading, const json_t *list)
{
	size_t i;
	json_t *item;

	if (!json_array_size(list))
		return;
	title(page, heading);
	json_array_foreach(list, i, item)
	{
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

	json_array_foreach(findings, i, finding)
	{
		const char *severity = text_at(finding, "severity");
		const char *headline = text_at(finding, "headline");
		const char *code = text_at(finding, "code");
		double confidence = json_number_value(json_object_get(finding, "confidence"));
		char first[24];

		if (!headline || !severity || !strcmp(severity, "info") || shown == 2 * LIST_SHOWN)
			continue;
		/* The crash has a section of its own, but that does not say when it is a guess. */
		if (confidence >= 1 && code && !strcmp(code, finding_code(FINDING_CRASH)))
			continue;
		if (!shown++)
			title(page, "Found");
		snprintf(first, sizeof(first), "  %-8s ",
			 confidence >= 1  ? "proven"
			 : confidence > 0 ? "inferred"
					  : "missing");
		paragraph(page, first, "           ", headline);
	}
}

static void put_system(const struct page *page, const json_t *report)
{
	const json_t *system = json_object_get(report, "system");
	const json_t *dump = json_object_get(report, "dump");
	_str_ struct str kernel = {0}, file = {0};

	title(page, "System");
	if (text_at(system, "release"))
		str_printf(&kernel, "%s on %s", text_at(system, "release"),
			   text_at(system, "hostname") ? text_at(system, "hostname") : "?");
	field(page, "kernel", kernel.data);
	field(page, "hardware", text_at(system, "hardware"));
	if (json_is_number(json_object_get(system, "uptime_s")))
		str_printf(&file, "%.0f s", json_number_value(json_object_get(system, "uptime_s")));
	field(page, "uptime", file.data);
	file.length = 0;
	str_printf(&file, "%s", text_at(dump, "path") ? text_at(dump, "path") : "?");
	if (text_at(dump, "format"))
		str_printf(&file, " (%s%s%s)", text_at(dump, "format"),
			   text_at(dump, "compression") ? ", " : "",
			   text_at(dump, "compression") ? text_at(dump, "compression") : "");
	field(page, "dump", file.data);
}

static void put_degraded(const struct page *page, const json_t *degraded)
{
	size_t i;
	json_t *one;

	if (!json_array_size(degraded))
		return;
	title(page, "Missing");
	json_array_foreach(degraded, i, one)
	{
		_str_ struct str text = {0};

		str_printf(&text, "%s: %s", text_at(one, "step") ? text_at(one, "step") : "?",
			   text_at(one, "why") ? text_at(one, "why") : "?");
		if (text_at(one, "remedy"))
			str_printf(&text, " (%s)", text_at(one, "remedy"));
		paragraph(page, "  - ", "    ", text.data ? text.data : "?");
	}
}

void render_verdict(const json_t *report, const struct render_style *style, struct str *out)
{
	struct page page = {out, style};
	const json_t *verdict = json_object_get(report, "verdict");
	const json_t *crash = json_object_get(report, "crash");

	put_headline(&page, report);
	put_list(&page, "Because", json_object_get(verdict, "reasons"));
	if (json_object_size(crash)) {
		put_crash(&page, crash);
		put_backtrace(&page, crash);
	}
	put_findings(&page, json_object_get(report, "findings"));
	put_list(&page, "Ruled out", json_object_get(verdict, "ruled_out"));
	put_system(&page, report);
	put_degraded(&page, json_object_get(report, "degraded"));
	put_list(&page, "Next", json_object_get(verdict, "next_steps"));
}
