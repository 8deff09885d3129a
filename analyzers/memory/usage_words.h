/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_USAGE_WORDS
#define TRIAGE_MEMORY_USAGE_WORDS

#include "base/str.h"
#include "memory/usage_facts.h"

/*
 * Who has the memory, in a sentence: "slab cache kmalloc-1k holds 220 of 290 MiB; its objects point to
 * lab_release [lab]". The largest use, and who has most of it.
 */
void usage_words(struct kernel *kernel, const struct usage *usage, struct str *text);
/* "3.1 GiB", "12 MiB", "8 KiB" */
void usage_words_size(uint64_t pages, struct str *text);
const char *usage_kind_name(enum usage_kind kind);

#endif
