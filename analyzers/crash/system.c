/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: nothing by itself; says which machine and kernel this was and how much of it the dump
 *   holds.
 * Needs: nothing; says less when less stands.
 * False positives: none.
 * Kernel commits: none; taint letters as in kernel/panic.c.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analysis.h"
#include "crash/system_report.h"
#include "crash/taint.h"
#include "base/str.h"
#include "base/utc.h"
#include "kernel/dump/dump.h"
#include "kernel/dump/vmcoreinfo.h"
#include "kernel/memory/memory.h"
#include "kernel/modules/module.h"
#include "kernel/printk/log.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/percpu.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"
#include "log/log_mark.h"

static json_t *time_json(int64_t seconds)
{
	char text[UTC_SIZE];

	return seconds > 0 && utc_format(seconds, text) ? json_string(text) : NULL;
}

/* --- the file --------------------------------------------------------------------------------- */

static const char *what_lacks(const struct dump_info *info, char *text, size_t size)
{
	if (!info->truncated)
		return "its writer marked it incomplete";
	/* A flattened file is longer than the dump in it. */
	if (info->flattened || info->whole_size <= info->size)
		return "the file ends before the data it announces";
	snprintf(text, size, "the file is cut off: %.1f of %.1f MB are there",
		 (double)info->size / 1e6, (double)info->whole_size / 1e6);
	return text;
}

static json_t *dump_json(struct kernel *kernel)
{
	json_t *json = json_object();
	char text[80];

	if (!kernel->dump) {
		json_put(json, "format", json_string("log"));
		return json;
	}
	const struct dump_info *info = dump_info(kernel->dump);
	json_put(json, "format", json_string(info->format));
	json_put(json, "compression", info->compression ? json_string(info->compression) : NULL);
	json_put(json, "flattened", json_boolean(info->flattened));
	json_put(json, "size", json_integer((json_int_t)info->size));
	json_put(json, "complete", json_boolean(!info->incomplete && !info->truncated));
	json_put(json, "dump_level",
		 info->dump_level >= 0 ? json_integer(info->dump_level) : json_null());
	if (info->truncated || info->incomplete)
		json_put(json, "note", json_string(what_lacks(info, text, sizeof(text))));
	return json;
}

/* --- kernel and machine ----------------------------------------------------------------------- */

/* One field of init_uts_ns.name (struct new_utsname). */
static bool uts_field(struct kernel *kernel, const char *field, char *buf, size_t size)
{
	struct type type = types_find_struct(kernel->types, "uts_namespace");
	struct member member;
	uint64_t base;
	char path[48];

	snprintf(path, sizeof(path), "name.%s", field);
	if (!kernel->symbols || !symbols_find(kernel->symbols, "init_uts_ns", &base) ||
	    !type_find_member(type, path, &member))
		return false;
	struct err *err =
		memory_read_string(kernel->memory, base + member_offset(&member), buf, size);
	return err_ok(err) && buf[0];
}

static void put_uts(struct kernel *kernel, json_t *json, const char *key, const char *field,
		    const char *fallback)
{
	char text[65];

	if (kernel->memory && uts_field(kernel, field, text, sizeof(text)))
		json_put(json, key, json_escaped(text));
	else if (fallback && *fallback)
		json_put(json, key, json_escaped(fallback));
}

/* Words of log_marks.c. */
static const char *behind_words(const struct log *log, size_t line, const char *words)
{
	const char *at =
		log_has_mark(log, line, MARK_MACHINE) ? strstr(log->lines[line].text, words) : NULL;

	return at ? at + strlen(words) : NULL;
}

static const char *first_line(const struct log *log, const char *words)
{
	for (size_t i = 0; log && i < log->count; i++) {
		const char *at = behind_words(log, i, words);

		if (at)
			return at;
	}
	return NULL;
}

/* "6.1.0-56-cloud-amd64 (…) #1 …" of a log's "Linux version" line, up to the blank: of the boot that crashed. */
static void put_release_from_log(const struct log *log, const struct reports *reports, json_t *json)
{
	const struct report *crash = reports ? reports_crash(reports) : NULL;
	size_t end = crash ? crash->first : log ? log->count : 0;

	for (size_t i = end; log && i-- > 0;) {
		const char *at = behind_words(log, i, "Linux version ");

		if (!at)
			continue;
		json_put_missing(json, "release", json_escaped_bytes(at, strcspn(at, " ")));
		return;
	}
}

/* The last line of the boot that crashed is the kernel's own last word on the time since boot. */
static void put_uptime(const struct log *log, const struct reports *reports, json_t *json)
{
	const struct report *crash = reports ? reports_crash(reports) : NULL;
	uint64_t last = 0;
	bool found = false;

	for (size_t i = crash ? crash->first : 0; log && i < log->count; i++) {
		if (!log->lines[i].has_time)
			continue;
		if (found && crash && log->lines[i].time_us + 10000000 < last)
			break;
		last = log->lines[i].time_us;
		found = true;
	}
	if (found)
		json_put(json, "uptime_s", json_real((double)last / 1e6));
}

static void put_command_line(struct kernel *kernel, json_t *json)
{
	uint64_t pointer;
	char text[2048];

	if (kernel->symbols && err_ok(variable_read(kernel, "saved_command_line", 8, &pointer))) {
		struct err *err = memory_read_string(kernel->memory, pointer, text, sizeof(text));
		bool usable = !err || err->code == ERR_LIMIT;

		err_free(err);
		if (usable) {
			json_put(json, "command_line", json_escaped(text));
			return;
		}
	}
	const char *at = first_line(kernel->log, "Command line: ");
	json_put(json, "command_line", at ? json_escaped(at) : NULL);
}

static json_t *taints_json(uint64_t mask)
{
	json_t *list = json_array();

	for (size_t i = 0; taint_of_bit(i); i++)
		if (mask >> i & 1)
			json_array_append_new(list, json_string(taint_of_bit(i)));
	return list;
}

static json_t *modules_json(struct kernel *kernel)
{
	json_t *list = json_array();

	for (size_t i = 0; i < modules_count(kernel->modules); i++) {
		const struct module *module = modules_at(kernel->modules, i);

		json_array_append_new(list, json_pack("{s:o, s:o, s:I, s:o}", "name",
						      json_escaped(module->name), "address",
						      json_address(module->base), "size",
						      (json_int_t)module->size, "taints",
						      taints_json(module->taints)));
	}
	return list;
}

static uint64_t memory_bytes(struct kernel *kernel)
{
	uint64_t pages;

	if (kernel->symbols && (err_ok(variable_read(kernel, "_totalram_pages", 8, &pages)) ||
				err_ok(variable_read(kernel, "totalram_pages", 8, &pages))))
		return pages * PAGE_SIZE;
	return 0;
}

static unsigned online_cpus(struct kernel *kernel)
{
	unsigned online = 0;

	for (unsigned cpu = 0; kernel->percpu && cpu < percpu_cpus(kernel->percpu); cpu++)
		online += percpu_online(kernel->percpu, cpu);
	return online;
}

/* "CPU: 1 PID: 1 Comm: … Hardware name: QEMU …" or the boot's "DMI: …" */
static void put_hardware(const struct log *log, json_t *json)
{
	const char *at = first_line(log, "Hardware name: ");

	if (!at)
		at = first_line(log, "DMI: ");
	json_put(json, "hardware", at ? json_escaped(at) : NULL);
}

static json_t *system_json(struct kernel *kernel, const struct reports *reports)
{
	const struct dump_info *info = kernel->dump ? dump_info(kernel->dump) : NULL;
	const char *release = vmcoreinfo_get(kernel->vmcoreinfo, "OSRELEASE");
	const char *build_id = vmcoreinfo_get(kernel->vmcoreinfo, "BUILD-ID");
	json_t *json = json_object();
	uint64_t mask;

	put_uts(kernel, json, "release", "release",
		release ? release
		: info	? info->release
			: NULL);
	put_release_from_log(kernel->log, reports, json);
	put_uts(kernel, json, "version", "version", info ? info->version : NULL);
	put_uts(kernel, json, "machine", "machine", info ? info->machine : NULL);
	put_uts(kernel, json, "hostname", "nodename", info ? info->nodename : NULL);
	json_put(json, "build_id", build_id ? json_escaped(build_id) : NULL);
	json_put(json, "types_from", kernel->types_from ? json_string(kernel->types_from) : NULL);
	if (kernel->types_from)
		json_put(json, "types_probed", json_boolean(kernel->probed));
	put_uptime(kernel->log, reports, json);
	if (online_cpus(kernel))
		json_put(json, "cpus", json_integer(online_cpus(kernel)));
	if (memory_bytes(kernel))
		json_put(json, "memory_bytes", json_integer((json_int_t)memory_bytes(kernel)));
	put_hardware(kernel->log, json);
	put_command_line(kernel, json);
	if (kernel->symbols && err_ok(variable_read(kernel, "tainted_mask", 8, &mask)))
		json_put(json, "taints", taints_json(mask));
	if (kernel->modules)
		json_put(json, "modules", modules_json(kernel));
	/* Who does not say that it was moved was not; but somebody has to have said anything. */
	if (kernel->memory && (kernel->vmcoreinfo || memory_kaslr_offset(kernel->memory)))
		json_put(json, "kaslr_offset", json_address(memory_kaslr_offset(kernel->memory)));
	if (reports && !kernel->memory)
		system_report_put(json, kernel->log, reports);
	return json;
}

/* CRASHTIME of VMCOREINFO, else the container's header. */
static json_t *crash_time(struct kernel *kernel)
{
	const char *text = vmcoreinfo_get(kernel->vmcoreinfo, "CRASHTIME");
	int64_t time = text ? strtoll(text, NULL, 10) : 0;

	if (time <= 0 && kernel->dump)
		time = dump_info(kernel->dump)->crash_time;
	return time_json(time);
}

static struct err *run(struct analysis *analysis)
{
	struct kernel *kernel = analysis->kernel;
	struct findings *findings = analysis->findings;
	json_t *time = crash_time(kernel);

	finding_add(findings, FINDING_DUMP, SEVERITY_INFO, 1.0, dump_json(kernel), NULL);
	finding_add(findings, FINDING_SYSTEM, SEVERITY_INFO, 1.0,
		    system_json(kernel, analysis->reports), NULL);
	if (time)
		finding_add(findings, FINDING_CRASH_TIME, SEVERITY_INFO, 1.0,
			    json_pack("{s:o}", "time", time), NULL);
	return NULL;
}

const struct analyzer system_analyzer = {
	.name = "system",
	.needs = 0,
	.run = run,
};
