/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SQLite as a driver of rules/db.h; the only file that includes sqlite3.h. */
#include "rules/db.h"
#include "rules/db_size.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"

#define BUSY_TIMEOUT_MS 5000
#define VALUE_MAX (64 << 20) /* bytes of a string: a worker's line is 16 MiB at most */
#define UNTRUSTED_CPU_MS 2000
#define UNTRUSTED_MEMORY (256ll << 20) /* bytes, beyond what SQLite has */
#define STEP_UNIT 1000 /* virtual machine instructions between two looks at the budget */

struct query {
	struct stmt base;
	sqlite3_stmt *handle;
	const char *sql; /* key in the connection's cache; NULL for an untrusted one */
	struct query *next;
	unsigned steps; /* left, for an untrusted one */
	int64_t cpu_ms; /* of this thread, when that one is to be ended */
};

struct file {
	struct db base;
	sqlite3 *handle;
	struct query *cached;
	const char *refused; /* what the statement being prepared was not allowed to do */
	int64_t wrong_at;    /* see db_error_offset() */
	bool functions;	     /* see make_functions() */
};

static struct file *file_of(struct db *db)
{
	return (struct file *)db;
}

static struct query *query_of(struct stmt *stmt)
{
	return (struct query *)stmt;
}

static sqlite3 *connection_of(const struct stmt *stmt)
{
	return file_of(stmt->db)->handle;
}

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

static struct err *set_up(struct file *file, unsigned flags)
{
	struct db *db = &file->base;

	sqlite3_busy_timeout(file->handle, BUSY_TIMEOUT_MS);
	sqlite3_extended_result_codes(file->handle, 1);
	/* SQL of others must not reach beyond the database. (trusted_schema stays on: SQLite 3.40
	 * does not count its own JSON operators as innocuous, and our views are made of them.) */
	sqlite3_db_config(file->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(file->handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
	sqlite3_limit(file->handle, SQLITE_LIMIT_LENGTH, VALUE_MAX);
	TRY(db_exec(db, "PRAGMA foreign_keys = ON"));
	if (flags & DB_READ_ONLY)
		return db_exec(db, "PRAGMA query_only = ON");
	/* Keep the -wal file: readers without the right to write the directory cannot create it. */
	sqlite3_file_control(file->handle, NULL, SQLITE_FCNTL_PERSIST_WAL, &(int){1});
	/* FULL: what others were told of (an export's numbers) must survive a loss of power. */
	return db_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
			   "PRAGMA wal_autocheckpoint = 256; PRAGMA journal_size_limit = 1048576");
}

static void close_file(struct db *db)
{
	struct file *file = file_of(db);

	while (file->cached) {
		struct query *query = file->cached;

		file->cached = query->next;
		sqlite3_finalize(query->handle);
		free(query);
	}
	sqlite3_close_v2(file->handle);
	free(file);
}

static struct err *exec(struct db *db, const char *sql)
{
	sqlite3 *handle = file_of(db)->handle;
	int result = sqlite3_exec(handle, sql, NULL, NULL, NULL);

	return result == SQLITE_OK ? NULL : db_error(handle, result, "execute");
}

int64_t db_changes(struct db *db)
{
	return sqlite3_changes(file_of(db)->handle);
}

static void rollback(struct db *db)
{
	if (!sqlite3_get_autocommit(file_of(db)->handle))
		err_free(exec(db, "ROLLBACK"));
}

static struct err *prepare(struct file *file, const char *sql, unsigned flags, struct query **ret,
			   const char **tail)
{
	struct query *query = calloc(1, sizeof(*query));

	if (!query)
		return &err_nomem;
	query->base.db = &file->base;
	int result = sqlite3_prepare_v3(file->handle, sql, -1, flags, &query->handle, tail);
	if (result == SQLITE_OK && query->handle) {
		*ret = query;
		return NULL;
	}
	free(query);
	return result == SQLITE_OK
		       ? err_new(ERR_INVALID, "database: prepare: there is no statement")
		       : db_error(file->handle, result, "prepare");
}

static struct err *prepare_cached(struct db *db, const char *sql, struct stmt **ret)
{
	struct file *file = file_of(db);
	struct query *query = file->cached;

	while (query && query->sql != sql)
		query = query->next;
	if (!query) {
		TRY(prepare(file, sql, SQLITE_PREPARE_PERSISTENT, &query, NULL));
		query->sql = sql;
		query->next = file->cached;
		file->cached = query;
	}
	stmt_reset(&query->base);
	sqlite3_clear_bindings(query->handle);
	*ret = &query->base;
	return NULL;
}

static struct err *bound(struct stmt *stmt, int result)
{
	return result == SQLITE_OK ? NULL : db_error(connection_of(stmt), result, "bind");
}

static struct err *bind_int(struct stmt *stmt, int parameter, int64_t value)
{
	return bound(stmt, sqlite3_bind_int64(query_of(stmt)->handle, parameter, value));
}

static struct err *bind_real(struct stmt *stmt, int parameter, double value)
{
	return bound(stmt, sqlite3_bind_double(query_of(stmt)->handle, parameter, value));
}

static struct err *bind_text(struct stmt *stmt, int parameter, const char *text)
{
	return bound(stmt, sqlite3_bind_text(query_of(stmt)->handle, parameter, text, -1,
					     SQLITE_TRANSIENT));
}

int stmt_parameter(struct stmt *stmt, const char *name)
{
	return sqlite3_bind_parameter_index(query_of(stmt)->handle, name);
}

static int64_t cpu_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* An instruction may copy a long string: they are counted, and their time is taken. */
static int spend(void *context)
{
	struct query *query = context;

	return query->steps && cpu_now_ms() < query->cpu_ms ? (query->steps--, 0) : 1;
}

/* Of SQLite in this process; it can be told from 3.31 on. 0: as much as there is. */
static void limit_memory(int64_t more)
{
#if SQLITE_VERSION_NUMBER >= 3031000
	sqlite3_hard_heap_limit64(more ? sqlite3_memory_used() + more : 0);
#else
	(void)more;
#endif
}

static int step_untrusted(sqlite3 *handle, struct query *query)
{
	sqlite3_progress_handler(handle, STEP_UNIT, spend, query);
	limit_memory(UNTRUSTED_MEMORY);
	int result = sqlite3_step(query->handle);
	limit_memory(0);
	sqlite3_progress_handler(handle, 0, NULL, NULL);
	return result;
}

static struct err *step(struct stmt *stmt, bool *row)
{
	struct query *query = query_of(stmt);
	sqlite3 *handle = connection_of(stmt);

	int result = query->sql ? sqlite3_step(query->handle) : step_untrusted(handle, query);
	*row = result == SQLITE_ROW;
	if (result == SQLITE_ROW)
		return NULL;
	struct err *err = result == SQLITE_DONE ? NULL
			  : !query->sql && (result & 0xff) == SQLITE_NOMEM
				  ? err_new(ERR_LIMIT, "it takes too much memory")
				  : db_error(handle, result, "execute");
	stmt_reset(stmt);
	return err;
}

static void reset(struct stmt *stmt)
{
	sqlite3_reset(query_of(stmt)->handle);
}

static void forget(struct stmt *stmt)
{
	struct query **at = &file_of(stmt->db)->cached;

	while (*at && *at != query_of(stmt))
		at = &(*at)->next;
	if (*at)
		*at = query_of(stmt)->next;
	stmt_finalize(stmt);
}

int stmt_column_count(struct stmt *stmt)
{
	return sqlite3_column_count(query_of(stmt)->handle);
}

const char *stmt_column_name(struct stmt *stmt, int column)
{
	const char *name = sqlite3_column_name(query_of(stmt)->handle, column);

	if (!name)
		alloc_failed();
	return name ? name : "";
}

static bool is_null(struct stmt *stmt, int column)
{
	return sqlite3_column_type(query_of(stmt)->handle, column) == SQLITE_NULL;
}

bool stmt_is_number(struct stmt *stmt, int column)
{
	int type = sqlite3_column_type(query_of(stmt)->handle, column);

	return type == SQLITE_INTEGER || type == SQLITE_FLOAT;
}

static int64_t get_int(struct stmt *stmt, int column)
{
	return sqlite3_column_int64(query_of(stmt)->handle, column);
}

static double get_real(struct stmt *stmt, int column)
{
	return sqlite3_column_double(query_of(stmt)->handle, column);
}

static const char *get_text(struct stmt *stmt, int column)
{
	const char *text = (const char *)sqlite3_column_text(query_of(stmt)->handle, column);

	if (!text && sqlite3_errcode(connection_of(stmt)) == SQLITE_NOMEM)
		alloc_failed(); /* and not NULL in the database */
	return text;
}

static const struct db_driver driver = {
	.dialect = DB_SQLITE,
	.close = close_file,
	.exec = exec,
	.rollback = rollback,
	.prepare = prepare_cached,
	.bind_int = bind_int,
	.bind_real = bind_real,
	.bind_text = bind_text,
	.step = step,
	.reset = reset,
	.forget = forget,
	.is_null = is_null,
	.get_int = get_int,
	.get_real = get_real,
	.get_text = get_text,
};

struct err *db_open(const char *path, unsigned flags, struct db **ret)
{
	struct file *file = calloc(1, sizeof(*file));
	int mode = flags & DB_READ_ONLY ? SQLITE_OPEN_READONLY
					: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;

	if (!file)
		return &err_nomem;
	file->base.driver = &driver;
	_cleanup_(cleanup_db_close) struct db *db = &file->base;
	int result = sqlite3_open_v2(path, &file->handle, mode | SQLITE_OPEN_NOMUTEX, NULL);
	struct err *err =
		result == SQLITE_OK ? set_up(file, flags) : db_error(file->handle, result, "open");
	if (err)
		return err_wrap(err, "\"%s\"", path);
	*ret = take_ptr(db);
	return NULL;
}

/* --- sizes ------------------------------------------------------------------------------------ */

static void close_blob(void *blob)
{
	sqlite3_blob_close(blob);
}

/* The handle is kept for the next row: the statement gives it back when it is reset. */
static int open_blob(sqlite3_context *context, sqlite3_value **values, sqlite3_blob **ret)
{
	int result = sqlite3_blob_open(sqlite3_context_db_handle(context), "main",
				       (const char *)sqlite3_value_text(values[0]),
				       (const char *)sqlite3_value_text(values[1]),
				       sqlite3_value_int64(values[2]), 0, ret);

	if (result == SQLITE_OK)
		sqlite3_set_auxdata(context, 0, *ret, close_blob);
	return result;
}

static void stored_size(sqlite3_context *context, int count, sqlite3_value **values)
{
	sqlite3_blob *blob = sqlite3_get_auxdata(context, 0);
	int result = blob ? sqlite3_blob_reopen(blob, sqlite3_value_int64(values[2]))
			  : open_blob(context, values, &blob);

	(void)count;
	if (result == SQLITE_OK)
		sqlite3_result_int64(context, sqlite3_blob_bytes(blob));
	else
		sqlite3_result_error_code(context, result);
}

struct err *db_add_stored_size(struct db *db)
{
	sqlite3 *handle = file_of(db)->handle;
	int result = sqlite3_create_function(handle, "stored_size", 3, SQLITE_UTF8, NULL,
					     stored_size, NULL, NULL);

	return result == SQLITE_OK ? NULL : db_error(handle, result, "a function");
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
	struct file *file = context;

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
		file->refused = "a function that is not for rules";
		return SQLITE_DENY;
	default:
		(void)first;
		file->refused = "more than reading";
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
	return file_of(db)->wrong_at;
}

/* SQLite makes tables of its own for these when they are first asked for, which a rule may not. */
static struct err *make_functions(struct file *file)
{
	if (file->functions)
		return NULL;
	file->functions = true;
	return exec(&file->base, "SELECT 1 FROM json_each('1'), json_tree('1') LIMIT 0");
}

struct err *db_prepare_untrusted(struct db *db, const char *sql, unsigned steps, struct stmt **ret)
{
	struct file *file = file_of(db);
	struct query *query = NULL;
	const char *tail;

	file->refused = NULL;
	file->wrong_at = -1;
	TRY(make_functions(file));
	sqlite3_set_authorizer(file->handle, authorize, file);
	struct err *err = prepare(file, sql, 0, &query, &tail);
	_cleanup_(cleanup_stmt_finalize) struct stmt *stmt = err ? NULL : &query->base;
	if (err)
		file->wrong_at = error_offset(file->handle);
	sqlite3_set_authorizer(file->handle, NULL, NULL);
	if (file->refused) {
		err_free(err);
		return err_new(ERR_INVALID, "it asks for %s", file->refused);
	}
	if (err)
		return err;
	if (!is_blank(tail)) {
		file->wrong_at = tail - sql;
		return err_new(ERR_INVALID, "it holds more than one statement");
	}
	if (!sqlite3_stmt_readonly(query->handle) || !sqlite3_column_count(query->handle))
		return err_new(ERR_INVALID, "it is not a SELECT");
	query->steps = steps;
	query->cpu_ms = cpu_now_ms() + UNTRUSTED_CPU_MS;
	*ret = take_ptr(stmt);
	return NULL;
}

void stmt_finalize(struct stmt *stmt)
{
	if (!stmt)
		return;
	sqlite3_finalize(query_of(stmt)->handle);
	free(query_of(stmt));
}
