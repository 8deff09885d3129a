/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who takes a file of sysfs away out of that file's own write(). */
#include "locks/kernfs_user.h"

#include <string.h>

#include "kernel/kernel.h"
#include "kernel/locking/stack_words.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"

#define WORDS_MAX                                                                                  \
	512 /* of the stack: from the wait to the function that the file was written through */

/* fs/kernfs: a node that is taken away counts its users from here (KN_DEACTIVATED_BIAS) */
#define DEACTIVATED 0x80000001u

/* A kernfs_open_file knows its file, and that one the functions of kernfs. */
static bool is_open_file(struct kernel *kernel, uint64_t address)
{
	uint64_t file, functions;
	struct symbol symbol;

	return memory_is_kernel(kernel->memory, address) &&
	       err_ok(member_read(kernel, address, MEMBER_KERNFS_OPEN_FILE, &file)) &&
	       memory_is_kernel(kernel->memory, file) &&
	       err_ok(member_read(kernel, file, MEMBER_FILE_OPS, &functions)) &&
	       symbols_at(kernel->symbols, functions, &symbol) && symbol.address == functions &&
	       !strcmp(symbol.name, "kernfs_file_fops");
}

bool kernfs_user_is_waiter(struct kernel *kernel, const struct sleeper *sleeper)
{
	uint64_t node, users;

	if (!members_have(kernel->members, MEMBER_KERNFS_OPEN_FILE, MEMBER_KERNFS_OPEN_NODE,
			  MEMBER_KERNFS_ACTIVE))
		return false;
	_stack_words_ struct stack_words words;
	stack_words_init(&words, kernel, sleeper, WORDS_MAX);
	while (stack_words_next(&words))
		if (is_open_file(kernel, words.word))
			return err_ok(member_read(kernel, words.word, MEMBER_KERNFS_OPEN_NODE,
						  &node)) &&
			       err_ok(member_read(kernel, node, MEMBER_KERNFS_ACTIVE, &users)) &&
			       (uint32_t)users == DEACTIVATED + 1;
	return false;
}
