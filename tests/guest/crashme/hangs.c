// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Machines that stand still, or look like it, though no task waits for another in a circle: a disk
 * that never answers, and locks that many want and all of them get.
 *
 * Truth: "among=address:pid,pid,…": whoever holds the lock or waits for it is one of these.
 */
#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/version.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "crashme.h"

static DECLARE_WAIT_QUEUE_HEAD(crashme_nobody_wakes);

#ifdef CONFIG_BLOCK

/* A disk that takes every request and answers none. */

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 16, 0)
static blk_qc_t lose_bio(struct bio *bio)
{
	return BLK_QC_T_NONE;
}
#else
static void lose_bio(struct bio *bio)
{
}
#endif

static const struct block_device_operations lost_disk_ops = {.submit_bio = lose_bio};

static struct gendisk *new_disk(void)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 15, 0)
	struct gendisk *disk = alloc_disk(1);

	disk->queue = blk_alloc_queue(NUMA_NO_NODE);
	return disk;
#elif LINUX_VERSION_CODE < KERNEL_VERSION(6, 9, 0)
	return blk_alloc_disk(NUMA_NO_NODE);
#else
	return blk_alloc_disk(NULL, NUMA_NO_NODE);
#endif
}

/* Looking for partitions would be the first to hang. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 17, 0)
#define NO_PARTITIONS GENHD_FL_NO_PART_SCAN
#else
#define NO_PARTITIONS GENHD_FL_NO_PART
#endif

#define LOST_DISK_SECTORS 65536

static void add_lost_disk(struct gendisk *disk, const char *name, int major, int number)
{
	disk->major = major;
	disk->first_minor = number;
	disk->minors = 1;
	disk->flags |= NO_PARTITIONS;
	snprintf(disk->disk_name, sizeof(disk->disk_name), "%s", name);
	set_capacity(disk, LOST_DISK_SECTORS);
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 15, 0)
	add_disk(disk);
#else
	if (add_disk(disk))
		pr_err("crashme: no disk\n");
#endif
}

/* Who uses which disk is a shell's to say: see hang_on_disks in functions. */
static void io_hang(void)
{
	int major = register_blkdev(0, "crashme_disk"), i;
	struct gendisk *disk;
	char name[24];

	for (i = 0; i < 3; i++) {
		disk = new_disk();
		disk->fops = &lost_disk_ops;
		snprintf(name, sizeof(name), "crashme_disk%d", i);
		add_lost_disk(disk, name, major, i);
	}
}

/* The disk under a mounted file system stops: what its journal writes from here on never arrives. */
static void ext4_hang(void)
{
	struct file *file = filp_open("/mnt/a", O_RDONLY, 0);

	if (!IS_ERR(file))
		blk_mq_quiesce_queue(file_inode(file)->i_sb->s_bdev->bd_disk->queue);
}

/* A disk of the kind that has requests: it starts each and ends none. */

static blk_status_t keep_request(struct blk_mq_hw_ctx *hctx, const struct blk_mq_queue_data *data)
{
	blk_mq_start_request(data->rq);
	return BLK_STS_OK;
}

static const struct blk_mq_ops lost_requests_ops = {.queue_rq = keep_request};
static const struct block_device_operations lost_requests_disk_ops = {};
static struct blk_mq_tag_set lost_requests_tags = {
	.ops = &lost_requests_ops,
	.nr_hw_queues = 1,
	.queue_depth = 8,
	.numa_node = NUMA_NO_NODE,
};

static struct gendisk *new_request_disk(void)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 15, 0)
	struct gendisk *disk = alloc_disk(1);

	disk->queue = blk_mq_init_queue(&lost_requests_tags);
	return disk;
#elif LINUX_VERSION_CODE < KERNEL_VERSION(6, 9, 0)
	return blk_mq_alloc_disk(&lost_requests_tags, NULL);
#else
	return blk_mq_alloc_disk(&lost_requests_tags, NULL, NULL);
#endif
}

static void io_lost(void)
{
	struct gendisk *disk;

	if (blk_mq_alloc_tag_set(&lost_requests_tags))
		return;
	disk = new_request_disk();
	if (IS_ERR(disk))
		return;
	disk->fops = &lost_requests_disk_ops;
	add_lost_disk(disk, "crashme_lost", register_blkdev(0, "crashme_lost"), 0);
}

/* A writer that never leaves its file system: who would freeze it waits, and shuts others out. */

static crash_fn int crashme_write_forever(void *unused)
{
	struct file *file = filp_open("/mnt/a", O_RDONLY, 0);

	sb_start_write(file_inode(file)->i_sb);
	wait_event(crashme_nobody_wakes, false);
	return 0;
}

static void freeze_stuck(void)
{
	int pid = kthread_run(crashme_write_forever, NULL, "crashme_writes")->pid;

	truth("root=%d", pid);
	truth("culprit=crashme_writes/%d", pid);
	msleep(500);
}

#endif

/* A queue that runs one work item at a time, and that one waits for what never comes. */

static crash_fn void crashme_stuck_work(struct work_struct *work)
{
	wait_event(crashme_nobody_wakes, false);
}

static crash_fn void crashme_late_work(struct work_struct *work)
{
}

#define LATE_WORKS 3

static void wq_stuck(void)
{
	static struct work_struct first, late[LATE_WORKS];
	struct workqueue_struct *queue = alloc_ordered_workqueue("crashme_queue", 0);
	int i;

	truth("cause=hang");
	truth("culprit=crashme_stuck_work");
	truth("culprit=crashme_queue");
	truth("culprit=%d work items", LATE_WORKS);
	INIT_WORK(&first, crashme_stuck_work);
	queue_work(queue, &first);
	msleep(500);
	for (i = 0; i < LATE_WORKS; i++) {
		INIT_WORK(&late[i], crashme_late_work);
		queue_work(queue, &late[i]);
	}
	msleep(12000);
}

/* A real-time task that never sleeps, and others that want its CPU. */

#define STARVING 3

static crash_fn int crashme_starve(void *unused)
{
	for (;;) {
		udelay(100);
		cond_resched();
	}
	return 0;
}

static crash_fn int crashme_hog(void *unused)
{
	sched_set_fifo(current);
	return crashme_starve(unused);
}

static void rt_starve(void)
{
	struct task_struct *hog = kthread_create(crashme_hog, NULL, "crashme_hog"), *task;
	int i;

	truth("cause=hang");
	truth("culprit=crashme_hog/%d", hog->pid);
	truth("culprit=CPU 1");
	set_cpus_allowed_ptr(current, cpumask_of(0));
	for (i = 0; i < STARVING; i++) {
		task = kthread_create(crashme_starve, NULL, "crashme_starve/%d", i);
		kthread_bind(task, 1);
		wake_up_process(task);
	}
	msleep(200);
	kthread_bind(hog, 1);
	wake_up_process(hog);
	msleep(6000);
}

/* Two locks go round among many tasks, each of which works a while with one of them in hand. */

static DEFINE_MUTEX(crashme_busy_mutex);
static DECLARE_RWSEM(crashme_busy_rwsem);

static crash_fn void crashme_work_a_while(void)
{
	int i;

	for (i = 0; i < 20; i++) {
		udelay(200);
		cond_resched();
	}
}

static int busy_with_mutex(void *unused)
{
	while (!kthread_should_stop()) {
		mutex_lock(&crashme_busy_mutex);
		crashme_work_a_while();
		mutex_unlock(&crashme_busy_mutex);
		cond_resched();
	}
	return 0;
}

static int busy_reading(void *unused)
{
	while (!kthread_should_stop()) {
		down_read(&crashme_busy_rwsem);
		crashme_work_a_while();
		up_read(&crashme_busy_rwsem);
		cond_resched();
	}
	return 0;
}

static int busy_writing(void *unused)
{
	while (!kthread_should_stop()) {
		down_write(&crashme_busy_rwsem);
		crashme_work_a_while();
		up_write(&crashme_busy_rwsem);
		cond_resched();
	}
	return 0;
}

static int busy_alone(void *unused)
{
	while (!kthread_should_stop())
		crashme_work_a_while();
	return 0;
}

#define BUSY 6 /* of each sort */

static void busy(void)
{
	int mutex[BUSY], readers[BUSY], writers[BUSY], i;

	for (i = 0; i < BUSY; i++) {
		mutex[i] = kthread_run(busy_with_mutex, NULL, "crashme_mutex/%d", i)->pid;
		readers[i] = kthread_run(busy_reading, NULL, "crashme_read/%d", i)->pid;
		writers[i] = kthread_run(busy_writing, NULL, "crashme_write/%d", i)->pid;
		kthread_run(busy_alone, NULL, "crashme_busy/%d", i);
	}
	truth("cause=requested");
	truth("among=0x%px:%d,%d,%d,%d,%d,%d", &crashme_busy_mutex, mutex[0], mutex[1], mutex[2],
	      mutex[3], mutex[4], mutex[5]);
	truth("among=0x%px:%d,%d,%d,%d,%d,%d,%d,%d,%d,%d,%d,%d", &crashme_busy_rwsem, readers[0],
	      readers[1], readers[2], readers[3], readers[4], readers[5], writers[0], writers[1],
	      writers[2], writers[3], writers[4], writers[5]);
	msleep(3000);
}

const struct crash hang_crashes[] = {
#ifdef CONFIG_BLOCK
	{"io_hang", io_hang},	{"ext4_hang", ext4_hang},
	{"io_lost", io_lost},	{"freeze_stuck", freeze_stuck},
#endif
	{"wq_stuck", wq_stuck}, {"rt_starve", rt_starve},
	{"busy", busy},		{}};
