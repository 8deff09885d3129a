/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: what slab debugging (slub_debug=FZPU) reported: which object, what was written over it,
 *   who allocated and freed it. Where the report is cut short, the object is found by the poison
 *   that is broken in one the crashed function has at hand.
 * Needs: the log; memory and types for the object itself.
 * False positives: a report of long ago that has nothing to do with the crash; user space writing
 *   such lines to /dev/kmsg.
 * Kernel commits: see slab_report.h.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analysis.h"
#include "base/hash.h"
#include "base/parse.h"
#include "base/str.h"
#include "describe.h"
#include "kernel/memory/memory.h"
#include "kernel/mm/owner.h"
#include "kernel/mm/slab.h"
#include "memory/slab_report.h"
#include "memory/value.h"

#define REPORTS_MAX 4
#define STACK_WORDS 512 /* above the stack pointer, that may name the object */

/* include/linux/poison.h */
#define POISON_FREE 0x6b
#define POISON_END 0xa5

/* The bytes that should not be there. */
struct damage_at {
	uint64_t object; /* 0 unknown */
	uint64_t from;	 /* address, 0 unknown */
	uint8_t bytes[16];
	size_t length;	/* of the damage, bytes; at most sizeof(bytes) are kept */
	bool in_memory; /* still there; else out of the log */
};

/* The first and last byte that poison does not explain; false when none or when it is no poison. */
static bool breaks_poison(const uint8_t *bytes, size_t size, size_t *first, size_t *end)
{
	size_t poison = 0;

	*first = *end = 0;
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] == POISON_FREE || (i == size - 1 && bytes[i] == POISON_END)) {
			poison++;
			continue;
		}
		if (!*end)
			*first = i;
		*end = i + 1;
	}
	return *end && 2 * poison > size;
}

static void take(struct damage_at *damage, uint64_t object, const uint8_t *bytes, size_t first,
		 size_t end)
{
	damage->object = object;
	damage->from = object + first;
	damage->length = end - first;
	memcpy(damage->bytes, bytes + first, MIN(damage->length, sizeof(damage->bytes)));
}

/* Look at the object itself; the kernel puts the poison back once it has reported. */
static bool look_in_memory(struct kernel *kernel, uint64_t address, const char *cache,
			   struct damage_at *damage)
{
	uint8_t bytes[SLAB_REPORT_BYTES];
	struct slab_object object;
	size_t first, end;

	if (!address || !err_ok(slab_find(kernel, address, &object)) ||
	    strcmp(object.slab.cache->name, cache))
		return false;
	size_t size = (size_t)object.slab.cache->object_size;
	if (size > sizeof(bytes) ||
	    !err_ok(memory_read(kernel->memory, object.start, bytes, size)) ||
	    !breaks_poison(bytes, size, &first, &end))
		return false;
	take(damage, object.start, bytes, first, end);
	damage->in_memory = true;
	return true;
}

/* The object must be in a register, or on the stack of the functions that check it. */
static bool look_at_hand(struct kernel *kernel, const json_t *registers, const char *cache,
			 struct damage_at *damage)
{
	const char *name;
	json_t *value;
	uint64_t word, sp;
	_map_ struct map tried = {0};

	json_object_foreach((json_t *)registers, name,
			    value) if (json_address_value(value, &word) &&
				       map_add(&tried, word, 0) &&
				       look_in_memory(kernel, word, cache, damage)) return true;
	if (!json_address_value(json_object_get(registers, "rsp"), &sp))
		return false;
	for (unsigned i = 0; i < STACK_WORDS; i++) {
		if (!err_ok(memory_read_u64(kernel->memory, (sp & ~7ull) + 8 * i, &word)))
			return false;
		if (memory_class(kernel->memory, word) == VA_DIRECT_MAP &&
		    map_add(&tried, word, 0) && look_in_memory(kernel, word, cache, damage))
			return true;
	}
	return false;
}

static bool look_in_log(const struct slab_report *report, struct damage_at *damage)
{
	uint64_t object = report->object;
	size_t first, end;

	if (object && report->from >= object && report->to < object + report->length) {
		take(damage, object, report->bytes, (size_t)(report->from - object),
		     (size_t)(report->to + 1 - object));
		return true;
	}
	if (!breaks_poison(report->bytes, report->length, &first, &end))
		return false;
	take(damage, object, report->bytes, first, end);
	if (!object)
		damage->from = 0;
	return true;
}

static void find_damage(struct kernel *kernel, const json_t *registers,
			const struct slab_report *report, struct damage_at *damage)
{
	bool poison = strstr(report->problem, "oison");
	struct slab_object object;

	*damage = (struct damage_at){.object = report->object, .from = report->from};
	if (!damage->object && kernel->memory && report->from &&
	    err_ok(slab_find(kernel, report->from, &object)))
		damage->object = object.start;
	/* The range is the kernel's own word: what stands there now, unless it was mended. */
	uint64_t length = report->to - report->from + 1;
	uint64_t head;
	if (report->from && length >= 8 && kernel->memory &&
	    err_ok(memory_read_u64(kernel->memory, report->from, &head)) &&
	    (int)(head & 0xff) != report->expected &&
	    err_ok(memory_read(kernel->memory, report->from, damage->bytes,
			       MIN(length, sizeof(damage->bytes))))) {
		damage->length = (size_t)length;
		damage->in_memory = true;
		return;
	}
	if (look_in_log(report, damage))
		return;
	if (!report->from && poison && kernel->memory)
		look_at_hand(kernel, registers, report->cache, damage);
}

static void show_look(struct findings *findings, const struct slab_report *report,
		      const struct damage_at *damage)
{
	struct value_look looks[VALUE_LOOKS_MAX];
	char text[320];

	if (damage->length < 8 || !value_looks(load_u64(damage->bytes), looks))
		return;
	snprintf(text, sizeof(text), "what overwrote the %s object looks like %s", report->cache,
		 looks[0].text);
	finding_add(findings, FINDING_HYPOTHESIS, SEVERITY_NOTICE, looks[0].confidence,
		    json_pack("{s:s, s:s, s:f}", "kind", looks[0].kind, "text", text, "confidence",
			      looks[0].confidence),
		    "%s", text);
}

static json_t *to_json(struct kernel *kernel, const struct slab_report *report,
		       const struct damage_at *damage)
{
	json_t *json = json_object();

	json_put(json, "cache", json_escaped(report->cache));
	json_put(json, "problem", json_escaped(report->problem));
	if (damage->object)
		json_put(json, "object", json_address(damage->object));
	if (damage->object && kernel->memory) {
		struct owner owner;

		owner_find(kernel, damage->from ? damage->from : damage->object, &owner);
		json_put(json, "owner", describe_owner(&owner));
	}
	if (damage->from)
		json_put(json, "from", json_address(damage->from));
	if (damage->length) {
		json_put(json, "length", json_integer((json_int_t)damage->length));
		json_put(json, "bytes",
			 json_bytes(damage->bytes, MIN(damage->length, sizeof(damage->bytes))));
		json_put(json, "source", json_string(damage->in_memory ? "memory" : "log"));
	}
	if (report->allocated_by[0])
		json_put(json, "allocated_by", json_escaped(report->allocated_by));
	if (report->freed_by[0])
		json_put(json, "freed_by", json_escaped(report->freed_by));
	/* Without an address in the report, the object is one whose poison is broken. */
	json_put(json, "evidence",
		 json_string(report->object || report->from ? EVIDENCE_PROVEN : EVIDENCE_INFERRED));
	return json;
}

static void show(struct kernel *kernel, struct findings *findings, const struct slab_report *report,
		 const struct damage_at *damage)
{
	_str_ struct str text = {0};

	str_printf(&text, "slab debugging found: %s in ", report->problem);
	str_escape(&text, report->cache, strlen(report->cache));
	if (damage->object)
		str_printf(&text, " object 0x%016" PRIx64, damage->object);
	if (damage->from && damage->length)
		str_printf(&text, ", %zu bytes at +%" PRId64, damage->length,
			   (int64_t)(damage->from - damage->object));
	finding_add(findings, FINDING_SLAB_REPORT, SEVERITY_CRITICAL, damage->object ? 1.0 : 0.9,
		    to_json(kernel, report, damage), "%s", text.data ? text.data : "");
	show_look(findings, report, damage);
}

static struct err *run(struct analysis *analysis)
{
	struct kernel *kernel = analysis->kernel;
	struct findings *findings = analysis->findings;
	struct slab_report report;
	size_t line = 0;

	for (unsigned i = 0; i < REPORTS_MAX && slab_report_next(kernel->log, &line, &report);
	     i++) {
		struct damage_at damage;

		find_damage(kernel, findings_registers(findings), &report, &damage);
		show(kernel, findings, &report, &damage);
	}
	return NULL;
}

const struct analyzer slab_debug_analyzer = {
	.name = "slab_debug",
	.needs = STEP_LOG,
	.run = run,
};
