/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_SPOOL_SNIFF
#define TRIAGE_DAEMON_SPOOL_SNIFF

#include "base/error.h"

/*
 * What a file is and whether all of it is there, told from a few of its bytes. This runs in the
 * daemon itself, so it reads fixed places only and trusts none of them: no pointers are followed
 * beyond one bounded offset, nothing is decompressed.
 */
enum sniff_format {
	SNIFF_NONE,	 /* nothing we know */
	SNIFF_KDUMP,	 /* makedumpfile's "KDUMP   " or "DISKDUMP" */
	SNIFF_ELF,	 /* an ELF core */
	SNIFF_FLATTENED, /* makedumpfile -F */
	SNIFF_SADUMP,	 /* a stand-alone dump of Fujitsu's machines */
	SNIFF_LKCD,
	SNIFF_LIME,
	SNIFF_VMWARE, /* .vmss, .vmsn */
	SNIFF_APPORT, /* Ubuntu's report of a kernel crash, the dump in it */
	SNIFF_GZIP,   /* whole-file compression, as Debian's kdump-config does it */
	SNIFF_BZIP2,
	SNIFF_XZ,
	SNIFF_LZ4,
	SNIFF_ZSTD,
};

enum sniff_complete {
	SNIFF_UNKNOWN, /* the format has no sign of its end */
	SNIFF_COMPLETE,
	SNIFF_SHORT, /* less is there than the file announces */
};

struct sniff {
	enum sniff_format format;
	enum sniff_complete complete;
	int64_t crash_time; /* seconds since the epoch from a kdump header, 0 = not recorded */
};

/* Bytes from the start that sniff_format_of() needs to tell every format. */
#define SNIFF_BYTES 64

enum sniff_format sniff_format_of(const void *start, size_t length);
/* The same of an open file; *set: what all files of its dump have alone, 0 where the file is all of it. */
enum sniff_format sniff_format_of_file(int fd, uint64_t *set);
/* "kdump", "elf", "xz" …; "unknown" for SNIFF_NONE. */
const char *sniff_format_name(enum sniff_format format);
/* True for the formats that hold a dump inside a compressed file. */
bool sniff_is_packed(enum sniff_format format);
/* Look at the open file fd of that size. Fails with ERR_IO only. */
struct err *sniff_file(int fd, uint64_t size, struct sniff *ret);
/* Of the files of one dump, the one it is known by first: SNIFF_SHORT when one is, or when there are more than these. */
struct err *sniff_set(const int *fds, size_t count, struct sniff *ret);

#endif
