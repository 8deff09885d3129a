/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CRASH_CRASH
#define TRIAGE_CRASH_CRASH

#include "kernel/dump/regs.h"
#include "kernel/insn/insn.h"
#include "kernel/kernel.h"
#include "kernel/symbols/symbol.h"
#include "kernel/unwind/trace.h"

/* CRASH_KIND(id, "crash.kind of the verdict", "in a sentence") */
enum crash_kind {
#define CRASH_KIND(id, name, words) CRASH_##id,
#include "crash/crash_kinds.def"
#undef CRASH_KIND
	CRASH_KINDS,
};

struct report;

/*
 * One death of the kernel, as far as it has been understood. A dump tells all of it; a log alone
 * tells kind, message, CPU, pid, place and address, and leaves the rest as "unknown".
 */
struct crash {
	struct kernel *kernel;
	enum crash_kind kind;
	double confidence; /* in kind */
	const char *why;   /* what kind was told by */
	char message[512]; /* the kernel's own words; "" when it left none */

	int cpu;		 /* -1 unknown */
	const struct task *task; /* NULL unknown */
	int pid;		 /* task's, or by the log alone; -1 unknown */
	char comm[16 + 1];	 /* likewise; "" unknown */

	const struct report
		*report;    /* of the log, that tells of it where memory does not; or NULL */
	struct trace trace; /* of task; count 0: no stack could be read */
	size_t frame;	    /* the frame that crashed, when trace.count */

	/* Where it died: the function of that frame, or what the log says. */
	struct {
		char symbol[SYMBOL_NAME_MAX]; /* "" unknown */
		char module[64];	      /* "" for the kernel itself */
		uint64_t offset;	      /* in bytes, into the function */
	} at;

	/* Of a CPU exception; valid when exception is set. */
	bool exception;
	char entry[64];	     /* symbol of its entry code: "asm_exc_page_fault" */
	struct regs regs;    /* at the instruction that faulted */
	uint64_t error_code; /* as pushed by the CPU, or UINT64_MAX */

	/* The address that could not be reached; valid when fault is set. */
	bool fault;
	uint64_t address;
	bool address_read; /* read from CR2 and its copies; else computed, or told by the log */
	const char *address_source;
	const char *fault_class; /* "null_offset", "list_poison", …; NULL unknown */
	const char *access;	 /* "read", "write", "execute", NULL */
	bool pointer_known;	 /* the address is pointer with a member's offset */
	uint64_t pointer;
	enum reg pointer_reg; /* that holds it */
	bool index_known;     /* the address is far from array, which is memory, by an index */
	uint64_t array, index;
	char provenance[256]; /* "RDI (0x…) + 0x40", "" when no operand gives it */

	/* The instruction at hand and its neighbours. */
	struct insn code[16];
	size_t code_count, code_at; /* count 0: no code could be read */
};

/* A crash of which nothing is known yet. ERR_NOMEM. */
struct err *crash_new(struct kernel *kernel, struct crash **ret);
void crash_free(struct crash *crash); /* NULL is fine */
DEFINE_CLEANUP(struct crash, crash_free)

const char *crash_kind_name(enum crash_kind kind);
/* In a sentence: "NULL pointer access". */
const char *crash_kind_words(enum crash_kind kind);

/*
 * Registers at the crash, which may be NULL: the exception's, else those of the frame. NULL
 * unknown.
 */
static inline const struct regs *crash_regs(const struct crash *crash)
{
	if (crash && crash->exception)
		return &crash->regs;
	return crash && crash->trace.count ? &crash->trace.frames[crash->frame].regs : NULL;
}

/* A jump or call went to the address that could not be reached: there is no code to be shown. */
static inline bool crash_went_astray(const struct crash *crash)
{
	return crash->fault && regs_known(&crash->regs, REG_RIP) &&
	       crash->address == crash->regs.value[REG_RIP];
}

/* The function of frames[index]; false in user mode and where no symbol fits. */
static inline bool crash_frame_symbol(const struct crash *crash, size_t index, struct symbol *ret)
{
	const struct frame *frame = &crash->trace.frames[index];

	return frame->kind != FRAME_USER && crash->kernel->symbols &&
	       symbols_at(crash->kernel->symbols, frame_lookup_address(frame), ret);
}

#endif
