/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_BASE_ALLOC
#define TRIAGE_BASE_ALLOC

/*
 * How many allocations have failed since the program began, in any thread. The linker sends each
 * malloc(), strdup(), asprintf() and so on of our own code through alloc.c (ALLOC_WRAP in the
 * Makefile), so that memory that ran out is known whatever the caller made of it: a loop that just
 * ended, a string left empty, an error that err_ok() dropped. Whoever ends a piece of work compares
 * the number with that of its beginning, and calls the work failed if it grew.
 *
 * What libraries allocate for themselves is not seen: it comes as their error.
 */
unsigned alloc_failures(void);

/* Count one that was met in another way: a library or a system call had no memory. */
void alloc_failed(void);

#endif
