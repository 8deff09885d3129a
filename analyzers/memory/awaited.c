/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: a CPU that was stopped in a loop which reads one word of memory until it changes: a sequence count whose
 *   writer is not done, a flag that nobody sets.
 * Needs: symbols, stacks, a lockup.
 * False positives: a loop that would have ended had the machine not died just then; hence only after a lockup.
 * Kernel commits: none.
 */
#include <inttypes.h>
#include <stdio.h>
#include "analysis.h"
#include "base/str.h"
#include "crash/culprit.h"
#include "describe.h"
#include "kernel/mm/owner.h"
#include "kernel/symbols/symbol.h"
#include "memory/busy_wait.h"

/* "crashme_sample [crashme]" of the loop; false where a helper of others has it. */
static bool name_loop(struct kernel *kernel, const struct busy_wait *wait, char *buf, size_t size)
{
	struct symbol symbol;

	if (!symbols_at(kernel->symbols, wait->code, &symbol))
		return false;
	symbol_name_strip_suffix(symbol.name);
	symbol_name_with_module(symbol.name, symbol.module, buf, size);
	return !culprit_is_helper(symbol.name);
}

/* Time goes on by itself. */
static bool is_clock(const struct owner *owner)
{
	return has_prefix(owner->symbol, "jiffies");
}

static bool is_lockup(const struct crash *crash)
{
	return crash && (crash->kind == CRASH_SOFT_LOCKUP || crash->kind == CRASH_HARD_LOCKUP);
}

static struct err *run(struct analysis *analysis)
{
	char name[256], function[192];
	struct busy_wait wait;
	struct owner owner;
	bool found;

	if (!is_lockup(analysis->crash))
		return NULL;
	TRY(busy_wait_find(analysis->crash, &wait, &found));
	if (!found || !name_loop(analysis->kernel, &wait, function, sizeof(function)))
		return NULL;
	owner_find(analysis->kernel, wait.at, &owner);
	if (is_clock(&owner))
		return NULL;
	owner_format_variable(&owner, name, sizeof(name));
	finding_add(analysis->findings, FINDING_AWAITED, SEVERITY_WARNING, 0.95,
		    json_pack("{s:o, s:s, s:I, s:o, s:s, s:o, s:s}", "address",
			      json_address(wait.at), "name", name, "bytes", (json_int_t)wait.size,
			      "value", json_address(wait.value), "function", function, "owner",
			      describe_owner(&owner), "evidence", EVIDENCE_INFERRED),
		    "the loop in %s reads nothing but %s, which holds 0x%" PRIx64
		    ", and ends when that changes",
		    function, name, wait.value);
	return NULL;
}

const struct analyzer awaited_analyzer = {
	.name = "awaited",
	.needs = STEP_SYMBOLS | STEP_STACKS,
	.run = run,
};
