/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_RULES_DB_DRIVER
#define TRIAGE_RULES_DB_DRIVER

#include <stdbool.h>
#include <stdint.h>

struct err;
struct db;
struct stmt;

/* For what has other words on a server. */
enum db_dialect { DB_SQLITE, DB_POSTGRESQL };

/*
 * What a kind of database does behind rules/db.h, where each function is described. A driver's own struct
 * begins with struct db, and that of its statements with struct stmt.
 */
struct db_driver {
	enum db_dialect dialect;
	void (*close)(struct db *db);
	struct err *(*exec)(struct db *db, const char *sql);
	void (*rollback)(struct db *db);
	struct err *(*prepare)(struct db *db, const char *sql, struct stmt **ret);
	struct err *(*bind_int)(struct stmt *stmt, int parameter, int64_t value);
	struct err *(*bind_real)(struct stmt *stmt, int parameter, double value);
	struct err *(*bind_text)(struct stmt *stmt, int parameter, const char *text);
	struct err *(*step)(struct stmt *stmt, bool *row);
	void (*reset)(struct stmt *stmt);
	void (*forget)(struct stmt *stmt);
	bool (*is_null)(struct stmt *stmt, int column);
	int64_t (*get_int)(struct stmt *stmt, int column);
	double (*get_real)(struct stmt *stmt, int column);
	const char *(*get_text)(struct stmt *stmt, int column);
};

struct db {
	const struct db_driver *driver;
};

struct stmt {
	struct db *db;
};

#endif
