/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CRASH_CRASH
#define TRIAGE_CRASH_CRASH

#include "kernel/dump/regs.h"
#include "kernel/insn/disasm.h"
#include "kernel/kernel.h"
#include "kernel/unwind/unwind.h"

/* What the panic analyzer's files share: the crash as far as it has been understood. */

/* CRASH_KIND(id, "crash.kind of the verdict") */
enum crash_kind {
#define CRASH_KIND(id, name) CRASH_##id,
#include "crash/crash_kinds.def"
#undef CRASH_KIND
};

struct crash {
	struct kernel *kernel;
	int cpu;		 /* -1 unknown */
	const struct task *task; /* NULL unknown */
	struct trace trace;	 /* of that task */
	size_t frame;		 /* the frame that crashed, when trace.count */
	enum crash_kind kind;
	double confidence; /* in kind */
	const char *why;   /* what kind was told by */
	char message[512]; /* the kernel's own words; "" when it left none */

	/* Of a CPU exception; valid when exception is set. */
	bool exception;
	char entry[64];	     /* symbol of its entry code: "asm_exc_page_fault" */
	struct regs regs;    /* at the instruction that faulted */
	uint64_t error_code; /* as pushed by the CPU, or -1 */

	/* The address that could not be reached; valid when fault is set. */
	bool fault;
	uint64_t address;
	bool address_read; /* read from CR2 and its copies; else computed */
	const char *address_source;
	const char *fault_class;
	const char *access;   /* "read", "write", "execute", NULL */
	char provenance[256]; /* "RDI (0x…) + 0x40", "" when no operand gives it */

	/* The instruction at hand and its neighbours. */
	struct insn code[16];
	size_t code_count, code_at; /* count 0: no code could be read */
};

const char *crash_kind_name(enum crash_kind kind);
/* CPU, task, trace, exception frame. Leaves what it cannot find. */
struct err *crash_locate(struct crash *crash);
/* kind, confidence, why, frame; then message. */
void crash_classify(struct crash *crash);
void crash_find_message(struct crash *crash);
/* BUG() or WARN() at this address by the kernel's bug table; NOT_FOUND when it is neither. */
struct err *crash_bug_entry(struct kernel *kernel, uint64_t address, bool *warning, char *place,
			    size_t size);
/* Instruction, fault address, its class and where it comes from. */
void crash_explain_fault(struct crash *crash);
/* Class of an address that faulted: "null_offset", "list_poison", "non_canonical", … */
const char *fault_class(const struct memory *memory, uint64_t address);

#endif
