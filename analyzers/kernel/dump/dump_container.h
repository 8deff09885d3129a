/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_CONTAINER
#define TRIAGE_KERNEL_DUMP_DUMP_CONTAINER

#include "kernel/dump/decompress.h"
#include "kernel/dump/dump.h"
#include "kernel/dump/dump_file.h"
#include "kernel/dump/dump_sweep.h"

/* Shared by kernel/dump*.c alone: what a container format gives to dump.c. */

struct range {
	uint64_t offset, size;
};

/* A header may announce anything; more notes than this are not read. */
#define NOTE_RANGES 16
#define NOTE_BYTES (16u << 20)

struct container {
	const struct container_ops *ops;
	/* Where the notes lie in the source, and VMCOREINFO where it lies outside of them. */
	struct range notes[NOTE_RANGES];
	unsigned note_count;
	struct range vmcoreinfo;
	uint64_t phys_base; /* as the container has it */
	bool has_phys_base;
};

/* What a sweep of one thread needs, and whom it shows the pages of the piece at hand. */
#define SWEEP_WINDOW (256u << 10)
struct sweep {
	const struct container *container;
	uint64_t max_pfn;
	struct decompressor *decompressor;
	uint8_t *window; /* SWEEP_WINDOW bytes of the file */
	uint64_t window_at;
	size_t window_size;
	uint8_t page[PAGE_SIZE], repeated[PAGE_SIZE];
	void *descriptors; /* a container's own */
	uint8_t *bits;
	/* Of what was decoded into repeated; size 0 = nothing yet. */
	uint64_t repeated_at;
	uint32_t repeated_size, repeated_flags;
	sweep_fn *visit;
	void *context;
	struct sweep_counts *counts;
};

/*
 * A container format. open() answers ERR_NOT_FOUND for "not mine", which makes dump.c ask the next
 * one. To add a format: one file, one line in dump.c's list, one case in test_dump.c.
 */
struct container_ops {
	struct err *(*open)(struct source *source, struct dump_info *info, struct container **ret);
	void (*close)(struct container *container);
	enum page_state (*state)(struct container *container, uint64_t pfn);
	/* Decode one page that state() calls present. */
	struct err *(*read)(struct container *container, uint64_t pfn, void *page);
	/* One piece of a sweep, pages [pfn, end). Changes nothing of the container. */
	void (*sweep)(const struct container *container, struct sweep *sweep, uint64_t pfn,
		      uint64_t end);
	/* Pages in the file below pfn, which is a multiple of SWEEP_CHUNK. */
	uint64_t (*pages_below)(const struct container *container, uint64_t pfn);
};

extern const struct container_ops elf_container, kdump_container;

const struct container *dump_container(const struct dump *dump);

/* What the notes of a dump say. */
struct notes {
	struct regs *cpus;
	size_t cpu_count;
	char *vmcoreinfo;
	size_t vmcoreinfo_size;
};

/* Take in the ELF notes of one range; what lies beyond its end or is malformed is left out. */
struct err *notes_read(struct notes *notes, struct source *source, struct range range);
/* VMCOREINFO text that lies there as such; keeps one that is there already. */
struct err *notes_read_vmcoreinfo(struct notes *notes, struct source *source, struct range range);
void notes_deinit(struct notes *notes);

#endif
