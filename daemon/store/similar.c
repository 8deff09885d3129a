/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which other crashes share a part with one. */
#include "daemon/store/similar.h"

#include "base/utc.h"

/* Of the newest that say more of themselves than their signature; bounds what a long history costs. */
#define SAME_LOOKED_AT "1000"
#define AS_TEXT_(number) #number
#define AS_TEXT(number) AS_TEXT_(number)

const char *similar_part_name(enum similar_part part)
{
	static const char *const names[] = {"signature", "title", "function", "module"};

	return names[part];
}

/* --- what a dump is like ---------------------------------------------------------------------- */

static json_t *list_or_null(const char *text)
{
	json_t *list = text ? json_loads(text, 0, NULL) : NULL;

	return list ? list : json_null();
}

#define PARTS(month)                                                                               \
	"SELECT j.signature, v.fuzzy, j.function, j.module, v.signature_version FROM job j "       \
	"JOIN verdict v ON v.dump = j.dump WHERE j.dump = ?1" month
static const char *const parts_of[] = {
	[DB_SQLITE] = PARTS(""), [DB_POSTGRESQL] = PARTS(" AND v.month = ?2")};

struct err *similar_parts(struct store *store, int64_t dump, json_t **ret)
{
	struct stmt *stmt;
	json_t *parts;
	bool row;

	TRY(store_ask_found(store, parts_of, dump, &stmt));
	TRY(stmt_step(stmt, &row));
	if (!row)
		return err_new(ERR_NOT_FOUND, "dump %lld has no verdict", (long long)dump);
	parts = json_object();
	json_put(parts, "signature", json_escaped(stmt_text(stmt, 0)));
	json_put(parts, "signature_version",
		 stmt_is_null(stmt, 4) ? json_null() : json_integer(stmt_int(stmt, 4)));
	json_put(parts, "titles", list_or_null(stmt_text(stmt, 1)));
	json_put(parts, "function", json_escaped(stmt_text(stmt, 2)));
	json_put(parts, "module", json_escaped(stmt_text(stmt, 3)));
	stmt_reset(stmt);
	*ret = parts;
	return NULL;
}

/* --- who shares it ---------------------------------------------------------------------------- */

enum {
	ROW_SIGNATURE, /* shared or not, and so on: the parts in their order */
	ROW_TITLES,
	ROW_FUNCTION,
	ROW_MODULE,
	ROW_ID,
	ROW_TIME,
	ROW_UID,
	ROW_STRINGS
};
#define LATEST                                                                                     \
	"SELECT n.dump FROM (SELECT dump FROM job ORDER BY crash_time DESC, dump DESC "            \
	"LIMIT " AS_TEXT(SIMILAR_LOOKED_AT) ") n"
#define SAME                                                                                       \
	"SELECT s.dump FROM (SELECT dump FROM job WHERE signature = ?2 "                           \
	"ORDER BY crash_time DESC, dump DESC LIMIT " SAME_LOOKED_AT ") s"
#define UID "(SELECT d.uid FROM dump d WHERE d.id = j.dump)"
/*
 * ?1 is the dump, behind it its signature, function and module. shared: the titles of j that the dump has too, as a JSON
 * list, '[]' or NULL.
 */
#define ROW(shared)                                                                                \
	"coalesce(j.signature = ?2, false) AS same, nullif((" shared "), '[]') AS titles, "        \
	"coalesce(j.function = ?3, false) AS at, coalesce(j.module = ?4, false) AS inside, "       \
	"j.dump, j.crash_time, " UID " AS uid, j.host, j.kernel, j.cause, j.headline, j.signature"

#define STORE_TITLES "(SELECT v.dump, j.value AS title FROM verdict v, json_each(v.fuzzy) j)"
#define SHARED_OF_STORE                                                                            \
	"SELECT json_group_array(t.title) FROM " STORE_TITLES                                      \
	" t WHERE t.dump = j.dump AND t.title IN "                                                 \
	"(SELECT m.title FROM " STORE_TITLES " m WHERE m.dump = ?1)"
#define STORE_ROW ROW(SHARED_OF_STORE)
#define OF_STORE(among)                                                                            \
	"SELECT * FROM (SELECT " STORE_ROW " FROM job j WHERE j.dump != ?1 AND j.dump IN (" among  \
	")) c WHERE same OR titles IS NOT NULL OR at OR inside "                                   \
	"ORDER BY CASE WHEN same THEN 0 WHEN titles IS NOT NULL THEN 1 WHEN at THEN 2 ELSE 3 "     \
	"END, crash_time DESC, dump DESC LIMIT ?5"

/*
 * On a server each way to be like it has an index, which has the latest first. Of each way no more are taken than are
 * wanted in all: what a stronger way has taken of them, the weaker ones need not have.
 */
#define WAY(rank, column, value)                                                                   \
	"(SELECT c.id, c.crash_time, " rank " AS rank FROM fleet.crash c WHERE c." column          \
	" = " value " AND c.id != ?1 ORDER BY c.crash_time DESC, c.id DESC LIMIT ?5)"
#define BY_SIGNATURE WAY("0", "signature", "?2")
#define BY_FUNCTION WAY("2", "function", "?3")
#define BY_MODULE WAY("3", "module", "?4")
#define OWN_TITLES "(SELECT o.title FROM fleet.title o WHERE o.crash = ?1)"
#define BY_TITLE                                                                                   \
	"(SELECT t.crash, t.crash_time, 1 FROM " OWN_TITLES                                        \
	" o CROSS JOIN LATERAL (SELECT n.crash, n.crash_time FROM fleet.title n "                  \
	"WHERE n.title = o.title ORDER BY n.crash_time DESC LIMIT ?5 + 1) t)"
#define WAYS BY_SIGNATURE " UNION ALL " BY_TITLE " UNION ALL " BY_FUNCTION " UNION ALL " BY_MODULE
#define SHARED_OF_SERVER                                                                           \
	"SELECT CAST(json_agg(t.title ORDER BY t.place) AS text) FROM fleet.title t "              \
	"WHERE t.crash = j.dump AND t.title IN " OWN_TITLES
#define SERVER_ROW ROW(SHARED_OF_SERVER)
#define OF_SERVER                                                                                  \
	"WITH near AS (SELECT w.id, min(w.rank) AS rank, max(w.crash_time) AS crash_time FROM "    \
	"(" WAYS ") w WHERE w.id != ?1 GROUP BY w.id "                                             \
	"ORDER BY min(w.rank), max(w.crash_time) DESC, w.id DESC LIMIT ?5) "                       \
	"SELECT " SERVER_ROW " FROM near n JOIN job j ON j.dump = n.id "                           \
	"ORDER BY n.rank, n.crash_time DESC, n.id DESC"
static const char *const all[] = {
	[DB_SQLITE] = OF_STORE(LATEST " UNION " SAME), [DB_POSTGRESQL] = OF_SERVER};
static const char same[] = OF_STORE(SAME);
static const char *const strings[] = {"host", "kernel", "cause", "headline", "signature"};

static void put_share(json_t *shares, enum similar_part part, const char *value)
{
	json_t *share = json_object();

	json_put(share, "part", json_string(similar_part_name(part)));
	json_put(share, "value", json_escaped(value));
	json_array_append_new(shares, share);
}

static json_t *shares_of(struct stmt *stmt, const json_t *parts)
{
	_json_ json_t *titles = list_or_null(stmt_text(stmt, ROW_TITLES));
	json_t *shares = json_array(), *title;
	size_t i;

	if (stmt_int(stmt, ROW_SIGNATURE))
		put_share(shares, SIMILAR_SIGNATURE, json_string_at(parts, "signature"));
	json_array_foreach (titles, i, title) {
		put_share(shares, SIMILAR_TITLE, json_string_value(title));
	}
	if (stmt_int(stmt, ROW_FUNCTION))
		put_share(shares, SIMILAR_FUNCTION, json_string_at(parts, "function"));
	if (stmt_int(stmt, ROW_MODULE))
		put_share(shares, SIMILAR_MODULE, json_string_at(parts, "module"));
	return shares;
}

static json_t *row_json(struct stmt *stmt, const json_t *parts)
{
	json_t *row = json_object();
	char time[UTC_SIZE];

	utc_format(stmt_int(stmt, ROW_TIME), time);
	json_put(row, "id", json_integer(stmt_int(stmt, ROW_ID)));
	json_put(row, "uid", json_escaped(stmt_text(stmt, ROW_UID)));
	json_put(row, "time", json_string(time));
	json_put(row, "time_s", json_integer(stmt_int(stmt, ROW_TIME)));
	for (size_t i = 0; i < ARRAY_SIZE(strings); i++)
		json_put(row, strings[i], json_escaped(stmt_text(stmt, ROW_STRINGS + (int)i)));
	json_put(row, "shares", shares_of(stmt, parts));
	return row;
}

static struct err *ask(struct db *db, const char *sql, int64_t dump, const json_t *parts,
		       int64_t limit, json_t *rows)
{
	struct stmt *stmt;

	TRY(db_query(db, &stmt, sql, "ittti", dump, json_string_at(parts, "signature"),
		     json_string_at(parts, "function"), json_string_at(parts, "module"), limit));
	for (bool row;;) {
		TRY(stmt_step(stmt, &row));
		if (!row)
			return NULL;
		json_array_append_new(rows, row_json(stmt, parts));
	}
}

struct err *similar_find(struct store *store, int64_t dump, const json_t *parts, int64_t limit,
			 json_t **ret)
{
	_json_ json_t *rows = json_array();
	struct db *db = store_db(store);

	limit = limit ? MIN(limit, SIMILAR_LOOKED_AT) : SIMILAR_LOOKED_AT;
	/* They come first: where they are enough, nobody looks at ten thousand others. */
	if (db_dialect(db) == DB_SQLITE)
		TRY(ask(db, same, dump, parts, limit, rows));
	if (json_array_size(rows) < (size_t)limit) {
		json_array_clear(rows);
		TRY(ask(db, all[db_dialect(db)], dump, parts, limit, rows));
	}
	*ret = json_incref(rows);
	return NULL;
}
