/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_LOG_JSON_OOM
#define TRIAGE_LOG_LOG_JSON_OOM

#include "json.h"
#include "log/oom.h"

struct log;

/* An element of log.oom[]. */
json_t *log_json_oom(const struct log *log, const struct oom *oom);
/* log.oom_kills: who was killed how often. */
json_t *log_json_oom_kills(const struct ooms *ooms);

#endif
