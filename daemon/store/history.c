/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How often, since when and where a crash was there before. */
#include "daemon/store/history.h"

#include <inttypes.h>
#include <time.h>

#include "base/utc.h"

/* --- reading ---------------------------------------------------------------------------------- */

/* The crash itself, as it is looked up by. */
struct place {
	char *signature, *host;
	int64_t crash_s, dump;
};

static void place_deinit(struct place *place)
{
	free(place->signature);
	free(place->host);
}

static struct err *read_place(struct db *db, int64_t dump, struct place *place)
{
	struct stmt *stmt;
	bool row;

	TRY(db_query(db, &stmt, "SELECT signature, host, crash_time FROM job WHERE dump = ?", "i",
		     dump));
	TRY(stmt_step(stmt, &row));
	if (!row)
		return NULL;
	place->dump = dump;
	TRY(stmt_column_dup(stmt, 0, &place->signature));
	TRY(stmt_column_dup(stmt, 1, &place->host));
	place->crash_s = stmt_int(stmt, 2);
	stmt_reset(stmt);
	return NULL;
}

static struct err *count(struct db *db, const struct place *place, struct history *history)
{
	TRY(db_number(db, &history->number,
		      "SELECT count(*) FROM (SELECT 1 FROM job WHERE signature = ? AND "
		      "(crash_time, dump) <= (?, ?) LIMIT ?) AS counted",
		      "tiii", place->signature, place->crash_s, place->dump, (int64_t)HISTORY_MAX));
	TRY(db_number(db, &history->after,
		      "SELECT count(*) FROM (SELECT 1 FROM job WHERE signature = ? AND "
		      "(crash_time, dump) > (?, ?) LIMIT ?) AS counted",
		      "tiii", place->signature, place->crash_s, place->dump, (int64_t)HISTORY_MAX));
	if (!place->host)
		return NULL;
	TRY(db_number(
		db, &history->on_host,
		"SELECT count(*) FROM (SELECT 1 FROM job WHERE signature = ? AND host = ? AND "
		"(crash_time, dump) <= (?, ?) LIMIT ?) AS counted",
		"ttiii", place->signature, place->host, place->crash_s, place->dump,
		(int64_t)HISTORY_MAX));
	return db_number(db, &history->host_first_s,
			 "SELECT min(crash_time) FROM job WHERE signature = ? AND host = ?", "tt",
			 place->signature, place->host);
}

static struct err *read_first(struct db *db, const struct place *place, struct history *history)
{
	struct stmt *stmt;
	bool row;

	TRY(db_query(db, &stmt,
		     "SELECT crash_time, kernel FROM job WHERE signature = ? "
		     "ORDER BY crash_time, dump LIMIT 1",
		     "t", place->signature));
	TRY(stmt_step(stmt, &row));
	if (!row)
		return NULL;
	history->first_s = stmt_int(stmt, 0);
	TRY(stmt_column_dup(stmt, 1, &history->first_kernel));
	stmt_reset(stmt);
	return NULL;
}

static struct err *read_before(struct db *db, const struct place *place, struct history *history)
{
	struct stmt *stmt;
	bool row;

	TRY(db_query(db, &stmt,
		     "SELECT j.dump, j.crash_time, d.uid FROM job j JOIN dump d ON d.id = j.dump "
		     "WHERE j.signature = ? AND (j.crash_time, j.dump) < (?, ?) "
		     "ORDER BY j.crash_time DESC, j.dump DESC LIMIT 1",
		     "tii", place->signature, place->crash_s, place->dump));
	TRY(stmt_step(stmt, &row));
	if (!row)
		return NULL;
	history->before = stmt_int(stmt, 0);
	history->before_s = stmt_int(stmt, 1);
	TRY(stmt_column_dup(stmt, 2, &history->before_uid));
	stmt_reset(stmt);
	return NULL;
}

struct err *history_read(struct store *store, int64_t dump, struct history *ret)
{
	_cleanup_(place_deinit) struct place place = {0};
	struct db *db = store_db(store);

	*ret = (struct history){0};
	TRY(read_place(db, dump, &place));
	if (!place.signature)
		return NULL;
	TRY(count(db, &place, ret));
	TRY(read_first(db, &place, ret));
	return read_before(db, &place, ret);
}

void history_deinit(struct history *history)
{
	free(history->first_kernel);
	free(history->before_uid);
	*history = (struct history){0};
}

/* --- saying ----------------------------------------------------------------------------------- */

void history_put_ordinal(int64_t number, struct str *out)
{
	static const char *const endings[] = {"th", "st", "nd", "rd"};
	int64_t last = number % 10;
	bool regular = last > 3 || number / 10 % 10 == 1;

	str_printf(out, "%s%" PRId64 "%s", number >= HISTORY_MAX ? "at least " : "", number,
		   endings[regular ? 0 : last]);
}

static void put_since(int64_t seconds, bool utc, struct str *out)
{
	time_t time = seconds;
	char day[16];
	struct tm tm;

	if ((utc ? gmtime_r(&time, &tm) : localtime_r(&time, &tm)) &&
	    strftime(day, sizeof(day), "%Y-%m-%d", &tm))
		str_printf(out, " since %s", day);
}

void history_put(const struct history *history, bool utc, struct str *out)
{
	bool elsewhere = history->on_host && history->on_host < history->number;

	if (history->number < 2) {
		str_puts(out, history->number ? "not seen before" : "");
		return;
	}
	if (elsewhere) {
		history_put_ordinal(history->on_host, out);
		str_puts(out, " time on this host");
		if (history->on_host > 1)
			put_since(history->host_first_s, utc, out);
		str_puts(out, ", ");
	}
	history_put_ordinal(history->number, out);
	str_puts(out, elsewhere ? " in all" : history->on_host ? " time on this host" : " time");
	put_since(history->first_s, utc, out);
	if (history->first_kernel)
		str_printf(out, ", first on %s", history->first_kernel);
}

static void put_time(json_t *json, const char *key, int64_t seconds)
{
	char text[UTC_SIZE];

	json_put(json, key, seconds && utc_format(seconds, text) ? json_string(text) : json_null());
}

json_t *history_json(const struct history *history)
{
	_str_ struct str text = {0};
	json_t *json;

	if (!history->number)
		return json_null();
	history_put(history, true, &text);
	json = json_object();
	json_put(json, "text", json_escaped(text.data));
	json_put(json, "number", json_integer(history->number));
	json_put(json, "on_host", history->on_host ? json_integer(history->on_host) : json_null());
	json_put(json, "after", json_integer(history->after));
	put_time(json, "first_time", history->first_s);
	put_time(json, "host_first_time", history->host_first_s);
	json_put(json, "first_kernel", json_escaped(history->first_kernel));
	put_time(json, "before_time", history->before_s);
	json_put(json, "before_uid", json_escaped(history->before_uid));
	return json;
}
