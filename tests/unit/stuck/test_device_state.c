/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What drivers think of their devices; states that are none, and pointers that lead nowhere. */
#include "fake_kernel.h"
#include "stuck/device_state.h"

/*
 * struct request_queue { mq_ops, queuedata }; struct scsi_device { host, sdev_state };
 * struct Scsi_Host { host_failed, host_no, shost_state }; struct nvme_ns { ctrl };
 * struct nvme_ctrl { state, instance }
 */
#define QUEUE (FAKE_BASE + 0x1000)
#define DATA (FAKE_BASE + 0x1100)
#define HOST (FAKE_BASE + 0x1200)
#define OPERATIONS 0xffffffff82000000ull

static void types(struct btf_build *b, uint32_t i, uint32_t l)
{
	static const char *const queue[] = {"mq_ops", "queuedata"}, *const namespace[] = {"ctrl"};

	fake_longs(b, "request_queue", l, queue, 2);
	fake_longs(b, "nvme_ns", l, namespace, 1);
	b_record(b, B_STRUCT, "scsi_device", 16, 2, "host", l, 0, "sdev_state", i, 64);
	b_record(b, B_STRUCT, "Scsi_Host", 16, 3, "host_failed", i, 0, "host_no", i, 32,
		 "shost_state", i, 64);
	b_record(b, B_STRUCT, "nvme_ctrl", 8, 2, "state", i, 0, "instance", i, 32);
}

static void set_up(const char *operations)
{
	fake_open(types);
	fake_symbol(operations, OPERATIONS);
	fake_u64(QUEUE, OPERATIONS);
	fake_u64(QUEUE + 8, DATA);
	fake_u64(DATA, HOST);
}

static void expect(const char *words)
{
	_str_ struct str text = {0};

	device_state_put(&kernel, QUEUE, &text);
	ck_assert_str_eq(text.data ? text.data : "", words);
	fake_close();
}

START_TEST(scsi)
{
	set_up("scsi_mq_ops");
	fake_u32(DATA + 8, 6);
	fake_u32(HOST, 2);
	fake_u32(HOST + 4, 3);
	fake_u32(HOST + 8, 5);
	expect("SCSI device is offline, host 3 is in recovery, 2 commands failed");
	set_up("scsi_mq_ops");
	fake_u32(DATA + 8, 0x41414141);
	fake_u64(DATA, 0x4141414141414141);
	expect("SCSI device is in an unknown state");
}
END_TEST

START_TEST(nvme)
{
	set_up("nvme_mq_ops");
	fake_u32(HOST, 2);
	fake_u32(HOST + 4, 1);
	expect("controller nvme1 is resetting");
	set_up("nvme_mq_ops");
	fake_u64(QUEUE + 8, 0);
	expect("");
}
END_TEST

START_TEST(others)
{
	set_up("lab_mq_ops");
	expect("");
	set_up("scsi_mq_ops");
	fake_u64(QUEUE, 0x4141414141414141);
	expect("");
}
END_TEST

UNIT_MAIN("device_state", scsi, nvme, others)
