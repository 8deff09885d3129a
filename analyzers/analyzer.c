/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs all analyzers in order over one crash; the failure of one leaves the others alone. */
#include "analyzer.h"

#include "base/alloc.h"

static const struct analyzer *const analyzers[] = {
#define ANALYZER(name) &name##_analyzer,
#include "analyzers.def"
#undef ANALYZER
};

static void failed(struct findings *findings, const struct analyzer *analyzer, struct err *err)
{
	json_t *evidence = json_pack("{s:s, s:s, s:s}", "analyzer", analyzer->name, "error",
				     err_code_name(err->code), "why", err->message);

	finding_add(findings, FINDING_ANALYSIS_FAILED, SEVERITY_NOTICE, 1.0, evidence, "%s: %s",
		    analyzer->name, err->message);
	err_free(err);
}

/* No failure: what it lacks is said once, as degraded. */
static void skipped(struct findings *findings, const struct analyzer *analyzer, const char *step)
{
	finding_add(findings, FINDING_ANALYSIS_SKIPPED, SEVERITY_INFO, 1.0,
		    json_pack("{s:s, s:s}", "analyzer", analyzer->name, "missing", step), NULL);
}

/* Out of memory is its end even where it went on. */
static struct err *run_whole(struct analysis *analysis, const struct analyzer *analyzer)
{
	unsigned before = alloc_failures();

	TRY(analyzer->run(analysis));
	return alloc_failures() == before ? NULL : &err_nomem;
}

static void run_one(struct analysis *analysis, const struct analyzer *analyzer)
{
	unsigned missing = analyzer->needs & ~analysis->kernel->steps;

	if (missing) {
		skipped(analysis->findings, analyzer, kernel_step_name(missing));
		return;
	}
	struct err *err = run_whole(analysis, analyzer);
	if (err)
		failed(analysis->findings, analyzer, err);
}

void analyzers_run(struct analysis *analysis, void (*before)(void *context, const char *analyzer),
		   void *context)
{
	for (size_t i = 0; i < ARRAY_SIZE(analyzers); i++) {
		if (before)
			before(context, analyzers[i]->name);
		analysis->findings->analyzer = analyzers[i]->name;
		run_one(analysis, analyzers[i]);
	}
}
