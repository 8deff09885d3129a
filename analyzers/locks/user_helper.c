/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs of user space that a task of the kernel waits for: struct subprocess_info (include/linux/umh.h), which a
 * worker of the kernel has in hand, names the program and leads to the completion.
 */
#include "locks/user_helper.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "kernel/memory/memory.h"
#include "kernel/tasks/tasks.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"

#define STACK_WORDS 256 /* from the innermost function's to the one that asked for the program */

/* What was asked for, by its address on the stack of who asked. */
static bool find_request(struct kernel *kernel, uint64_t sp, uint64_t completion, uint64_t *ret)
{
	for (unsigned i = 0; i < STACK_WORDS; i++) {
		uint64_t leads_to;

		if (!err_ok(memory_read_u64(kernel->memory, (sp & ~7ull) + 8 * i, ret)))
			return false;
		if (memory_is_kernel(kernel->memory, *ret) && !(*ret & 7) &&
		    err_ok(member_read(kernel, *ret, MEMBER_HELPER_COMPLETE, &leads_to)) &&
		    leads_to == completion)
			return true;
	}
	return false;
}

static bool read_path(struct kernel *kernel, uint64_t request, char *path, size_t size)
{
	uint64_t at;

	return err_ok(member_read(kernel, request, MEMBER_HELPER_PATH, &at)) &&
	       err_ok(memory_read_string(kernel->memory, at, path, size)) && path[0] &&
	       is_printable(path, strlen(path));
}

/* The one task that runs a program of this name; NULL for none and for many. */
static const struct task *only_task(const struct tasks *tasks, const char *path)
{
	const char *slash = strrchr(path, '/');
	const struct task *found = NULL;
	char name[sizeof(found->comm)];

	copy_string(name, sizeof(name), slash ? slash + 1 : path);
	for (size_t i = 0; i < tasks_count(tasks); i++) {
		const struct task *task = tasks_at(tasks, i);

		if (task->kthread || task->pid != task->tgid || strcmp(task->comm, name) != 0)
			continue;
		if (found)
			return NULL;
		found = task;
	}
	return found;
}

bool user_helper_name(struct kernel *kernel, const struct sleeper *sleeper, struct lock *lock)
{
	const struct task *task;
	uint64_t request;
	char path[128];

	if (!members_have(kernel->members, MEMBER_HELPER_COMPLETE, MEMBER_HELPER_PATH) ||
	    !sleeper_call(sleeper, "call_usermodehelper_exec") ||
	    !find_request(kernel, sleeper->sp, lock->address, &request) ||
	    !read_path(kernel, request, path, sizeof(path)))
		return false;
	task = only_task(kernel->tasks, path);
	if (task)
		snprintf(lock->place.name, sizeof(lock->place.name), "the end of program %s/%d",
			 task->comm, task->pid);
	else
		snprintf(lock->place.name, sizeof(lock->place.name), "the end of program %s", path);
	return true;
}
