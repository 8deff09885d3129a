/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_ANALYZER
#define TRIAGE_ANALYZER

#include "analysis.h"

/*
 * How to add an analyzer (tests/how-to does it by these steps):
 *  1. analyzers/ROOM/NAME.c: opens with "Detects / Needs / False positives / Kernel commits" and
 *     ends in `const struct analyzer NAME_analyzer = {…};`
 *  2. one line in analyzers.def; its place there is the order of running;
 *  3. one line in finding.def for each new thing it says. Where that has a new place in the verdict,
 *     the place is described in schema/verdict.schema.json; what rules are to see is a view in
 *     schema/views.sql;
 *  4. a unit test or a golden case that fails without it.
 * What another analyzer needs of it is a fact: see analysis.h.
 */

/*
 * Run all of them in order. One that lacks a step gives FINDING_ANALYSIS_SKIPPED, one that ends
 * in an error, or for which memory ran out, FINDING_ANALYSIS_FAILED. before() may be NULL.
 */
void analyzers_run(struct analysis *analysis, void (*before)(void *context, const char *analyzer),
		   void *context);

#endif
