/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The locks that writers of a file system take, where somebody freezes it or has frozen it. */
#include "locks/frozen_fs.h"

#include <string.h>

#include "base/str.h"
#include "finding.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "locks/device.h"

enum freeze_state frozen_fs_state_of(struct kernel *kernel, uint64_t super_block)
{
	uint64_t frozen = SB_UNFROZEN;

	if (!err_ok(member_read(kernel, super_block, MEMBER_SB_FROZEN, &frozen)) ||
	    (uint16_t)frozen > SB_FREEZE_COMPLETE)
		return SB_UNFROZEN;
	return (uint16_t)frozen;
}

enum freeze_state frozen_fs_state(struct kernel *kernel, const struct lock *lock)
{
	if (strcmp(lock->place.type, "super_block") != 0 ||
	    !has_prefix(lock->place.member, "s_writers"))
		return SB_UNFROZEN;
	return frozen_fs_state_of(kernel, lock->place.object);
}

/* What the super block itself is called by: its device, or without one its kind. */
static void read_id(struct kernel *kernel, uint64_t super_block, const char *kind, char *name,
		    size_t size)
{
	if (!err_ok(member_read_string(kernel, super_block, MEMBER_SB_ID, name, size)) ||
	    !is_printable(name, strlen(name)) || !strcmp(name, kind))
		name[0] = '\0';
}

void frozen_fs_name(struct kernel *kernel, const struct lock *lock, struct str *text)
{
	char kind[32] = "a file system", name[80] = "";
	uint64_t type, bdev;

	if (err_ok(member_read(kernel, lock->place.object, MEMBER_SB_TYPE, &type)))
		device_read_name(kernel, type, MEMBER_FS_TYPE_NAME, kind, sizeof(kind));
	if (err_ok(member_read(kernel, lock->place.object, MEMBER_SB_BDEV, &bdev)) && bdev)
		device_bdev_name(kernel, bdev, name, sizeof(name));
	if (!name[0])
		read_id(kernel, lock->place.object, kind, name, sizeof(name));
	str_printf(text, "%s%s%s", kind, name[0] ? " on " : "", name);
}

void frozen_fs_describe(struct kernel *kernel, const struct waitlist *list, struct lock *lock)
{
	frozen_fs_name(kernel, lock, &lock->because);
	str_puts(&lock->because, " is frozen (fsfreeze)");
	str_printf(&lock->state, "%s", lock->because.data);
	lock_add_holder(lock, NULL, MODE_WRITE, EVIDENCE_MISSING, 0,
			"its file system is frozen: whoever thaws it lets the waiters in");
	str_printf(&lock->headline, "%s, %zu task%s wait%s to write", lock->because.data,
		   list->count, list->count == 1 ? "" : "s", list->count == 1 ? "s" : "");
}
