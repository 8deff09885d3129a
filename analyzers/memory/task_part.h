/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_TASK_PART
#define TRIAGE_MEMORY_TASK_PART

#include "base/str.h"
#include "memory/bad_value.h"
#include "crash/crash.h"
#include "memory/memory_facts.h"

/*
 * Did a task die of a part of its own: a pointer in its task_struct (include/linux/sched.h) that is NULL, or what it
 * carries in journal_info, where a file system notes an open transaction, and which is none? bad: what was
 * used as a pointer, and where it was loaded from. Fills in address, that of
 * the member or of what is carried, and what, and says it in words.
 */
bool task_part_find(const struct crash *crash, const struct bad_value *bad, struct blamed *ret,
		    struct str *text);

#endif
