/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_LOG_JSON
#define TRIAGE_LOG_LOG_JSON

#include "json.h"
#include "log/report.h"
#include "log/segfault_core.h"

struct dwarf_place;
struct insn;
struct log_line;

/* "time_s" and "wall_time", as far as the line has them. */
void log_json_put_time(json_t *json, const struct log *log, size_t index);
/* A FRAME as the log prints it. */
json_t *log_json_place(const struct report_place *place, bool exception);
/* An element of log.reports[]. */
json_t *log_json_report(const struct log *log, const struct report *report);
/*
 * The kinds of reports of which more were in the log than are kept, and in text how many; NULL where all
 * are kept.
 */
json_t *log_json_reports_left_out(const struct reports *reports, struct str *text);
/* A user process' crash, and what is known beside its line. */
struct segfault_facts {
	const struct segfault *fault;
	const struct insn *insn;	 /* at ip, NULL unknown */
	const char *class;		 /* see segfault_class.h, NULL unknown */
	const struct dwarf_place *place; /* in its file, NULL unknown */
	const char *operand; /* with place: what was accessed, as the source calls it; "" unknown */
	uint64_t times;	     /* crashes at the same place, in all of the log; 0 not counted */
};

/* An element of log.segfaults[]: the line and what was read out of it. */
json_t *log_json_segfault(const struct log *log, size_t line, const struct segfault_facts *facts);
/* What section log has of all of them; core may be NULL. */
json_t *log_json_segfaults(size_t count, const struct segfault_core *core);

#endif
