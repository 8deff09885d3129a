/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_SEGMENTS
#define TRIAGE_KERNEL_DUMP_DUMP_SEGMENTS

#include "kernel/dump/dump_container.h"

/*
 * Memory that lies in a file in runs, as it was: what ELF cores, raw images, LiME and VMware have in
 * common. A format tells the runs; here they are read.
 */
struct segment {
	uint64_t start, end; /* physical */
	uint64_t offset;     /* in the file, of start */
	struct dump_file *file;
};

struct segments {
	struct segment *at;
	size_t count, room;
};

struct segment_dump {
	struct container container;
	struct dump_file *file; /* of runs of which nobody says more */
	struct segments data;	/* disjoint and in order once finished: what the file holds */
	struct segments ram;	/* what the machine has, held or not */
};

/* Room for so many runs: a header's word, which the caller has checked. file stays the caller's. */
struct err *segment_dump_new(struct dump_file *file, size_t room, struct segment_dump **ret);
/*
 * A run of size bytes, of which the file holds the first held. Runs may overlap: the lower one wins.
 * An impossible one is left out, and so is what there is no room for.
 */
void segment_dump_add(struct segment_dump *dump, uint64_t start, uint64_t size, uint64_t offset,
		      uint64_t held);
/* The same in a file of several. */
void segment_dump_add_of(struct segment_dump *dump, struct dump_file *file, uint64_t start,
			 uint64_t size, uint64_t offset, uint64_t held);
/* All runs are there: put them in order and fill in info. ERR_CORRUPT when there is no memory. */
struct err *segment_dump_finish(struct segment_dump *dump, const char *format,
				struct dump_info *info);
void segment_dump_close(struct segment_dump *dump);
DEFINE_CLEANUP(struct segment_dump, segment_dump_close)

#endif
