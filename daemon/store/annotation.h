/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_STORE_ANNOTATION
#define TRIAGE_DAEMON_STORE_ANNOTATION

#include "daemon/store/store.h"

/*
 * What people found out about a crash (schema/006-annotation.sql). One that was made for a dump goes
 * for all of its signature: of that which it had then, and of that which it has now.
 */
#define ANNOTATION_WORD_MAX 200	 /* bytes of a ticket, cause or release */
#define ANNOTATION_NOTE_MAX 4000 /* and of a note */

/* NULL leaves what was said before, "" takes it away. */
struct annotation_words {
	const char *ticket, *cause, *note;
	const char *fixed; /* the first kernel release that has the fix */
};

/*
 * Keep what was said of a dump, beside what was said of its signature before; its report is due
 * again, and it goes to the end of the export. One transaction. ERR_NOT_FOUND for a dump that the
 * daemon does not know, ERR_INVALID for words that are too long or for none.
 */
struct err *annotation_put(struct store *store, int64_t dump, const struct annotation_words *words,
			   int64_t now);
/*
 * What goes for a dump: the verdict's "annotation" of schema/verdict.schema.json, null for nothing. What
 * was said of this very dump goes first, then the latest of its signature.
 */
struct err *annotation_read(struct store *store, int64_t dump, json_t **ret);
/* The reverse, unless a later one is there; no object, or one without uid and time, is left alone. */
struct err *annotation_restore(struct store *store, const json_t *annotation);

/*
 * SQL: the tickets, and the signatures that they go for, as a relation "said" behind WITH. now: that which the
 * annotation's own dump has now.
 */
#define ANNOTATION_TICKETS_BY(now)                                                                 \
	"said AS MATERIALIZED (SELECT signature, ticket, annotated_at FROM annotation "            \
	"WHERE ticket IS NOT NULL UNION ALL SELECT " now " , a.ticket, a.annotated_at "            \
	"FROM annotation a WHERE a.ticket IS NOT NULL)"
#define ANNOTATION_TICKETS                                                                         \
	ANNOTATION_TICKETS_BY("(SELECT j.signature FROM job j JOIN dump d ON d.id = j.dump "       \
			      "WHERE d.uid = a.uid)")
#define ANNOTATION_TICKETS_OF_SERVER ANNOTATION_TICKETS_BY("a.now_signature")
/* That which goes for the signature g.name. */
#define ANNOTATION_TICKET                                                                          \
	"(SELECT s.ticket FROM said s WHERE s.signature = g.name ORDER BY s.annotated_at DESC "    \
	"LIMIT 1)"

#endif
