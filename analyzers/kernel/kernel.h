/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_KERNEL
#define TRIAGE_KERNEL_KERNEL

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* The steps a dead kernel is opened in. Each one may be missing; the later ones cope. */
enum kernel_step {
	STEP_HEADER = 1 << 0,
	STEP_VMCOREINFO = 1 << 1,
	STEP_REGISTERS = 1 << 2,
	STEP_MEMORY = 1 << 3,
	STEP_SYMBOLS = 1 << 4,
	STEP_TYPES = 1 << 5,
	STEP_PERCPU = 1 << 6,
	STEP_LOG = 1 << 7,
	STEP_MODULES = 1 << 8,
	STEP_TASKS = 1 << 9,
	STEP_STACKS = 1 << 10,
};

/* "symbols", …: the first step of a mask, for messages. */
const char *kernel_step_name(unsigned mask);

/* The steps of a vmlinux or a profile that was refused: it is of another build, or damaged. */
#define DEGRADED_VMLINUX "vmlinux"
#define DEGRADED_PROFILE "profile"
#define DEGRADED_SITE_PROFILE "profiles.d"
/* Of pages that analyses asked for, see kernel_note_losses(). */
#define DEGRADED_PAGES "pages"

/* One thing that could not be had: what, why, and what would mend it (may be NULL). */
struct degraded {
	const char *step;
	char *why;
	char *remedy;
};

#define KERNEL_DUMP_FILES 64 /* DUMP_PARTS_MAX */

struct kernel {
	/* All of these are NULL when their step is missing. */
	struct dump *dump;
	int dump_fds[KERNEL_DUMP_FILES]; /* its files; the first is the caller's */
	size_t dump_fd_count;
	struct vmcoreinfo *vmcoreinfo;
	struct memory *memory;
	struct symbols *symbols;
	struct types *types; /* never NULL after kernel_open(), may hold no provider */
	struct type_provider
		*btf; /* the kernel's own, base of the modules'; owned by types, or NULL */
	struct type_provider *dwarf; /* the vmlinux's, owned by types; NULL without debuginfo */
	struct members *members;
	bool probed;		/* nothing but kernel/probe tells of types */
	const char *types_from; /* "btf", "dwarf", "profile", "probing"; NULL: nobody */
	char *new_profile;	/* text to be kept for the next dump; or NULL */
	size_t members_proven, members_inferred; /* of those it told of, by how many witnesses */
	struct percpu *percpu;
	struct modules *modules;
	struct log *log;
	struct tasks *tasks;
	struct stacks *stacks; /* as NULL as tasks */
	int32_t *cpu_notes;    /* by CPU; see cpu_regs_find_notes() */
	struct unwinder *unwinder;
	struct disasm *disasm;
	struct slab_caches *slab_caches;   /* those met so far */
	struct page_flags *page_flags;	   /* by page_flags(), when first asked for */
	struct slab_states *slab_states;   /* what is free of them */
	struct stack_frames *stack_frames; /* traces looked into, by kernel/unwind/stack_frame.c */
	struct sleepers *sleepers;	   /* by sleepers_of(), when first asked for */
	unsigned steps;			   /* mask of the steps that stand */
	struct degraded *degraded;
	size_t degraded_count;
	int vmlinux_fd; /* the caller's, once it is known to match; else -1 */
	/* Gives files of code, see kernel_options. */
	int (*open_file)(void *context, const char *release, const char *module);
	void *open_file_context;
	uint64_t link_offset; /* run-time minus link-time address (KASLR), for vmlinux look-ups */
};

/* Note the outcome of a step: its bit when it stands; takes err over, which says why it does not. */
void kernel_note(struct kernel *kernel, enum kernel_step step, struct err *err, const char *remedy);
/* Record a missing part; takes err over. remedy may be NULL. */
void kernel_degrade(struct kernel *kernel, const char *step, struct err *err, const char *remedy);

#endif
