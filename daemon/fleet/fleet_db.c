/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A driver of rules/db.h for the central database. */
#include "daemon/fleet/fleet_db.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "daemon/fleet/fleet_schema.h"
#include "daemon/fleet/pg.h"
#include "json.h"

#define VALUES_MAX 48

struct question {
	struct stmt base;
	char *sql;	  /* as the caller has it: the key */
	char *translated; /* as the server has it */
	char *values[VALUES_MAX];
	int count; /* of values: the highest that was bound */
	struct pg_rows *rows;
	int at; /* the row that columns are of, from 0; -1: nothing was asked yet */
	struct question *next;
};

struct connection {
	struct db base;
	struct pg *pg;
	struct question *questions;
};

static struct connection *connection_of(struct db *db)
{
	return (struct connection *)db;
}

static struct question *question_of(struct stmt *stmt)
{
	return (struct question *)stmt;
}

/* --- the connection --------------------------------------------------------------------------- */

static struct err *exec(struct db *db, const char *sql)
{
	return pg_exec(connection_of(db)->pg, sql);
}

static void rollback(struct db *db)
{
	pg_rollback(connection_of(db)->pg);
}

static void free_question(struct question *question)
{
	for (int i = 0; i < VALUES_MAX; i++)
		free(question->values[i]);
	pg_rows_free(question->rows);
	free(question->sql);
	free(question->translated);
	free(question);
}

static void close_connection(struct db *db)
{
	struct connection *connection = connection_of(db);

	while (connection->questions) {
		struct question *question = connection->questions;

		connection->questions = question->next;
		free_question(question);
	}
	pg_close(connection->pg);
	free(connection);
}

/* --- a statement ------------------------------------------------------------------------------ */

char *fleet_db_translate(const char *sql)
{
	_str_ struct str out = {0};
	bool quoted = false;
	int number = 0;

	str_puts(&out, "");
	for (; *sql; sql++) {
		quoted ^= *sql == '\'';
		if (*sql != '?' || quoted) {
			str_append(&out, sql, 1);
			continue;
		}
		if (isdigit((unsigned char)sql[1])) {
			str_puts(&out, "$");
			continue;
		}
		str_printf(&out, "$%d", ++number);
	}
	return str_take(&out);
}

static void reset(struct stmt *stmt)
{
	struct question *question = question_of(stmt);

	pg_rows_free(take_ptr(question->rows));
	question->at = -1;
}

static void unbind(struct question *question)
{
	for (int i = 0; i < VALUES_MAX; i++)
		free(take_ptr(question->values[i]));
	question->count = 0;
}

static struct err *make_question(struct connection *connection, const char *sql,
				 struct question **ret)
{
	struct question *question = calloc(1, sizeof(*question));

	if (!question)
		return &err_nomem;
	question->base.db = &connection->base;
	question->sql = strdup(sql);
	question->translated = fleet_db_translate(sql);
	if (!question->sql || !question->translated) {
		free_question(question);
		return &err_nomem;
	}
	question->next = connection->questions;
	connection->questions = question;
	*ret = question;
	return NULL;
}

/* By the text, not by its address: a connection outlives texts that are made. */
static struct err *prepare(struct db *db, const char *sql, struct stmt **ret)
{
	struct connection *connection = connection_of(db);
	struct question *question = connection->questions;

	while (question && strcmp(question->sql, sql))
		question = question->next;
	if (!question)
		TRY(make_question(connection, sql, &question));
	reset(&question->base);
	unbind(question);
	*ret = &question->base;
	return NULL;
}

static void forget(struct stmt *stmt)
{
	struct question *question = question_of(stmt);
	struct question **at = &connection_of(stmt->db)->questions;

	while (*at != question)
		at = &(*at)->next;
	*at = question->next;
	free_question(question);
}

/* Takes the value over; NULL is out of memory, where it is not to be NULL. */
static struct err *bind(struct question *question, int parameter, char *value, bool null)
{
	if (!value && !null)
		return &err_nomem;
	if (parameter < 1 || parameter > VALUES_MAX) {
		free(value);
		return err_new(ERR_LIMIT, "a statement has %d parameters at most", VALUES_MAX);
	}
	free(question->values[parameter - 1]);
	question->values[parameter - 1] = value;
	question->count = question->count > parameter ? question->count : parameter;
	return NULL;
}

static struct err *bind_int(struct stmt *stmt, int parameter, int64_t value)
{
	char *text = NULL;

	if (asprintf(&text, "%" PRId64, value) < 0)
		return &err_nomem;
	return bind(question_of(stmt), parameter, text, false);
}

static struct err *bind_real(struct stmt *stmt, int parameter, double value)
{
	char *text = NULL;

	if (asprintf(&text, "%.17g", value) < 0)
		return &err_nomem;
	return bind(question_of(stmt), parameter, text, false);
}

/* Nothing in the database is other than UTF-8: what is no such text equals nothing as its escaped form does not. */
static struct err *bind_text(struct stmt *stmt, int parameter, const char *text)
{
	_str_ struct str escaped = {0};

	if (!text || json_is_utf8(text))
		return bind(question_of(stmt), parameter, text ? strdup(text) : NULL, !text);
	str_escape(&escaped, text, strlen(text));
	return bind(question_of(stmt), parameter, str_take(&escaped), false);
}

static struct err *step(struct stmt *stmt, bool *row)
{
	struct question *question = question_of(stmt);

	*row = false;
	if (question->at < 0)
		TRY(pg_query_values(connection_of(stmt->db)->pg, &question->rows,
				    question->translated, question->count,
				    (const char *const *)question->values));
	*row = ++question->at < pg_count(question->rows);
	if (!*row)
		reset(stmt);
	return NULL;
}

/* --- columns ---------------------------------------------------------------------------------- */

static bool is_null(struct stmt *stmt, int column)
{
	const struct question *question = question_of(stmt);

	return pg_is_null(question->rows, question->at, column);
}

static int64_t get_int(struct stmt *stmt, int column)
{
	const struct question *question = question_of(stmt);

	return pg_int(question->rows, question->at, column);
}

static double get_real(struct stmt *stmt, int column)
{
	const struct question *question = question_of(stmt);

	return pg_real(question->rows, question->at, column);
}

static const char *get_text(struct stmt *stmt, int column)
{
	const struct question *question = question_of(stmt);

	return pg_text(question->rows, question->at, column);
}

static const struct db_driver driver = {
	.dialect = DB_POSTGRESQL,
	.close = close_connection,
	.exec = exec,
	.rollback = rollback,
	.prepare = prepare,
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

/* Tables go before views of the same name: annotations are written. */
#define SEARCH_PATH "SET search_path TO fleet, triage"
#define READ_ONLY "; SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"

struct err *fleet_db_open(const char *address, unsigned flags, struct db **ret)
{
	struct connection *connection = calloc(1, sizeof(*connection));
	_free_ char *shown = NULL;
	struct err *err;

	if (!connection)
		return &err_nomem;
	connection->base.driver = &driver;
	_cleanup_(cleanup_db_close) struct db *db = &connection->base;
	TRY(pg_open(address, &connection->pg));
	TRY(pg_describe(address, &shown));
	err = fleet_schema_check(connection->pg);
	if (!err)
		err = exec(db, flags & DB_READ_ONLY ? SEARCH_PATH READ_ONLY : SEARCH_PATH);
	if (err)
		return err_wrap(err, "%s", shown);
	*ret = take_ptr(db);
	return NULL;
}
