/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_REPORT_PART_SWAP
#define TRIAGE_LOG_REPORT_PART_SWAP

#include "log/report_part_way.h"

/* Lower shares->more of the lines that two reports could as well have the other way round. */
void report_part_swap_try(const struct part_entries *entries, const struct part_turns *turns,
			  struct part_shares *shares);

#endif
