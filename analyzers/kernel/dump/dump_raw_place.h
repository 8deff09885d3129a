/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_RAW_PLACE
#define TRIAGE_KERNEL_DUMP_DUMP_RAW_PLACE

#include "kernel/dump/dump_file.h"

/*
 * A raw image of a machine whose memory goes on above 4 GiB, behind a hole for devices. Its writer kept the hole
 * (QEMU's pmemsave), or left it out (VMware, cloud-hypervisor, a file that QEMU has for its guest's memory). vmcoreinfo
 * is where in the file a page of VMCOREINFO is. *hole: from where on it was left out, up to 4 GiB; 0 where it was
 * kept. False where the kernel's page tables do not tell.
 */
bool raw_place_find(struct dump_file *file, uint64_t vmcoreinfo, uint64_t *hole);

#endif
