/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_STORE_STORE
#define TRIAGE_DAEMON_STORE_STORE

#include "json.h"
#include "rules/db.h"
#include "rules/judge.h"

/*
 * What is known of every dump, in one SQLite file: tables dump, finding, verdict, and the views
 * rules read. schema/NNN-*.sql are the migrations, compiled in and run in order; user_version is
 * the number of the last one. views.sql is not migrated but created anew whenever its text
 * changes. Add a table: a new schema/NNN-name.sql, nothing else.
 */
struct store;

/*
 * path may be ":memory:". Without DB_READ_ONLY the file is created (mode 0640) and migrated;
 * with it, a database that is not migrated yet is ERR_IO with EAGAIN. One of a newer schema version
 * is ERR_UNSUPPORTED. See db_open() for the errors of a full disk, a locked or a damaged database.
 */
struct err *store_open(const char *path, unsigned flags, struct store **ret);
/* The central database of many hosts, in the same words: fleet_db_open()'s address, flags and errors. */
struct err *store_open_server(const char *address, unsigned flags, struct store **ret);
void store_close(struct store *store);
DEFINE_CLEANUP(struct store, store_close)
/* The connection, for other modules' own tables and for transactions around several calls. */
struct db *store_db(struct store *store);

/*
 * Ask for what was found in a dump. sql has it as ?1, by dialect; that for a server has its month as ?2, since what was
 * found lies there in a part for each month (schema/fleet/002-findings.sql) and all of them would be opened without.
 */
struct err *store_ask_found(struct store *store, const char *const sql[2], int64_t dump,
			    struct stmt **ret);

/* A dump's row. Strings may be NULL for "not known". */
struct dump_row {
	int64_t id;	  /* small, local; what people type */
	const char *uid;  /* the same wherever the same dump is seen, see identity.h */
	const char *path; /* where it was seen last */
	int64_t size;
};

/* Insert, or find by uid and update path and size; *id is its id either way. */
struct err *store_put_dump(struct store *store, const struct dump_row *dump, int64_t *id);
/* A log of which there is more now: new path and size, and the uid that it had. */
struct err *store_move_dump(struct store *store, int64_t id, const struct dump_row *dump);

/*
 * A worker's finding {analyzer, code, severity, confidence, headline, evidence}. Its place in the
 * verdict is that of its code, whatever the worker says, and none for a code that nobody knows;
 * evidence that is no object is left out.
 */
struct err *store_add_finding(struct store *store, int64_t dump, const json_t *finding);
/*
 * Keep the evidence of findings that are added as it is, for a report that is built at once: triage
 * analyze. What is taken has a reference of its own, and is gone from here; NULL when there is none.
 */
void store_hold_evidence(struct store *store);
json_t *store_take_evidence(struct store *store, int64_t dump, int64_t number);
/* Forget findings and verdict of a dump, before it is analyzed again. */
struct err *store_clear(struct store *store, int64_t dump);

struct verdict_meta {
	const char *signature;	   /* the exact one; NULL when there is nothing to group by */
	json_t *fuzzy;		   /* list of titles */
	int64_t signature_version; /* of both, see rules/signature.h; 0: not known */
	int64_t analyzed_at;	   /* seconds since the epoch */
	const char *tool_version;
};
/* Keep a dump's verdict; replaces an earlier one. */
struct err *store_put_verdict(struct store *store, int64_t dump, const struct verdict *verdict,
			      const struct verdict_meta *meta);

/* Databases that were put aside, the latest first: [{"file", "noticed_at", "verdicts"}], see 004-damaged.sql. */
struct err *store_damaged(struct store *store, json_t **ret);

#endif
