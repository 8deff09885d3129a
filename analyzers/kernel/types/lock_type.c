/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which types are locks. */
#include "kernel/types/lock_type.h"

#include <string.h>

static bool is_lock_name(const char *name)
{
	static const char *const names[] = {
		"rw_semaphore", "mutex",	"rt_mutex",	   "rt_mutex_base",
		"semaphore",	"completion",	"ww_mutex",	   "percpu_rw_semaphore",
		"spinlock",	"raw_spinlock", "arch_spinlock",   "qspinlock",
		"qrwlock",	"rwlock",	"wait_queue_head", "swait_queue_head",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

/* A struct known by a typedef alone has no name: it is a lock if it begins with a lock's parts. */
bool lock_type_is(struct type type)
{
	static const char *const parts[] = {"raw_lock", "rlock", "slock"};
	const char *name = type_name(type);
	struct member first;

	if (name || type.kind != TYPE_STRUCT)
		return name && type.kind == TYPE_STRUCT && is_lock_name(name);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (type_find_member(type, parts[i], &first) && !first.bit_offset)
			return true;
	return false;
}
