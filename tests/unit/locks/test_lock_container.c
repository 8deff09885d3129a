/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "fake_kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/types/types.h"
#include "locks/lock_container.h"
#include "locks/lock_member.h"

struct err *memory_read_string(struct memory *memory, uint64_t va, char *buf, size_t size)
{
	return memory_read(memory, va, buf, size);
}

/*
 * struct inode { long i_ino; struct super_block *i_sb; struct rw_semaphore i_rwsem; }
 * struct ext4_inode_info { long raw[2]; struct inode vfs_inode; union { long word; struct mutex m; } u; }
 * struct super_block { struct list_head s_list; char s_id[16]; struct file_system_type *s_type;
 *			struct rw_semaphore s_umount; struct mutex levels[2]; }
 */
enum { INODE_AT = 16, RWSEM_AT = 16, UNION_AT = 48, INFO_SIZE = 64 };
enum { SB_ID_AT = 16, SB_TYPE_AT = 32, UMOUNT_AT = 40, LEVELS_AT = 56, SB_SIZE = 88 };

static void lock_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	static const char *const pair[] = {"count", "owner"}, *const name[] = {"name"};
	uint32_t list = b_record(b, B_STRUCT, "links", 16, 2, "next", l, 0, "prev", l, 64);
	uint32_t rwsem = fake_longs(b, "rw_semaphore", l, pair, 2);
	uint32_t mutex = fake_longs(b, "mutex", l, pair, 2);
	uint32_t c = b_int(b, "char", 1), id = b_array(b, c, 16), two = b_array(b, mutex, 2);
	uint32_t raw = b_array(b, l, 2);
	uint32_t inode = b_record(b, B_STRUCT, "inode", 32, 3, "i_ino", l, 0, "i_sb", l, 64,
				  "i_rwsem", rwsem, RWSEM_AT * 8);
	uint32_t either = b_record(b, B_UNION, NULL, 16, 2, "word", l, 0, "m", mutex, 0);

	b_record(b, B_STRUCT, "ext4_inode_info", INFO_SIZE, 3, "raw", raw, 0, "vfs_inode", inode,
		 INODE_AT * 8, "u", either, UNION_AT * 8);
	b_record(b, B_STRUCT, "super_block", SB_SIZE, 5, "s_list", list, 0, "s_id", id,
		 SB_ID_AT * 8, "s_type", l, SB_TYPE_AT * 8, "s_umount", rwsem, UMOUNT_AT * 8,
		 "levels", two, LEVELS_AT * 8);
	fake_longs(b, "file_system_type", l, name, 1);
	b_record(b, B_STRUCT, "kmem_cache", 8, 1, "refcount", i, 0);
}

#define CACHE (FAKE_BASE + 0x100)
#define OBJECT (FAKE_BASE + 0x1000)
#define SB (FAKE_BASE + 0x2000)
#define FS (FAKE_BASE + 0x3000)
#define HEAD (FAKE_BASE + 0x4000)

static struct slab_cache cache;

static void start(void)
{
	fake_open(lock_types);
	fake_symbol("super_blocks", HEAD);
	cache = (struct slab_cache){
		.address = CACHE, .name = "ext4_inode_cache", .size = 96, .object_size = 80};
	fake_u32(CACHE, 1);
	fake_u64(OBJECT + INODE_AT, 12);
	fake_u64(OBJECT + INODE_AT + 8, SB);
	fake_u64(HEAD, SB);
	fake_u64(HEAD + 8, SB);
	fake_u64(SB, HEAD);
	fake_u64(SB + 8, HEAD);
	fake_put(SB + SB_ID_AT, "vda1", 5);
	fake_u64(SB + SB_TYPE_AT, FS);
	fake_u64(FS, FS + 8);
	fake_put(FS + 8, "ext4", 5);
}

static struct lock_place at_offset(int64_t offset)
{
	return (struct lock_place){.owner = {.kind = OWNER_SLAB,
					     .start = OBJECT,
					     .offset = offset,
					     .slab = {.slab = {.cache = &cache}}}};
}

START_TEST(the_member_is_the_outermost_lock_there)
{
	char path[64];

	start();
	struct type info = types_find_struct(kernel.types, "ext4_inode_info");
	struct type sb = types_find_struct(kernel.types, "super_block");
	ck_assert(lock_member_find(info, INODE_AT + RWSEM_AT, path, sizeof(path)));
	ck_assert_str_eq(path, "vfs_inode.i_rwsem");
	/* The second alternative of a union, and the second element of an array. */
	ck_assert(lock_member_find(info, UNION_AT, path, sizeof(path)));
	ck_assert_str_eq(path, "u.m");
	ck_assert(lock_member_find(sb, LEVELS_AT + 16, path, sizeof(path)));
	ck_assert_str_eq(path, "levels[1]");
	/* Inside a lock, in front of it, behind the end. */
	ck_assert(!lock_member_find(info, INODE_AT + RWSEM_AT + 8, path, sizeof(path)));
	ck_assert(!lock_member_find(info, INODE_AT, path, sizeof(path)));
	ck_assert(!lock_member_find(info, INFO_SIZE, path, sizeof(path)));
	ck_assert(!lock_member_find(info, UINT64_MAX, path, sizeof(path)));
	fake_close();
}
END_TEST

START_TEST(an_inode_is_called_by_number_and_device)
{
	struct lock_place place = at_offset(INODE_AT + RWSEM_AT);

	start();
	ck_assert(lock_container_slab(&kernel, &place));
	ck_assert_str_eq(place.name, "i_rwsem of inode 12 on vda1 (ext4)");
	ck_assert_str_eq(place.type, "ext4_inode_info");
	ck_assert_str_eq(place.member, "vfs_inode.i_rwsem");
	ck_assert_str_eq(place.evidence, "inferred");
	/* A name that is none is not shown, nor one that cannot be read. */
	fake_put(FS + 8, "\x1b[2J", 5);
	place = at_offset(INODE_AT + RWSEM_AT);
	ck_assert(lock_container_slab(&kernel, &place));
	ck_assert_str_eq(place.name, "vfs_inode.i_rwsem of ext4_inode_info 0xffff888000001000");
	fake_u64(OBJECT + INODE_AT + 8, 0xdead000000000100);
	place = at_offset(INODE_AT + RWSEM_AT);
	ck_assert(lock_container_slab(&kernel, &place));
	ck_assert_str_eq(place.name, "vfs_inode.i_rwsem of ext4_inode_info 0xffff888000001000");
	fake_close();
}
END_TEST

/* Nothing tells what is in this cache. */
START_TEST(an_inode_is_known_by_its_super_block)
{
	struct lock_place place = at_offset(INODE_AT + RWSEM_AT);

	start();
	copy_string(cache.name, sizeof(cache.name), "labfs_inode");
	ck_assert(lock_container_slab(&kernel, &place));
	ck_assert_str_eq(place.name, "i_rwsem of inode 12 on vda1 (ext4)");
	ck_assert_str_eq(place.type, "inode");
	ck_assert_str_eq(place.member, "i_rwsem");
	ck_assert_uint_eq(place.object, OBJECT + INODE_AT);
	ck_assert_str_eq(place.evidence, "inferred");
	place = at_offset(INODE_AT + RWSEM_AT + 8); /* another lock of the object */
	ck_assert(!lock_container_slab(&kernel, &place));
	place = at_offset(RWSEM_AT - 8); /* an inode in front of the object */
	ck_assert(!lock_container_slab(&kernel, &place));
	place = at_offset(INODE_AT + RWSEM_AT);
	fake_u64(OBJECT + INODE_AT + 8, SB + 8); /* no super block of the list */
	ck_assert(!lock_container_slab(&kernel, &place));
	fake_u64(OBJECT + INODE_AT + 8, SB);
	fake_u64(HEAD, HEAD);
	ck_assert(!lock_container_slab(&kernel, &place));
	ck_assert_str_eq(place.type, "");
	fake_close();
}
END_TEST

START_TEST(a_type_that_does_not_fit_is_not_claimed)
{
	struct lock_place place = at_offset(INODE_AT + RWSEM_AT);

	start();
	cache.object_size = INFO_SIZE - 8; /* too small for the struct */
	ck_assert(!lock_container_slab(&kernel, &place));
	ck_assert_str_eq(place.type, "");
	cache.object_size = INFO_SIZE;
	fake_u32(CACHE, 3); /* a cache that others were merged into */
	ck_assert(!lock_container_slab(&kernel, &place));
	fake_u32(CACHE, 1);
	place = at_offset(INODE_AT + RWSEM_AT + 8); /* no lock just there */
	ck_assert(!lock_container_slab(&kernel, &place));
	place = at_offset(-8); /* in the red zone before it */
	ck_assert(!lock_container_slab(&kernel, &place));
	copy_string(cache.name, sizeof(cache.name), "kmalloc-64");
	place = at_offset(INODE_AT + RWSEM_AT);
	ck_assert(!lock_container_slab(&kernel, &place));
	/* One memory cgroup's share of the cache is as good. */
	copy_string(cache.name, sizeof(cache.name), "ext4_inode_cache(77:web)");
	place = at_offset(INODE_AT + RWSEM_AT);
	ck_assert(lock_container_slab(&kernel, &place));
	fake_close();
}
END_TEST

START_TEST(a_file_system_is_found_in_the_list_or_not_at_all)
{
	struct lock_place place = {0};

	start();
	ck_assert(lock_container_super_block(&kernel, SB + UMOUNT_AT, &place));
	ck_assert_str_eq(place.name, "s_umount of vda1 (ext4)");
	ck_assert_str_eq(place.evidence, "proven");
	place = (struct lock_place){0};
	ck_assert(!lock_container_super_block(&kernel, OBJECT, &place));
	/* A list that runs in circles, or into nothing, ends. */
	fake_u64(SB, SB);
	ck_assert(!lock_container_super_block(&kernel, OBJECT, &place));
	fake_u64(SB, UINT64_MAX - 7);
	ck_assert(!lock_container_super_block(&kernel, OBJECT, &place));
	fake_close();
}
END_TEST

UNIT_MAIN("lock_place", the_member_is_the_outermost_lock_there,
	  an_inode_is_called_by_number_and_device, an_inode_is_known_by_its_super_block,
	  a_type_that_does_not_fit_is_not_claimed, a_file_system_is_found_in_the_list_or_not_at_all)
