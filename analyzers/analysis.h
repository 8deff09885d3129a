/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_ANALYSIS
#define TRIAGE_ANALYSIS

#include "crash/crash.h"
#include "finding.h"
#include "kernel/kernel.h"
#include "locks/lock.h"
#include "locks/wait_graph.h"
#include "log/mce.h"
#include "log/oom.h"
#include "log/report.h"
#include "memory/memory_facts.h"

/*
 * What is known of one crash. Analyzers read and write these facts; each room's …_json.c turns its
 * facts into findings, and nobody reads a finding back.
 */
struct analysis {
	struct kernel *kernel;
	struct findings *findings;
	struct reports *reports;    /* of the log; owned; NULL before "reports" has run */
	struct ooms *ooms;	    /* likewise; NULL before "oom" has run */
	struct mces *mces;	    /* likewise; NULL before "machine_check" has run */
	struct crash *crash;	    /* owned; NULL before "panic" has run, and where it failed */
	struct locks locks;	    /* as each kind's analyzer finds them */
	struct wait_graph waits;    /* by "waits", from all of them */
	struct memory_facts memory; /* as the analyzers of memory find them */
};

/* Frees the facts; kernel and findings are the caller's. */
void analysis_deinit(struct analysis *analysis);
#define _analysis_ _cleanup_(analysis_deinit)

/*
 * An analyzer: run() may return an error for what stopped it; facts and findings from before stand.
 * Analyzers don't call one another: what two need lives in kernel/ or in struct analysis.
 */
struct analyzer {
	const char *name;
	unsigned needs; /* mask of enum kernel_step; without them it is not run, and that is said */
	unsigned uses;	/* steps whose facts it takes from others, and does without */
	struct err *(*run)(struct analysis *analysis);
};

#define ANALYZER(name) extern const struct analyzer name##_analyzer;
#include "analyzers.def"
#undef ANALYZER

#endif
