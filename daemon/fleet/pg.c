/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libpq behind struct err: connections, statements, pipelines, each with an end to waiting. */
#include "daemon/fleet/pg.h"

#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/array.h"
#include "base/str.h"

#define PARAMETERS_MAX 48
#define STATEMENTS_MAX 64
/* Of a message of the server's. */
#define MESSAGE_MAX 400

struct pg {
	PGconn *conn;
	unsigned patience_s;
	bool piping;
	const char *prepared[STATEMENTS_MAX]; /* by their address; the name is the index */
	size_t prepared_count;
	size_t expected; /* results of the pipeline that are still to come */
	char sqlstate[6];
};

/* --- errors ----------------------------------------------------------------------------------- */

/* By class and code of SQLSTATE: PostgreSQL's appendix A. */
static const struct {
	const char *prefix;
	enum err_code code;
	int errnum;
} states[] = {
	{"08", ERR_IO, ENOTCONN},     /* connection exception */
	{"57P", ERR_IO, ENOTCONN},    /* the server is being stopped or started */
	{"57014", ERR_IO, ETIMEDOUT}, /* statement_timeout */
	{"55P03", ERR_IO, EAGAIN},    /* lock_timeout */
	{"40", ERR_IO, EAGAIN},	      /* serialization failure, deadlock */
	{"25006", ERR_IO, EROFS},     /* a standby, or default_transaction_read_only */
	{"25", ERR_IO, EAGAIN},	      /* idle_in_transaction_session_timeout and the like */
	{"53100", ERR_IO, ENOSPC},    /* disk full */
	{"53", ERR_IO, EAGAIN},	      /* out of memory, too many connections */
	{"58", ERR_IO, EIO},	      /* a file of the server's */
	{"XX", ERR_IO, EIO},	      /* the server found itself damaged */
	{"42501", ERR_IO, EACCES},    /* no privilege */
	{"28", ERR_IO, EACCES},	      /* authentication */
	{"42P01", ERR_NOT_FOUND, 0},  /* no such table */
	{"42703", ERR_NOT_FOUND, 0},  /* no such column */
	{"3F000", ERR_NOT_FOUND, 0},  /* no such schema */
	{"3D000", ERR_NOT_FOUND, 0},  /* no such database */
	{"22", ERR_INVALID, 0},	      /* data exception */
	{"23514", ERR_NOT_FOUND, 0},  /* no partition for a row */
	{"23502", ERR_INVALID, 0},    /* NULL where none may be */
	{"54", ERR_INVALID, 0},	      /* a limit of the server's */
	{"42", ERR_UNSUPPORTED, 0},
};

/* Is there another address that libpq tried, and why that one would not do? What begins with a tab is advice. */
static const char *next_address(const char *message)
{
	const char *next = strstr(message, "\nconnection to server");

	return next ? next + 1 : NULL;
}

static void put_line(const char *line, struct str *out)
{
	size_t length = strcspn(line, "\n");

	str_escape(out, line, length < MESSAGE_MAX ? length : MESSAGE_MAX);
}

#define ADDRESSES_MAX 8 /* of one name that are told */

/* The first line, without the word "ERROR:" in front; of a connection, that of each address. */
static void put_message(const char *message, struct str *out)
{
	if (has_prefix(message, "ERROR:  ") || has_prefix(message, "FATAL:  "))
		message += 8;
	put_line(message, out);
	for (unsigned i = 1; i < ADDRESSES_MAX && (message = next_address(message)); i++) {
		str_puts(out, "; ");
		put_line(message, out);
	}
}

static struct err *make_err(enum err_code code, int errnum, const char *message)
{
	_str_ struct str text = {0};
	struct err *err;

	put_message(message && *message ? message : "the server went away", &text);
	err = err_new(code, "%s", text.data ? text.data : "");
	if (err != &err_nomem)
		err->errnum = errnum;
	return err;
}

static struct err *connection_err(struct pg *pg)
{
	pg->sqlstate[0] = '\0';
	return make_err(ERR_IO, ENOTCONN, PQerrorMessage(pg->conn));
}

static struct err *result_err(struct pg *pg, const PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

	copy_string(pg->sqlstate, sizeof(pg->sqlstate), state ? state : "");
	if (PQstatus(pg->conn) == CONNECTION_BAD && !state)
		return connection_err(pg);
	for (size_t i = 0; state && i < ARRAY_SIZE(states); i++)
		if (has_prefix(state, states[i].prefix))
			return make_err(states[i].code, states[i].errnum, message);
	return make_err(ERR_UNSUPPORTED, 0, message ? message : PQresultErrorMessage(result));
}

const char *pg_sqlstate(const struct pg *pg)
{
	return pg->sqlstate;
}

/* --- addresses -------------------------------------------------------------------------------- */

bool pg_is_address(const char *text)
{
	return has_prefix(text, "postgresql://") || has_prefix(text, "postgres://");
}

static void options_free(PQconninfoOption **options)
{
	PQconninfoFree(*options);
}

/* "" where it does not say. */
static const char *option_of(const PQconninfoOption *options, const char *keyword)
{
	for (; options->keyword; options++)
		if (!strcmp(options->keyword, keyword))
			return options->val ? options->val : "";
	return "";
}

static struct err *parse_address(const char *address, PQconninfoOption **ret)
{
	char *message = NULL;

	*ret = PQconninfoParse(address, &message);
	if (!*ret) {
		struct err *err = message ? make_err(ERR_INVALID, 0, message) : &err_nomem;

		PQfreemem(message);
		return err_wrap(err, "not a server's address");
	}
	if (!*option_of(*ret, "password") && !*option_of(*ret, "sslpassword"))
		return NULL;
	PQconninfoFree(*ret);
	*ret = NULL;
	return err_new(ERR_INVALID,
		       "a password must not stand in a server's address, where others see it: "
		       "use a client certificate, ~/.pgpass or a service file");
}

struct err *pg_describe(const char *address, char **ret)
{
	_cleanup_(options_free) PQconninfoOption *options = NULL;
	_str_ struct str text = {0};

	TRY(parse_address(address, &options));
	if (*option_of(options, "service"))
		str_printf(&text, "service %s", option_of(options, "service"));
	str_puts(&text, option_of(options, "host"));
	if (*option_of(options, "port"))
		str_printf(&text, ":%s", option_of(options, "port"));
	if (*option_of(options, "dbname"))
		str_printf(&text, "/%s", option_of(options, "dbname"));
	*ret = str_take(&text);
	return *ret ? NULL : &err_nomem;
}

/* --- waiting ---------------------------------------------------------------------------------- */

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ll + now.tv_nsec / 1000000;
}

/* The connection is of no use after that: the answer would come to another question. */
static struct err *too_late(struct pg *pg, unsigned seconds)
{
	struct err *err = err_new(ERR_IO, "the server has said nothing for %u s", seconds);

	if (err != &err_nomem)
		err->errnum = ETIMEDOUT;
	PQfinish(pg->conn);
	pg->conn = NULL;
	pg->sqlstate[0] = '\0';
	return err;
}

static struct err *wait_socket(struct pg *pg, short events, int64_t until_ms, unsigned seconds)
{
	struct pollfd fd = {.fd = PQsocket(pg->conn), .events = events};
	int64_t left = until_ms - now_ms();

	if (left <= 0)
		return too_late(pg, seconds);
	if (poll(&fd, 1, (int)left) < 0 && errno != EINTR)
		return err_errno(errno, "poll");
	return NULL;
}

/* Write what is to be written, and take in what comes meanwhile: a server that waits to be read reads nothing. */
static struct err *flush(struct pg *pg)
{
	int64_t until = now_ms() + pg->patience_s * 1000ll;

	for (;;) {
		int left = PQflush(pg->conn);

		if (left < 0)
			return connection_err(pg);
		if (!left)
			return NULL;
		TRY(wait_socket(pg, POLLIN | POLLOUT, until, pg->patience_s));
		if (!PQconsumeInput(pg->conn))
			return connection_err(pg);
	}
}

/* The next result, NULL behind the last of a statement. */
static struct err *next_result(struct pg *pg, PGresult **ret)
{
	int64_t until = now_ms() + pg->patience_s * 1000ll;

	TRY(flush(pg));
	while (PQisBusy(pg->conn)) {
		TRY(wait_socket(pg, POLLIN, until, pg->patience_s));
		if (!PQconsumeInput(pg->conn))
			return connection_err(pg);
	}
	*ret = PQgetResult(pg->conn);
	return NULL;
}

/* A notice is the server's chat; what matters comes as an error. */
static void drop_notice(void *context, const PGresult *result)
{
	(void)context;
	(void)result;
}

struct err *pg_open(const char *address, struct pg **ret)
{
	_cleanup_(options_free) PQconninfoOption *options = NULL;
	_cleanup_(cleanup_pg_close) struct pg *pg = calloc(1, sizeof(*pg));
	/* What the address says goes before what stands here in front of it. */
	const char *keys[] = {"application_name",    "connect_timeout",	 "keepalives_idle",
			      "keepalives_interval", "keepalives_count", "tcp_user_timeout",
			      "client_encoding",     "dbname",		 NULL};
	const char *values[] = {"triage", PG_CONNECT_S, "30",	 "10", "3",
				"60000",  "UTF8",	address, NULL};

	if (!pg)
		return &err_nomem;
	TRY(parse_address(address, &options));
	pg->patience_s = PG_ANSWER_S;
	pg->conn = PQconnectdbParams(keys, values, 1);
	if (!pg->conn)
		return &err_nomem;
	if (PQstatus(pg->conn) != CONNECTION_OK || PQsetnonblocking(pg->conn, 1))
		return connection_err(pg);
	PQsetNoticeReceiver(pg->conn, drop_notice, NULL);
	*ret = take_ptr(pg);
	return NULL;
}

void pg_close(struct pg *pg)
{
	if (!pg)
		return;
	PQfinish(pg->conn);
	free(pg);
}

void pg_set_patience(struct pg *pg, unsigned seconds)
{
	pg->patience_s = seconds;
}

/* --- parameters ------------------------------------------------------------------------------- */

struct parameters {
	const char *values[PARAMETERS_MAX];
	char texts[PARAMETERS_MAX][32]; /* of numbers */
	int count;
};

static struct err *take_parameters(struct parameters *to, const char *kinds, va_list list)
{
	*to = (struct parameters){0};
	for (; *kinds; kinds++, to->count++) {
		char *text;

		if (to->count == PARAMETERS_MAX)
			return err_new(ERR_LIMIT, "more than %d parameters", PARAMETERS_MAX);
		text = to->texts[to->count];
		to->values[to->count] = text;
		if (*kinds == 't')
			to->values[to->count] = va_arg(list, const char *);
		else if (*kinds == 'r')
			snprintf(text, 32, "%.17g", va_arg(list, double));
		else if (*kinds == 'b')
			copy_string(text, 32, va_arg(list, int) ? "true" : "false");
		else
			snprintf(text, 32, "%lld", (long long)va_arg(list, int64_t));
	}
	return NULL;
}

/* --- one statement ---------------------------------------------------------------------------- */

static bool is_good(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ||
	       status == PGRES_PIPELINE_SYNC;
}

/* All results of what was sent; *ret, which may be NULL, is the last of them. */
static struct err *take_results(struct pg *pg, PGresult **ret)
{
	struct err *err = NULL;
	PGresult *result, *last = NULL;

	for (;;) {
		struct err *lost = next_result(pg, &result);

		if (lost) {
			PQclear(last);
			err_free(err);
			return lost;
		}
		if (!result)
			break;
		if (!is_good(result) && !err)
			err = result_err(pg, result);
		PQclear(last);
		last = result;
	}
	if (ret && !err)
		*ret = last;
	else
		PQclear(last);
	return err;
}

static struct err *not_connected(void)
{
	struct err *err = err_new(ERR_IO, "the connection is closed");

	if (err != &err_nomem)
		err->errnum = ENOTCONN;
	return err;
}

struct err *pg_exec(struct pg *pg, const char *sql)
{
	if (!pg->conn)
		return not_connected();
	if (!PQsendQuery(pg->conn, sql))
		return connection_err(pg);
	return take_results(pg, NULL);
}

static struct err *query_values(struct pg *pg, PGresult **ret, const char *sql, int count,
				const char *const *values)
{
	if (!pg->conn)
		return not_connected();
	if (!PQsendQueryParams(pg->conn, sql, count, NULL, values, NULL, NULL, 0))
		return connection_err(pg);
	return take_results(pg, ret);
}

static struct err *query(struct pg *pg, PGresult **ret, const char *sql, const char *kinds,
			 va_list list)
{
	struct parameters with;

	TRY(take_parameters(&with, kinds, list));
	return query_values(pg, ret, sql, with.count, with.values);
}

static struct err *take_rows(PGresult *result, struct err *err, struct pg_rows **ret)
{
	if (!err && !result)
		return err_new(ERR_UNSUPPORTED, "the server gave no answer");
	*ret = (struct pg_rows *)result;
	return err;
}

struct err *pg_query_values(struct pg *pg, struct pg_rows **ret, const char *sql, int count,
			    const char *const *values)
{
	PGresult *result = NULL;
	struct err *err = query_values(pg, &result, sql, count, values);

	return take_rows(result, err, ret);
}

struct err *pg_query(struct pg *pg, struct pg_rows **ret, const char *sql, const char *kinds, ...)
{
	PGresult *result = NULL;
	struct err *err;
	va_list list;

	va_start(list, kinds);
	err = query(pg, &result, sql, kinds, list);
	va_end(list);
	return take_rows(result, err, ret);
}

struct err *pg_run(struct pg *pg, const char *sql, const char *kinds, ...)
{
	struct err *err;
	va_list list;

	va_start(list, kinds);
	err = query(pg, NULL, sql, kinds, list);
	va_end(list);
	return err;
}

struct err *pg_number(struct pg *pg, int64_t *ret, const char *sql, const char *kinds, ...)
{
	_pg_rows_ struct pg_rows *rows = NULL;
	PGresult *result = NULL;
	struct err *err;
	va_list list;

	va_start(list, kinds);
	err = query(pg, &result, sql, kinds, list);
	va_end(list);
	TRY(err);
	rows = (struct pg_rows *)result;
	if (pg_count(rows))
		*ret = pg_int(rows, 0, 0);
	return NULL;
}

struct err *pg_begin(struct pg *pg)
{
	return pg_exec(pg, "BEGIN");
}

struct err *pg_commit(struct pg *pg)
{
	return pg_exec(pg, "COMMIT");
}

void pg_rollback(struct pg *pg)
{
	if (pg && pg->conn && PQtransactionStatus(pg->conn) != PQTRANS_IDLE)
		(void)err_ok(pg_exec(pg, "ROLLBACK"));
}

/* --- rows ------------------------------------------------------------------------------------- */

static const PGresult *result_of(const struct pg_rows *rows)
{
	return (const PGresult *)rows;
}

int pg_count(const struct pg_rows *rows)
{
	return rows ? PQntuples(result_of(rows)) : 0;
}

int pg_columns(const struct pg_rows *rows)
{
	return rows ? PQnfields(result_of(rows)) : 0;
}

int pg_column(const struct pg_rows *rows, const char *name)
{
	return rows ? PQfnumber(result_of(rows), name) : -1;
}

bool pg_is_null(const struct pg_rows *rows, int row, int column)
{
	return PQgetisnull(result_of(rows), row, column);
}

const char *pg_text(const struct pg_rows *rows, int row, int column)
{
	return pg_is_null(rows, row, column) ? NULL : PQgetvalue(result_of(rows), row, column);
}

int64_t pg_int(const struct pg_rows *rows, int row, int column)
{
	const char *text = pg_text(rows, row, column);

	if (!text)
		return 0;
	return *text == 't' ? 1 : strtoll(text, NULL, 10); /* "t": true */
}

double pg_real(const struct pg_rows *rows, int row, int column)
{
	const char *text = pg_text(rows, row, column);

	return text ? strtod(text, NULL) : 0;
}

void pg_rows_free(struct pg_rows *rows)
{
	PQclear((PGresult *)rows);
}

/* --- pipelines -------------------------------------------------------------------------------- */

struct err *pg_pipeline_begin(struct pg *pg)
{
	if (!pg->conn)
		return not_connected();
	pg->expected = 0;
	return PQenterPipelineMode(pg->conn) ? NULL : connection_err(pg);
}

/* The name of a statement, which is prepared on the way when it is not yet. */
static struct err *prepare(struct pg *pg, const char *sql, char name[16])
{
	size_t i;

	for (i = 0; i < pg->prepared_count && pg->prepared[i] != sql; i++)
		;
	snprintf(name, 16, "s%zu", i);
	if (i < pg->prepared_count)
		return NULL;
	if (i == STATEMENTS_MAX)
		return err_new(ERR_LIMIT, "more than %d statements", STATEMENTS_MAX);
	if (!PQsendPrepare(pg->conn, name, sql, 0, NULL))
		return connection_err(pg);
	pg->expected++;
	pg->prepared[pg->prepared_count++] = sql;
	return NULL;
}

struct err *pg_send(struct pg *pg, const char *sql, const char *kinds, ...)
{
	struct parameters with;
	char name[16];
	struct err *err;
	va_list list;

	va_start(list, kinds);
	err = take_parameters(&with, kinds, list);
	va_end(list);
	TRY(err);
	if (!pg->conn)
		return not_connected();
	TRY(prepare(pg, sql, name));
	if (!PQsendQueryPrepared(pg->conn, name, with.count, with.values, NULL, NULL, 0))
		return connection_err(pg);
	pg->expected++;
	return flush(pg);
}

/* One statement's answer; behind its results stands a NULL, but not behind the last sync. */
static struct err *pipeline_result(struct pg *pg, struct err **first, bool *synced)
{
	PGresult *result = NULL;

	TRY(next_result(pg, &result));
	if (!result)
		return PQstatus(pg->conn) == CONNECTION_BAD ? connection_err(pg) : NULL;
	*synced = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
	if (!is_good(result) && PQresultStatus(result) != PGRES_PIPELINE_ABORTED && !*first)
		*first = result_err(pg, result);
	PQclear(result);
	return NULL;
}

/* What was not prepared because of an error must not be taken for prepared: all are forgotten then. */
static struct err *forget_prepared(struct pg *pg)
{
	pg->prepared_count = 0;
	return pg_exec(pg, "DEALLOCATE ALL");
}

struct err *pg_pipeline_end(struct pg *pg)
{
	struct err *first = NULL, *lost = NULL;
	bool synced = false;

	if (!pg->conn)
		return not_connected();
	if (!PQpipelineSync(pg->conn))
		return connection_err(pg);
	while (!synced && !lost)
		lost = pipeline_result(pg, &first, &synced);
	if (lost) {
		err_free(first);
		return lost;
	}
	if (!PQexitPipelineMode(pg->conn))
		lost = connection_err(pg);
	if (first && !lost) {
		char state[sizeof(pg->sqlstate)];

		copy_string(state, sizeof(state), pg->sqlstate);
		pg_rollback(pg);
		lost = forget_prepared(pg);
		copy_string(pg->sqlstate, sizeof(pg->sqlstate), state);
	}
	if (!first)
		return lost;
	err_free(lost);
	return first;
}
