/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DUMP_WINDOW_H
#define TRIAGE_DUMP_WINDOW_H

#include "kernel/dump_source.h"

/*
 * A flattened dump for libkdumpfile, which cannot read one before 0.5.3: a sparse memory file of
 * the dump's true size into which the pieces the library is about to read are copied just before,
 * and out of which they are punched again. Neither disk nor memory holds the dump twice.
 */
struct window;

struct err *window_open(struct source *source, struct window **ret);
void window_close(struct window *window);
int window_fd(const struct window *window);
/*
 * Have these bytes in place. Whole 4 KiB blocks are: the library keeps such blocks in a cache of
 * its own, and must never have seen half of one. What the dump lacks reads as zeros there; ask
 * source_holds() first.
 */
struct err *window_provide(struct window *window, uint64_t offset, uint64_t length);

/*
 * Empty the window when it holds more than a few MiB. Before a read's first window_provide(), never
 * between two: what the first one brought would be gone.
 */
struct err *window_trim(struct window *window);

#endif
