/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: requests that a block device has been given and has not answered, by device: how many, how
 *   old, what the oldest is, and the state of the queue.
 * Needs: symbols, types, tasks (for the clock).
 * False positives: requests of a busy or slow device: the older they are, the less so.
 * Kernel commits: 12f5b9314545 v4.18 request.state; 544ccc8dc904 v4.18 start_time_ns; e70feb8b3e68 v5.17
 *   quiesce_depth. Disks are found through the inodes of block devices that are or were open.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analysis.h"
#include "base/hash.h"
#include "base/str.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/tasks.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/walk.h"
#include "locks/device.h"
#include "stuck/device_state.h"
#include "stuck/stuck.h"

#define DEVICES_MAX 65536
#define HARDWARE_QUEUES_MAX 4096
#define TAGS_MAX 65536 /* of one hardware queue */
#define NS 1000000000ull
#define SLOW NS /* younger requests than that are nothing to speak of */

/* enum mq_rq_state, include/linux/blk-mq.h */
#define MQ_RQ_IN_FLIGHT 1u
/* QUEUE_FLAG_QUIESCED, include/linux/blkdev.h, of the kernels that have no quiesce_depth */
#define FLAG_QUIESCED (1ull << 24)
#define OPERATION_MASK 0xffu /* REQ_OP_MASK, include/linux/blk_types.h */

struct device {
	uint64_t disk, queue;
	char name[64], driver[96];
	size_t in_flight;
	uint64_t oldest_ns; /* its age */
	uint64_t oldest;    /* request */
	bool quiesced, frozen;
};

static uint64_t number(struct kernel *kernel, uint64_t object, enum member_id id)
{
	uint64_t value;

	return err_ok(member_read(kernel, object, id, &value)) ? value : 0;
}

/* --- requests --------------------------------------------------------------------------------- */

/* The request that last had this tag: it still has it while it is in flight. */
static void look_at_request(struct kernel *kernel, struct device *device, uint64_t request,
			    uint64_t tag)
{
	uint64_t state, queue, own;

	if (!memory_is_kernel(kernel->memory, request) ||
	    !err_ok(member_read(kernel, request, MEMBER_REQUEST_STATE, &state)) ||
	    (uint32_t)state != MQ_RQ_IN_FLIGHT ||
	    !err_ok(member_read(kernel, request, MEMBER_REQUEST_TAG, &own)) ||
	    (uint32_t)own != tag ||
	    !err_ok(member_read(kernel, request, MEMBER_REQUEST_QUEUE, &queue)) ||
	    queue != device->queue)
		return;
	uint64_t age = task_clock_age(tasks_clock(kernel->tasks),
				      number(kernel, request, MEMBER_REQUEST_START));
	device->in_flight++;
	if (age < device->oldest_ns || (device->oldest && age == device->oldest_ns))
		return;
	device->oldest_ns = age;
	device->oldest = request;
}

/*
 * The requests behind all tags of one hardware queue, which other devices may share. Where there is a
 * scheduler they are its own, and have a tag of the device's from when they are handed over.
 */
static void look_at_tags(struct kernel *kernel, struct device *device, uint64_t tags)
{
	uint64_t count = (uint32_t)number(kernel, tags, MEMBER_TAGS_COUNT);
	uint64_t list = number(kernel, tags, MEMBER_TAGS_REQUESTS), request;

	for (uint64_t i = 0; list && i < MIN(count, TAGS_MAX); i++) {
		if (!err_ok(memory_read_u64(kernel->memory, list + i * 8, &request)))
			return;
		look_at_request(kernel, device, request, i);
	}
}

static void count_requests(struct kernel *kernel, struct device *device)
{
	uint64_t set = number(kernel, device->queue, MEMBER_QUEUE_TAG_SET);
	uint64_t count = set ? (uint32_t)number(kernel, set, MEMBER_TAG_SET_QUEUES) : 0;
	uint64_t list = set ? number(kernel, set, MEMBER_TAG_SET_TAGS) : 0, tags;

	for (uint64_t i = 0; list && i < MIN(count, HARDWARE_QUEUES_MAX); i++)
		if (err_ok(memory_read_u64(kernel->memory, list + i * 8, &tags)) && tags)
			look_at_tags(kernel, device, tags);
}

/* --- the queue -------------------------------------------------------------------------------- */

/* The driver by its table of operations: "virtio_mq_ops [virtio_blk]". */
static void find_driver(struct kernel *kernel, struct device *device)
{
	struct symbol symbol;

	if (!symbols_at(kernel->symbols, number(kernel, device->queue, MEMBER_QUEUE_OPS), &symbol))
		return;
	symbol_name_with_module(symbol.name, symbol.module, device->driver, sizeof(device->driver));
}

static void read_state(struct kernel *kernel, struct device *device)
{
	device->quiesced =
		members_has(kernel->members, MEMBER_QUEUE_QUIESCED)
			? (int32_t)number(kernel, device->queue, MEMBER_QUEUE_QUIESCED) > 0
			: number(kernel, device->queue, MEMBER_QUEUE_FLAGS) & FLAG_QUIESCED;
	device->frozen = (int32_t)number(kernel, device->queue, MEMBER_QUEUE_FROZEN) > 0;
}

/* --- what is said of it ----------------------------------------------------------------------- */

/* enum req_op, include/linux/blk_types.h: these have not moved since v4.10 */
static const char *operation_name(uint64_t operation)
{
	static const char *const names[] = {"read", "write", "flush", "discard"};

	operation &= OPERATION_MASK;
	return operation < ARRAY_SIZE(names)	  ? names[operation]
	       : operation == 5			  ? "secure erase"
	       : operation == 9 || operation == 7 ? "write zeroes"
						  : "command";
}

static void put_oldest(struct kernel *kernel, const struct device *device, struct str *text)
{
	str_printf(text, "a %s of %" PRIu64 " bytes at sector %" PRIu64,
		   operation_name(number(kernel, device->oldest, MEMBER_REQUEST_OPERATION)),
		   (uint64_t)(uint32_t)number(kernel, device->oldest, MEMBER_REQUEST_LENGTH),
		   number(kernel, device->oldest, MEMBER_REQUEST_SECTOR));
}

static void report(struct analysis *analysis, const struct device *device)
{
	double seconds = (double)device->oldest_ns / (double)NS;
	json_t *json = stuck_json("block_request", seconds, device->in_flight);
	const char *state = device->quiesced ? "quiesced" : device->frozen ? "frozen" : "running";
	_str_ struct str text = {0}, driver = {0};

	device_state_put(analysis->kernel, device->queue, &driver);
	str_printf(&text, "%s does not answer: %zu request%s in flight, the oldest for %.1f s, ",
		   device->name, device->in_flight, device->in_flight == 1 ? "" : "s", seconds);
	put_oldest(analysis->kernel, device, &text);
	str_printf(&text, "; its queue is %s", state);
	if (device->driver[0])
		str_printf(&text, ", its driver's operations are %s", device->driver);
	if (driver.length)
		str_printf(&text, "; %s", driver.data);
	json_put(json, "device_state", driver.length ? json_string(driver.data) : json_null());
	json_put(json, "device", json_escaped(device->name));
	json_put(json, "driver", device->driver[0] ? json_escaped(device->driver) : json_null());
	json_put(json, "state", json_string(state));
	finding_add(analysis->findings, FINDING_STUCK_IO, SEVERITY_WARNING, 0.9, json, "%s",
		    text.data);
}

/* A queue that has been stopped hands nothing to its device, whose requests wait before it. */
static void report_stopped(struct analysis *analysis, const struct device *device)
{
	json_t *json = stuck_json("block_queue", 0, 0);

	json_put(json, "device", json_escaped(device->name));
	json_put(json, "state", json_string("quiesced"));
	finding_add(analysis->findings, FINDING_STUCK_IO, SEVERITY_NOTICE, 0.9, json,
		    "the queue of %s is quiesced: its requests are not given to the device",
		    device->name);
}

/* --- all devices ------------------------------------------------------------------------------ */

static void look_at_disk(struct analysis *analysis, uint64_t disk)
{
	struct kernel *kernel = analysis->kernel;
	struct device device = {.disk = disk, .queue = number(kernel, disk, MEMBER_DISK_QUEUE)};

	device_disk_name(kernel, disk, 0, device.name, sizeof(device.name));
	if (!device.queue || !device.name[0])
		return;
	read_state(kernel, &device);
	find_driver(kernel, &device);
	count_requests(kernel, &device);
	if (device.in_flight && device.oldest_ns >= SLOW)
		report(analysis, &device);
	else if (device.quiesced)
		report_stopped(analysis, &device);
}

/* The inodes of block devices are a file system of their own, and a struct bdev_inode each. */
static struct err *look_at_inodes(struct analysis *analysis, uint64_t super_block)
{
	struct kernel *kernel = analysis->kernel;
	const struct member *list = members_get(kernel->members, MEMBER_SB_INODES);
	const struct member *link = members_get(kernel->members, MEMBER_INODE_SB_LIST);
	const struct member *inode = members_get(kernel->members, MEMBER_BDEV_INODE);
	_list_walk_ struct list_walk walk = {0};
	_map_ struct map seen = {0};
	uint64_t disk;

	list_walk_init(&walk, kernel, super_block + member_offset(list), DEVICES_MAX);
	while (list_walk_next(&walk)) {
		uint64_t bdev = walk.node - member_offset(link) - member_offset(inode);

		if (!err_ok(member_read(kernel, bdev, MEMBER_BDEV_DISK, &disk)) ||
		    !memory_is_kernel(kernel->memory, disk) || !map_add(&seen, disk, 0))
			continue;
		look_at_disk(analysis, disk);
	}
	return NULL;
}

static bool has_types(struct kernel *kernel)
{
	return members_have(kernel->members, MEMBER_SB_INODES, MEMBER_INODE_SB_LIST,
			    MEMBER_BDEV_INODE, MEMBER_BDEV_DISK, MEMBER_REQUEST_STATE,
			    MEMBER_REQUEST_START);
}

static struct err *run(struct analysis *analysis)
{
	struct kernel *kernel = analysis->kernel;
	uint64_t variable, super_block;

	if (!has_types(kernel) ||
	    !symbols_find(kernel->symbols, "blockdev_superblock", &variable) ||
	    !err_ok(memory_read_u64(kernel->memory, variable, &super_block)) || !super_block)
		return NULL;
	return look_at_inodes(analysis, super_block);
}

const struct analyzer block_request_analyzer = {
	.name = "block_request",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_TASKS,
	.run = run,
};
