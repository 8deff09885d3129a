/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the allocator, a copy or the end of a task was given that it cannot take. */
#include "memory/bad_argument.h"

#include <inttypes.h>
#include <string.h>

#include "base/errno_name.h"
#include "base/str.h"
#include "kernel/memory/memory.h"
#include "kernel/tasks/task.h"
#include "kernel/tasks/task_label.h"
#include "kernel/tasks/tasks.h"
#include "memory/helper_argument.h"

/* Memory that no slab and no page of its own holds: kfree() has nothing to give back there. */
static bool is_foreign(const struct owner *owner)
{
	switch (owner->kind) {
	case OWNER_VMALLOC:
	case OWNER_STACK:
	case OWNER_PERCPU:
	case OWNER_MODULE:
	case OWNER_IMAGE:
	case OWNER_USER:
	case OWNER_VMEMMAP:
		return true;
	default:
		return false;
	}
}

#define PAGE_STRUCT 64 /* bytes of a struct page: the crash itself is in one that is not there */

/*
 * virt_to_page() of an address that is not in the direct map leads beyond the array of pages; back from
 * there, the address but for its place in the page.
 */
static bool undo_page(const struct crash *crash, uint64_t *ret)
{
	const struct memory *memory = crash->kernel->memory;
	uint64_t vmemmap = memory_vmemmap(memory);

	if (!crash->pointer_known || !vmemmap || (crash->pointer - vmemmap) % PAGE_STRUCT)
		return false;
	*ret = (crash->pointer - vmemmap) / PAGE_STRUCT * PAGE_SIZE + memory_page_offset(memory);
	return true;
}

/* What another function returned in the place of a pointer. */
static bool blame_error(const struct helper_call *call, unsigned which, struct blamed *ret,
			struct str *text)
{
	uint64_t number = errno_of_pointer(call->value[which]);
	const char *name = errno_name(number);

	ret->address = call->value[which];
	ret->what = "freed_error";
	if (name)
		str_printf(text, "%s() was given ERR_PTR(-%s)", call->function, name);
	else
		str_printf(text, "%s() was given ERR_PTR(-%" PRIu64 ")", call->function, number);
	return true;
}

static bool find_freed(const struct crash *crash, struct blamed *ret, struct str *text)
{
	static const char *const names[] = {"kfree", "__kfree", "kmem_cache_free",
					    "__kmem_cache_free"};
	struct helper_call call;
	struct owner owner;

	if (!helper_argument_find(crash, names, ARRAY_SIZE(names), &call))
		return false;
	/* Of a cache's free, the object is the second. */
	unsigned which = strstr(call.function, "kmem_cache") != NULL;
	bool exact = call.known[which];
	if (exact && errno_of_pointer(call.value[which]))
		return blame_error(&call, which, ret, text);
	if (!exact && !undo_page(crash, &call.value[which]))
		return false;
	owner_find(crash->kernel, call.value[which], &owner);
	if (!is_foreign(&owner))
		return false;
	ret->address = call.value[which];
	ret->what = "freed_address";
	str_printf(text, "%s() was given %s0x%016" PRIx64, call.function,
		   exact ? "" : "an address in the page at ", ret->address);
	return true;
}

#define LENGTH_MAX (1ull << 31) /* below zero by less: greater ones are no subtraction's */

static bool find_length(const struct crash *crash, struct blamed *ret, struct str *text)
{
	static const char *const names[] = {"memcpy",	 "__memcpy", "memmove",
					    "__memmove", "memset",   "__memset"};
	struct helper_call call;

	if (!helper_argument_find(crash, names, ARRAY_SIZE(names), &call) || !call.known[0] ||
	    !call.known[2] || -call.value[2] - 1 >= LENGTH_MAX)
		return false;
	ret->address = call.value[0];
	ret->what = "length";
	str_printf(text, "%s() was given a length of -%" PRIu64 " for 0x%016" PRIx64, call.function,
		   -call.value[2], ret->address);
	return true;
}

/* __put_task_struct(task): the last reference of a task goes when it has ended, and been waited for. */
static bool find_task(const struct crash *crash, struct blamed *ret, struct str *text)
{
	static const char *const names[] = {"__put_task_struct"};
	struct helper_call call;

	if (!crash->kernel->tasks || !helper_argument_find(crash, names, 1, &call) ||
	    !call.known[0])
		return false;
	const struct task *task = tasks_find(crash->kernel->tasks, call.value[0]);
	if (!task || task_has_ended(task))
		return false;
	ret->address = task->address;
	ret->what = "task";
	str_puts(text, "task ");
	task_label(task, text);
	str_puts(text, " has not ended, and its last reference was given back");
	return true;
}

bool bad_argument_find(const struct crash *crash, struct blamed *ret, struct str *text)
{
	return find_freed(crash, ret, text) || find_length(crash, ret, text) ||
	       find_task(crash, ret, text);
}
