/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_REPORT_SLOT
#define TRIAGE_LOG_REPORT_SLOT

#include "log/report_body.h"

/* The places that a report has for lines, in the order in which they come: report_slots.def. */
enum report_slot {
#define SLOT(id, ...) SLOT_##id,
#include "log/report_slots.def"
#undef SLOT
	REPORT_SLOTS,
	SLOT_NONE = REPORT_SLOTS, /* a line of no report */
};
_Static_assert(REPORT_SLOTS <= 64, "a set of slots is a word");

/* What a line says of the report it belongs to; 0 and, for cpu and pid, -1 where it does not. */
struct report_hints {
	int cpu;
	int32_t pid;
	uint64_t place;	  /* hash of RIP's function and offset */
	uint64_t sp;	  /* RSP */
	uint64_t frame;	  /* RBP, where it may be a frame's */
	uint64_t stack;	  /* where the task's stack begins */
	uint64_t address; /* CR2 */
	bool has_address;
	bool is_worker; /* the task is one */
	bool is_bug;	/* the code is that of BUG() and WARN() */
	bool has_code;
	uint8_t style;
};

enum { STYLE_UNKNOWN, STYLE_PLAIN, STYLE_ADDRESS, STYLE_ARM64 };

enum report_slot report_slot_of(const char *line, enum body_line body);
/* hints: what this line, of that slot, tells. */
void report_slot_hints(const char *line, enum report_slot slot, struct report_hints *hints);

/* May the slot stand directly behind last; does a report have it but once? */
bool report_slot_follows(enum report_slot slot, enum report_slot last);
bool report_slot_is_once(enum report_slot slot);
/* Registers, RIP and code: newer kernels print them again for what was interrupted, and at the end. */
uint64_t report_slot_registers(void);

#endif
