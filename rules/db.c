/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SQLite behind struct err; the only file that includes sqlite3.h. */
#include "rules/db.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <string.h>

#include "base/alloc.h"

#define BUSY_TIMEOUT_MS 5000
#define VALUE_MAX (64 << 20) /* bytes of a string: a worker's line is 16 MiB at most */
#define STEP_UNIT 1000	     /* virtual machine instructions between two looks at the budget */

struct stmt {
	struct db *db;
	sqlite3_stmt *handle;
	const char *sql; /* key in the connection's cache; NULL for an untrusted one */
	struct stmt *next;
	unsigned steps; /* left, for an untrusted one */
};

struct db {
	sqlite3 *handle;
	struct stmt *cached;
	const char *refused; /* what the statement being prepared was not allowed to do */
	int64_t wrong_at;    /* see db_error_offset() */
};

static int errno_of(sqlite3 *handle, int result)
{
	int system = sqlite3_system_errno(handle);

	switch (result & 0xff) {
	case SQLITE_FULL:
		return ENOSPC;
	case SQLITE_READONLY:
		return EROFS;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return EBUSY;
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return EACCES;
	default:
		return system ? system : EIO;
	}
}

static struct err *db_error(sqlite3 *handle, int result, const char *doing)
{
	const char *why = handle ? sqlite3_errmsg(handle) : sqlite3_errstr(result);
	struct err *err;

	switch (result & 0xff) {
	case SQLITE_NOMEM:
		alloc_failed();
		return &err_nomem;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return err_new(ERR_CORRUPT, "database: %s: %s", doing, why);
	case SQLITE_INTERRUPT:
		return err_new(ERR_LIMIT, "database: %s: it takes too long", doing);
	case SQLITE_TOOBIG:
		return err_new(ERR_LIMIT, "database: %s: %s", doing, why);
	case SQLITE_ERROR:
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
	case SQLITE_RANGE:
		return err_new(ERR_INVALID, "database: %s: %s", doing, why);
	default:
		err = err_new(ERR_IO, "database: %s: %s", doing, why);
		if (err->code == ERR_IO)
			err->errnum = errno_of(handle, result);
		return err;
	}
}

static struct err *set_up(struct db *db, unsigned flags)
{
	sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
	sqlite3_extended_result_codes(db->handle, 1);
	/* SQL of others must not reach beyond the database. (trusted_schema stays on: SQLite 3.40
	 * does not count its own JSON operators as innocuous, and our views are made of them.) */
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
	sqlite3_limit(db->handle, SQLITE_LIMIT_LENGTH, VALUE_MAX);
	TRY(db_exec(db, "PRAGMA foreign_keys = ON"));
	if (flags & DB_READ_ONLY)
		return db_exec(db, "PRAGMA query_only = ON");
	/* Keep the -wal file: readers without the right to write the directory cannot create it. */
	sqlite3_file_control(db->handle, NULL, SQLITE_FCNTL_PERSIST_WAL, &(int){1});
	/* FULL: what others were told of (an export's numbers) must survive a loss of power. */
	return db_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
			   "PRAGMA wal_autocheckpoint = 256; PRAGMA journal_size_limit = 1048576");
}

struct err *db_open(const char *path, unsigned flags, struct db **ret)
{
	_cleanup_(cleanup_db_close) struct db *db = calloc(1, sizeof(*db));
	int mode = flags & DB_READ_ONLY ? SQLITE_OPEN_READONLY
					: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;

	if (!db)
		return &err_nomem;
	int result = sqlite3_open_v2(path, &db->handle, mode | SQLITE_OPEN_NOMUTEX, NULL);
	struct err *err =
		result == SQLITE_OK ? set_up(db, flags) : db_error(db->handle, result, "open");
	if (err)
		return err_wrap(err, "\"%s\"", path);
	*ret = take_ptr(db);
	return NULL;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	while (db->cached) {
		struct stmt *stmt = db->cached;

		db->cached = stmt->next;
		sqlite3_finalize(stmt->handle);
		free(stmt);
	}
	sqlite3_close_v2(db->handle);
	free(db);
}

struct err *db_exec(struct db *db, const char *sql)
{
	int result = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

	return result == SQLITE_OK ? NULL : db_error(db->handle, result, "execute");
}

int64_t db_changes(struct db *db)
{
	return sqlite3_changes(db->handle);
}

struct err *db_begin(struct db *db)
{
	return db_exec(db, "BEGIN IMMEDIATE");
}

struct err *db_commit(struct db *db)
{
	return db_exec(db, "COMMIT");
}

void db_rollback(struct db *db)
{
	if (db && !sqlite3_get_autocommit(db->handle))
		err_free(db_exec(db, "ROLLBACK"));
}

static struct err *prepare(struct db *db, const char *sql, unsigned flags, struct stmt **ret,
			   const char **tail)
{
	_cleanup_(cleanup_stmt_finalize) struct stmt *stmt = calloc(1, sizeof(*stmt));

	if (!stmt)
		return &err_nomem;
	stmt->db = db;
	int result = sqlite3_prepare_v3(db->handle, sql, -1, flags, &stmt->handle, tail);
	if (result != SQLITE_OK)
		return db_error(db->handle, result, "prepare");
	if (!stmt->handle)
		return err_new(ERR_INVALID, "database: prepare: there is no statement");
	*ret = take_ptr(stmt);
	return NULL;
}

struct err *db_prepare(struct db *db, const char *sql, struct stmt **ret)
{
	struct stmt *stmt = db->cached;

	while (stmt && stmt->sql != sql)
		stmt = stmt->next;
	if (!stmt) {
		TRY(prepare(db, sql, SQLITE_PREPARE_PERSISTENT, &stmt, NULL));
		stmt->sql = sql;
		stmt->next = db->cached;
		db->cached = stmt;
	}
	stmt_reset(stmt);
	sqlite3_clear_bindings(stmt->handle);
	*ret = stmt;
	return NULL;
}

static struct err *bound(struct stmt *stmt, int result)
{
	return result == SQLITE_OK ? NULL : db_error(stmt->db->handle, result, "bind");
}

struct err *stmt_bind_int(struct stmt *stmt, int parameter, int64_t value)
{
	return bound(stmt, sqlite3_bind_int64(stmt->handle, parameter, value));
}

static struct err *stmt_bind_real(struct stmt *stmt, int parameter, double value)
{
	return bound(stmt, sqlite3_bind_double(stmt->handle, parameter, value));
}

struct err *stmt_bind_text(struct stmt *stmt, int parameter, const char *text)
{
	return bound(stmt, sqlite3_bind_text(stmt->handle, parameter, text, -1, SQLITE_TRANSIENT));
}

int stmt_parameter(struct stmt *stmt, const char *name)
{
	return sqlite3_bind_parameter_index(stmt->handle, name);
}

static int spend(void *context)
{
	struct stmt *stmt = context;

	return stmt->steps ? (stmt->steps--, 0) : 1;
}

struct err *stmt_step(struct stmt *stmt, bool *row)
{
	sqlite3 *handle = stmt->db->handle;

	if (!stmt->sql)
		sqlite3_progress_handler(handle, STEP_UNIT, spend, stmt);
	int result = sqlite3_step(stmt->handle);
	if (!stmt->sql)
		sqlite3_progress_handler(handle, 0, NULL, NULL);
	*row = result == SQLITE_ROW;
	if (result == SQLITE_ROW)
		return NULL;
	struct err *err = result == SQLITE_DONE ? NULL : db_error(handle, result, "execute");
	stmt_reset(stmt);
	return err;
}

struct err *stmt_run(struct stmt *stmt)
{
	bool row;

	TRY(stmt_step(stmt, &row));
	stmt_reset(stmt);
	return NULL;
}

void stmt_reset(struct stmt *stmt)
{
	sqlite3_reset(stmt->handle);
}

int stmt_column_count(struct stmt *stmt)
{
	return sqlite3_column_count(stmt->handle);
}

const char *stmt_column_name(struct stmt *stmt, int column)
{
	const char *name = sqlite3_column_name(stmt->handle, column);

	if (!name)
		alloc_failed();
	return name ? name : "";
}

bool stmt_is_null(struct stmt *stmt, int column)
{
	return sqlite3_column_type(stmt->handle, column) == SQLITE_NULL;
}

int64_t stmt_int(struct stmt *stmt, int column)
{
	return sqlite3_column_int64(stmt->handle, column);
}

double stmt_real(struct stmt *stmt, int column)
{
	return sqlite3_column_double(stmt->handle, column);
}

const char *stmt_text(struct stmt *stmt, int column)
{
	const char *text = (const char *)sqlite3_column_text(stmt->handle, column);

	if (!text && sqlite3_errcode(stmt->db->handle) == SQLITE_NOMEM)
		alloc_failed(); /* and not NULL in the database */
	return text;
}

struct err *stmt_column_dup(struct stmt *stmt, int column, char **ret)
{
	const char *text = stmt_text(stmt, column);

	*ret = text ? strdup(text) : NULL;
	return *ret || stmt_is_null(stmt, column) ? NULL : &err_nomem;
}

/* --- a statement with its parameters ---------------------------------------------------------- */

static struct err *bind_all(struct stmt *stmt, const char *kinds, va_list args)
{
	for (int i = 1; *kinds; kinds++, i++) {
		if (*kinds == 'i')
			TRY(stmt_bind_int(stmt, i, va_arg(args, int64_t)));
		else if (*kinds == 'r')
			TRY(stmt_bind_real(stmt, i, va_arg(args, double)));
		else
			TRY(stmt_bind_text(stmt, i, va_arg(args, const char *)));
	}
	return NULL;
}

static struct err *query(struct db *db, struct stmt **ret, const char *sql, const char *kinds,
			 va_list args)
{
	TRY(db_prepare(db, sql, ret));
	return bind_all(*ret, kinds, args);
}

struct err *db_query(struct db *db, struct stmt **ret, const char *sql, const char *kinds, ...)
{
	struct err *err;
	va_list args;

	va_start(args, kinds);
	err = query(db, ret, sql, kinds, args);
	va_end(args);
	return err;
}

struct err *db_run(struct db *db, const char *sql, const char *kinds, ...)
{
	struct stmt *stmt;
	struct err *err;
	va_list args;

	va_start(args, kinds);
	err = query(db, &stmt, sql, kinds, args);
	va_end(args);
	return err ? err : stmt_run(stmt);
}

struct err *db_number(struct db *db, int64_t *ret, const char *sql, const char *kinds, ...)
{
	struct stmt *stmt;
	struct err *err;
	va_list args;
	bool row;

	va_start(args, kinds);
	err = query(db, &stmt, sql, kinds, args);
	va_end(args);
	if (err)
		return err;
	TRY(stmt_step(stmt, &row));
	if (row)
		*ret = stmt_int(stmt, 0);
	stmt_reset(stmt);
	return NULL;
}

/* --- statements of others --------------------------------------------------------------------- */

/* Functions that a rule has no business to call; not every SQLite has them. */
static bool is_refused_function(const char *name)
{
	static const char *const refused[] = {"load_extension", "readfile", "writefile", "edit",
					      "fts3_tokenizer", "zeroblob", "randomblob"};

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		if (!sqlite3_stricmp(name, refused[i]))
			return true;
	return false;
}

static int authorize(void *context, int action, const char *first, const char *second,
		     const char *database, const char *view)
{
	struct db *db = context;

	(void)database;
	(void)view;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_RECURSIVE:
	case SQLITE_READ:
		return SQLITE_OK;
	case SQLITE_FUNCTION:
		if (!is_refused_function(second))
			return SQLITE_OK;
		db->refused = "a function that is not for rules";
		return SQLITE_DENY;
	default:
		(void)first;
		db->refused = "more than reading";
		return SQLITE_DENY;
	}
}

/* Only white space and comments may follow the one statement. */
static bool is_blank(const char *sql)
{
	for (;;) {
		sql += strspn(sql, " \t\r\n;");
		if (!strncmp(sql, "/*", 2)) {
			const char *end = strstr(sql + 2, "*/");

			if (!end)
				return true; /* an open comment lasts to the end of the text */
			sql = end + 2;
		} else if (!strncmp(sql, "--", 2)) {
			sql += strcspn(sql, "\n");
		} else {
			return !*sql;
		}
	}
}

/* SQLite tells from 3.38 on. */
static int error_offset(sqlite3 *handle)
{
#if SQLITE_VERSION_NUMBER >= 3038000
	return sqlite3_error_offset(handle);
#else
	(void)handle;
	return -1;
#endif
}

int64_t db_error_offset(struct db *db)
{
	return db->wrong_at;
}

struct err *db_prepare_untrusted(struct db *db, const char *sql, unsigned steps, struct stmt **ret)
{
	_cleanup_(cleanup_stmt_finalize) struct stmt *stmt = NULL;
	const char *tail;

	db->refused = NULL;
	db->wrong_at = -1;
	sqlite3_set_authorizer(db->handle, authorize, db);
	struct err *err = prepare(db, sql, 0, &stmt, &tail);
	if (err)
		db->wrong_at = error_offset(db->handle);
	sqlite3_set_authorizer(db->handle, NULL, NULL);
	if (db->refused) {
		err_free(err);
		return err_new(ERR_INVALID, "it asks for %s", db->refused);
	}
	if (err)
		return err;
	if (!is_blank(tail)) {
		db->wrong_at = tail - sql;
		return err_new(ERR_INVALID, "it holds more than one statement");
	}
	if (!sqlite3_stmt_readonly(stmt->handle) || !sqlite3_column_count(stmt->handle))
		return err_new(ERR_INVALID, "it is not a SELECT");
	stmt->steps = steps;
	*ret = take_ptr(stmt);
	return NULL;
}

void stmt_finalize(struct stmt *stmt)
{
	if (!stmt)
		return;
	sqlite3_finalize(stmt->handle);
	free(stmt);
}
