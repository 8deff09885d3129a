/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of a task that are no more, or not what another function takes them for. */
#include "memory/task_part.h"

#include "kernel/dump/regs.h"
#include "kernel/mm/owner.h"
#include "kernel/mm/slab.h"
#include "kernel/tasks/task.h"
#include "kernel/tasks/task_label.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"

static void put_part(const struct task *task, const char *member, struct str *text)
{
	str_printf(text, "task_struct.%s of ", member);
	task_label(task, text);
}

/* A pointer of the task's own was NULL: a thread of the kernel has no mm, one that ends no files. */
static bool find_missing(const struct crash *crash, const struct bad_value *bad, struct blamed *ret,
			 struct str *text)
{
	struct type type = types_find_struct(crash->kernel->types, "task_struct");
	uint64_t offset = bad->address - crash->task->address;
	struct member member;
	char path[96];

	if (!bad->found || !bad->held || bad->value || offset >= type_size(type) ||
	    !type_describe_offset(type, offset, path, sizeof(path), &member) ||
	    member.type.kind != TYPE_POINTER || member_offset(&member) != offset)
		return false;
	ret->address = bad->address;
	ret->what = "task_part";
	put_part(crash->task, path, text);
	str_puts(text, " is NULL");
	return true;
}

static bool in_register(const struct crash *crash, uint64_t value)
{
	for (enum reg reg = REG_RAX; reg <= REG_R15; reg++)
		if (regs_known(&crash->regs, reg) && crash->regs.value[reg] == value)
			return true;
	return false;
}

/*
 * Transactions have caches of their own, or are on the stack of who began them (gfs2's were kmalloc()ed,
 * until bc923818b190 v5.10).
 */
static bool is_no_transaction(const struct crash *crash, const struct owner *owner)
{
	if (has_prefix(crash->at.symbol, "gfs2"))
		return false;
	return owner->kind == OWNER_SLAB && (has_prefix(owner->slab.slab.cache->name, "kmalloc") ||
					     owner->slab.state == OBJECT_FREE);
}

/* jbd2__journal_start() takes what the task carries for a transaction of its own file system, and checks it. */
static bool is_of_another(const struct crash *crash, const struct owner *owner)
{
	return crash->kind == CRASH_BUG && owner->kind == OWNER_SLAB &&
	       has_prefix(crash->at.symbol, "jbd2__journal_start");
}

static bool find_journal(const struct crash *crash, struct blamed *ret, struct str *text)
{
	struct owner owner;
	uint64_t carried;

	if (!members_has(crash->kernel->members, MEMBER_TASK_JOURNAL) ||
	    !err_ok(member_read(crash->kernel, crash->task->address, MEMBER_TASK_JOURNAL,
				&carried)) ||
	    !carried || !in_register(crash, carried))
		return false;
	owner_find(crash->kernel, carried, &owner);
	if (!is_no_transaction(crash, &owner) && !is_of_another(crash, &owner))
		return false;
	ret->address = carried;
	ret->what = "journal_info";
	put_part(crash->task, "journal_info", text);
	str_puts(text, is_of_another(crash, &owner)
			       ? " leads to a transaction that is not this file system's"
			       : " leads to no file system's transaction");
	return true;
}

bool task_part_find(const struct crash *crash, const struct bad_value *bad, struct blamed *ret,
		    struct str *text)
{
	return crash->task && crash->exception &&
	       (find_missing(crash, bad, ret, text) || find_journal(crash, ret, text));
}
