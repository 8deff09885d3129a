/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: a CPU that goes along a chain (hlist, a list of callbacks) which leads back into itself, as when a node
 *   was added twice or freed and added again: it never comes to the end.
 * Needs: symbols, stacks.
 * False positives: a walk that was not in that loop for long; hence only after a lockup.
 * Kernel commits: none.
 */
#include <inttypes.h>

#include "analysis.h"
#include "base/str.h"
#include "crash/crash.h"
#include "describe.h"
#include "kernel/mm/owner.h"
#include "memory/endless_chain.h"

static void describe(const struct endless_chain *chain, const char *owner, struct str *text)
{
	if (chain->length == 1)
		str_printf(text, "node 0x%016" PRIx64 " of a chain leads to itself", chain->node);
	else
		str_printf(text,
			   "a chain leads in a circle of %" PRIu64 " nodes, from 0x%016" PRIx64,
			   chain->length, chain->node);
	str_printf(text, " (%s): the walk never comes to the NULL that is its end", owner);
}

static struct err *run(struct analysis *analysis)
{
	const struct crash *crash = analysis->crash;
	_str_ struct str text = {0};
	struct endless_chain chain;
	struct owner owner;
	char words[256];

	if (!crash ||
	    (crash->kind != CRASH_SOFT_LOCKUP && crash->kind != CRASH_HARD_LOCKUP &&
	     crash->kind != CRASH_RCU_STALL) ||
	    !endless_chain_find(crash, &chain))
		return NULL;
	owner_find(analysis->kernel, chain.node, &owner);
	owner_format(&owner, words, sizeof(words));
	describe(&chain, words, &text);
	if (text.failed)
		return &err_nomem;
	finding_add(analysis->findings, FINDING_ENDLESS_CHAIN, SEVERITY_CRITICAL, 0.95,
		    json_pack("{s:o, s:I, s:I, s:o, s:s}", "node", json_address(chain.node),
			      "link_offset", (json_int_t)chain.offset, "length",
			      (json_int_t)chain.length, "owner", describe_owner(&owner), "evidence",
			      EVIDENCE_INFERRED),
		    "%s", text.data);
	return NULL;
}

const struct analyzer endless_chain_analyzer = {
	.name = "endless_chain",
	.needs = STEP_SYMBOLS | STEP_STACKS,
	.run = run,
};
