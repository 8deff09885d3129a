/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which place of a report a line takes, and what ties it to others of the same report. */
#include "log/report_slot.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "base/parse.h"
#include "base/str.h"
#include "log/report_place.h"

#define IN(id) (1ull << SLOT_##id)
#define ONCE true
#define MANY false
static const struct {
	bool once;
	uint64_t before;
} slots[] = {
#define SLOT(id, count, before) [SLOT_##id] = {count, before},
#include "log/report_slots.def"
#undef SLOT
};

bool report_slot_follows(enum report_slot slot, enum report_slot last)
{
	return slots[slot].before >> last & 1;
}

bool report_slot_is_once(enum report_slot slot)
{
	return slots[slot].once;
}

uint64_t report_slot_registers(void)
{
	return IN(RIP) | IN(LR) | IN(RSP) | IN(R1) | IN(R2) | IN(R3) | IN(R4) | IN(R5) | IN(R6) |
	       IN(R7) | IN(R8) | IN(R9) | IN(R10) | IN(R11) | IN(R12) | IN(R13) | IN(R14) |
	       IN(R15) | IN(CODE) | IN(PSTATE);
}

/* --- the slot --------------------------------------------------------------------------------- */

struct beginning {
	const char *words;
	enum report_slot slot;
};

static enum report_slot slot_by(const struct beginning *list, size_t count, const char *text,
				enum report_slot otherwise)
{
	for (size_t i = 0; i < count; i++)
		if (has_prefix(text, list[i].words))
			return list[i].slot;
	return otherwise;
}

/* The first register of each line, by architecture. */
static enum report_slot slot_of_registers(const char *text)
{
	static const struct beginning lines[] = {
		{"RSP:", SLOT_RSP}, {"RAX:", SLOT_R1},	  {"RDX:", SLOT_R2},
		{"RBP:", SLOT_R3},  {"R10:", SLOT_R4},	  {"R13:", SLOT_R5},
		{"FS:", SLOT_R6},   {"CS:", SLOT_R7},	  {"DR0:", SLOT_R9},
		{"DR3:", SLOT_R10}, {"PKRU:", SLOT_R11},  {"EAX:", SLOT_R1},
		{"ESI:", SLOT_R2},  {"DS:", SLOT_R6},	  {" DS:", SLOT_R6},
		{"CR0:", SLOT_R8},  {"DR6:", SLOT_R10},	  {"pstate:", SLOT_PSTATE},
		{"sp :", SLOT_RSP}, {"lr :", SLOT_LR},	  {"x29:", SLOT_R1},
		{"x27:", SLOT_R2},  {"x26:", SLOT_R2},	  {"x25:", SLOT_R3},
		{"x23:", SLOT_R4},  {"x21:", SLOT_R5},	  {"x20:", SLOT_R5},
		{"x19:", SLOT_R6},  {"x17:", SLOT_R7},	  {"x15:", SLOT_R8},
		{"x14:", SLOT_R8},  {"x13:", SLOT_R9},	  {"x11:", SLOT_R10},
		{"x9 :", SLOT_R11}, {"x8 :", SLOT_R11},	  {"x7 :", SLOT_R12},
		{"x5 :", SLOT_R13}, {"x3 :", SLOT_R14},	  {"x2 :", SLOT_R15},
		{"x1 :", SLOT_R15}, {"EFLAGS:", SLOT_R6},
	};

	if (has_prefix(text, "CR2:"))
		return strstr(text, "CR3:") ? SLOT_R8 : SLOT_CR2;
	return slot_by(lines, ARRAY_SIZE(lines), text, SLOT_NONE);
}

static enum report_slot slot_of_task(const char *text)
{
	static const struct beginning lines[] = {
		{"Tainted: ", SLOT_TAINTED},
		{"task: ", SLOT_TASK},
		{"Process ", SLOT_PROCESS},
	};

	return slot_by(lines, ARRAY_SIZE(lines), text, SLOT_WORK);
}

static enum report_slot slot_of_rip(const char *text)
{
	static const struct beginning lines[] = {
		{"RIP  [", SLOT_RIP_AGAIN},
		{"RIP [", SLOT_RIP_AGAIN},
		{"IP: ", SLOT_IP},
		{"EIP is at ", SLOT_LR},
	};

	return slot_by(lines, ARRAY_SIZE(lines), text, SLOT_RIP);
}

/* What the reader of reports has no use for, but belongs to one. */
static enum report_slot slot_of_rest(const char *text)
{
	static const struct beginning lines[] = {
		{"RSP <", SLOT_RSP_AGAIN},
		{"note: ", SLOT_NOTE},
	};

	return slot_by(lines, ARRAY_SIZE(lines), text, SLOT_NONE);
}

static enum report_slot slot_of_fault(const char *text)
{
	static const struct beginning lines[] = {
		{"Oops", SLOT_OOPS},
		{"Internal error: ", SLOT_OOPS},
	};

	return slot_by(lines, ARRAY_SIZE(lines), text, SLOT_FAULT);
}

enum report_slot report_slot_of(const char *line, enum body_line body)
{
	static const enum report_slot plain[] = {
		[BODY_MACHINE] = SLOT_MACHINE, [BODY_CODE] = SLOT_CODE,
		[BODY_TRACE] = SLOT_TRACE,     [BODY_FRAME] = SLOT_FRAME,
		[BODY_MODULES] = SLOT_MODULES, [BODY_DETAIL] = SLOT_DETAIL,
		[BODY_TITLE] = SLOT_TITLE,     [BODY_END] = SLOT_END,
	};
	const char *text = line + strspn(line, " \t");

	switch (body) {
	case BODY_NONE:
		return slot_of_rest(text);
	case BODY_FAULT:
		return slot_of_fault(text);
	case BODY_HEADER:
		return has_prefix(text, "CPU ") ? SLOT_CPU : SLOT_HEADER;
	case BODY_TASK:
		return slot_of_task(text);
	case BODY_RIP:
		return slot_of_rip(text);
	case BODY_REGS:
		return slot_of_registers(text);
	case BODY_STACK:
		return has_prefix(text, "Stack:") ? SLOT_STACK : SLOT_WORDS;
	default:
		return plain[body];
	}
}

/* --- what ties lines together ----------------------------------------------------------------- */

static bool hex_after(const char *text, const char *words, uint64_t *ret)
{
	const char *at = strstr(text, words);

	if (!at)
		return false;
	at += strlen(words);
	at += strspn(at, " <");
	if (hex_digits(at) == 4 && at[4] == ':')
		at += 5;
	return parse_hex(at, hex_digits(at), ret);
}

/* "f+0x15/0x50", wherever it stands in the line. */
static uint64_t place_hash(const char *text)
{
	const char *plus = strstr(text, "+0x"), *start = plus;

	if (!plus)
		return 0;
	while (start > text && start[-1] != ' ' && start[-1] != ':')
		start--;
	return hash_bytes(start, strcspn(start, " \t")) | 1;
}

static void header_hints(const char *text, struct report_hints *hints)
{
	uint64_t value;

	if ((parse_dec_after(text, "CPU: ", &value) || parse_dec_after(text, "CPU ", &value)) &&
	    value < 65536)
		hints->cpu = (int)value;
	if ((parse_dec_after(text, " PID: ", &value) || parse_dec_after(text, "Pid: ", &value) ||
	     parse_dec_after(text, "(pid: ", &value)) &&
	    value <= 1u << 22)
		hints->pid = (int32_t)value;
}

/* "note: sh[105] exited with preempt_count 1" */
static void note_hints(const char *text, struct report_hints *hints)
{
	uint64_t value;

	if (parse_dec_after(text, "[", &value) && value <= 1u << 22)
		hints->pid = (int32_t)value;
}

static uint8_t style_of(const char *text)
{
	if (has_prefix(text, "pc : ") || text[0] == 'x' || has_prefix(text, "lr : ") ||
	    has_prefix(text, "sp : ") || has_prefix(text, "pstate"))
		return STYLE_ARM64;
	return strstr(text, "[<") ? STYLE_ADDRESS : STYLE_PLAIN;
}

void report_slot_hints(const char *line, enum report_slot slot, struct report_hints *hints)
{
	const char *text = line + strspn(line, " \t");

	*hints = (struct report_hints){.cpu = -1, .pid = -1};
	switch (slot) {
	case SLOT_CPU:
	case SLOT_HEADER:
		header_hints(text, hints);
		hints->is_worker = strstr(text, "omm: kworker/");
		break;
	case SLOT_PROCESS:
		header_hints(text, hints);
		hex_after(text, "threadinfo ", &hints->stack);
		break;
	case SLOT_TASK:
		hex_after(text, " ti: ", &hints->stack);
		break;
	case SLOT_NOTE:
		note_hints(text, hints);
		break;
	case SLOT_IP:
	case SLOT_RIP:
	case SLOT_RIP_AGAIN:
		hints->place = place_hash(text);
		hints->style = style_of(text);
		break;
	case SLOT_RSP:
	case SLOT_RSP_AGAIN:
		if (!hex_after(text, "RSP:", &hints->sp))
			hex_after(text, "RSP ", &hints->sp);
		hints->style = has_prefix(text, "sp :") ? STYLE_ARM64 : STYLE_UNKNOWN;
		break;
	case SLOT_R3:
		hex_after(text, "RBP:", &hints->frame);
		break;
	case SLOT_R8:
	case SLOT_CR2:
		hints->has_address = hex_after(text, "CR2:", &hints->address);
		break;
	case SLOT_CODE:
		hints->is_bug = strstr(text, "<0f> 0b");
		hints->has_code = strchr(text, '<');
		break;
	case SLOT_FRAME:
		if (text[0] != '<')
			hints->style = style_of(text);
		break;
	default:
		break;
	}
	if (slot >= SLOT_R1 && slot <= SLOT_R15 && text[0] == 'x')
		hints->style = STYLE_ARM64;
}
