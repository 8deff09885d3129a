/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a bad value looks like, as hypotheses. */
#include "memory/value_found.h"

#include <inttypes.h>
#include <stdio.h>

#include "memory/memory_found.h"
#include "memory/value.h"

void value_found_looks(struct analysis *analysis, uint64_t value)
{
	struct value_look looks[VALUE_LOOKS_MAX];
	size_t count = value_looks(value, looks);

	for (size_t i = 0; i < count; i++) {
		struct hypothesis look = {.kind = looks[i].kind, .confidence = looks[i].confidence};

		snprintf(look.text, sizeof(look.text),
			 "the bad value 0x%016" PRIx64 " looks like %s", value, looks[i].text);
		memory_found_hypothesis(analysis, &look);
	}
}
