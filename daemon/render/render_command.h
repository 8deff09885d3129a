/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_RENDER_RENDER_COMMAND
#define TRIAGE_DAEMON_RENDER_RENDER_COMMAND

#include "base/str.h"
#include "daemon/render/render_record.h"
#include "json.h"

/*
 * Appends a next step of the verdict. Rules write "triage show --locks", of no dump in particular: here it becomes what
 * is to be pasted, "triage show 12 --locks" of a dump of the store, else "triage analyze --locks /var/crash/…/vmcore".
 * record may be NULL.
 */
void render_command(const char *text, const json_t *report, const struct render_record *record,
		    struct str *out);

#endif
