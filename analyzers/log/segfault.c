/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: user processes that crashed, by their lines in the kernel log: which instruction of
 *   which file, what kind of access to what.
 * Needs: the log.
 * False positives: a process that printed such a line to /dev/kmsg.
 * Kernel commits: c926087eb38f v6.2 " likely on CPU"; the base is that of the mapping, and of the
 *   file where the kernel subtracts the mapping's file offset (el8, 6.12).
 */
#include "log/segfault.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analysis.h"
#include "base/parse.h"
#include "base/str.h"
#include "kernel/printk/printk.h"

#define HEX "0123456789abcdefABCDEF"

/* A hex number after these words, anywhere behind at. */
static bool hex_after(const char *at, const char *words, uint64_t *ret)
{
	const char *found = strstr(at, words);

	if (!found)
		return false;
	found += strlen(words);
	return parse_hex(found, strspn(found, HEX), ret);
}

/* "comm[pid]" that ends at end: comm may itself hold brackets, so the last one counts. */
static bool parse_task(const char *start, const char *end, struct segfault *fault)
{
	const char *open = end;

	if (end == start || end[-1] != ']')
		return false;
	while (open > start && *open != '[')
		open--;
	if (open == start || !parse_dec(open + 1, (size_t)(end - open - 2), &fault->pid))
		return false;
	size_t length = (size_t)(open - start);
	memcpy(fault->comm, start, MIN(length, sizeof(fault->comm) - 1));
	return length < sizeof(fault->comm);
}

/* " in libfoo.so[7f00+1000]"; a file's name may hold brackets too. */
static void parse_object(const char *at, struct segfault *fault)
{
	const char *name = strstr(at, " in "), *open = NULL;

	if (!name)
		return;
	name += 4;
	for (const char *c = name; *c && strncmp(c, " likely on CPU", 14); c++)
		if (*c == '[')
			open = c;
	if (!open)
		return;
	size_t digits = strspn(open + 1, HEX);
	const char *plus = open + 1 + digits;
	if (!parse_hex(open + 1, digits, &fault->base) || *plus != '+')
		return;
	digits = strspn(plus + 1, HEX);
	if (plus[1 + digits] != ']' || !parse_hex(plus + 1, digits, &fault->size))
		return;
	size_t length = MIN((size_t)(open - name), sizeof(fault->object) - 1);
	memcpy(fault->object, name, length);
	fault->object[length] = '\0';
}

static void parse_cpu(const char *at, struct segfault *fault)
{
	const char *cpu = strstr(at, " likely on CPU ");
	uint64_t number;

	fault->cpu = -1;
	if (cpu && parse_dec(cpu + 15, strspn(cpu + 15, "0123456789"), &number) && number < 65536)
		fault->cpu = (int)number;
}

static bool parse_page_fault(const char *line, struct segfault *fault)
{
	const char *words = strstr(line, ": segfault at ");

	if (!words || !parse_task(line, words, fault))
		return false;
	copy_string(fault->trap, sizeof(fault->trap), "segfault");
	fault->has_address = true;
	return hex_after(words, " at ", &fault->address) && hex_after(words, " ip ", &fault->ip) &&
	       hex_after(words, " sp ", &fault->sp) && hex_after(words, " error ", &fault->error);
}

static bool parse_trap(const char *line, struct segfault *fault)
{
	const char *start = strstr(line, "traps: "), *ip = strstr(line, " ip:"), *end = NULL;

	if (!start || !ip || ip < start)
		return false;
	start += 7;
	for (const char *c = start; c < ip; c++)
		if (*c == ']' && (c[1] == ' ' || c[1] == ':'))
			end = c + 1;
	if (!end || !parse_task(start, end, fault))
		return false;
	const char *trap = end + strspn(end, ": ");
	if (trap > ip)
		return false;
	if (!strncmp(trap, "trap ", 5) && trap + 5 < ip)
		trap += 5;
	size_t length = MIN((size_t)(ip - trap), sizeof(fault->trap) - 1);
	memcpy(fault->trap, trap, length);
	return trap < ip && hex_after(ip, " ip:", &fault->ip) &&
	       hex_after(ip, " sp:", &fault->sp) && hex_after(ip, " error:", &fault->error);
}

bool segfault_parse(const char *line, struct segfault *ret)
{
	*ret = (struct segfault){0};
	if (!parse_page_fault(line, ret)) {
		*ret = (struct segfault){0};
		if (!parse_trap(line, ret))
			return false;
	}
	parse_object(line, ret);
	parse_cpu(line, ret);
	return true;
}

bool segfault_offset(const struct segfault *fault, uint64_t *offset)
{
	*offset = fault->ip - fault->base;
	return fault->object[0] && fault->ip >= fault->base && *offset < fault->size;
}

const char *segfault_access(const struct segfault *fault)
{
	if (!fault->has_address)
		return NULL;
	return fault->error & 0x10 || fault->address == fault->ip ? "execute"
	       : fault->error & 2				  ? "write"
								  : "read";
}

#define NULL_REGION 0x10000ull /* mmap_min_addr's usual value: nothing is mapped below */

const char *segfault_class(const struct segfault *fault)
{
	if (!fault->has_address)
		return NULL;
	if (fault->address < NULL_REGION)
		return "null_offset";
	if (fault->address >> 47)
		return fault->address >> 47 == 0x1ffff ? "kernel" : "non_canonical";
	if (fault->error & 0x20)
		return "protection_key";
	return fault->error & 1 ? "protection" : "not_present";
}

static json_t *segfault_json(const struct log_line *line, const struct segfault *fault)
{
	json_t *json = json_object();
	uint64_t offset;

	if (line->has_time)
		json_put(json, "time_s", json_real((double)line->time_us / 1e6));
	json_put(json, "comm", json_escaped(fault->comm));
	json_put(json, "pid", json_integer((json_int_t)fault->pid));
	json_put(json, "trap", json_escaped(fault->trap));
	json_put(json, "address", fault->has_address ? json_address(fault->address) : json_null());
	json_put(json, "ip", json_address(fault->ip));
	json_put(json, "sp", json_address(fault->sp));
	json_put(json, "error", json_integer((json_int_t)fault->error));
	if (fault->object[0]) {
		json_put(json, "object", json_escaped(fault->object));
		json_put(json, "base", json_address(fault->base));
		json_put(json, "size", json_integer((json_int_t)fault->size));
		json_put(json, "offset",
			 segfault_offset(fault, &offset) ? json_integer((json_int_t)offset)
							 : json_null());
	}
	json_put(json, "access",
		 segfault_access(fault) ? json_string(segfault_access(fault)) : NULL);
	json_put(json, "class", segfault_class(fault) ? json_string(segfault_class(fault)) : NULL);
	json_put(json, "cpu", fault->cpu >= 0 ? json_integer(fault->cpu) : NULL);
	return json;
}

static void emit(const struct log_line *line, const struct segfault *fault,
		 struct findings *findings)
{
	_str_ struct str where = {0}, comm = {0};
	uint64_t offset;

	str_escape(&comm, fault->comm, strlen(fault->comm));
	if (segfault_offset(fault, &offset)) {
		str_escape(&where, fault->object, strlen(fault->object));
		str_printf(&where, "+0x%" PRIx64, offset);
	} else {
		str_printf(&where, "0x%" PRIx64, fault->ip);
	}
	if (fault->has_address)
		finding_add(findings, FINDING_SEGFAULT, SEVERITY_NOTICE, 1.0,
			    segfault_json(line, fault),
			    "user program %s (thread %" PRIu64 ") crashed: %s of 0x%" PRIx64
			    " (%s) at %s",
			    comm.data ? comm.data : "?", fault->pid, segfault_access(fault),
			    fault->address, segfault_class(fault), where.data);
	else
		finding_add(findings, FINDING_SEGFAULT, SEVERITY_NOTICE, 1.0,
			    segfault_json(line, fault),
			    "user program %s (thread %" PRIu64 ") crashed: %s at %s",
			    comm.data ? comm.data : "?", fault->pid, fault->trap, where.data);
}

#define SEGFAULTS_MAX 500 /* the last ones */

static struct err *run(struct analysis *analysis)
{
	struct kernel *kernel = analysis->kernel;
	struct findings *findings = analysis->findings;
	const struct log *log = kernel->log;
	struct segfault fault;
	size_t first = 0, seen = 0;

	for (size_t i = log->count; i-- > 0 && seen < SEGFAULTS_MAX;)
		if (segfault_parse(log->lines[i].text, &fault)) {
			seen++;
			first = i;
		}
	for (size_t i = first; seen && i < log->count; i++)
		if (segfault_parse(log->lines[i].text, &fault))
			emit(&log->lines[i], &fault, findings);
	return NULL;
}

const struct analyzer segfault_analyzer = {
	.name = "segfault",
	.needs = STEP_LOG,
	.run = run,
};
