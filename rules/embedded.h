/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_RULES_EMBEDDED
#define TRIAGE_RULES_EMBEDDED

/* SQL files compiled into the program by rules/embed; a NULL name ends each list. */
struct sql_text {
	const char *name; /* of the file, without its directory */
	const char *text;
};

extern const struct sql_text rule_texts[], migration_texts[], view_texts[];

#endif
