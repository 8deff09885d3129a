/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine as the log's reports describe it: release, hardware, taint, modules, host. */
#include "crash/system_report.h"

#include <string.h>

#include "base/parse.h"
#include "base/str.h"
#include "crash/taint.h"
#include "log/report_shown.h"

#define MODULES_MAX 1024
#define BOOT_BACK_US 10000000u /* clocks of CPUs differ by less */

static void put_missing(json_t *system, const char *key, const char *text)
{
	if (text && *text)
		json_put_missing(system, key, json_escaped(text));
}

/* "amdgpu(OE+)", "symap(P)(U)": the name, and the taints of the module's letters. */
static json_t *module_json(const char *word, size_t length)
{
	size_t name = 0;
	json_t *taints = json_array();

	while (name < length && word[name] != '(')
		name++;
	for (size_t i = name; i < length; i++)
		if (taint_text(word[i]))
			json_array_append_new(taints, json_string(taint_text(word[i])));
	return json_pack("{s:o, s:o}", "name", json_escaped_bytes(word, name), "taints", taints);
}

/* The words of one line; false when it ends the list. */
static bool add_modules(json_t *modules, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, " ");

		if (text[0] == '[') /* "[last unloaded: …]" */
			return false;
		if (length && json_array_size(modules) < MODULES_MAX)
			json_array_append_new(modules, module_json(text, length));
		text += length + strspn(text + length, " ");
	}
	return true;
}

/* A line of names alone: the list goes on where printk() broke it. */
static bool is_more_modules(const char *text)
{
	const char *colon = strstr(text, ": "), *unloaded = strstr(text, "[last unloaded: ");

	if (!*text || (colon && (!unloaded || colon < unloaded)) || strchr(text, '=') ||
	    strchr(text, '<'))
		return false;
	return strcspn(text, " ") != strlen(text) || strchr(text, '(') || strchr(text, '_');
}

static json_t *modules_json(const struct log *log, size_t line)
{
	json_t *modules = json_array();
	const char *text = strstr(log->lines[line].text, "linked in:");
	bool more = text && add_modules(modules, text + 10 + strspn(text + 10, " "));

	for (size_t i = line + 1; more && i < log->count && i < line + 16; i++) {
		text = log->lines[i].text + strspn(log->lines[i].text, " ");
		more = is_more_modules(text) && add_modules(modules, text);
	}
	return modules;
}

/* Behind the list, which may have gone on for some lines: "[last unloaded: x(O)]". NULL: not said. */
static json_t *unloaded_json(const struct log *log, size_t line)
{
	static const char words[] = "[last unloaded: ";

	for (size_t i = line; i < log->count && i < line + 16; i++) {
		const char *text = log->lines[i].text;
		const char *at = strstr(text, words);

		if (at) {
			at += strlen(words);
			return json_escaped_bytes(at, strcspn(at, "]( "));
		}
		if (i > line && !is_more_modules(text + strspn(text, " ")))
			return NULL;
	}
	return NULL;
}

static json_t *taints_json(const char *letters)
{
	json_t *taints = json_array();

	for (; *letters; letters++)
		if (taint_text(*letters))
			json_array_append_new(taints, json_string(taint_text(*letters)));
	return taints;
}

/* A clock that begins anew between two reports: the machine was started again. */
static bool same_boot(const struct log *log, const struct report *crash, const struct report *other)
{
	size_t first = MIN(crash->first, other->first), last = MAX(crash->first, other->first);
	uint64_t time = 0;

	for (size_t i = first; i <= last; i++) {
		if (!log->lines[i].has_time)
			continue;
		if (log->lines[i].time_us + BOOT_BACK_US < time)
			return false;
		time = log->lines[i].time_us;
	}
	return true;
}

static void put_report(json_t *system, const struct log *log, const struct report *report)
{
	put_missing(system, "release", report->release);
	put_missing(system, "version", report->version);
	put_missing(system, "hardware", report->hardware);
	if (report->is_32bit)
		put_missing(system, "machine", "i386");
	if (report->tainted_known)
		json_put_missing(system, "taints", taints_json(report->taint));
	if (report->modules_line >= log->count)
		return;
	json_put_missing(system, "modules", modules_json(log, report->modules_line));
	json_t *unloaded = unloaded_json(log, report->modules_line);
	if (unloaded)
		json_put_missing(system, "last_unloaded", unloaded);
}

/* "Kernel Offset: 0x2a000000 from 0xffffffff81000000 (…)", which panic() prints last. */
static void put_kaslr_offset(json_t *system, const struct log *log)
{
	uint64_t offset;

	for (size_t i = log->count; i-- > 0;) {
		const char *text = log->lines[i].text + strspn(log->lines[i].text, " ");

		if (has_prefix(text, "Kernel Offset: ") &&
		    (parse_hex_after(text, "Offset: 0x", &offset) ||
		     (has_prefix(text + 15, "disabled") && !(offset = 0)))) {
			json_put(system, "kaslr_offset", json_address(offset));
			return;
		}
	}
}

void system_report_put(json_t *system, const struct log *log, const struct reports *reports)
{
	const struct report *crash = reports_crash(reports);

	if (crash)
		put_report(system, log, crash);
	for (size_t i = 0; i < reports->count; i++)
		if (!crash || same_boot(log, crash, &reports->list[i]))
			put_report(system, log, &reports->list[i]);
	put_missing(system, "release", reports->shown->release);
	put_missing(system, "version", reports->shown->version);
	put_missing(system, "hardware", reports->shown->hardware);
	put_missing(system, "hostname", log->host);
	put_kaslr_offset(system, log);
}
