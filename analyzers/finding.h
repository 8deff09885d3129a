/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_FINDING
#define TRIAGE_FINDING

#include "base/error.h"
#include "json.h"

/*
 * A finding: one thing an analyzer has to say. Evidence is JSON in the verdict's shape; each
 * claim in it is proven (read from a structure), inferred (with the reason) or missing.
 */
enum finding_id {
#define FINDING(id, code, place, text) FINDING_##id,
#include "finding.def"
#undef FINDING
	FINDING_COUNT,
};

enum severity { SEVERITY_INFO, SEVERITY_NOTICE, SEVERITY_WARNING, SEVERITY_CRITICAL };

struct finding {
	enum finding_id id;
	const char *analyzer;
	enum severity severity;
	double confidence;    /* 0 … 1; 1 only for what was read from a structure */
	const char *headline; /* one line, may be NULL for plain facts */
	json_t *evidence;     /* an object, may be NULL */
};

/*
 * Where findings go: the worker writes each out as it comes. None is kept: what analyzers build on
 * are the facts in struct analysis.
 */
struct findings {
	const char *analyzer; /* who is running now */
	/* The finding is gone when this returns; its evidence may be held on to by a reference. */
	void (*emit)(struct findings *findings, const struct finding *finding);
	size_t count, max; /* more than max are counted in dropped and not emitted */
	size_t dropped;
};

#define FINDINGS_MAX 20000

void findings_init(struct findings *findings,
		   void (*emit)(struct findings *, const struct finding *));
/* Takes evidence over. headline is a format, or NULL. */
void finding_add(struct findings *findings, enum finding_id id, enum severity severity,
		 double confidence, json_t *evidence, const char *headline, ...)
	__attribute__((format(printf, 6, 7)));
const char *finding_code(enum finding_id id);
const char *finding_place(enum finding_id id);	   /* may be NULL */
enum finding_id finding_by_code(const char *code); /* FINDING_COUNT when nobody knows it */
/* The whole finding as a JSON object {analyzer, code, place, severity, confidence, …}. */
json_t *finding_to_json(const struct finding *finding);

/* Evidence words, the same everywhere. */
#define EVIDENCE_PROVEN "proven"
#define EVIDENCE_INFERRED "inferred"
#define EVIDENCE_MISSING "missing"
#define EVIDENCE_LOG "log" /* the kernel says so in its log */

#endif
