/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_CLI_SCHEMA_DOC
#define TRIAGE_DAEMON_CLI_SCHEMA_DOC

#include "base/str.h"
#include "json.h"

/* Append a page in Markdown on the verdict's JSON Schema: a table a section, a line each field. */
void schema_doc_put(const json_t *schema, struct str *out);

#endif
