/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_MM_OWNER
#define TRIAGE_KERNEL_MM_OWNER

#include "kernel/kernel.h"
#include "kernel/mm/page.h"
#include "kernel/mm/slab.h"
#include "kernel/unwind/stack_frame.h"

/*
 * Who owns an address of the dead kernel: the question every bad pointer asks. Answers from the
 * most exact structure that covers it; what could not be read stays unknown.
 */
enum owner_kind {
	OWNER_UNKNOWN,
	OWNER_SLAB,
	OWNER_PAGE, /* RAM that is no slab's: page says what */
	OWNER_VMALLOC,
	OWNER_STACK, /* a task's stack, or one of a CPU's: then task is NULL */
	OWNER_PERCPU,
	OWNER_MODULE,
	OWNER_IMAGE,
	OWNER_HOLE,   /* no region, or a region with nothing behind it */
	OWNER_BEYOND, /* direct map, but no RAM there */
	OWNER_USER,
	OWNER_NON_CANONICAL,
	OWNER_VMEMMAP, /* an array element of struct page */
};

struct owner {
	enum owner_kind kind;
	uint64_t address;
	uint64_t start, size;	 /* of the object, stack, area; 0 unknown */
	int64_t offset;		 /* of the address in it */
	struct slab_object slab; /* OWNER_SLAB */
	enum page_use page;	 /* OWNER_PAGE; OWNER_VMEMMAP: of the page described */
	const struct task *task; /* OWNER_STACK */
	int cpu;		 /* OWNER_PERCPU, and whose OWNER_STACK without a task; else -1 */
	char stack[16];		 /* OWNER_STACK of a CPU: "irq", "entry", "NMI", … */
	enum stack_place place;	 /* OWNER_STACK, once owner_find_frame() has looked */
	/* IMAGE, MODULE, PERCPU: "name+0x12"; VMALLOC: its caller; STACK: whose frame it is */
	char symbol[160];
	char module[64];
	char why[128]; /* why no more is known, "" otherwise */
};

/* Never fails: what cannot be told is OWNER_UNKNOWN with why. */
void owner_find(struct kernel *kernel, uint64_t address, struct owner *ret);
/*
 * Of an address on a task's stack: the function whose frame it is in, into symbol. Apart from
 * owner_find() since it unwinds the task's stack.
 */
void owner_find_frame(struct kernel *kernel, struct owner *owner);
/* An area that fork made for a stack, and no task has it: that of one that has ended. */
bool owner_is_old_stack(const struct owner *owner);
/* "slab", "page", …: OWNER.kind of the verdict. */
const char *owner_kind_name(enum owner_kind kind);
/* Of OWNER_SLAB, within a sentence: "a live kmalloc-1k object (0xffff…)", and who allocated or freed it. */
void owner_format_object(const struct owner *owner, char *buf, size_t size);
/* One line for people: "kmalloc-1k object 0xffff… +0x2a0, allocated". */
void owner_format(const struct owner *owner, char *buf, size_t size);
/* The same, but a variable at its start by its name alone: "lab_word [lab]". */
void owner_format_variable(const struct owner *owner, char *buf, size_t size);

#endif
