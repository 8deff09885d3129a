/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PRINTK_LOG_BUILD
#define TRIAGE_KERNEL_PRINTK_LOG_BUILD

#include "base/str.h"
#include "kernel/printk/printk.h"

/* Collects lines for a struct log; zero-initialise. Bounded: what goes beyond is left out. */
#define LOG_LINES_MAX (4u << 20)

struct log_builder {
	struct str text;
	struct log_line *lines; /* text holds offsets until log_finish() */
	size_t count, capacity;
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
/* The log; consumes what the builder holds, also on error. */
struct err *log_finish(struct log_builder *builder, const char *source, struct log **ret);
/* Lines like this one were written at this calendar time; text as in the log, length 0: unknown. */
void log_builder_set_wall(struct log_builder *builder, struct log_line *like, const char *text,
			  size_t length);

#endif
