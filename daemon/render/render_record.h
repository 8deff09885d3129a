/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_RENDER_RENDER_RECORD
#define TRIAGE_DAEMON_RENDER_RENDER_RECORD

#include <stdint.h>

/* What the store knows of a dump beside its verdict. Strings are borrowed. */
struct render_record {
	int64_t id;
	const char *state;	/* of the job, with a word on its file */
	const char *crash_time; /* "2026-11-21 04:36:50 CET" */
	const char *seen;	/* how often the same signature was there before */
};

#endif
