/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_CONTAINER
#define TRIAGE_KERNEL_DUMP_DUMP_CONTAINER

#include "kernel/dump/decompress.h"
#include "kernel/dump/dump_file.h"
#include "kernel/dump/dump_info.h"
#include "kernel/dump/dump_visit.h"
#include "kernel/dump/regs.h"

/* What a container format gives to dump.c and dump_sweep.c; nobody else asks for it. */

/* A header may announce anything; more ranges of notes than this are not read. */
#define NOTE_RANGES 16

struct container {
	const struct container_ops *ops;
	/* Where the notes lie in the file, and VMCOREINFO where it lies outside of them. */
	struct file_range notes[NOTE_RANGES];
	unsigned note_count;
	struct file_range vmcoreinfo;
	uint64_t phys_base; /* as the container has it */
	bool has_phys_base;
	/* What the header calls the machine where that is not x86-64 and need not be true; or NULL. */
	const char *machine;
	/* Registers that stand in no note; owned by the container. */
	struct regs *cpus;
	size_t cpu_count;
};

/* What a sweep of one thread needs, and whom it shows the pages of the piece at hand. */
#define SWEEP_WINDOW (256u << 10)
struct sweep {
	const struct container *container;
	uint64_t max_pfn;
	struct decompressor *decompressor;
	struct dump_file *file; /* of a dump in several, the one whose bytes are held */
	uint8_t *window;	/* SWEEP_WINDOW bytes of it */
	uint64_t window_at;
	size_t window_size;
	uint8_t page[PAGE_SIZE], repeated[PAGE_SIZE];
	void *descriptors; /* a container's own */
	uint8_t *bits;
	/* Of what was decoded into repeated; size 0 = nothing yet. */
	uint64_t repeated_at;
	uint32_t repeated_size, repeated_flags;
	visit_fn *visit;
	void *context;
	struct visit_counts *counts;
};

/*
 * Opens a container of one format; the files stay the caller's. Answers ERR_NOT_FOUND for "not mine",
 * which makes dump.c ask the next one. To add a format: one file, one line in dump.c's list, one case
 * in test_dump.c, one form in tests/formats.
 */
typedef struct err *container_open_fn(const struct dump_files *files, struct dump_info *info,
				      struct container **ret);

struct container_ops {
	void (*close)(struct container *container);
	enum page_state (*state)(struct container *container, uint64_t pfn);
	/* Decode one page that state() calls present. */
	struct err *(*read)(struct container *container, uint64_t pfn, void *page);
	/*
	 * One piece of a sweep, pages [pfn, end). Changes nothing of the container: several threads
	 * may be at it. What cannot be read is counted; only out-of-memory is an error.
	 */
	struct err *(*sweep)(const struct container *container, struct sweep *sweep, uint64_t pfn,
			     uint64_t end);
	/* Pages in the file below pfn, which is a multiple of SWEEP_CHUNK. */
	uint64_t (*pages_below)(const struct container *container, uint64_t pfn);
};

#endif
