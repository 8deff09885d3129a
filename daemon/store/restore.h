/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_STORE_RESTORE
#define TRIAGE_DAEMON_STORE_RESTORE

#include "daemon/store/store.h"

/*
 * Put a verdict back into the store from its report (the inverse of report_build()): the dump, its
 * findings, its verdict, a job that is done and whose file is not known, a place at the end of the
 * export. *taken is false for a dump that the store has. ERR_INVALID for what is no report of
 * this schema, or lacks what a verdict has. Several changes: wants a transaction around it.
 */
struct err *restore_report(struct store *store, const json_t *report, int64_t now, bool *taken);

#endif
