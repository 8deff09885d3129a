/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PRINTK_LOG
#define TRIAGE_KERNEL_PRINTK_LOG

#include <stddef.h>

#include "base/error.h"
#include "base/str.h"

/*
 * The kernel's log in lines, whether it was found in the dump (printk.h) or in a file (dmesg.h). There may
 * be millions of them: 20 bytes each. Its calendar time: log_wall().
 */
struct log_line {
	const char *text;      /* NUL-terminated, bytes as in the dump; owned by the log */
	uint64_t time_us : 50; /* since boot; 35 years and more are that */
	uint64_t has_time : 1;
	uint64_t continued : 1; /* belongs to the line before: its record, or its line */
	uint64_t new_wall : 1;	/* its calendar time is another one than that of the line before */
	int64_t level : 4;	/* 0…7, -1 unknown */
	uint64_t marks : 7;	/* who is to read it: log/log_mark.h */
	uint32_t caller;	/* CPU with bit 31 set, else thread id; 0 unknown */
} __attribute__((packed, aligned(4)));

struct log {
	struct log_line *lines;
	size_t count;
	char *text;	    /* storage of all lines */
	const char *source; /* "printk ring", "log_buf records", "log_buf", "dmesg file" */
	struct err *err;    /* why the log is cut short, or NULL */
	/* Of logs that are text. */
	char *walls;		    /* storage of calendar times, or NULL */
	struct log_wall *wall_list; /* in the order of lines */
	size_t wall_count;
	char *host;	/* that the log's own prefix names, or NULL */
	size_t skipped; /* lines of other programs, left out */
	size_t cut;	/* lines too long to be kept whole */
	size_t stamped; /* lines with a prefix that kernel logs have */
};

/* The calendar time of a line as a text log writes it, owned by the log; NULL unknown. */
const char *log_wall(const struct log *log, size_t line);

void log_close(struct log *log);
DEFINE_CLEANUP(struct log, log_close)

/*
 * Collects lines for a struct log; zero-initialise. Bounded: what goes beyond is left out. Of lines of few
 * bytes there may be fewer: their memory is to be that of the text.
 */
#define LOG_LINES_MAX (4u << 20)
#define LOG_LINES_FREE 1300000 /* and one more for each 64 bytes of text */

/* What is known of a line but for its text. */
struct log_stamp {
	uint64_t time_us;
	bool has_time, continued;
	int level;
	uint32_t caller;
	size_t wall; /* by log_builder_set_wall(), 0 unknown */
};

struct log_builder {
	struct str text;
	struct log_line *lines; /* text holds offsets until log_finish() */
	size_t count;
	struct err *err; /* the first thing that went wrong; later ones are dropped */
	/* Of logs that are text, see struct log. */
	struct str host, wall;
	struct log_wall {
		uint32_t line; /* the first with it */
		uint32_t wall; /* 1 + where it stands in the storage; 0 unknown */
	} * walls;
	size_t wall_count;
	size_t last_wall, skipped, cut, stamped;
};

/* Add a record's text, one line for each of its lines, all with like's time, level and caller. */
void log_add(struct log_builder *builder, const struct log_stamp *like, const char *text,
	     size_t length);
/* Keep an error; takes it over. */
void log_fail(struct log_builder *builder, struct err *err);
/* The log; consumes what the builder holds, also on error, which is out-of-memory alone. */
struct err *log_finish(struct log_builder *builder, const char *source, struct log **ret);
/* Lines like this one were written at this calendar time; text as in the log, length 0: unknown. */
void log_builder_set_wall(struct log_builder *builder, struct log_stamp *like, const char *text,
			  size_t length);

#endif
