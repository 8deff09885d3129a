/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_RULES_DB_SIZE
#define TRIAGE_RULES_DB_SIZE

#include "rules/db.h"

/*
 * SQLite's: lets statements of this connection ask for stored_size('table', 'column', rowid), the bytes of a text that is
 * not NULL, which are not read for it.
 */
struct err *db_add_stored_size(struct db *db);

#endif
