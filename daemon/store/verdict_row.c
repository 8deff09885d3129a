/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lists and the journal say of a verdict, from the rows of the store. */
#include "daemon/store/verdict_row.h"

#include "base/utc.h"

static struct err *take_row(struct stmt *stmt, struct verdict_row *row)
{
	char **const strings[] = {&row->uid,	  &row->path,	  &row->host,	  &row->kernel,
				  &row->cause,	  &row->severity, &row->headline, &row->signature,
				  &row->hardware, &row->function, &row->module};

	for (size_t i = 0; i < ARRAY_SIZE(strings); i++)
		TRY(stmt_column_dup(stmt, i, strings[i]));
	row->confidence = stmt_real(stmt, ARRAY_SIZE(strings));
	row->crash_time = utc_parse(stmt_text(stmt, ARRAY_SIZE(strings) + 1));
	row->failed = stmt_int(stmt, ARRAY_SIZE(strings) + 2);
	return NULL;
}

struct err *verdict_row_read(struct store *store, int64_t dump, struct verdict_row *ret)
{
	_verdict_row_ struct verdict_row verdict = {0};
	struct stmt *stmt;
	bool row;

	TRY(db_query(store_db(store), &stmt,
		     "SELECT d.uid, d.path,"
		     " (SELECT hostname FROM system WHERE dump = d.id AND hostname IS NOT NULL),"
		     " (SELECT release FROM system WHERE dump = d.id AND release IS NOT NULL),"
		     " v.cause, v.severity, v.headline, v.signature,"
		     " (SELECT hardware FROM system WHERE dump = d.id AND hardware IS NOT NULL),"
		     " (SELECT coalesce(culprit, symbol) FROM crash WHERE dump = d.id),"
		     " (SELECT culprit_module FROM crash WHERE dump = d.id), v.confidence,"
		     " (SELECT evidence ->> '$.time' FROM finding WHERE dump = d.id"
		     "  AND code = 'crash.time'),"
		     " EXISTS (SELECT 1 FROM failure WHERE dump = d.id)"
		     " FROM dump d JOIN verdict v ON v.dump = d.id WHERE d.id = ?",
		     "i", dump));
	TRY(stmt_step(stmt, &row));
	if (!row)
		return err_new(ERR_NOT_FOUND, "dump %lld has no verdict", (long long)dump);
	struct err *err = take_row(stmt, &verdict);
	stmt_reset(stmt);
	if (err)
		return err;
	*ret = verdict;
	verdict = (struct verdict_row){0};
	return NULL;
}

void verdict_row_deinit(struct verdict_row *row)
{
	free(row->uid);
	free(row->path);
	free(row->host);
	free(row->kernel);
	free(row->cause);
	free(row->severity);
	free(row->headline);
	free(row->signature);
	free(row->hardware);
	free(row->function);
	free(row->module);
	*row = (struct verdict_row){0};
}
