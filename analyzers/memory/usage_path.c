/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paths of control groups and mounts, from the inside out. */
#include "memory/usage_path.h"

#include <string.h>

#include "base/str.h"
#include "kernel/memory/memory.h"
#include "kernel/types/object.h"

#define NAMES_MAX 64 /* of a path */

/* Puts "/name" in front of what is in buf; false when there is no room, or no name. */
static bool put_front(struct kernel *kernel, uint64_t name, char *buf, size_t size)
{
	char text[128];
	size_t length, old = strlen(buf);

	if (!err_ok(memory_read_string(kernel->memory, name, text, sizeof(text))) || !text[0])
		return false;
	length = strlen(text);
	if (1 + length + old + 1 > size)
		return false;
	memmove(buf + 1 + length, buf, old + 1);
	buf[0] = '/';
	memcpy(buf + 1, text, length);
	return true;
}

void usage_path_of_css(struct kernel *kernel, uint64_t css, char *buf, size_t size)
{
	uint64_t node, parent, name;

	buf[0] = '\0';
	if (!err_ok(member_read(kernel, css, MEMBER_CSS_CGROUP, &node)) ||
	    !err_ok(member_read(kernel, node, MEMBER_CGROUP_NODE, &node)))
		return;
	for (unsigned i = 0; i < NAMES_MAX; i++) {
		if (!err_ok(member_read(kernel, node, MEMBER_KERNFS_PARENT, &parent)) || !parent)
			break; /* the root, which has no name */
		if (!err_ok(member_read(kernel, node, MEMBER_KERNFS_NAME, &name)) ||
		    !put_front(kernel, name, buf, size))
			break;
		node = parent;
	}
	if (!buf[0])
		copy_string(buf, size, "/");
}

void usage_path_of_task(struct kernel *kernel, const struct task *task, char *buf, size_t size)
{
	const struct member *subsys = members_get(kernel->members, MEMBER_CSS_SET_SUBSYS);
	uint64_t id, set, css;

	buf[0] = '\0';
	if (subsys && subsys->type.kind == TYPE_ARRAY &&
	    types_enumerator(kernel->types, "cgroup_subsys_id", "memory_cgrp_id", &id) &&
	    id < type_count(subsys->type) &&
	    err_ok(member_read(kernel, task->address, MEMBER_TASK_CGROUPS, &set)) &&
	    err_ok(memory_read_u64(kernel->memory, set + member_offset(subsys) + 8 * id, &css)))
		usage_path_of_css(kernel, css, buf, size);
}

/* A mountpoint's names up to the root of the mount it lies in. */
static bool put_names(struct kernel *kernel, uint64_t dentry, char *buf, size_t size)
{
	uint64_t parent, name;

	for (unsigned i = 0; i < NAMES_MAX; i++) {
		if (!err_ok(member_read(kernel, dentry, MEMBER_DENTRY_PARENT, &parent)))
			return false;
		if (parent == dentry)
			return true;
		if (!err_ok(member_read(kernel, dentry, MEMBER_DENTRY_NAME, &name)) ||
		    !put_front(kernel, name, buf, size))
			return false;
		dentry = parent;
	}
	return false;
}

void usage_path_of_mount(struct kernel *kernel, uint64_t mount, char *buf, size_t size)
{
	uint64_t point, parent;

	buf[0] = '\0';
	for (unsigned i = 0; i < NAMES_MAX; i++) {
		if (!err_ok(member_read(kernel, mount, MEMBER_MOUNT_PARENT, &parent)) ||
		    parent == mount ||
		    !err_ok(member_read(kernel, mount, MEMBER_MOUNT_POINT, &point)) ||
		    !put_names(kernel, point, buf, size))
			return;
		mount = parent;
	}
}
