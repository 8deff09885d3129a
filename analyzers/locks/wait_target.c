/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds on the stack of a task that waits for I/O which device it waits for. */
#include "locks/wait_target.h"

#include <string.h>

#include "kernel/locking/stack_words.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/tasks.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"
#include "locks/device.h"
#include "locks/page_wait.h"

/* --- what the sleeper's stack leads to -------------------------------------------------------- */

/* One word of a sleeper's stack that may be, or stand in, the structure looked for. */
struct place {
	struct kernel *kernel;
	const struct sleeper *sleeper;
	uint64_t at, word;
};

static uint64_t offset_of(const struct place *place, enum member_id id)
{
	const struct member *member = members_get(place->kernel->members, id);

	return member ? member_offset(member) : 0;
}

static bool reads(const struct place *place, uint64_t object, enum member_id id, uint64_t *ret)
{
	return memory_is_kernel(place->kernel->memory, object) &&
	       err_ok(member_read(place->kernel, object, id, ret));
}

/* The waiter structure that has this word as its task: entry is its wait queue entry. */
static bool waiter_around(const struct place *place, enum member_id entry, uint64_t *ret)
{
	if (place->word != place->sleeper->task->address ||
	    !members_has(place->kernel->members, entry) ||
	    !members_has(place->kernel->members, MEMBER_WAIT_ENTRY_TASK))
		return false;
	*ret = place->at - offset_of(place, MEMBER_WAIT_ENTRY_TASK) - offset_of(place, entry);
	return true;
}

/* A buffer's state is the word whose bit is waited for (fs/buffer.c: __wait_on_buffer). */
static void buffer_target(const struct place *place, struct wait_target *ret)
{
	uint64_t waiter, word, bdev;

	if (!waiter_around(place, MEMBER_WAIT_BIT_ENTRY, &waiter) ||
	    !reads(place, waiter, MEMBER_WAIT_BIT_WORD, &word) ||
	    !reads(place, word - offset_of(place, MEMBER_BUFFER_STATE), MEMBER_BUFFER_BDEV, &bdev))
		return;
	device_bdev_name(place->kernel, bdev, ret->device, sizeof(ret->device));
}

/* The function that is called of a wait queue's entry when what it waits for changes. */
static bool is_woken_by(const struct place *place, uint64_t entry, const char *name)
{
	struct symbol symbol;
	uint64_t function;

	return reads(place, entry, MEMBER_WAIT_ENTRY_FUNC, &function) &&
	       symbols_at(place->kernel->symbols, function, &symbol) &&
	       symbol.address == function && !strcmp(symbol.name, name);
}

/* Of wait_on_bit(): the word and the bit (kernel/sched/wait_bit.c: out_of_line_wait_on_bit). */
static void bit_target(const struct place *place, struct wait_target *ret)
{
	uint64_t waiter, word, bit;

	if (!waiter_around(place, MEMBER_WAIT_BIT_ENTRY, &waiter) ||
	    !is_woken_by(place, waiter + offset_of(place, MEMBER_WAIT_BIT_ENTRY),
			 "wake_bit_function") ||
	    !reads(place, waiter, MEMBER_WAIT_BIT_WORD, &word) ||
	    !reads(place, waiter, MEMBER_WAIT_BIT_NUMBER, &bit) || bit >= 64 ||
	    !memory_is_kernel(place->kernel->memory, word))
		return;
	ret->word = word;
	ret->bit = bit;
}

/* Does a completion's data lead back to this sleeper: to itself, or onto its stack? */
static bool leads_back(const struct place *place, uint64_t data)
{
	const struct task *task = place->sleeper->task;

	return data == task->address ||
	       (data >= place->sleeper->sp && data < task->stack + task->stack_size);
}

/* A bio of submit_bio_wait() and the like, on the stack itself or pointed to. */
static void bio_target(const struct place *place, uint64_t bio, struct wait_target *ret)
{
	uint64_t data, bdev, disk, partition;

	if (!reads(place, bio, MEMBER_BIO_PRIVATE, &data) || !leads_back(place, data))
		return;
	if (reads(place, bio, MEMBER_BIO_BDEV, &bdev))
		device_bdev_name(place->kernel, bdev, ret->device, sizeof(ret->device));
	else if (reads(place, bio, MEMBER_BIO_DISK, &disk) &&
		 reads(place, bio, MEMBER_BIO_PARTITION, &partition) &&
		 memory_is_kernel(place->kernel->memory, disk))
		device_disk_name(place->kernel, disk, partition, ret->device, sizeof(ret->device));
}

/* A request of blk_execute_rq(). */
static void request_target(const struct place *place, struct wait_target *ret)
{
	uint64_t data, disk, queue;

	if (!reads(place, place->word, MEMBER_REQUEST_DATA, &data) || !leads_back(place, data))
		return;
	if ((reads(place, place->word, MEMBER_REQUEST_DISK, &disk) ||
	     (reads(place, place->word, MEMBER_REQUEST_QUEUE, &queue) &&
	      reads(place, queue, MEMBER_QUEUE_DISK, &disk))) &&
	    memory_is_kernel(place->kernel->memory, disk))
		device_disk_name(place->kernel, disk, 0, ret->device, sizeof(ret->device));
}

/* A journal whose thread is jbd2's: it commits what the others wait for. fs/jbd2/journal.c */
static void journal_target(const struct place *place, struct wait_target *ret)
{
	struct type type = types_find_in(place->kernel->types, "jbd2", TYPE_STRUCT, "journal_s");
	uint64_t address, bdev;

	if (!memory_is_kernel(place->kernel->memory, place->word) ||
	    !err_ok(object_read(place->kernel, type, place->word, "j_task", &address)))
		return;
	const struct task *thread = tasks_find(place->kernel->tasks, address);
	if (!thread || strncmp(thread->comm, "jbd2/", 5) != 0)
		return;
	ret->server = thread;
	if (err_ok(object_read(place->kernel, type, place->word, "j_fs_dev", &bdev)))
		device_bdev_name(place->kernel, bdev, ret->device, sizeof(ret->device));
}

static struct type xfs_type(const struct place *place, const char *name)
{
	return types_find_in(place->kernel->types, "xfs", TYPE_STRUCT, name);
}

static bool reads_xfs(const struct place *place, const char *type, uint64_t object,
		      const char *path, uint64_t *ret)
{
	return memory_is_kernel(place->kernel->memory, object) &&
	       err_ok(object_read(place->kernel, xfs_type(place, type), object, path, ret));
}

/* A buffer whose completion has the sleeper in its list: xfs_buf_iowait(), fs/xfs/xfs_buf.c */
static void xfs_buffer_target(const struct place *place, struct wait_target *ret)
{
	uint64_t waiter, target, bdev;

	if ((!reads_xfs(place, "xfs_buf", place->word, "b_iowait.wait.task_list.next", &waiter) &&
	     !reads_xfs(place, "xfs_buf", place->word, "b_iowait.wait.head.next", &waiter)) ||
	    !leads_back(place, waiter) ||
	    !reads_xfs(place, "xfs_buf", place->word, "b_target", &target) ||
	    !reads_xfs(place, "xfs_buftarg", target, "bt_bdev", &bdev))
		return;
	device_bdev_name(place->kernel, bdev, ret->device, sizeof(ret->device));
}

/* A log and its mount point at each other: xlog.l_mp, xfs_mount.m_log, fs/xfs/xfs_log_priv.h */
static void xfs_log_target(const struct place *place, struct wait_target *ret)
{
	uint64_t mount, log, target, bdev;

	if (!reads_xfs(place, "xlog", place->word, "l_mp", &mount) ||
	    !reads_xfs(place, "xfs_mount", mount, "m_log", &log) || log != place->word) {
		mount = place->word;
		if (!reads_xfs(place, "xfs_mount", mount, "m_log", &log) ||
		    !reads_xfs(place, "xlog", log, "l_mp", &target) || target != mount)
			return;
	}
	if (reads_xfs(place, "xlog", log, "l_targ", &target) &&
	    reads_xfs(place, "xfs_buftarg", target, "bt_bdev", &bdev))
		device_bdev_name(place->kernel, bdev, ret->device, sizeof(ret->device));
}

#define NETDEV_NAME_MAX 16		     /* IFNAMSIZ */
#define LIST_TAKEN_OFF 0xdead000000000122ull /* LIST_POISON2 */

/* A name that dev_valid_name() lets pass: net/core/dev.c */
static bool read_netdev_name(const struct place *place, uint64_t device, char *name)
{
	if (!memory_is_kernel(place->kernel->memory, device) ||
	    !err_ok(memory_read(place->kernel->memory,
				device + offset_of(place, MEMBER_NETDEV_NAME), name,
				NETDEV_NAME_MAX)) ||
	    !memchr(name, 0, NETDEV_NAME_MAX) || !name[0])
		return false;
	for (const char *c = name; *c; c++)
		if (*c <= ' ' || *c > '~' || *c == '/' || *c == ':')
			return false;
	return true;
}

/*
 * A network device that is to go: the first of the list on the stack of netdev_run_todo(), or by
 * itself, taken off the list, until v5.18 (net/core/dev.c, 0b5c21bbc01e).
 */
static void netdev_target(const struct place *place, struct wait_target *ret)
{
	uint64_t listed = place->word - offset_of(place, MEMBER_NETDEV_TODO), prev;
	char name[NETDEV_NAME_MAX];

	if (!members_have(place->kernel->members, MEMBER_NETDEV_NAME, MEMBER_NETDEV_TODO))
		return;
	for (int taken_off = 0; taken_off < 2; taken_off++) {
		uint64_t device = taken_off ? place->word : listed;
		uint64_t todo = device + offset_of(place, MEMBER_NETDEV_TODO);

		if (!reads(place, todo, MEMBER_LIST_PREV, &prev) ||
		    prev != (taken_off ? LIST_TAKEN_OFF : place->at) ||
		    !read_netdev_name(place, device, name))
			continue;
		copy_string(ret->device, sizeof(ret->device), name);
		return;
	}
}

#define SEARCH_WORDS 256 /* of the sleeper's stack, from its stack pointer up */

static bool is_for_netdev(const struct sleeper *sleeper)
{
	return sleeper->kind == WAIT_OTHER && !strcmp(sleeper->what, "the end of all references");
}

static bool is_for_queue(const struct sleeper *sleeper)
{
	return sleeper->kind == WAIT_OTHER && !strcmp(sleeper->what, "a frozen block queue");
}

/* The disk of a bio that waits to be let in; else that of the queue, which point at each other. */
static void queue_target(const struct place *place, struct wait_target *ret)
{
	uint64_t disk, queue;

	bio_target(place, place->at, ret);
	if (!ret->device[0])
		bio_target(place, place->word, ret);
	if (!ret->device[0] && reads(place, place->word, MEMBER_QUEUE_DISK, &disk) &&
	    reads(place, disk, MEMBER_DISK_QUEUE, &queue) && queue == place->word)
		device_disk_name(place->kernel, disk, 0, ret->device, sizeof(ret->device));
}

/* Of wait_var_event(): the address of what is to change (kernel/sched/wait_bit.c). */
static void var_target(const struct place *place, struct wait_target *ret)
{
	uint64_t waiter, word, bit;

	if (!waiter_around(place, MEMBER_WAIT_BIT_ENTRY, &waiter) ||
	    !is_woken_by(place, waiter + offset_of(place, MEMBER_WAIT_BIT_ENTRY),
			 "var_wake_function") ||
	    !reads(place, waiter, MEMBER_WAIT_BIT_WORD, &word) ||
	    !reads(place, waiter, MEMBER_WAIT_BIT_NUMBER, &bit) || (int32_t)bit != -1 ||
	    !memory_is_kernel(place->kernel->memory, word))
		return;
	ret->word = word;
	ret->bit = WAIT_TARGET_VARIABLE;
}

static void look_at(const struct place *place, struct wait_target *ret)
{
	switch (place->sleeper->kind) {
	case WAIT_BIT:
		if (sleeper_call(place->sleeper, "bit_wait_io"))
			buffer_target(place, ret);
		else
			bit_target(place, ret);
		break;
	case WAIT_IO:
		buffer_target(place, ret);
		if (!ret->device[0])
			bio_target(place, place->at, ret);
		if (!ret->device[0])
			bio_target(place, place->word, ret);
		if (!ret->device[0])
			request_target(place, ret);
		if (!ret->device[0] && !strncmp(place->sleeper->what, "xfs", 3))
			xfs_buffer_target(place, ret);
		break;
	case WAIT_NONE:
		var_target(place, ret);
		break;
	default:
		if (is_for_queue(place->sleeper))
			queue_target(place, ret);
		else if (!strncmp(place->sleeper->what, "xfs", 3))
			xfs_log_target(place, ret);
		else if (is_for_netdev(place->sleeper))
			netdev_target(place, ret);
		else
			journal_target(place, ret);
	}
}

/* A file's page, locked or written: by its own fields. */
static void page_target(struct kernel *kernel, const struct sleeper *sleeper,
			struct wait_target *ret)
{
	struct page_wait page;

	if (page_wait_find(kernel, sleeper, &page) && page.inode)
		device_of_inode(kernel, page.inode, ret->device, sizeof(ret->device));
}

/* Whatever else is waited for stands among the words of the stack. */
static void stack_target(struct kernel *kernel, const struct sleeper *sleeper,
			 struct wait_target *ret)
{
	_stack_words_ struct stack_words words;

	stack_words_init(&words, kernel, sleeper, SEARCH_WORDS);
	while (stack_words_next(&words)) {
		const struct place place = {kernel, sleeper, words.at, words.word};

		look_at(&place, ret);
		if (ret->device[0] || ret->server || ret->word)
			return;
	}
}

void wait_target_find(struct kernel *kernel, const struct sleeper *sleeper, struct wait_target *ret)
{
	*ret = (struct wait_target){0};
	if (sleeper->kind == WAIT_PAGE) {
		page_target(kernel, sleeper, ret);
		return;
	}
	if (sleeper_stackless(sleeper) ||
	    (sleeper->kind == WAIT_OTHER && !is_for_queue(sleeper) &&
	     strncmp(sleeper->what, "jbd2", 4) != 0 && strncmp(sleeper->what, "xfs", 3) != 0 &&
	     !is_for_netdev(sleeper)))
		return;
	stack_target(kernel, sleeper, ret);
}
