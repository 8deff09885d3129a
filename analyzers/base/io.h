/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_BASE_IO
#define TRIAGE_BASE_IO

#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"

/* Read and write that go on after signals and where only a part was taken. Errors are ERR_IO. */

/* length bytes from offset on, or what there is of them before the end of the file: *got. */
struct err *io_read_at(int fd, uint64_t offset, void *buf, size_t length, size_t *got);
struct err *io_write_all(int fd, const void *data, size_t length);
/*
 * Make directory/name a file of this text and mode: under its name only once it is whole and on disk. On the way it is
 * directory/.name.tmp, which must be no link. On an error the file that was there stays.
 */
struct err *io_replace(const char *directory, const char *name, const char *text, mode_t mode);

#endif
