/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hands each finding on as it comes. */
#include "finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *code, *place;
} known[] = {
#define FINDING(id, code, place, text) [FINDING_##id] = {code, place},
#include "finding.def"
#undef FINDING
};

const char *finding_code(enum finding_id id)
{
	return known[id].code;
}

const char *finding_place(enum finding_id id)
{
	return known[id].place;
}

enum finding_id finding_by_code(const char *code)
{
	for (enum finding_id id = 0; id < FINDING_COUNT; id++)
		if (!strcmp(known[id].code, code))
			return id;
	return FINDING_COUNT;
}

static const char *severity_name(enum severity severity)
{
	static const char *const names[] = {"info", "notice", "warning", "critical"};

	return names[severity];
}

void findings_init(struct findings *findings,
		   void (*emit)(struct findings *, const struct finding *))
{
	*findings = (struct findings){.analyzer = "worker", .emit = emit, .max = FINDINGS_MAX};
}

void finding_add(struct findings *findings, enum finding_id id, enum severity severity,
		 double confidence, json_t *evidence, const char *headline, ...)
{
	_json_ json_t *owned = evidence;
	_free_ char *text = NULL;

	if (findings->count >= findings->max) {
		findings->dropped++;
		return;
	}
	if (headline) {
		va_list args;

		va_start(args, headline);
		if (vasprintf(&text, headline, args) < 0)
			text = NULL;
		va_end(args);
	}
	findings->count++;
	findings->emit(findings, &(struct finding){.id = id,
						   .analyzer = findings->analyzer,
						   .severity = severity,
						   .confidence = confidence,
						   .headline = text,
						   .evidence = owned});
}

json_t *finding_to_json(const struct finding *finding)
{
	json_t *json = json_object();

	json_put(json, "analyzer", json_string(finding->analyzer));
	json_put(json, "code", json_string(finding_code(finding->id)));
	if (finding_place(finding->id))
		json_put(json, "place", json_string(finding_place(finding->id)));
	json_put(json, "severity", json_string(severity_name(finding->severity)));
	json_put(json, "confidence", json_real(finding->confidence));
	if (finding->headline)
		json_put(json, "headline", json_escaped(finding->headline));
	if (finding->evidence)
		json_object_set(json, "evidence", finding->evidence);
	return json;
}
