/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_ANALYZER
#define TRIAGE_ANALYZER

#include "finding.h"
#include "kernel/kernel.h"

/*
 * How to add an analyzer:
 *  1. analyzers/NAME.c: opens with "Detects / Needs / False positives / Kernel commits" and ends
 *     in `const struct analyzer NAME_analyzer = {…};`
 *  2. one line in analyzers.def (its place there is the order of running);
 *  3. one golden case under tests/golden/.
 *
 * run() may return an error for what stopped it; findings emitted before that stand. Analyzers
 * don't call one another: what two need lives in kernel/ or in findings of an earlier one.
 */
struct analyzer {
	const char *name;
	unsigned needs; /* mask of enum kernel_step; without them it is not run, and that is said */
	struct err *(*run)(struct kernel *kernel, struct findings *findings);
};

#define ANALYZER(name) extern const struct analyzer name##_analyzer;
#include "analyzers.def"
#undef ANALYZER

/*
 * Run all of them in order. One that lacks a step gives FINDING_ANALYSIS_SKIPPED, one that ends
 * in an error FINDING_ANALYSIS_FAILED. before() may be NULL.
 */
void analyzers_run(struct kernel *kernel, struct findings *findings,
		   void (*before)(void *context, const char *analyzer), void *context);

#endif
