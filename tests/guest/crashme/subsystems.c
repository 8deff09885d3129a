// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Drivers that use a subsystem against its rules: interrupts, network, block devices, file systems.
 */
#include <linux/bio.h>
#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/buffer_head.h>
#include <linux/delay.h>
#include <linux/etherdevice.h>
#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/interrupt.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/version.h>

#include "crashme.h"

static u64 sink;
static DEFINE_MUTEX(crashme_device_mutex);

static void truth_caller(const char *kind, const char *function)
{
	truth_here(kind, "");
	truth("caller=%s", function);
	truth("culprit=%s", function);
}

/* --- interrupts -------------------------------------------------------------------------------- */

#define IRQ 5

static crash_fn irqreturn_t crashme_irq_thread(int irq, void *data)
{
	mutex_lock(&crashme_device_mutex);
	sink++;
	mutex_unlock(&crashme_device_mutex);
	return IRQ_HANDLED;
}

static crash_fn int crashme_close_port(void *unused)
{
	mutex_lock(&crashme_device_mutex);
	irq_wake_thread(IRQ, &sink);
	msleep(500);
	free_irq(IRQ, &sink);
	mutex_unlock(&crashme_device_mutex);
	return 0;
}

/* free_irq() waits for the handler's thread, which waits for the mutex that its caller has. */
static void irq_mutex(void)
{
	struct task_struct *task;

	if (request_threaded_irq(IRQ, NULL, crashme_irq_thread, IRQF_ONESHOT, "crashme", &sink))
		pr_err("crashme: no interrupt\n");
	task = kthread_run(crashme_close_port, NULL, "crashme_closes");
	truth("cause=deadlock");
	truth("culprit=crashme_closes/%d", task->pid);
	truth("culprit=crashme_device_mutex");
	truth("culprit=irq/5-crashme");
	msleep(2000);
}

static crash_fn irqreturn_t crashme_irq_disables(int irq, void *data)
{
	disable_irq(irq);
	sink++;
	return IRQ_HANDLED;
}

/* disable_irq() waits until no handler runs: also when a handler calls it. */
static void irq_sync_self(void)
{
	if (request_threaded_irq(IRQ, NULL, crashme_irq_disables, IRQF_ONESHOT, "crashme", &sink))
		pr_err("crashme: no interrupt\n");
	truth("cause=deadlock");
	truth("culprit=irq/5-crashme");
	truth("culprit=crashme_irq_disables");
	irq_wake_thread(IRQ, &sink);
	msleep(1000);
}

/* --- network ----------------------------------------------------------------------------------- */

static const struct net_device_ops crashme_device_ops = {};
static struct net_device *port;
static struct napi_struct port_napi;

static crash_fn int crashme_poll_port(struct napi_struct *napi, int budget)
{
	return 0;
}

static struct net_device *new_port(void)
{
	struct net_device *device = alloc_netdev(0, "crashme%d", NET_NAME_UNKNOWN, ether_setup);

	device->netdev_ops = &crashme_device_ops;
	eth_hw_addr_random(device);
	if (register_netdev(device))
		pr_err("crashme: no network device\n");
	return device;
}

static crash_fn int crashme_stop_port(void *unused)
{
	rtnl_lock();
	napi_disable(&port_napi);
	napi_disable(&port_napi);
	rtnl_unlock();
	return 0;
}

/* An error path stops polling that has been stopped; the second time waits for ever, with rtnl_mutex. */
static void napi_off_twice(void)
{
	struct task_struct *task;

	port = new_port();
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
	netif_napi_add(port, &port_napi, crashme_poll_port, 64);
#else
	netif_napi_add(port, &port_napi, crashme_poll_port);
#endif
	napi_enable(&port_napi);
	task = kthread_run(crashme_stop_port, NULL, "crashme_stops");
	truth("culprit=crashme_stops/%d", task->pid);
	truth("culprit=rtnl_mutex");
	truth("culprit=napi_disable");
	msleep(500);
}

static crash_fn void crashme_push_tag(struct sk_buff *packet)
{
	if (pskb_expand_head(packet, 64, 0, GFP_KERNEL))
		pr_err("crashme: no room\n");
	sink++;
}

/* Somebody else has the packet, too: its head must not be exchanged. */
static void skb_shared_head(void)
{
	struct sk_buff *packet = skb_get(alloc_skb(256, GFP_KERNEL));

	truth_caller("bug", "crashme_push_tag");
	truth("culprit=shared");
	crashme_push_tag(packet);
}

static crash_fn void crashme_remove_port(struct net_device *device)
{
	free_netdev(device);
	sink++;
}

static void netdev_registered(void)
{
	struct net_device *device = new_port();

	truth_caller("bug", "crashme_remove_port");
	truth("culprit=crashme0");
	crashme_remove_port(device);
}

/* --- block devices ----------------------------------------------------------------------------- */

static crash_fn void crashme_finish_write(struct bio *bio)
{
	bio_put(bio);
	sink++;
}

static struct bio *new_bio(struct block_device *device, unsigned int operation)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 18, 0)
	return bio_alloc(device, 1, operation, GFP_KERNEL);
#else
	return bio_alloc(GFP_KERNEL, 1);
#endif
}

static void bio_over(void)
{
	struct bio *bio = new_bio(NULL, REQ_OP_WRITE);

	bio_get(bio);
	truth_caller("bug", "crashme_finish_write");
	truth("culprit=0x%px", bio);
	crashme_finish_write(bio);
	crashme_finish_write(bio);
	crashme_finish_write(bio);
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 18, 0)
static struct request *begun;

static blk_status_t begin_request(struct blk_mq_hw_ctx *hctx, const struct blk_mq_queue_data *data)
{
	blk_mq_start_request(data->rq);
	WRITE_ONCE(begun, data->rq);
	return BLK_STS_OK;
}

static const struct blk_mq_ops crashme_mq_ops = {.queue_rq = begin_request};
static const struct block_device_operations crashme_disk_ops = {};
static struct blk_mq_tag_set crashme_tags = {
	.ops = &crashme_mq_ops,
	.nr_hw_queues = 1,
	.queue_depth = 8,
	.numa_node = NUMA_NO_NODE,
};

static struct gendisk *add_mq_disk(void)
{
	struct gendisk *disk;

	if (blk_mq_alloc_tag_set(&crashme_tags))
		return NULL;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
	disk = blk_mq_alloc_disk(&crashme_tags, NULL, NULL);
#else
	disk = blk_mq_alloc_disk(&crashme_tags, NULL);
#endif
	if (IS_ERR(disk))
		return NULL;
	disk->major = register_blkdev(0, "crashme_mq");
	disk->minors = 1;
	disk->flags |= GENHD_FL_NO_PART;
	disk->fops = &crashme_disk_ops;
	strcpy(disk->disk_name, "crashme_mq");
	set_capacity(disk, 65536);
	if (add_disk(disk))
		pr_err("crashme: no disk\n");
	return disk;
}

static crash_fn void crashme_complete_request(struct request *request)
{
	blk_mq_end_request(request, BLK_STS_OK);
	sink++;
}

static crash_fn int crashme_read_disk(void *disk)
{
	struct bio *bio = new_bio(((struct gendisk *)disk)->part0, REQ_OP_READ);

	__bio_add_page(bio, alloc_page(GFP_KERNEL), 4096, 0);
	submit_bio_wait(bio);
	msleep(100000000);
	return 0;
}

/* A timeout's handler and the interrupt both end a request. */
static void request_twice(void)
{
	struct gendisk *disk = add_mq_disk();

	if (!disk)
		return;
	kthread_run(crashme_read_disk, disk, "crashme_reads");
	while (!READ_ONCE(begun))
		msleep(10);
	truth_caller("warn|null_dereference|bug", "crashme_complete_request");
	truth("culprit=crashme_mq");
	crashme_complete_request(begun);
	crashme_complete_request(begun);
}
#else
static void request_twice(void)
{
	pr_err("crashme: disks are made in another way here\n");
}
#endif

/* --- file systems ------------------------------------------------------------------------------ */

static crash_fn void crashme_write_block(struct buffer_head *block)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 2, 0)
	bh_submit(block, REQ_OP_WRITE, bh_end_write);
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 0, 0)
	submit_bh(REQ_OP_WRITE, block);
#else
	submit_bh(REQ_OP_WRITE, 0, block);
#endif
	sink++;
}

static void block_unlocked(void)
{
	struct buffer_head *block = alloc_buffer_head(GFP_KERNEL);

	truth_caller("bug", "crashme_write_block");
	truth("culprit=locked");
	crashme_write_block(block);
}

static DECLARE_WAIT_QUEUE_HEAD(crashme_server_answers);

static crash_fn int crashme_sync_fs(struct super_block *sb, int wait)
{
	static bool is_told;

	if (!wait)
		return 0;
	if (!xchg(&is_told, true))
		truth("culprit=%s/%d", current->comm, current->pid);
	wait_event(crashme_server_answers, READ_ONCE(sink) == 1);
	return 0;
}

static const struct super_operations crashme_super_ops = {
	.statfs = simple_statfs,
	.sync_fs = crashme_sync_fs,
};

static int fill_super(struct super_block *sb, struct fs_context *context)
{
	static const struct tree_descr none[] = {{""}};
	int error = simple_fill_super(sb, 0x6c616221, none);

	sb->s_op = &crashme_super_ops;
	return error;
}

static int get_crashme_tree(struct fs_context *context)
{
	return get_tree_nodev(context, fill_super);
}

static const struct fs_context_operations crashme_context_ops = {.get_tree = get_crashme_tree};

static int begin_mount(struct fs_context *context)
{
	context->ops = &crashme_context_ops;
	return 0;
}

static struct file_system_type crashme_fs = {
	.name = "crashme_fs",
	.init_fs_context = begin_mount,
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 2, 0)
	.kill_sb = kill_anon_super,
#else
	.kill_sb = kill_litter_super,
#endif
};

/* sync waits in a file system that waits for its server; umount waits for sync. */
static void sync_stuck(void)
{
	if (register_filesystem(&crashme_fs))
		pr_err("crashme: no file system\n");
	truth("cause=hang");
	truth("culprit=crashme_sync_fs");
	truth("culprit=crashme_fs");
}

struct lab_handle {
	char name[24];
	char rest[232];
};

/* Leaves what it noted for itself where file systems note their transactions. */
static void journal_left(void)
{
	struct lab_handle *handle = kzalloc(sizeof(*handle), GFP_KERNEL);

	strcpy(handle->name, "transfer of port 7 eth");
	truth("kind=general_protection|page_fault|null_dereference|bug");
	truth("comm=%s", current->comm);
	truth("pid=%d", current->pid);
	truth("culprit=journal_info");
	truth("culprit=0x%px", handle);
	current->journal_info = handle;
}

const struct crash subsystem_crashes[] = {{"irq_mutex", irq_mutex},
					  {"irq_sync_self", irq_sync_self},
					  {"napi_off_twice", napi_off_twice},
					  {"skb_shared_head", skb_shared_head},
					  {"netdev_registered", netdev_registered},
					  {"bio_over", bio_over},
					  {"request_twice", request_twice},
					  {"block_unlocked", block_unlocked},
					  {"sync_stuck", sync_stuck},
					  {"journal_left", journal_left},
					  {}};
