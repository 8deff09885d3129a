/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_FLEET_FLEET_WRITER
#define TRIAGE_DAEMON_FLEET_FLEET_WRITER

#include "daemon/fleet/pg.h"
#include "json.h"

/*
 * Verdicts into the central database: a batch is one transaction, with the cursor of the store they are from. So
 * after whatever end of either side the cursor says what is there, and what is sent twice changes nothing.
 */
#define FLEET_BATCH_MAX                                                                            \
	256 /* verdicts; triage.incoming of schema/fleet/views.sql has the same bound */
#define FLEET_ANCHORS_MAX 64 /* verdicts by which a store is known again */
#define FLEET_INDEXED_MAX                                                                          \
	400 /* bytes of a text that is looked up by: a server's index takes no longer ones */

/* A host's store as the server knows it. Strings are borrowed. */
struct fleet_source {
	const char *machine, *epoch;	/* of its machine, of its store */
	const char *hostname, *version; /* that goes with what is written */
	const char *kernel;		/* that runs there */
	int64_t id, generation, cursor; /* id: its number there */
};

/* A verdict to write; owned strings, given back by fleet_record_deinit(). */
struct fleet_record {
	/*
	 * In short, for all the tables but findings: {"uid", "number", "state", "crash_time", "analyzed_at", "host",
	 * "kernel", "hardware", "cause", "severity", "headline", "confidence", "signature", "rule", "function",
	 * "module", "path", "size", "format", "layout", "log_only", "tool_version", "titles", "local_id", "found_at"}
	 * and of an annotation {"said_of", "said_signature", "ticket", "said_cause", "note", "said_fixed", "annotated_at"}.
	 */
	json_t *brief;
	char *findings, *verdict; /* JSON texts; see schema/fleet/002-findings.sql */
};
void fleet_record_deinit(struct fleet_record *record);

/* Once a connection, before anything is written. */
struct err *fleet_writer_prepare(struct pg *pg);
/* The server's row of a source, made when there is none: sets id, generation and cursor. */
struct err *fleet_source_read(struct pg *pg, struct fleet_source *source);
/* The store is another one than the cursor is of: it is begun anew, as the next generation. */
struct err *fleet_source_anew(struct pg *pg, struct fleet_source *source);
/* The last verdicts of a source that are there: [{"uid", "number"}], the newest first. */
struct err *fleet_source_anchors(struct pg *pg, const struct fleet_source *source, json_t **ret);

/*
 * Write count records, each of another dump, and the cursor behind them. ERR_LOOP: somebody else has moved the
 * cursor of this source, nothing was written, and fleet_source_read() says where it is now. ERR_INVALID: the
 * server refuses one of them. On success source->cursor is the new one.
 */
struct err *fleet_write(struct pg *pg, struct fleet_source *source, struct fleet_record *records,
			size_t count, int64_t cursor);
/* Leave out what is big of a record that the server does not take, and say why in its row. */
void fleet_record_leave_out(struct fleet_record *record, const char *why);

#endif
