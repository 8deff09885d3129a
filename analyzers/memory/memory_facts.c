/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frees the facts of memory at the end of an analysis. */
#include "memory/memory_facts.h"

#include <stdlib.h>

void memory_facts_deinit(struct memory_facts *facts)
{
	bad_value_deinit(&facts->bad);
	free(facts->pointers);
	free(facts->holders);
	free(facts->hypotheses);
	free(facts->object);
	free(facts->overruns);
	free(facts->freelists);
	free(facts->double_free);
	free(facts->reports);
	free(facts->list);
	free(facts->call);
	free(facts->blamed);
	free(facts->stack);
	free(facts->contents.words);
	free(facts->copies.places);
	free(facts->copies.groups);
	free(facts->links.places);
	free(facts->links.groups);
	*facts = (struct memory_facts){0};
}
