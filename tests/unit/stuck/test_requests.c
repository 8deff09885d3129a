/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests in flight of a disk, found from the inodes of block devices, and absurd counts of tags. */
#include "fake_locks.h"

enum { I_LIST = 8, B_INODE = 64, B_DISK = 0, D_QUEUE = 0, D_NAME = 8 };
enum { Q_SET = 0, Q_FLAGS = 8, Q_FREEZE = 16, Q_QUIESCE = 20, S_TAGS = 0, S_QUEUES = 8 };
enum { T_COUNT = 0, T_RQS = 8, R_QUEUE = 0, R_STATE = 8, R_TAG = 12, R_START_NS = 16 };
enum { R_FLAGS = 24, R_LENGTH = 28, R_POS = 32 };

#define SUPER_POINTER (FAKE_BASE + 0xa000)
#define SUPER (FAKE_BASE + 0xa020)
#define BDEV (FAKE_BASE + 0xa100)
#define DISK (FAKE_BASE + 0xa200)
#define QUEUE (FAKE_BASE + 0xa300)
#define SET (FAKE_BASE + 0xa400)
#define TAGS_LIST (FAKE_BASE + 0xa480)
#define TAGS (FAKE_BASE + 0xa500)
#define REQUESTS (FAKE_BASE + 0xa600)
#define REQUEST(i) (FAKE_BASE + 0xa700 + 0x40 * (uint64_t)(i))

struct err *memory_read_string(struct memory *memory, uint64_t va, char *buf, size_t size)
{
	return memory_read(memory, va, buf, size);
}

static void queue_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	b_record(b, B_STRUCT, "request_queue", 24, 4, "tag_set", l, Q_SET * 8, "queue_flags", l,
		 Q_FLAGS * 8, "mq_freeze_depth", i, Q_FREEZE * 8, "quiesce_depth", i,
		 Q_QUIESCE * 8);
	b_record(b, B_STRUCT, "blk_mq_tag_set", 16, 2, "tags", l, S_TAGS * 8, "nr_hw_queues", i,
		 S_QUEUES * 8);
	b_record(b, B_STRUCT, "blk_mq_tags", 16, 2, "nr_tags", i, T_COUNT * 8, "rqs", l, T_RQS * 8);
	b_record(b, B_STRUCT, "request", 40, 7, "q", l, R_QUEUE * 8, "state", i, R_STATE * 8, "tag",
		 i, R_TAG * 8, "start_time_ns", l, R_START_NS * 8, "cmd_flags", i, R_FLAGS * 8,
		 "__data_len", i, R_LENGTH * 8, "__sector", l, R_POS * 8);
}

static void types(struct btf_build *b, uint32_t i, uint32_t l)
{
	static const char *const links[] = {"next", "prev"};
	uint32_t list = fake_longs(b, "list_head", l, links, 2);
	uint32_t name = b_array(b, b_int(b, "char", 1), 32);
	uint32_t inode = b_record(b, B_STRUCT, "inode", 24, 1, "i_sb_list", list, I_LIST * 8);
	uint32_t device = b_record(b, B_STRUCT, "block_device", 64, 1, "bd_disk", l, B_DISK * 8);

	b_record(b, B_STRUCT, "bdev_inode", 88, 2, "bdev", device, 0, "vfs_inode", inode,
		 B_INODE * 8);
	b_record(b, B_STRUCT, "super_block", 16, 1, "s_inodes", list, 0);
	b_record(b, B_STRUCT, "gendisk", 40, 2, "queue", l, D_QUEUE * 8, "disk_name", name,
		 D_NAME * 8);
	queue_types(b, i, l);
}

/* Tags 0 and 1 are of one disk's requests: a write in flight, and one that is done. */
static void set_up(void)
{
	put_tasks(types);
	fake_symbol("blockdev_superblock", SUPER_POINTER);
	fake_u64(SUPER_POINTER, SUPER);
	link_nodes(SUPER, BDEV + B_INODE + I_LIST);
	link_nodes(BDEV + B_INODE + I_LIST, SUPER);
	fake_u64(BDEV + B_DISK, DISK);
	fake_u64(DISK + D_QUEUE, QUEUE);
	fake_put(DISK + D_NAME, "sdx", 4);
	fake_u64(QUEUE + Q_SET, SET);
	fake_u64(SET + S_TAGS, TAGS_LIST);
	fake_u32(SET + S_QUEUES, 1);
	fake_u64(TAGS_LIST, TAGS);
	fake_u32(TAGS + T_COUNT, 2);
	fake_u64(TAGS + T_RQS, REQUESTS);
	for (unsigned i = 0; i < 2; i++) {
		fake_u64(REQUESTS + i * 8, REQUEST(i));
		fake_u64(REQUEST(i) + R_QUEUE, QUEUE);
		fake_u32(REQUEST(i) + R_TAG, i);
		fake_u32(REQUEST(i) + R_STATE, i ? 0 : 1);
		fake_u64(REQUEST(i) + R_START_NS, 1000000000);
		fake_u32(REQUEST(i) + R_FLAGS, 1);
		fake_u32(REQUEST(i) + R_LENGTH, 4096);
	}
	open_tasks();
}

/* What the tasks' clocks say: so long ago is a request of which start_time_ns is 1 s. */
static uint64_t fake_age;

uint64_t task_clock_age(const struct task_clock *clock, uint64_t monotonic)
{
	(void)clock;
	return monotonic == 1000000000 ? fake_age : 0;
}

static void expect(const char *words)
{
	ck_assert(run_again(&block_request_analyzer));
	ck_assert_uint_eq(found.count, words ? 1 : 0);
	if (words)
		ck_assert_msg(strstr(found.list[0].headline, words), "%s", found.list[0].headline);
	close_tasks();
}

START_TEST(a_request_that_is_old)
{
	fake_age = 8100000000;
	set_up();
	expect("sdx does not answer: 1 request in flight, the oldest for 8.1 s, a write of 4096 "
	       "bytes at sector 0; its queue is running");
	fake_age = 900000000;
	set_up();
	expect(NULL);
}
END_TEST

START_TEST(requests_that_are_none_of_this_disk)
{
	fake_age = 8100000000;
	set_up();
	fake_u64(REQUEST(0) + R_QUEUE, QUEUE + 8);
	expect(NULL);
	set_up();
	fake_u32(REQUEST(0) + R_TAG, 7); /* the tag was given on since */
	expect(NULL);
	set_up();
	fake_u64(REQUESTS, 0x4141414141414141);
	expect(NULL);
}
END_TEST

START_TEST(absurd_counts_and_loops)
{
	fake_age = 8100000000;
	set_up();
	fake_u32(TAGS + T_COUNT, 0xffffffff);
	fake_u32(SET + S_QUEUES, 0xffffffff);
	ck_assert(run_again(&block_request_analyzer));
	close_tasks();
	set_up();
	fake_u64(BDEV + B_INODE + I_LIST, BDEV + B_INODE + I_LIST);
	ck_assert(run_again(&block_request_analyzer));
	close_tasks();
}
END_TEST

START_TEST(a_queue_that_was_stopped)
{
	fake_age = 0;
	set_up();
	fake_u32(QUEUE + Q_QUIESCE, 1);
	expect("the queue of sdx is quiesced");
}
END_TEST

UNIT_MAIN("requests", a_request_that_is_old, requests_that_are_none_of_this_disk,
	  absurd_counts_and_loops, a_queue_that_was_stopped)
