/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: a CPU that goes along a chain or a list which leads back into itself, or into another list, as when a node
 *   was added twice or freed and added again: it never comes to the end.
 * Needs: symbols, stacks.
 * False positives: a walk that was not in that loop for long; hence only after a lockup. A ring that is gone round
 *   on purpose, until another CPU writes to it.
 * Kernel commits: none.
 */
#include <inttypes.h>
#include <stdio.h>

#include "analysis.h"
#include "base/str.h"
#include "crash/crash.h"
#include "crash/culprit.h"
#include "describe.h"
#include "kernel/mm/owner.h"
#include "kernel/symbols/symbol.h"
#include "memory/endless_chain.h"

/* " of crashme_list [crashme]", of what has a name; "" of others. */
static const char *name_of(struct kernel *kernel, uint64_t address, struct owner *owner)
{
	owner_find(kernel, address, owner);
	return address ? owner->symbol : "";
}

static void describe(struct kernel *kernel, const struct endless_chain *chain, const char *owner,
		     struct str *text)
{
	struct owner head, other;
	const char *from = name_of(kernel, chain->head, &head);
	const char *to = name_of(kernel, chain->other, &other);

	if (chain->head && chain->other)
		str_printf(text,
			   "the list %s%sleads by node 0x%016" PRIx64
			   " (%s) to %s, another list's head, "
			   "and not back",
			   from, *from ? " " : "", chain->node, owner, to);
	else if (chain->length == 1)
		str_printf(text, "node 0x%016" PRIx64 " of a chain leads to itself (%s)",
			   chain->node, owner);
	else
		str_printf(text,
			   "a chain leads in a circle of %" PRIu64 " nodes, from 0x%016" PRIx64
			   " (%s)",
			   chain->length, chain->node, owner);
	str_printf(text, ": the walk never comes to its end");
}

/* The function that goes along it, unless that is a helper of others: "crashme_visit_all [crashme]" */
static void walker_of(struct kernel *kernel, const struct endless_chain *chain, char *buf,
		      size_t size)
{
	struct symbol symbol;

	buf[0] = '\0';
	if (!chain->loop || !symbols_at(kernel->symbols, chain->loop, &symbol))
		return;
	symbol_name_strip_suffix(symbol.name);
	if (!culprit_is_helper(symbol.name))
		symbol_name_with_module(symbol.name, symbol.module, buf, size);
}

static json_t *evidence_of(struct kernel *kernel, const struct endless_chain *chain,
			   const struct owner *owner)
{
	struct owner head, other;
	const char *from = name_of(kernel, chain->head, &head);
	const char *to = name_of(kernel, chain->other, &other);
	char walker[192];

	walker_of(kernel, chain, walker, sizeof(walker));
	return json_pack("{s:o, s:I, s:I, s:o, s:o, s:s?, s:s?, s:s?, s:s}", "node",
			 json_address(chain->node), "link_offset", (json_int_t)chain->offset,
			 "length", (json_int_t)chain->length, "owner", describe_owner(owner),
			 "head", chain->head ? json_address(chain->head) : json_null(), "list",
			 *from ? from : NULL, "leads_to", *to ? to : NULL, "walker",
			 *walker ? walker : NULL, "evidence", EVIDENCE_INFERRED);
}

static bool is_lockup(const struct crash *crash)
{
	return crash && (crash->kind == CRASH_SOFT_LOCKUP || crash->kind == CRASH_HARD_LOCKUP ||
			 crash->kind == CRASH_RCU_STALL);
}

static struct err *run(struct analysis *analysis)
{
	const struct crash *crash = analysis->crash;
	_str_ struct str text = {0};
	struct endless_chain chain;
	struct owner owner;
	char words[256];
	bool found;

	if (!is_lockup(crash))
		return NULL;
	TRY(endless_chain_find(crash, &chain, &found));
	if (!found)
		return NULL;
	owner_find(analysis->kernel, chain.node, &owner);
	owner_format(&owner, words, sizeof(words));
	describe(analysis->kernel, &chain, words, &text);
	if (text.failed)
		return &err_nomem;
	finding_add(analysis->findings, FINDING_ENDLESS_CHAIN, SEVERITY_CRITICAL, 0.95,
		    evidence_of(analysis->kernel, &chain, &owner), "%s", text.data);
	return NULL;
}

const struct analyzer endless_chain_analyzer = {
	.name = "endless_chain",
	.needs = STEP_SYMBOLS | STEP_STACKS,
	.run = run,
};
