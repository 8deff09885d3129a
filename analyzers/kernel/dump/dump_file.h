/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_FILE
#define TRIAGE_KERNEL_DUMP_DUMP_FILE

#include <stddef.h>

#include "base/error.h"

/* The bytes of a dump file, put in order where the file is flattened. */
struct dump_file;

/* The files of a dump, in the order they were given; one, but for sets. */
struct dump_files {
	struct dump_file **at;
	size_t count;
};

/* A run of bytes in it. */
struct file_range {
	uint64_t offset, size;
};

/* fd stays the caller's. */
struct err *dump_file_open(int fd, struct dump_file **ret);
void dump_file_close(struct dump_file *file);
DEFINE_CLEANUP(struct dump_file, dump_file_close)

/* Size of the dump as its reader sees it, and of the file itself. */
uint64_t dump_file_size(const struct dump_file *file);
uint64_t dump_file_size_on_disk(const struct dump_file *file);
bool dump_file_flattened(const struct dump_file *file);
int dump_file_fd(const struct dump_file *file); /* the caller's, still */
/* A flattened file without its end record. */
bool dump_file_truncated(const struct dump_file *file);

/* All length bytes, or ERR_TRUNCATED (naming the offset) or ERR_IO. */
struct err *dump_file_read(struct dump_file *file, uint64_t offset, void *buf, size_t length);
/* As many of length bytes as there are. */
struct err *dump_file_read_some(struct dump_file *file, uint64_t offset, void *buf, size_t length,
				size_t *ret);
/*
 * The first offset from this one on where something was written, so that a sparse file's holes need not be
 * read; the file's size when there is none, offset itself where the file system does not say.
 */
uint64_t dump_file_next_data(const struct dump_file *file, uint64_t offset);
/* Whether all of these bytes are there. */
bool dump_file_holds(const struct dump_file *file, uint64_t offset, uint64_t length);

#endif
