/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_DEVICES
#define TRIAGE_LOG_DEVICES

#include <stdbool.h>
#include <stddef.h>

#define DEVICE_NAME_MAX 48
#define DEVICES_MAX 4 /* that one line names */

/* What a line of the log calls the devices it is about: "0000:41:00.0", "nvme1n1p1", "ata3.00", … */
struct devices {
	char names[DEVICES_MAX][DEVICE_NAME_MAX];
	size_t count;
};

/*
 * Those a line names, in its order: PCI addresses (with domain and function, whether written or not),
 * disks, partitions, SCSI addresses, ATA ports, FC ports, network interfaces, memory modules, file servers.
 */
void devices_find(const char *text, struct devices *ret);
/* Of a partition its disk, of a namespace its controller, of a port's device the port; DEVICE_NAME_MAX bytes. */
void devices_base(const char *name, char *ret);
/*
 * Is any of one any of the other, or a part of it: a partition of a disk, a disk of a SCSI host? Two
 * disks of one host are not.
 */
bool devices_related(const struct devices *a, const struct devices *b);

#endif
