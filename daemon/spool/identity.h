/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_SPOOL_IDENTITY
#define TRIAGE_DAEMON_SPOOL_IDENTITY

#include "base/error.h"

/*
 * Who a dump is. Paths collide and change; so a dump is known
 *  - while it stays where it is, by device, inode, size and mtime: cheap, no byte is read;
 *  - for good, by its uid: a hash over its size, its header and samples of its contents. A copied
 *    or restored spool, another host or a new file system have the same uids.
 * The header holds the crash time, the utsname and, near it, VMCOREINFO and the registers; the
 * samples tell apart what has equal headers, such as two snapshots of one guest.
 */
#define IDENTITY_UID_SIZE 33 /* 128 bits in hex, and the NUL */

struct identity {
	uint64_t device, inode, size;
	int64_t mtime_ns;
	char uid[IDENTITY_UID_SIZE];
};

/*
 * Hash the file open at fd; reads at most 256 KiB, wherever its end is. What stays of it in the page
 * cache is the caller's to drop. ERR_INVALID when it is no regular file, ERR_IO otherwise.
 */
struct err *identity_read(int fd, struct identity *ret);

#endif
