/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PRINTK_LOG_RECORD
#define TRIAGE_KERNEL_PRINTK_LOG_RECORD

#include "base/str.h"
#include "kernel/printk/log_prefix.h"

/*
 * Logs whose lines are fields: JSON, an object a line (journalctl -o json, docker, Kubernetes, Loki,
 * fluentd, cloud consoles) or spread over several (dmesg --json, journalctl -o json-pretty), and
 * journalctl's -o export and -o verbose. Zero-initialise.
 */
struct log_record {
	struct str message;	  /* of the record that ended; may have several lines */
	struct log_prefix prefix; /* what its fields say; wall and host point into the next two */
	char wall[40], host[64];

	/* The record that is being read. */
	bool has_message;
	bool ended;	/* the last line ended it */
	bool in_braces; /* objects were in a list or an object, which is not closed yet */
	enum { RECORD_OUTSIDE, RECORD_OBJECT, RECORD_EXPORT, RECORD_VERBOSE } form;
	bool expect_binary; /* export: the message follows in the next line, its size before it */
};

enum record_step {
	RECORD_NOT,   /* a line of another kind */
	RECORD_TAKEN, /* of a record that is not whole yet, or has no message */
	RECORD_WHOLE, /* message and prefix are valid until the next line */
};

enum record_step log_record_take(struct log_record *record, const char *line, size_t length);
/* At the end of the text: RECORD_WHOLE if a record was open that has its message. */
enum record_step log_record_finish(struct log_record *record);
void log_record_deinit(struct log_record *record);

#endif
