/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: an object that is freed while it is the first of its free list: BUG_ON(object == fp) in
 *   set_freepointer(), mm/slub.c.
 * Needs: symbols, types.
 * False positives: another BUG() of the allocator that has the same object in two registers; none
 *   is known.
 * Kernel commits: ce6fa91b9363 v4.14 (the check, CONFIG_SLAB_FREELIST_HARDENED).
 */
#include <inttypes.h>
#include <string.h>

#include "analysis.h"
#include "base/str.h"
#include "describe.h"
#include "kernel/mm/owner.h"
#include "memory/slab_functions.h"

struct twice {
	struct slab_object object;
	unsigned registers; /* that hold it */
};

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/* In the allocator, by the place BUG() names or, without CONFIG_DEBUG_BUGVERBOSE, the function. */
static bool bug_in_allocator(const struct findings *findings)
{
	static const char *const functions[] = {
		"set_freepointer", "__slab_free",	"kfree",
		"kmem_cache_free", "__kmem_cache_free", "build_detached_freelist"};
	size_t from = 0;
	const struct finding *crash = findings_next(findings, FINDING_CRASH, &from);

	if (!crash || strcmp(text_of(crash->evidence, "kind"), "bug"))
		return false;
	if (strstr(text_of(crash->evidence, "message"), " at "))
		return strstr(text_of(crash->evidence, "message"), "mm/slub.c");
	const char *symbol = text_of(json_object_get(crash->evidence, "rip"), "symbol");
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		if (!strcmp(symbol, functions[i]))
			return true;
	return false;
}

static unsigned registers_with(const json_t *registers, uint64_t address)
{
	const char *name;
	unsigned count = 0;
	json_t *value;
	uint64_t held;

	json_object_foreach((json_t *)registers, name, value) count +=
		json_address_value(value, &held) && held == address;
	return count;
}

/* object and fp: the start of one object in two registers. A free one is the likelier. */
static bool find_twice(struct kernel *kernel, const json_t *registers, struct twice *twice)
{
	const char *name;
	json_t *value;
	uint64_t held;

	*twice = (struct twice){0};
	json_object_foreach((json_t *)registers, name, value)
	{
		struct slab_object object;

		if (!json_address_value(value, &held) || registers_with(registers, held) < 2 ||
		    !err_ok(slab_find(kernel, held, &object)) || object.start != held ||
		    !strcmp(object.slab.cache->name, "kmem_cache"))
			continue;
		if (twice->registers &&
		    (twice->object.state == OBJECT_FREE || object.state != OBJECT_FREE))
			continue;
		*twice = (struct twice){object, registers_with(registers, held)};
	}
	return twice->registers;
}

/*
 * Who freed it: the first caller outside of the allocator. NULL where objects put aside earlier
 * were being handed back (2d517aa09bbc v6.18, sheaves): then that caller is long gone.
 */
static json_t *find_caller(const struct findings *findings)
{
	size_t from = 0, i;
	const struct finding *trace = findings_next(findings, FINDING_BACKTRACE, &from);
	json_t *frame;

	json_array_foreach(trace ? json_object_get(trace->evidence, "backtrace") : NULL, i, frame)
	{
		const char *symbol = text_of(frame, "symbol");

		if (strstr(symbol, "sheaf") || strstr(symbol, "sheaves"))
			return NULL;
		if (symbol[0] && !allocator_has(symbol))
			return frame;
	}
	return NULL;
}

static struct err *run(struct analysis *analysis)
{
	struct kernel *kernel = analysis->kernel;
	struct findings *findings = analysis->findings;
	const json_t *registers = findings_registers(findings);
	struct twice twice;

	if (!bug_in_allocator(findings) || !find_twice(kernel, registers, &twice))
		return NULL;
	bool listed = twice.object.state == OBJECT_FREE;
	json_t *caller = find_caller(findings);
	struct owner owner;
	owner_find(kernel, twice.object.start, &owner);
	json_t *json =
		json_pack("{s:o, s:s, s:o, s:s}", "object", json_address(twice.object.start),
			  "cache", twice.object.slab.cache->name, "owner", describe_owner(&owner),
			  "evidence", listed ? EVIDENCE_PROVEN : EVIDENCE_INFERRED);
	if (caller)
		json_put(json, "freed_by", json_incref(caller));
	finding_add(findings, FINDING_DOUBLE_FREE, SEVERITY_CRITICAL, listed ? 1.0 : 0.93, json,
		    "%s object 0x%016" PRIx64
		    " is being freed while it is the first of its free list%s%s",
		    twice.object.slab.cache->name, twice.object.start, listed ? ", on " : "",
		    listed ? twice.object.where : "");
	return NULL;
}

const struct analyzer double_free_analyzer = {
	.name = "double_free",
	.needs = STEP_SYMBOLS | STEP_TYPES,
	.run = run,
};
