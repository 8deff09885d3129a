/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_NOTES
#define TRIAGE_KERNEL_DUMP_DUMP_NOTES

#include <stdbool.h>

#include "kernel/dump/dump_file.h"
#include "kernel/dump/regs.h"

/* What the ELF notes of a dump say; zero-initialise. */
struct notes {
	struct regs *cpus; /* one a PRSTATUS note, in the order of the notes */
	size_t cpu_count;
	char *vmcoreinfo; /* not terminated; NULL when there is none */
	size_t vmcoreinfo_size;
	bool of_qemu_x86; /* it has notes that only QEMU's x86 target writes (target/i386/arch_dump.c) */
	bool of_process;  /* it has an auxiliary vector, as no kernel does */
	char program[17]; /* of PRPSINFO: pr_fname */
};

#define NOTES_SIZE_MAX (16u << 20) /* bytes of one range that are read */

/*
 * Take in the notes of one range of the file; what lies beyond its end or is malformed is left
 * out. Errors are those of reading, and out-of-memory.
 */
struct err *notes_read(struct notes *notes, struct dump_file *file, struct file_range range);
/* VMCOREINFO that lies in the file as bare text; one that is there already is kept. */
struct err *notes_read_vmcoreinfo(struct notes *notes, struct dump_file *file,
				  struct file_range range);
/* The registers in the description of a PRSTATUS note; false when it is too short. */
bool notes_prstatus(const void *desc, size_t size, struct regs *ret);
void notes_deinit(struct notes *notes);

#endif
