/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KEPT_FINDINGS_H
#define TRIAGE_KEPT_FINDINGS_H

#include <string.h>

#include "base/array.h"
#include "finding.h"
#include "unit.h"

/* Findings as they were emitted, for a test to look at. */
struct kept_findings {
	struct findings findings; /* first: emit() is handed this */
	struct finding *list;
	size_t count;
};

static inline void kept_findings_emit(struct findings *findings, const struct finding *finding)
{
	struct kept_findings *kept = (struct kept_findings *)findings;

	ck_assert(array_grow(kept->list, kept->count));
	struct finding *copy = &kept->list[kept->count++];
	*copy = *finding;
	copy->headline = finding->headline ? strdup(finding->headline) : NULL;
	json_incref(copy->evidence);
}

static inline void kept_findings_init(struct kept_findings *kept)
{
	*kept = (struct kept_findings){0};
	findings_init(&kept->findings, kept_findings_emit);
}

static inline void kept_findings_deinit(struct kept_findings *kept)
{
	for (size_t i = 0; i < kept->count; i++) {
		free((char *)kept->list[i].headline);
		json_decref(kept->list[i].evidence);
	}
	free(kept->list);
	*kept = (struct kept_findings){0};
}

/* The first with this id, or NULL. */
static inline const struct finding *kept_finding(const struct kept_findings *kept,
						 enum finding_id id)
{
	for (size_t i = 0; i < kept->count; i++)
		if (kept->list[i].id == id)
			return &kept->list[i];
	return NULL;
}

#endif
