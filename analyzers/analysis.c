/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts of one analysis end with it. */
#include "analysis.h"

void analysis_deinit(struct analysis *analysis)
{
	crash_free(analysis->crash);
	reports_free(analysis->reports);
	ooms_free(analysis->ooms);
	mces_free(analysis->mces);
	analysis->crash = NULL;
	wait_graph_deinit(&analysis->waits);
	locks_deinit(&analysis->locks);
	memory_facts_deinit(&analysis->memory);
}
