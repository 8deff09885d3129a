/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_VMWARE
#define TRIAGE_KERNEL_DUMP_DUMP_VMWARE

#include "kernel/dump/dump_container.h"

/* The memory may be in a second file, the .vmem; without that ERR_UNSUPPORTED, which says what is missing. */
container_open_fn vmware_dump_open;
/*
 * Is it a snapshot whose memory is in another file? *size: bytes that this one has at least, as far as the snapshot says
 * so. Looks at what tells of the memory alone.
 */
bool vmware_memory_is_beside(int fd, uint64_t *size);

#endif
