/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP
#define TRIAGE_KERNEL_DUMP_DUMP

#include "base/error.h"
#include "kernel/dump/dump_info.h"
#include "kernel/dump/regs.h"

/*
 * The dump file: its container, its physical pages, its notes. A read answers with data, or says
 * which of ERR_EXCLUDED, ERR_ABSENT, ERR_TRUNCATED, ERR_DAMAGED or ERR_IO it was; never with zeros
 * that stand for nothing.
 */
struct dump;

/* Open a dump; fd stays the caller's and must stay open. The file is never written. */
struct err *dump_open(int fd, struct dump **ret);
/* The same of a dump in several files (dump_files), the first of which has its notes. */
struct err *dump_open_set(const int *fds, size_t count, struct dump **ret);
void dump_close(struct dump *dump);
DEFINE_CLEANUP(struct dump, dump_close)

const struct dump_info *dump_info(const struct dump *dump);
/* For dump_sweep.c alone: the dump as its format has it. */
const struct container *dump_container(const struct dump *dump);
/* The VMCOREINFO note as text (not terminated, may hold anything); NULL when there is none. */
const char *dump_vmcoreinfo(const struct dump *dump, size_t *length);
/* Number of PRSTATUS notes and the registers of one. A note's index is not always its CPU. */
size_t dump_cpu_count(const struct dump *dump);
struct err *dump_cpu_regs(const struct dump *dump, size_t note, struct regs *ret);

/*
 * Run-time physical minus link-time address of the kernel image, as the container has it. A hint:
 * QEMU writes a wrong one. False when there is none.
 */
bool dump_phys_base(const struct dump *dump, uint64_t *ret);

enum page_state dump_page_state(const struct dump *dump, uint64_t pfn);
/* Copy physical memory; any length, page borders included. On error buf is undefined. */
struct err *dump_read(struct dump *dump, uint64_t phys, void *buf, size_t length);
/*
 * One page in the page cache, for hot paths; valid until the next call of dump_page() or
 * dump_read() on this dump.
 */
struct err *dump_page(struct dump *dump, uint64_t pfn, const void **ret);
/* Like dump_read() but past the page cache: for bulk tables that are read once. */
struct err *dump_stream(struct dump *dump, uint64_t phys, void *buf, size_t length);
/* Pages decompressed so far. */
uint64_t dump_pages_read(const struct dump *dump);

/*
 * Pages that were asked for and should be there, but are beyond the end of the file or damaged. At most
 * LOSSES_MAX are told apart.
 */
#define LOSSES_MAX 256
struct dump_losses {
	uint64_t pfns[LOSSES_MAX];
	unsigned count, truncated; /* truncated: so many of them */
};
const struct dump_losses *dump_losses(const struct dump *dump);

#endif
