/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the part of a task's stack that is in use, word by word. */
#include "kernel/locking/stack_words.h"

#include "base/parse.h"
#include "kernel/dump/dump_info.h"
#include "kernel/memory/memory.h"

void stack_words_init(struct stack_words *words, struct kernel *kernel,
		      const struct sleeper *sleeper, size_t max)
{
	const struct task *task = sleeper->task;
	uint64_t end = task->stack + task->stack_size, sp = sleeper->sp;

	if (sp < task->stack || sp > end || sp % 8)
		sp = end; /* it points elsewhere */
	*words = (struct stack_words){
		.memory = kernel->memory,
		.next = sp,
		.end = (end - sp) / 8 > max ? sp + max * 8 : end,
	};
}

/* No chunk goes beyond a page: the dump may lack the next one. */
static bool read_chunk(struct stack_words *words)
{
	uint64_t room = MIN(words->end - words->next, PAGE_SIZE - words->next % PAGE_SIZE);

	words->used = 0;
	words->count = MIN(room / 8, ARRAY_SIZE(words->chunk));
	if (!words->count || words->err)
		return false;
	words->err = memory_read(words->memory, words->next, words->chunk, words->count * 8);
	if (words->err)
		words->count = 0;
	words->next += words->count * 8;
	return !words->err;
}

bool stack_words_next(struct stack_words *words)
{
	if (words->used == words->count && !read_chunk(words))
		return false;
	words->word = load_u64(&words->chunk[words->used]);
	words->at = words->next - (words->count - words->used) * 8;
	words->used++;
	return true;
}

void stack_words_deinit(struct stack_words *words)
{
	err_free(words->err);
	words->err = NULL;
}
