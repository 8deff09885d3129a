/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_WORKER_WORKER_WORDS
#define TRIAGE_DAEMON_WORKER_WORKER_WORDS

#include <stdbool.h>

#include "base/str.h"

/*
 * What a worker writes on its standard error, which is a pipe: a worker that a dump has taken over
 * must not get hold of the terminal or the journal. Zero-initialise but for said and context.
 */
struct worker_words {
	void (*said)(void *context, const char *line); /* escaped, without newline; may be NULL */
	void *context;
	size_t bytes; /* that came, those dropped too */
	struct str line;
};
#define WORKER_WORDS_MAX (16u << 10) /* bytes that are passed on; what is beyond is dropped */

/* Pass on what has come on fd, which does not block; false at its end, the last line passed on. */
bool worker_words_read(struct worker_words *words, int fd);
void worker_words_deinit(struct worker_words *words);

#endif
