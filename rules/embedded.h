/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_RULES_EMBEDDED
#define TRIAGE_RULES_EMBEDDED

#include <stdbool.h>

/* SQL files, and the JSON Schema, compiled into the program by rules/embed; a NULL name ends each list. */
struct embedded_sql {
	const char *name; /* of the file, without its directory */
	const char *sql;  /* the text */
	bool tested;	  /* NAME.test.json stands beside it */
};

extern const struct embedded_sql embedded_rules[], embedded_migrations[], embedded_views[];
/* Of the central database; then what writes a batch, and the fleet's rules. */
extern const struct embedded_sql embedded_fleet_migrations[], embedded_fleet_views[],
	embedded_fleet_writes[], embedded_fleet_rules[];
/* The JSON Schema of the verdict, and that of an alert. */
extern const struct embedded_sql embedded_schema[];

#endif
