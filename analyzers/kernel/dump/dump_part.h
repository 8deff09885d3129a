/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_PART
#define TRIAGE_KERNEL_DUMP_DUMP_PART

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* One file of a dump that was written as several: makedumpfile --split, a disk set of SADUMP. */
#define DUMP_PARTS_MAX 64

struct dump_part {
	uint8_t id[512]; /* the same in all files of one dump */
	size_t id_size;
	uint64_t first, end; /* page frame numbers it is for; of a disk set its number, and 0 */
	uint64_t all;	     /* page frame numbers of the dump; 0: the files don't say */
};

/* Whether a file is one, by its first bytes. */
bool dump_part_read(int fd, struct dump_part *ret);
bool dump_part_same(const struct dump_part *a, const struct dump_part *b);
/* How long the file of a split dump has to be for all of its pages; 0 where it does not say. */
uint64_t dump_part_end(int fd);
/* The pages that no file of a set is for, or a disk that is missing: ERR_UNSUPPORTED, naming the first of them, or NULL. */
struct err *dump_part_check(const int *fds, size_t count);

#endif
