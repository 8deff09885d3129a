/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_ANALYZER
#define TRIAGE_ANALYZER

#include "analysis.h"

/*
 * How to add an analyzer:
 *  1. analyzers/NAME.c: opens with "Detects / Needs / False positives / Kernel commits" and ends
 *     in `const struct analyzer NAME_analyzer = {…};`
 *  2. one line in analyzers.def (its place there is the order of running);
 *  3. one golden case under tests/golden/.
 */

/*
 * Run all of them in order. One that lacks a step gives FINDING_ANALYSIS_SKIPPED, one that ends
 * in an error, or for which memory ran out, FINDING_ANALYSIS_FAILED. before() may be NULL.
 */
void analyzers_run(struct analysis *analysis, void (*before)(void *context, const char *analyzer),
		   void *context);

#endif
