/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeps the findings and hands each on as it comes. */
#include "finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

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

const char *severity_name(enum severity severity)
{
	static const char *const names[] = {"info", "notice", "warning", "critical"};

	return names[severity];
}

void findings_init(struct findings *findings,
		   void (*emit)(struct findings *, const struct finding *))
{
	*findings = (struct findings){.analyzer = "worker", .emit = emit, .max = FINDINGS_MAX};
}

void findings_deinit(struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		free(findings->list[i].headline);
		json_decref(findings->list[i].evidence);
	}
	free(findings->list);
	findings->list = NULL;
	findings->count = 0;
}

void finding_add(struct findings *findings, enum finding_id id, enum severity severity,
		 double confidence, json_t *evidence, const char *headline, ...)
{
	if (findings->count >= findings->max || !array_grow(findings->list, findings->count)) {
		findings->dropped++;
		json_decref(evidence);
		return;
	}
	struct finding *finding = &findings->list[findings->count++];

	*finding = (struct finding){
		.id = id,
		.analyzer = findings->analyzer,
		.severity = severity,
		.confidence = confidence,
		.evidence = evidence,
	};
	if (headline) {
		va_list args;

		va_start(args, headline);
		if (vasprintf(&finding->headline, headline, args) < 0)
			finding->headline = NULL;
		va_end(args);
	}
	if (findings->emit)
		findings->emit(findings, finding);
}

const struct finding *findings_next(const struct findings *findings, enum finding_id id,
				    size_t *from)
{
	while (*from < findings->count) {
		const struct finding *finding = &findings->list[(*from)++];

		if (finding->id == id)
			return finding;
	}
	return NULL;
}

const json_t *findings_registers(const struct findings *findings)
{
	size_t from = 0;
	const struct finding *crash = findings_next(findings, FINDING_CRASH, &from);

	return crash ? json_object_get(crash->evidence, "registers") : NULL;
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
