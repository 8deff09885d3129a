/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_FILE
#define TRIAGE_KERNEL_DUMP_DUMP_FILE

#include <stddef.h>

#include "base/error.h"

/* The bytes of a dump file, put in order where the file is flattened. Only kernel/dump*.c. */
struct source;

/* fd stays the caller's. */
struct err *source_open(int fd, struct source **ret);
void source_close(struct source *source);
DEFINE_CLEANUP(struct source, source_close)

/* Size of the dump as its reader sees it, and of the file itself. */
uint64_t source_size(const struct source *source);
uint64_t source_file_size(const struct source *source);
bool source_flattened(const struct source *source);
/* A flattened file without its end record. */
bool source_truncated(const struct source *source);

/* All length bytes, or ERR_TRUNCATED (naming the offset) or ERR_IO. */
struct err *source_read(struct source *source, uint64_t offset, void *buf, size_t length);
/* As many of length bytes as there are. */
struct err *source_read_some(struct source *source, uint64_t offset, void *buf, size_t length,
			     size_t *ret);
/* Whether all of these bytes are there. */
bool source_holds(const struct source *source, uint64_t offset, uint64_t length);

#endif
