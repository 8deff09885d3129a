/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: user processes that crashed, by their lines in the kernel log: which instruction of
 *   which file, what kind of access to what, how often at the same place; whether different programs
 *   crash on one core.
 * Needs: the log.
 * False positives: a process that printed such a line to /dev/kmsg.
 * Kernel commits: see segfault.c.
 */
#include <inttypes.h>
#include <string.h>

#include "analysis.h"
#include "base/array.h"
#include "base/hash.h"
#include "base/str.h"
#include "kernel/printk/log.h"
#include "log/log_json.h"
#include "log/log_mark.h"
#include "log/segfault.h"
#include "log/segfault_class.h"
#include "log/segfault_core.h"
#include "log/segfault_source.h"

#define SEGFAULTS_MAX 500	  /* told one by one: the last ones */
#define SEGFAULT_PLACES_MAX 10000 /* counted: the first ones */
#define CODE_LINES 3		  /* after its line, a segfault's code follows */

struct segfaults {
	struct segfault *list; /* of the log's last ones */
	size_t *lines;
	size_t count, total;
	struct map places; /* hash of a place: crashes there */
};

static void segfaults_deinit(struct segfaults *segfaults)
{
	free(segfaults->list);
	free(segfaults->lines);
	map_deinit(&segfaults->places);
}

/* Crashes at one place have one key: the object and offset, else the program and addresses. */
static uint64_t place_key(const struct segfault *fault)
{
	uint64_t offset, words[3];

	if (segfault_offset(fault, &offset)) {
		words[0] = hash_string(fault->object);
		words[1] = offset;
		words[2] = 0;
	} else {
		words[0] = hash_string(fault->comm);
		words[1] = fault->ip;
		words[2] = fault->address;
	}
	return hash_bytes(words, sizeof(words));
}

static struct err *count_place(struct segfaults *segfaults, const struct segfault *fault)
{
	uint64_t key = place_key(fault), *times = map_get(&segfaults->places, key);

	segfaults->total++;
	if (times)
		++*times;
	else if (segfaults->places.count < SEGFAULT_PLACES_MAX &&
		 !map_set(&segfaults->places, key, 1))
		return &err_nomem;
	return NULL;
}

static struct err *keep(struct segfaults *segfaults, const struct segfault *fault, size_t line)
{
	if (!array_grow(segfaults->list, segfaults->count) ||
	    !array_grow(segfaults->lines, segfaults->count))
		return &err_nomem;
	segfaults->list[segfaults->count] = *fault;
	segfaults->lines[segfaults->count++] = line;
	return NULL;
}

/* The bytes around ip, a few lines on, where no other process' crash comes between. */
static void find_code(const struct log *log, size_t line, struct segfault *fault)
{
	struct segfault other;

	for (size_t i = line + 1; i < log->count && i <= line + CODE_LINES; i++)
		if (segfault_parse_code(log->lines[i].text, fault) ||
		    segfault_parse(log->lines[i].text, &other))
			return;
}

/* The lines where segfaults are, from the first that is told; all of them are counted. */
static struct err *read_all(const struct log *log, struct segfaults *segfaults)
{
	size_t last[SEGFAULTS_MAX] = {0};
	struct segfault fault;

	for (size_t i = 0; i < log->count; i++)
		if (log_has_mark(log, i, MARK_SEGFAULT) &&
		    segfault_parse(log->lines[i].text, &fault)) {
			last[segfaults->total % SEGFAULTS_MAX] = i;
			TRY(count_place(segfaults, &fault));
		}
	size_t told = MIN(segfaults->total, (size_t)SEGFAULTS_MAX);
	for (size_t i = segfaults->total - told; i < segfaults->total; i++) {
		size_t line = last[i % SEGFAULTS_MAX];

		segfault_parse(log->lines[line].text, &fault);
		find_code(log, line, &fault);
		TRY(keep(segfaults, &fault, line));
	}
	return NULL;
}

/* "libfoo.so+0x1f", or the bare address. */
static void put_place(const struct segfault *fault, struct str *text)
{
	uint64_t offset;

	if (segfault_offset(fault, &offset)) {
		str_escape(text, fault->object, strlen(fault->object));
		str_printf(text, "+0x%" PRIx64, offset);
	} else {
		str_printf(text, "0x%" PRIx64, fault->ip);
	}
}

/* What a reader knows of the class, where its name is the program's own. */
static const char *class_words(const char *class)
{
	static const struct {
		const char *class, *words;
	} table[] = {{"null_offset", "next to NULL"},
		     {"not_present", "nothing is mapped there"},
		     {"stack_overflow", "right below the stack"},
		     {"stack_pointer", "the stack pointer is wrong"},
		     {"protection", "not allowed there"},
		     {"protection_key", "forbidden by a protection key"},
		     {"kernel", "the kernel's"},
		     {"non_canonical", "no address"}};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (!strcmp(table[i].class, class))
			return table[i].words;
	return class;
}

static struct err *show(struct findings *findings, const struct log *log, size_t line,
			const struct segfault_facts *facts)
{
	const struct segfault *fault = facts->fault;
	_str_ struct str text = {0};

	str_puts(&text, "user program ");
	str_escape(&text, fault->comm, strlen(fault->comm));
	str_printf(&text, "/%" PRIu64 " crashed: ", fault->pid);
	if (fault->has_address)
		str_printf(&text, "%s of 0x%" PRIx64, segfault_access(fault), fault->address);
	else
		str_puts(&text, fault->trap);
	if (fault->has_address && facts->class)
		str_printf(&text, " (%s)", class_words(facts->class));
	str_puts(&text, " at ");
	put_place(fault, &text);
	if (text.failed)
		return &err_nomem;
	finding_add(findings, FINDING_SEGFAULT, SEVERITY_NOTICE, 1.0,
		    log_json_segfault(log, line, facts), "%s", text.data);
	return NULL;
}

#define OBJECTS_MAX 8 /* crashes whose file is looked into */

static struct err *show_all(struct analysis *analysis, const struct segfaults *segfaults)
{
	unsigned asked = 0;

	for (size_t i = 0; i < segfaults->count; i++) {
		const struct segfault *fault = &segfaults->list[i];
		const uint64_t *times = map_get(&segfaults->places, place_key(fault));
		struct segfault_source source = {0};
		struct insn insn;
		struct segfault_facts facts = {.fault = fault, .times = times ? *times : 0};

		if (segfault_instruction(fault, analysis->kernel->disasm, &insn))
			facts.insn = &insn;
		if (fault->object[0] && asked++ < OBJECTS_MAX)
			TRY(segfault_source_find(analysis->kernel, fault, &source));
		if (source.found) {
			facts.place = &source.place;
			facts.operand = source.operand;
			facts.insn = source.has_insn ? &source.insn : facts.insn;
		}
		facts.class = segfault_class(fault, facts.insn);
		TRY(show(analysis->findings, analysis->kernel->log, segfaults->lines[i], &facts));
	}
	return NULL;
}

static struct err *run(struct analysis *analysis)
{
	const struct log *log = analysis->kernel->log;
	_cleanup_(segfaults_deinit) struct segfaults segfaults = {0};
	struct segfault_core core;

	TRY(read_all(log, &segfaults));
	if (!segfaults.total)
		return NULL;
	TRY(show_all(analysis, &segfaults));
	bool one_core =
		segfault_core_find(segfaults.list, segfaults.count, segfault_cpus(log), &core);
	finding_add(analysis->findings, FINDING_SEGFAULTS, SEVERITY_INFO, 1.0,
		    log_json_segfaults(segfaults.total, one_core ? &core : NULL), NULL);
	return NULL;
}

const struct analyzer segfault_analyzer = {
	.name = "segfault",
	.needs = STEP_LOG,
	.run = run,
};
