/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_RULES_VIEW_TABLES
#define TRIAGE_RULES_VIEW_TABLES

#include "rules/db.h"

/*
 * Views as tables, for as long as their rows don't change. SQLite compiles a view anew into each
 * statement that names it, and for a rule that takes longer than running it. A temporary table goes
 * before a view of its name, so whoever asks need not know.
 */

/*
 * Turn all views into tables. A view that cannot be read leaves all of them views; only
 * out-of-memory is an error. Ends with view_tables_drop(), whatever this returned.
 */
struct err *view_tables_make(struct db *db);
void view_tables_drop(struct db *db);
DEFINE_CLEANUP(struct db, view_tables_drop)

#endif
