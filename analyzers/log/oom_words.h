/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_OOM_WORDS
#define TRIAGE_LOG_OOM_WORDS

#include "base/str.h"
#include "log/oom.h"

struct log;

/* "1412 httpd hold 27.9 of 31.4 GiB": who has the memory. False, and nothing, where it cannot be told. */
bool oom_put_eater(const struct oom *oom, struct str *out);
/* One call of the OOM killer in one line. */
void oom_put_summary(const struct oom *oom, struct str *out);
/*
 * All of a log in one sentence: who had the memory, who was killed, and how often. Names are as in the
 * log: escape before showing.
 */
void ooms_put_summary(const struct ooms *ooms, const struct log *log, struct str *out);
/* How sure the sentence is, by what there is of the reports: of one kill's line alone it tells less. */
double ooms_confidence(const struct ooms *ooms);

#endif
