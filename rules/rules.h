/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_RULES_RULES
#define TRIAGE_RULES_RULES

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/*
 * Rules: SQL files that look at a dump's findings through the views of schema/views.sql and say
 * what killed the kernel. Here they are read, judge.h runs them. How to write one: rules/README.md.
 */
struct rule {
	char *file;   /* its name; never NULL */
	char *sql;    /* the SELECT, header and all: its lines are comments to SQLite */
	char *broken; /* why it is not to be run, NULL when it may be; the rest is then not checked */
	unsigned line;	       /* of the file, where it is broken, from 1 on; 0 of no line */
	const char *wrong_key; /* of the header, whose value is wrong; NULL: none */
	bool site;	       /* out of a site's directory */
	bool tested;	       /* NAME.test.json stands beside it */
	struct rule
		*replaced; /* the one of the same id that speaks when this one cannot; NULL: none */
	/* The header's keys, NULL where left out; several lines of one key are joined by newlines. */
	char *id, *title, *cause, *severity, *advice, *reference, *see, *rules_out;
	double confidence; /* 0 to 1 */
};

struct rules;

/*
 * The built-in rules, then every *.sql file of site_dir (may be NULL or absent), by name; a site
 * rule replaces a built-in one of the same id. What cannot be read or is wrong is a broken rule;
 * only out-of-memory is an error.
 */
struct err *rules_load(const char *site_dir, struct rules **ret);
void rules_free(struct rules *rules);
DEFINE_CLEANUP(struct rules, rules_free)

/* The rule of that id or file, NULL: none. */
const struct rule *rules_find(const struct rules *rules, const char *name);

size_t rules_count(const struct rules *rules);
/* Rule i, from 0 on; it lives as long as rules. */
const struct rule *rules_at(const struct rules *rules, size_t i);

#endif
