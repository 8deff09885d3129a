/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_RULES_SENTENCE
#define TRIAGE_RULES_SENTENCE

#include <stdbool.h>

/*
 * The same text without what a line of the log leaves where a sentence goes on behind it: "stalls on
 * CPUs/tasks:; RCU's thread" is "stalls on CPUs/tasks; RCU's thread", and blanks are single. A headline loses its
 * full stop and a report's taints, too, which stand under System. Owned by the caller; NULL on out-of-memory.
 */
char *sentence_tidy(const char *text, bool headline);

#endif
