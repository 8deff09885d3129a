/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_BASE_WORDS
#define TRIAGE_BASE_WORDS

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"

/*
 * Many words looked for in a text at once, in one pass over it: what each line of a long log is held
 * against. A word is any string of at least 4 bytes.
 */
struct words;

#define WORDS_MAX 1024

/* Which of the words a text holds: bit i for the word i. */
struct word_set {
	uint64_t bits[WORDS_MAX / 64];
};

/* Of list, which stays the caller's and has to outlive the result. At most WORDS_MAX. ERR_NOMEM. */
struct err *words_new(const char *const *list, size_t count, struct words **ret);
void words_free(struct words *words); /* NULL is fine */
DEFINE_CLEANUP(struct words, words_free)

/* A word i in text adds kinds[i], a bit of the caller's: those of all words that are there. */
unsigned words_kinds(const struct words *words, const uint8_t *kinds, const char *text,
		     size_t length);
/* False when text, of length bytes before its NUL, holds none of them. */
bool words_find(const struct words *words, const char *text, size_t length, struct word_set *ret);
/* The lowest word of a set from this one on; WORDS_MAX when there is none. */
size_t word_set_next(const struct word_set *set, size_t from);

#endif
