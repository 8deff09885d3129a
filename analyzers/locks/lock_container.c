/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locks inside objects that have a type: of a slab cache, a mounted file system, a memory node. */
#include "locks/lock_container.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "finding.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/tasks.h"
#include "kernel/tasks/task_label.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"
#include "kernel/types/walk.h"
#include "locks/device.h"
#include "locks/lock_member.h"

/* --- paths ------------------------------------------------------------------------------------ */

/* The part of a path that a person calls the lock: after its last dot. */
static const char *last_part(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot ? dot + 1 : path;
}

/* The offset in type of the struct of this name that path leads through; false without one. */
static bool passes_through(struct type type, const char *path, const char *name, uint64_t *offset)
{
	const char *own = type_name(type);

	*offset = 0;
	if (own && !strcmp(own, name))
		return true;
	for (const char *dot = strchr(path, '.'); dot; dot = strchr(dot + 1, '.')) {
		struct member member;
		char prefix[128];

		snprintf(prefix, sizeof(prefix), "%.*s", (int)(dot - path), path);
		if (!type_find_member(type, prefix, &member))
			return false;
		own = type_name(member.type);
		*offset = member_offset(&member);
		if (own && !strcmp(own, name))
			return true;
	}
	return false;
}

/* --- whose object it is ----------------------------------------------------------------------- */

/* Types of objects that tasks point to, and the member of task_struct that does. */
static const struct {
	const char *type;
	enum member_id member;
} task_objects[] = {
	{"mm_struct", MEMBER_TASK_MM},		 {"signal_struct", MEMBER_TASK_SIGNAL},
	{"sighand_struct", MEMBER_TASK_SIGHAND}, {"files_struct", MEMBER_TASK_FILES},
	{"fs_struct", MEMBER_TASK_FS},
};

static const struct task *task_of(struct kernel *kernel, const char *type, uint64_t object)
{
	const struct task *any = NULL;
	size_t kind = 0;
	uint64_t value;

	if (!strcmp(type, "task_struct"))
		return tasks_find(kernel->tasks, object);
	while (kind < ARRAY_SIZE(task_objects) && strcmp(task_objects[kind].type, type) != 0)
		kind++;
	for (size_t i = 0; kind < ARRAY_SIZE(task_objects) && i < tasks_count(kernel->tasks); i++) {
		const struct task *task = tasks_at(kernel->tasks, i);

		if (!err_ok(member_read(kernel, task->address, task_objects[kind].member,
					&value)) ||
		    value != object)
			continue;
		if (task->pid == task->tgid)
			return task;
		any = any ? any : task;
	}
	return any;
}

/* A task's pointer proves what the cache's name only suggests. */
static bool of_task(struct kernel *kernel, struct lock_place *place)
{
	const struct task *task = task_of(kernel, place->type, place->object);
	_str_ struct str label = {0};

	if (!task)
		return false;
	if (!strcmp(place->type, "task_struct"))
		task_label(task, &label);
	else
		task_label_of_process(kernel->tasks, task, &label);
	place->evidence = EVIDENCE_PROVEN;
	snprintf(place->why, sizeof(place->why), "it lies in the %s of %s", place->type,
		 label.data);
	/* "lock" alone says nothing. */
	bool vague = !strcmp(place->member, "lock");
	snprintf(place->name, sizeof(place->name), "%s%s%s of %s", vague ? place->type : "",
		 vague ? "." : "", place->member, label.data);
	return true;
}

/* --- inodes ----------------------------------------------------------------------------------- */

#define SUPER_BLOCKS_MAX 65536

static bool is_super_block(struct kernel *kernel, uint64_t address)
{
	const struct member *list = members_get(kernel->members, MEMBER_SB_LIST);
	_list_walk_ struct list_walk walk = {0};
	uint64_t head;

	if (!list || !symbols_find(kernel->symbols, "super_blocks", &head))
		return false;
	list_walk_init(&walk, kernel, head, SUPER_BLOCKS_MAX);
	while (list_walk_next(&walk))
		if (walk.node - member_offset(list) == address)
			return true;
	return false;
}

/*
 * Where no type tells which member of a cache of inodes it is: the inode whose own lock this would be, wherever in its
 * file system's object it lies, has a super block of the list.
 */
static bool of_inode(struct kernel *kernel, const char *cache, struct lock_place *place)
{
	const struct member *lock = members_get(kernel->members, MEMBER_INODE_LOCK);
	uint64_t at = lock ? member_offset(lock) : 0, super_block;
	char text[112];

	if (!lock || !strstr(cache, "inode") || (uint64_t)place->owner.offset < at)
		return false;
	uint64_t inode = place->owner.start + (uint64_t)place->owner.offset - at;
	if (!err_ok(member_read(kernel, inode, MEMBER_INODE_SB, &super_block)) ||
	    !is_super_block(kernel, super_block) ||
	    !device_inode_name(kernel, inode, text, sizeof(text)))
		return false;
	copy_string(place->type, sizeof(place->type), "inode");
	copy_string(place->member, sizeof(place->member),
		    members_path(kernel->members, MEMBER_INODE_LOCK));
	place->object = inode;
	place->evidence = EVIDENCE_INFERRED;
	snprintf(place->why, sizeof(place->why),
		 "it is +0x%" PRIx64 " behind what has a file system's super block as an inode has",
		 at);
	snprintf(place->name, sizeof(place->name), "%s of %s", place->member, text);
	return true;
}

/* --- slab objects ----------------------------------------------------------------------------- */

static const struct container {
	const char *cache, *type, *module;
} containers[] = {
#define CONTAINER(cache, type, module) {cache, type, module},
#include "locks/lock_containers.def"
#undef CONTAINER
};

/* "ext4" of "ext4_inode_cache": where a file system's types are when they are not built in. */
static void first_word(const char *name, char *word, size_t size)
{
	snprintf(word, size, "%.*s", (int)strcspn(name, "_-"), name);
}

static struct type cache_type(struct kernel *kernel, const char *cache)
{
	struct container found = {cache, cache, NULL};
	char word[32];

	for (size_t i = 0; i < ARRAY_SIZE(containers); i++)
		if (!strcmp(containers[i].cache, cache))
			found = containers[i];
	first_word(cache, word, sizeof(word));
	struct type type = types_find_struct(kernel->types, found.type);
	return type.kind == TYPE_STRUCT
		       ? type
		       : types_find_in(kernel->types, found.module ? found.module : word,
				       TYPE_STRUCT, found.type);
}

/* A cache for one process group's share of another is called "dentry(123:group)" until v5.9. */
static void base_name(const struct slab_cache *cache, char *name, size_t size)
{
	snprintf(name, size, "%.*s", (int)strcspn(cache->name, "("), cache->name);
}

uint64_t lock_container_cache_users(struct kernel *kernel, const struct slab_cache *cache)
{
	int64_t count;

	return err_ok(member_read_signed(kernel, cache->address, MEMBER_CACHE_REFCOUNT, &count)) &&
			       count > 1
		       ? (uint64_t)count
		       : 1;
}

static void name_object(struct kernel *kernel, struct type type, const char *cache,
			struct lock_place *place)
{
	uint64_t inode;
	char text[112];

	place->evidence = EVIDENCE_INFERRED;
	snprintf(place->why, sizeof(place->why),
		 "objects of cache %s are struct %s, which fits in them and has this lock at "
		 "+0x%" PRIx64,
		 cache, place->type, (uint64_t)place->owner.offset);
	if (passes_through(type, place->member, "inode", &inode) &&
	    device_inode_name(kernel, place->object + inode, text, sizeof(text)))
		snprintf(place->name, sizeof(place->name), "%s of %s", last_part(place->member),
			 text);
	else
		snprintf(place->name, sizeof(place->name), "%s of %s 0x%016" PRIx64, place->member,
			 place->type, place->object);
}

bool lock_container_slab(struct kernel *kernel, struct lock_place *place)
{
	const struct owner *owner = &place->owner;
	char cache[sizeof(owner->slab.slab.cache->name)];

	if (owner->kind != OWNER_SLAB || owner->offset < 0)
		return false;
	base_name(owner->slab.slab.cache, cache, sizeof(cache));
	struct type type = cache_type(kernel, cache);
	if (type.kind != TYPE_STRUCT ||
	    !lock_member_find(type, (uint64_t)owner->offset, place->member, sizeof(place->member)))
		return of_inode(kernel, cache, place);
	copy_string(place->type, sizeof(place->type), type_name(type));
	place->object = owner->start;
	if (of_task(kernel, place))
		return true;
	if (lock_container_cache_users(kernel, owner->slab.slab.cache) > 1 ||
	    type_size(type) > owner->slab.slab.cache->object_size) {
		place->type[0] = place->member[0] = '\0';
		return false;
	}
	name_object(kernel, type, cache, place);
	return true;
}

/* --- memory nodes ----------------------------------------------------------------------------- */

#define NODES_MAX 1024 /* MAX_NUMNODES goes no further on x86-64 */

/*
 * A lock of a zone is the zone's: code has the zone at hand, not the node. Zones are called as in
 * /proc/zoneinfo; by the place in node_zones[] when the name cannot be read.
 */
static void in_zone(struct kernel *kernel, struct type node, struct lock_place *place, char *whose,
		    size_t size)
{
	char prefix[64], name[24];
	const char *inside = strchr(place->member, ']');
	struct member zone;

	if (strncmp(place->member, "node_zones[", 11) != 0 || !inside || inside[1] != '.')
		return;
	snprintf(prefix, sizeof(prefix), "%.*s", (int)(inside + 1 - place->member), place->member);
	if (!type_find_member(node, prefix, &zone))
		return;
	place->object += member_offset(&zone);
	snprintf(whose, size, "zone %s of node",
		 device_read_name(kernel, place->object, MEMBER_ZONE_NAME, name, sizeof(name))
			 ? name
			 : prefix);
	copy_string(place->type, sizeof(place->type), "zone");
	memmove(place->member, inside + 2, strlen(inside + 2) + 1);
}

static bool in_node(struct kernel *kernel, uint64_t address, unsigned number, uint64_t node,
		    struct lock_place *place)
{
	struct type type = types_find_struct(kernel->types, "pglist_data");
	char whose[80] = "node";

	if (!node || address - node >= type_size(type) ||
	    !lock_member_find(type, address - node, place->member, sizeof(place->member)))
		return false;
	place->object = node;
	place->evidence = EVIDENCE_PROVEN;
	copy_string(place->type, sizeof(place->type), "pglist_data");
	in_zone(kernel, type, place, whose, sizeof(whose));
	snprintf(place->why, sizeof(place->why), "it lies in the pglist_data of node %u", number);
	snprintf(place->name, sizeof(place->name), "%s of %s %u", last_part(place->member), whose,
		 number);
	return true;
}

/* The list lock of a memory cgroup's share of a node: its lruvec says which (v5.11 on). */
static bool in_lruvec(struct kernel *kernel, uint64_t address, unsigned number, uint64_t node,
		      struct lock_place *place)
{
	const struct member *lock = members_get(kernel->members, MEMBER_LRUVEC_LOCK);
	uint64_t owner;

	if (!lock || !node ||
	    !err_ok(member_read(kernel, address - member_offset(lock), MEMBER_LRUVEC_NODE,
				&owner)) ||
	    owner != node)
		return false;
	copy_string(place->type, sizeof(place->type), "lruvec");
	copy_string(place->member, sizeof(place->member), "lru_lock");
	place->object = address - member_offset(lock);
	place->evidence = EVIDENCE_INFERRED;
	snprintf(place->why, sizeof(place->why), "as a lruvec it points to node %u", number);
	snprintf(place->name, sizeof(place->name), "lru_lock of a memory cgroup on node %u",
		 number);
	return true;
}

bool lock_container_node(struct kernel *kernel, uint64_t address, struct lock_place *place)
{
	struct symbol symbol;
	uint64_t nodes;

	if (symbols_find(kernel->symbols, "contig_page_data", &nodes))
		return in_node(kernel, address, 0, nodes, place) ||
		       in_lruvec(kernel, address, 0, nodes, place);
	if (!symbols_find(kernel->symbols, "node_data", &nodes) ||
	    !symbols_at(kernel->symbols, nodes, &symbol))
		return false;
	for (unsigned i = 0; i < NODES_MAX && i < symbol.size / 8; i++) {
		uint64_t node;

		if (!err_ok(memory_read_u64(kernel->memory, nodes + i * 8, &node)))
			return false;
		if (in_node(kernel, address, i, node, place) ||
		    in_lruvec(kernel, address, i, node, place))
			return true;
	}
	return false;
}

/* --- mounted file systems --------------------------------------------------------------------- */

bool lock_container_super_block(struct kernel *kernel, uint64_t address, struct lock_place *place)
{
	const struct member *list = members_get(kernel->members, MEMBER_SB_LIST);
	struct type type = types_find_struct(kernel->types, "super_block");
	_list_walk_ struct list_walk walk = {0};
	uint64_t head;
	char text[80];

	if (!list || !symbols_find(kernel->symbols, "super_blocks", &head))
		return false;
	list_walk_init(&walk, kernel, head, SUPER_BLOCKS_MAX);
	while (list_walk_next(&walk)) {
		uint64_t super_block = walk.node - member_offset(list);

		if (address - super_block >= type_size(type) ||
		    !device_super_block_name(kernel, super_block, text, sizeof(text)) ||
		    !lock_member_find(type, address - super_block, place->member,
				      sizeof(place->member)))
			continue;
		copy_string(place->type, sizeof(place->type), "super_block");
		place->object = super_block;
		place->evidence = EVIDENCE_PROVEN;
		snprintf(place->why, sizeof(place->why), "it lies in a super_block of the list");
		snprintf(place->name, sizeof(place->name), "%s of %s", place->member, text);
		return true;
	}
	return false;
}
