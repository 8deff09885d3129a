/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is in tmpfs, by mount: mm/shmem.c counts blocks where a mount has a limit, as all but its own has. */
#include <string.h>

#include "kernel/memory/memory.h"
#include "kernel/mm/mm_counters.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/object.h"
#include "kernel/types/walk.h"
#include "memory/usage_read.h"
#include "memory/usage_top.h"
#include "memory/usage_path.h"

#define SUPERBLOCKS_MAX 65536

static bool is_tmpfs(struct kernel *kernel, uint64_t sb)
{
	uint64_t type, name;
	char text[16];

	return err_ok(member_read(kernel, sb, MEMBER_SB_TYPE, &type)) &&
	       err_ok(member_read(kernel, type, MEMBER_FS_TYPE_NAME, &name)) &&
	       err_ok(memory_read_string(kernel->memory, name, text, sizeof(text))) &&
	       (!strcmp(text, "tmpfs") || !strcmp(text, "devtmpfs"));
}

/* One of its mounts: a list of them, or since v6.18 a pointer to the first. */
static bool first_mount(struct kernel *kernel, uint64_t sb, uint64_t *ret)
{
	const struct member *instance = members_get(kernel->members, MEMBER_MOUNT_INSTANCE);
	const struct member *mounts = members_get(kernel->members, MEMBER_SB_MOUNTS);
	uint64_t head, first;

	if (!mounts)
		return false;
	head = sb + member_offset(mounts);
	if (!err_ok(memory_read_u64(kernel->memory, head, &first)) || !first || first == head)
		return false;
	*ret = mounts->type.kind == TYPE_POINTER ? first
						 : first - (instance ? member_offset(instance) : 0);
	return mounts->type.kind == TYPE_POINTER || instance;
}

static void read_superblock(struct kernel *kernel, uint64_t sb, struct usage *usage)
{
	const struct member *used = members_get(kernel->members, MEMBER_SHMEM_USED);
	uint64_t info, pages, mount, device;
	int at;

	if (!err_ok(member_read(kernel, sb, MEMBER_SB_FS_INFO, &info)) || !info ||
	    !mm_percpu_counter(kernel, info + member_offset(used), &pages) ||
	    pages > usage->total ||
	    (at = usage_top_place(usage->mounts, sizeof(*usage->mounts), &usage->mount_count,
				  offsetof(struct usage_mount, pages), pages)) < 0)
		return;
	struct usage_mount *one = &usage->mounts[at];
	one->pages = pages;
	if (!first_mount(kernel, sb, &mount))
		return;
	usage_path_of_mount(kernel, mount, one->path, sizeof(one->path));
	if (!err_ok(member_read(kernel, mount, MEMBER_MOUNT_DEVICE, &device)) ||
	    !err_ok(memory_read_string(kernel->memory, device, one->device, sizeof(one->device))))
		one->device[0] = '\0';
}

struct err *usage_read_mounts(struct kernel *kernel, struct usage *usage)
{
	const struct member *list = members_get(kernel->members, MEMBER_SB_LIST);
	_list_walk_ struct list_walk walk = {0};
	uint64_t head;

	if (!list || !members_has(kernel->members, MEMBER_SHMEM_USED) ||
	    !symbols_find(kernel->symbols, "super_blocks", &head))
		return NULL;
	list_walk_init(&walk, kernel, head, SUPERBLOCKS_MAX);
	while (list_walk_next(&walk)) {
		uint64_t sb = walk.node - member_offset(list);

		if (is_tmpfs(kernel, sb))
			read_superblock(kernel, sb, usage);
	}
	return NULL;
}
