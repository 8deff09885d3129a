/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_WORKER_WORKER_SEARCH
#define TRIAGE_DAEMON_WORKER_WORKER_SEARCH

#include "json.h"
#include "kernel/kernel.h"

/*
 * A search of a whole dump, in the worker. The request is JSON:
 *   {"value": "0xffff…" or "SYMBOL[+0x…]", "mask": "0x…" or null, "threads": 0, "limit": 1000,
 *    "range": null, "object" (what owns the value), "0x…" (the end) or "+0x…" (a size)}
 * The answer comes in parts: {"hit": {…}} for each hit that is kept, as memory_json_place() makes it, and
 * last {"summary": {"value", "mask" or "low" and "high", "total", "shown", "grouped", "whole",
 * "pages", "excluded", "truncated", "corrupt", "threads", "groups"}}.
 */
struct worker_search_events {
	void (*progress)(void *context, const char *step); /* context is NULL */
	void (*answer)(json_t *answer);			   /* takes it over */
};

/* Owners are looked up of so many hits at least, for the groups; more groups are not told. */
#define WORKER_SEARCH_OWNERS 4096
#define WORKER_SEARCH_GROUPS 100

/* ERR_INVALID or ERR_NOT_FOUND for what cannot be searched for. */
struct err *worker_search(struct kernel *kernel, const char *request,
			  const struct worker_search_events *events);

#endif
