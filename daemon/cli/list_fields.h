/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_CLI_LIST_FIELDS
#define TRIAGE_DAEMON_CLI_LIST_FIELDS

#include "base/error.h"
#include "daemon/cli/table.h"
#include "daemon/cli/when.h"
#include "daemon/store/history.h"
#include "rules/db.h"

/* The columns that triage list can show, and which of them it does. */
enum list_field {
#define FIELD(name, heading, ...) LIST_FIELD_##name,
#include "daemon/cli/list_fields.def"
#undef FIELD
	LIST_FIELD_COUNT
};

/* What a row's statement begins with: of job j and dump d. LIST_ROW_MORE or LIST_ROW_LESS comes next. */
#define LIST_ROW                                                                                   \
	"j.dump, d.uid, d.path, d.size, j.state, j.removed_at IS NOT NULL, j.crash_time, j.host, " \
	"j.kernel, j.cause, j.severity, j.confidence, j.headline, j.signature, j.layout, "         \
	"j.log_only, "
/* Only JSON has them; the central database would have to look for them among all that was found. */
#define LIST_ROW_MORE                                                                              \
	"j.incomplete, j.note, j.companions, "                                                     \
	"(SELECT v.signature_version FROM verdict v WHERE v.dump = j.dump)"
#define LIST_ROW_LESS "0, NULL, NULL, NULL"
enum {
	ROW_ID,
	ROW_UID,
	ROW_PATH,
	ROW_SIZE,
	ROW_STATE,
	ROW_REMOVED,
	ROW_TIME,
	ROW_HOST,
	ROW_KERNEL,
	ROW_CAUSE,
	ROW_SEVERITY,
	ROW_CONFIDENCE,
	ROW_HEADLINE,
	ROW_SIGNATURE,
	ROW_LAYOUT,
	ROW_LOG_ONLY,
	ROW_INCOMPLETE,
	ROW_NOTE,
	ROW_COMPANIONS,
	ROW_SIGNATURE_VERSION,
	ROW_END
};

struct list_fields {
	enum list_field list[LIST_FIELD_COUNT];
	size_t count;
};
/* Those of triage list without a choice; seen and path behind them where wanted. */
void list_fields_usual(struct list_fields *fields, bool seen, bool path);
/* "id,time,host", each once; ERR_INVALID names the one that there is not. */
struct err *list_fields_parse(struct list_fields *fields, const char *text);
bool list_fields_have(const struct list_fields *fields, enum list_field field);
/* Their columns, LIST_FIELD_COUNT at most. */
void list_fields_columns(const struct list_fields *fields, struct table_column *columns);
/* A row's cells. history: of its signature, for the field seen. */
void list_fields_add(const struct list_fields *fields, struct stmt *stmt, const struct when *when,
		     const struct history *history, struct table *table);

#endif
