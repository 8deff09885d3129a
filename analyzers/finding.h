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
	double confidence; /* 0 … 1; 1 only for what was read from a structure */
	char *headline;	   /* one line, may be NULL for plain facts */
	json_t *evidence;  /* an object, may be NULL */
};

/* Where findings go: the worker writes each out as it comes, a test collects them. */
struct findings {
	const char *analyzer; /* who is running now */
	void (*emit)(struct findings *findings, const struct finding *finding);
	/* All findings so far, for analyzers that build on earlier ones. */
	struct finding *list;
	size_t count, max; /* more than max are counted in dropped and not kept or emitted */
	size_t dropped;
};

#define FINDINGS_MAX 20000

void findings_init(struct findings *findings,
		   void (*emit)(struct findings *, const struct finding *));
void findings_deinit(struct findings *findings);
/* Takes evidence over. headline is a format, or NULL. */
void finding_add(struct findings *findings, enum finding_id id, enum severity severity,
		 double confidence, json_t *evidence, const char *headline, ...)
	__attribute__((format(printf, 6, 7)));
/* The first finding with this id at or after *from, or NULL; *from moves past it. */
const struct finding *findings_next(const struct findings *findings, enum finding_id id,
				    size_t *from);

/* Registers at the crash by name, as finding "crash" has them; NULL when it has none. */
const json_t *findings_registers(const struct findings *findings);

const char *finding_code(enum finding_id id);
const char *finding_place(enum finding_id id);	   /* may be NULL */
enum finding_id finding_by_code(const char *code); /* FINDING_COUNT when nobody knows it */
const char *severity_name(enum severity severity);
/* The whole finding as a JSON object {analyzer, code, place, severity, confidence, …}. */
json_t *finding_to_json(const struct finding *finding);

/* Evidence words, the same everywhere. */
#define EVIDENCE_PROVEN "proven"
#define EVIDENCE_INFERRED "inferred"
#define EVIDENCE_MISSING "missing"

#endif
