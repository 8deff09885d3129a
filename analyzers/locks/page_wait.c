/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds on the stack of a task that waits for a page which page, and for which of its bits. */
#include "locks/page_wait.h"

#include <string.h>

#include "kernel/locking/stack_words.h"
#include "kernel/memory/memory.h"
#include "kernel/mm/page_flags.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"

#define SEARCH_WORDS 256 /* of the sleeper's stack, from its stack pointer up */

/* Two forms of the waiter: wait_page_queue, since 62906027091f v4.10; before, that of any bit. */
static const struct form {
	enum member_id entry, page, bit;
	bool flags; /* "page" points to the page's flags */
} forms[] = {
	{MEMBER_WAIT_PAGE_ENTRY, MEMBER_WAIT_PAGE_PAGE, MEMBER_WAIT_PAGE_BIT, false},
	{MEMBER_WAIT_BIT_ENTRY, MEMBER_WAIT_BIT_WORD, MEMBER_WAIT_BIT_NUMBER, true},
};

/* wake_page_function(), wake_bit_function(): what is called of the entry when the page changes. */
static bool is_woken(struct kernel *kernel, uint64_t entry)
{
	uint64_t function;
	struct symbol symbol;

	return err_ok(member_read(kernel, entry, MEMBER_WAIT_ENTRY_FUNC, &function)) &&
	       symbols_at(kernel->symbols, function, &symbol) && symbol.address == function &&
	       !strncmp(symbol.name, "wake_", 5);
}

/* The waiter of this form that has the word at this place as its task. */
static bool read_waiter(struct kernel *kernel, const struct form *form, uint64_t at, uint64_t *page,
			uint64_t *bit)
{
	const struct member *entry = members_get(kernel->members, form->entry);
	const struct member *task = members_get(kernel->members, MEMBER_WAIT_ENTRY_TASK);
	const struct member *flags = members_get(kernel->members, MEMBER_PAGE_FLAGS);

	if (!entry || !task)
		return false;
	uint64_t waiter = at - member_offset(task) - member_offset(entry);
	if (!is_woken(kernel, at - member_offset(task)) ||
	    !err_ok(member_read(kernel, waiter, form->page, page)) ||
	    memory_class(kernel->memory, *page) != VA_VMEMMAP)
		return false;
	*page -= form->flags && flags ? member_offset(flags) : 0;
	if (!err_ok(member_read(kernel, waiter, form->bit, bit)))
		*bit = UINT64_MAX;
	*bit = (uint32_t)*bit;
	return true;
}

#define MAPPING_FLAGS 3ull /* PAGE_MAPPING_ANON and the like, include/linux/page-flags.h */

static void read_page(struct kernel *kernel, uint64_t bit, struct page_wait *wait)
{
	const struct page_flags *known = page_flags(kernel);
	uint64_t flags = 0, mapping;

	if (known && err_ok(member_read(kernel, wait->page, MEMBER_PAGE_FLAGS, &flags)) &&
	    bit < 64) {
		wait->for_lock = known->locked & 1ull << bit;
		wait->for_writeback = known->writeback & 1ull << bit;
		wait->locked = known->locked & flags;
		wait->up_to_date = known->up_to_date & flags;
	}
	if (!err_ok(member_read(kernel, wait->page, MEMBER_PAGE_MAPPING, &mapping)) ||
	    mapping & MAPPING_FLAGS || !memory_is_kernel(kernel->memory, mapping) ||
	    !err_ok(member_read(kernel, mapping, MEMBER_MAPPING_HOST, &wait->inode)))
		return;
	if (!err_ok(member_read(kernel, wait->page, MEMBER_PAGE_INDEX, &wait->index)))
		wait->index = 0;
}

/* The form this kernel has. */
static const struct form *form_of(struct kernel *kernel)
{
	return &forms[!members_has(kernel->members, MEMBER_WAIT_PAGE_ENTRY)];
}

bool page_wait_find(struct kernel *kernel, const struct sleeper *sleeper, struct page_wait *ret)
{
	_stack_words_ struct stack_words words;
	const struct form *form = form_of(kernel);
	uint64_t bit;

	*ret = (struct page_wait){0};
	stack_words_init(&words, kernel, sleeper, SEARCH_WORDS);
	while (stack_words_next(&words)) {
		if (words.word != sleeper->task->address ||
		    !read_waiter(kernel, form, words.at, &ret->page, &bit))
			continue;
		read_page(kernel, bit, ret);
		return true;
	}
	*ret = (struct page_wait){0};
	return false;
}
