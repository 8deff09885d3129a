/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Models of devices by the lines in which the kernel found them. */
#include "unit.h"

#include <string.h>

#include "base/str.h"
#include "kernel/printk/dmesg.h"
#include "log/device_models.h"

static const char log_text[] =
	"[    1.000000] pci 0000:04:00.0: [144d:a80a] type 00 class 0x010802\n"
	"[    1.100000] pci 0000:05:00.0: reg 0x10: [mem 0xfe000000-0xfe003fff 64bit]\n"
	"[    1.200000] pci 0000:06:00.0: [xyz0:a80a] type 00\n"
	"[    1.300000] nvme nvme0: pci function 0000:04:00.0\n"
	"[    2.000000] ata1.00: ATA-9: SAMSUNG MZ7KM480, GXM1103Q, max UDMA/133\n"
	"[    2.100000] ata2: SATA link up 6.0 Gbps (SStatus 133 SControl 300)\n"
	"[    2.200000] scsi 0:0:0:0: Direct-Access     ATA      SAMSUNG MZ7KM480 003Q PQ: 0 ANSI: "
	"5\n"
	"[    2.300000] sd 0:0:0:0: [sda] 937703088 512-byte logical blocks: (480 GB/447 GiB)\n"
	"[    2.400000] scsi 1:0:0:0: Direct-Access PQ: 0\n"
	"[    2.500000] sd 1:0:0:0: [sdb] Attached SCSI disk\n"
	"[    2.600000] sd sdc: [sdc] circle\n"
	"[    2.700000] ata3.00: ATA-\n"
	"[    2.800000] scsi 2:0:0:0: Direct-Access\n"
	"[    2.900000] sd 3:0:0:0: [\n"
	"[    9.000000] igb 0000:07:00.0:   device [8086:1521] error "
	"status/mask=00001000/00002000\n";

static const struct {
	const char *device, *model;
} found[] = {
	{"0000:04:00.0", "144d:a80a"},
	{"nvme0", "144d:a80a"},
	{"nvme0n1p2", "144d:a80a"},
	{"0000:05:00.0", NULL},
	{"0000:06:00.0", NULL},
	{"0000:07:00.0", "8086:1521"},
	{"ata1.00", "SAMSUNG MZ7KM480"},
	{"ata1", "SAMSUNG MZ7KM480"},
	{"ata2", NULL},
	{"0:0:0:0", "ATA SAMSUNG MZ7KM480"},
	{"sda", "ATA SAMSUNG MZ7KM480"},
	{"sda1", "ATA SAMSUNG MZ7KM480"},
	{"sdb", NULL},
	{"sdc", NULL},
	{"ata3", NULL},
	{"2:0:0:0", NULL},
	{"", NULL},
	{"DIMM_A1", NULL},
};

START_TEST(each_device_by_what_was_said_of_it)
{
	_cleanup_(cleanup_device_models_free) struct device_models *models = NULL;
	_cleanup_(cleanup_log_close) struct log *log = NULL;

	assert_ok(dmesg_parse(log_text, strlen(log_text), &log));
	assert_ok(device_models_read(log, &models));
	for (size_t i = 0; i < ARRAY_SIZE(found); i++) {
		const char *model = device_models_find(models, found[i].device);

		ck_assert_msg(model ? found[i].model && !strcmp(model, found[i].model)
				    : !found[i].model,
			      "%s: %s", found[i].device, model ? model : "none");
	}
}
END_TEST

/* More of them than are kept, with names and words that are longer; each two names of another; a name of itself. */
START_TEST(absurd_logs)
{
	_cleanup_(cleanup_device_models_free) struct device_models *models = NULL;
	_cleanup_(cleanup_log_close) struct log *log = NULL;
	_str_ struct str text = {0};
	char words[4000];

	memset(words, 'x', sizeof(words) - 1);
	words[sizeof(words) - 1] = '\0';
	str_printf(&text,
		   "[    1.000000] ata9.00: ATA-9: %s, 1\n[    1.100000] scsi %s: Direct-Access %s "
		   "1 PQ: \n",
		   words, words, words);
	str_puts(&text, "[    1.200000] sd a: [b]\n[    1.300000] sd b: [a]\n");
	for (int i = 0; i < 6000; i++)
		str_printf(&text, "[    2.000000] pci %04x:00:00.0: [8086:%04x] type 00\n", i, i);
	assert_ok(dmesg_parse(text.data, text.length, &log));
	assert_ok(device_models_read(log, &models));
	ck_assert_uint_lt(strlen(device_models_find(models, "ata9.00")), 64);
	ck_assert_ptr_null(device_models_find(models, "a"));
	ck_assert_str_eq(device_models_find(models, "0010:00:00.0"), "8086:0010");
	ck_assert_ptr_null(device_models_find(models, "1770:00:00.0"));
}
END_TEST

UNIT_MAIN("device_models", each_device_by_what_was_said_of_it, absurd_logs)
