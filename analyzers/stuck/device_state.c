/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the state of SCSI devices and hosts, NVMe controllers and virtio disks behind a queue. */
#include "stuck/device_state.h"

#include <inttypes.h>
#include <string.h>

#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"

static bool reads(struct kernel *kernel, const char *module, const char *type, uint64_t object,
		  const char *path, uint64_t *ret)
{
	return memory_is_kernel(kernel->memory, object) &&
	       err_ok(object_read(kernel, types_find_in(kernel->types, module, TYPE_STRUCT, type),
				  object, path, ret));
}

static const char *name_of(const char *const *names, size_t count, uint64_t value)
{
	value = (uint32_t)value;
	return value < count && names[value] ? names[value] : "in an unknown state";
}

/* enum scsi_device_state, include/scsi/scsi_device.h; enum scsi_host_state, scsi_host.h */
static void put_scsi(struct kernel *kernel, uint64_t device, struct str *text)
{
	static const char *const devices[] = {NULL,	 "created",
					      "running", "canceled",
					      "deleted", "quiesced",
					      "offline", "offline by its transport",
					      "blocked", "created and blocked"};
	static const char *const hosts[] = {NULL,
					    "created",
					    "running",
					    "canceled",
					    "deleted",
					    "in recovery",
					    "canceled in recovery",
					    "deleted in recovery"};
	uint64_t state, host, number, failed;

	if (!reads(kernel, "scsi_mod", "scsi_device", device, "sdev_state", &state))
		return;
	str_printf(text, "SCSI device is %s", name_of(devices, ARRAY_SIZE(devices), state));
	if (!reads(kernel, "scsi_mod", "scsi_device", device, "host", &host) ||
	    !reads(kernel, "scsi_mod", "Scsi_Host", host, "shost_state", &state) ||
	    !reads(kernel, "scsi_mod", "Scsi_Host", host, "host_no", &number))
		return;
	str_printf(text, ", host %u is %s", (unsigned)number,
		   name_of(hosts, ARRAY_SIZE(hosts), state));
	if (reads(kernel, "scsi_mod", "Scsi_Host", host, "host_failed", &failed) &&
	    (uint32_t)failed)
		str_printf(text, ", %u commands failed", (unsigned)failed);
}

/* enum nvme_ctrl_state, drivers/nvme/host/nvme.h: ecca390e8056 v5.8 put one before the last. */
static void put_nvme(struct kernel *kernel, uint64_t namespace, struct str *text)
{
	static const char *const states[] = {"new",	   "live",     "resetting",
					     "connecting", "deleting", "deleting without I/O"};
	uint64_t controller, state, dead, instance;

	if (!reads(kernel, "nvme_core", "nvme_ns", namespace, "ctrl", &controller) ||
	    !reads(kernel, "nvme_core", "nvme_ctrl", controller, "state", &state) ||
	    !reads(kernel, "nvme_core", "nvme_ctrl", controller, "instance", &instance))
		return;
	bool is_dead =
		types_enumerator(kernel->types, "nvme_ctrl_state", "NVME_CTRL_DEAD", &dead) &&
		dead == (uint32_t)state;
	str_printf(text, "controller nvme%u is %s", (unsigned)instance,
		   is_dead ? "dead" : name_of(states, ARRAY_SIZE(states), state));
}

/* struct virtio_blk of drivers/block/virtio_blk.c; vring_virtqueue begins with the virtqueue. */
static void put_virtio(struct kernel *kernel, uint64_t disk, struct str *text)
{
	uint64_t list, queue, broken;

	if (reads(kernel, "virtio_blk", "virtio_blk", disk, "vqs", &list) &&
	    reads(kernel, "virtio_blk", "virtio_blk_vq", list, "vq", &queue) &&
	    reads(kernel, "virtio_ring", "vring_virtqueue", queue, "broken", &broken))
		str_printf(text, "its virtqueue is %s", broken & 0xff ? "broken" : "sound");
}

void device_state_put(struct kernel *kernel, uint64_t queue, struct str *text)
{
	static const struct {
		const char *operations;
		void (*put)(struct kernel *kernel, uint64_t data, struct str *text);
	} drivers[] = {{"scsi_mq_ops", put_scsi},      {"scsi_mq_ops_no_commit", put_scsi},
		       {"nvme_mq_ops", put_nvme},      {"nvme_tcp_mq_ops", put_nvme},
		       {"nvme_rdma_mq_ops", put_nvme}, {"nvme_fc_mq_ops", put_nvme},
		       {"virtio_mq_ops", put_virtio}};
	uint64_t operations, data;
	struct symbol symbol;

	if (!err_ok(member_read(kernel, queue, MEMBER_QUEUE_OPS, &operations)) ||
	    !symbols_at(kernel->symbols, operations, &symbol) ||
	    !err_ok(member_read(kernel, queue, MEMBER_QUEUE_DATA, &data)))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(drivers); i++)
		if (!strcmp(symbol.name, drivers[i].operations))
			drivers[i].put(kernel, data, text);
}
