/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_PACKED_FILE
#define TRIAGE_KERNEL_DUMP_PACKED_FILE

#include "base/error.h"

/*
 * The bytes of a file from its first to its last, unpacked where it is compressed as a whole with
 * gzip, bzip2, xz, zstd or lz4 (its frames), in one member or several; of an apport report, its dump. What comes out has no bound but the reader's
 * patience: callers stop where they have enough. A decoder takes no more than PACKED_MEMORY_MAX.
 */
struct packed_file;

#define PACKED_MEMORY_MAX (160u << 20)

/* fd stays the caller's and must stay open; it is read by offset. */
struct err *packed_file_open(int fd, struct packed_file **ret);
/*
 * Up to size bytes; *got is 0 at the end alone. ERR_CORRUPT when the compressed data is broken or
 * the file ends within it, ERR_LIMIT when its decoder asks for too much memory; what was read before
 * stands.
 */
struct err *packed_file_read(struct packed_file *file, void *buf, size_t size, size_t *got);
/* "gzip", "bzip2", "xz", "zstd", "lz4"; NULL for a file that is not compressed. */
const char *packed_file_format(const struct packed_file *file);
void packed_file_close(struct packed_file *file);
DEFINE_CLEANUP(struct packed_file, packed_file_close)

#endif
