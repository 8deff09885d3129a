/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_LOCKING_STACK_WORDS
#define TRIAGE_KERNEL_LOCKING_STACK_WORDS

#include "kernel/kernel.h"
#include "kernel/locking/sleeper.h"

/*
 * The words a task has on its stack, from its stack pointer up: locks, and the structures that wait
 * for them, are found among these.
 *
 *	stack_words_init(&words, kernel, sleeper, 256);
 *	while (stack_words_next(&words))
 *		look_at(words.at, words.word);
 */
struct stack_words {
	struct memory *memory;
	uint64_t at, word;  /* the word just reached, and its address */
	uint64_t next, end; /* addresses that have not been read */
	uint64_t chunk[64]; /* words that have */
	size_t used, count; /* of them */
	struct err *err; /* why the walk ended early; NULL at the stack's end and after max words */
};

void stack_words_init(struct stack_words *words, struct kernel *kernel,
		      const struct sleeper *sleeper, size_t max);
/* False at the end, and where the stack cannot be read. */
bool stack_words_next(struct stack_words *words);
void stack_words_deinit(struct stack_words *words);
#define _stack_words_ _cleanup_(stack_words_deinit)

#endif
