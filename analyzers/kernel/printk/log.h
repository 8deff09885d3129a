/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PRINTK_LOG
#define TRIAGE_KERNEL_PRINTK_LOG

#include <stddef.h>

#include "base/error.h"
#include "base/str.h"

/* The kernel's log in lines, whether it was found in the dump (printk.h) or in a file (dmesg.h). */
struct log_line {
	uint64_t time_us; /* since boot */
	bool has_time;
	const char *text; /* NUL-terminated, bytes as in the dump; owned by the log */
	size_t length;
	int level;	 /* 0…7, -1 unknown */
	uint32_t caller; /* CPU with bit 31 set, else thread id; 0 unknown */
	bool continued;	 /* belongs to the line before: its record, or its line */
	const char
		*wall; /* calendar time as a text log writes it; NULL unknown, owned by the log */
};

struct log {
	struct log_line *lines;
	size_t count;
	char *text;	    /* storage of all lines */
	const char *source; /* "printk ring", "log_buf records", "log_buf", "dmesg file" */
	struct err *err;    /* why the log is cut short, or NULL */
	/* Of logs that are text. */
	char *walls;	/* storage of calendar times, or NULL */
	char *host;	/* that the log's own prefix names, or NULL */
	size_t skipped; /* lines of other programs, left out */
	size_t cut;	/* lines too long to be kept whole */
	size_t stamped; /* lines with a prefix that kernel logs have */
	uint8_t *marks; /* of each line, who is to read it, log/log_mark.h; NULL: everybody */
};

void log_close(struct log *log);
DEFINE_CLEANUP(struct log, log_close)

/* Collects lines for a struct log; zero-initialise. Bounded: what goes beyond is left out. */
#define LOG_LINES_MAX (4u << 20)

struct log_builder {
	struct str text;
	struct log_line *lines; /* text holds offsets until log_finish() */
	size_t count;
	struct err *err; /* the first thing that went wrong; later ones are dropped */
	/* Of logs that are text, see struct log. */
	struct str host, wall;
	size_t last_wall, skipped, cut, stamped;
};

/* Add a record's text, one line for each of its lines, all with like's time, level and caller. */
void log_add(struct log_builder *builder, const struct log_line *like, const char *text,
	     size_t length);
/* Keep an error; takes it over. */
void log_fail(struct log_builder *builder, struct err *err);
/* The log; consumes what the builder holds, also on error, which is out-of-memory alone. */
struct err *log_finish(struct log_builder *builder, const char *source, struct log **ret);
/* Lines like this one were written at this calendar time; text as in the log, length 0: unknown. */
void log_builder_set_wall(struct log_builder *builder, struct log_line *like, const char *text,
			  size_t length);

#endif
