/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines within a report: header, registers, code, call trace, as the kernels of all eras print them. */
#include "log/report_body.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/parse.h"
#include "base/str.h"
#include "log/report_detail.h"
#include "log/report_header.h"

static const char *skip_blanks(const char *text)
{
	while (*text == ' ' || *text == '\t') /* of each line, many times: strspn() takes longer */
		text++;
	return text;
}

/* --- what a line is --------------------------------------------------------------------------- */

static const struct {
	const char *words;
	enum body_line kind;
} beginnings[] = {
	{"#PF: ", BODY_FAULT},
	{"PF: supervisor ", BODY_FAULT},
	{"PF: error_code(", BODY_FAULT},
	{"PGD ", BODY_FAULT},
	{"*pde = ", BODY_FAULT},
	{"*pdpt = ", BODY_FAULT},
	{"PUD ", BODY_FAULT},
	{"Oops: ", BODY_FAULT},
	{"Oops [#", BODY_FAULT},
	{"Internal error: ", BODY_FAULT},
	{"Mem abort info:", BODY_FAULT},
	{"ESR = ", BODY_FAULT},
	{"EC = ", BODY_FAULT},
	{"SET = ", BODY_FAULT},
	{"EA = ", BODY_FAULT},
	{"FSC = ", BODY_FAULT},
	{"Data abort info:", BODY_FAULT},
	{"Exception class = ", BODY_FAULT},
	{"ISV = ", BODY_FAULT},
	{"CM = ", BODY_FAULT},
	{"swapper pgtable: ", BODY_FAULT},
	{"user pgtable: ", BODY_FAULT},
	{"[0000000000000000] ", BODY_FAULT},
	{"BUG: unable to handle ", BODY_FAULT},
	{"last sysfs file: ", BODY_FAULT},
	{"kernel tried to execute NX-protected page", BODY_FAULT},
	{"fbcon_", BODY_NONE},
	{"Hardware name: ", BODY_MACHINE},
	{"Workqueue: ", BODY_TASK},
	{"Tainted: ", BODY_TASK},
	{"Not tainted ", BODY_TASK},
	{"task: ", BODY_TASK},
	{"Process ", BODY_TASK},
	{"Stopper: ", BODY_TASK},
	{"RIP: ", BODY_RIP},
	{"RIP  [", BODY_RIP},
	{"RIP [", BODY_RIP},
	{"IP: ", BODY_RIP},
	{"EIP: ", BODY_RIP},
	{"EIP is at ", BODY_RIP},
	{"pc : ", BODY_RIP},
	{"PC is at ", BODY_RIP},
	{"epc : ", BODY_RIP},
	{"epc   : ", BODY_RIP}, /* mips */
	{"ra    : ", BODY_REGS},
	{"NIP [", BODY_RIP},	   /* powerpc */
	{"Krnl PSW : ", BODY_RIP}, /* s390 */
	{"lr : ", BODY_REGS},
	{"LR is at ", BODY_REGS},
	{" ra : ", BODY_REGS},
	{"ra : ", BODY_REGS},
	{"Code: ", BODY_CODE},
	{"Stack:", BODY_STACK},
	{"Call Trace:", BODY_TRACE},
	{"Call trace:", BODY_TRACE},
	{"Backtrace:", BODY_TRACE},
	{"backtrace:", BODY_TRACE},
	{"backtrace (", BODY_TRACE},
	{"stack backtrace:", BODY_TRACE},
	{"Modules linked in:", BODY_MODULES},
	{"---[ end trace ", BODY_END},
	{"---[ end Kernel panic", BODY_END},
};

/* Registers of x86, arm64 and riscv by name, before a colon; how many bytes of text the name has, or 0. */
static size_t register_length(const char *text)
{
	static const char *const names[] = {
		"RAX",	  "RBX",    "RCX",	"RDX",	   "RSI",   "RDI",     "RBP",	 "RSP",
		"R08",	  "R09",    "R10",	"R11",	   "R12",   "R13",     "R14",	 "R15",
		"EAX",	  "EBX",    "ECX",	"EDX",	   "ESI",   "EDI",     "EBP",	 "ESP",
		"EFLAGS", "RFLAGS", "ORIG_RAX", "FS",	   "GS",    "CS",      "DS",	 "ES",
		"SS",	  "CR0",    "CR2",	"CR3",	   "CR4",   "DR0",     "DR1",	 "DR2",
		"DR3",	  "DR6",    "DR7",	"PKRU",	   "knlGS", "sp",      "pstate", "pmr_save",
		"tp",	  "gp",	    "status",	"badaddr", "cause", "orig_a0", "eax",	 "ebx",
		"ecx",	  "edx",    "esi",	"edi",	   "ebp",   "esp",
	};
	size_t length = 0;

	while ((text[length] | 0x20) >= 'a' && (text[length] | 0x20) <= 'z'
		       ? true
		       : text[length] == '_' ||
				 (length && text[length] >= '0' && text[length] <= '9'))
		length++;
	if (!length || *skip_blanks(text + length) != ':')
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i][0] == text[0] && names[i][1] == text[1] &&
		    has_prefix(text, names[i]) && strlen(names[i]) == length)
			return length;
	/* x0…x29, s0, a0, t0: a letter and a number. */
	return length >= 2 && length <= 3 && strchr("xsat", text[0]) &&
			       strspn(text + 1, "0123456789") == length - 1
		       ? length
		       : 0;
}

static bool is_registers(const char *text)
{
	size_t length = register_length(text);

	if (!length)
		return false;
	const char *at = skip_blanks(skip_blanks(text + length) + 1);

	return hex_digits(at) >= 2 || !*at;
}

/* Words of the stack: "ffff88… 0000…", "<d> ffff…". */
static bool is_hex_words(const char *text)
{
	size_t words = 0;

	if (has_prefix(text, "<d>") || has_prefix(text, "<0>"))
		text = skip_blanks(text + 3);
	for (; *text; text = skip_blanks(text)) {
		size_t digits = hex_digits(text);

		if ((digits != 16 && digits != 8) || (text[digits] && text[digits] != ' '))
			return false;
		text += digits;
		words++;
	}
	return words > 0;
}

static bool is_frame(const char *text)
{
	struct report_frame frame;
	enum report_context context;
	const char *rest;

	return report_frame_read(text, &frame, &rest) || report_context_read(text, &context, &rest);
}

enum body_line report_body_kind(const char *line)
{
	const char *text = skip_blanks(line);
	char title[REPORT_TITLE_MAX];
	int32_t pid;

	for (size_t i = 0; i < ARRAY_SIZE(beginnings); i++)
		if (has_prefix(text, beginnings[i].words))
			return beginnings[i].kind;
	if (report_header_is(text))
		return BODY_HEADER;
	if (report_header_is_kernel(text))
		return BODY_TASK;
	if (report_detail_is(text))
		return BODY_DETAIL;
	if (report_title_read(text, title, sizeof(title), &pid))
		return BODY_TITLE;
	if (is_registers(text))
		return BODY_REGS;
	if (is_frame(text))
		return BODY_FRAME;
	if (is_hex_words(text))
		return BODY_STACK;
	return BODY_NONE;
}

/* --- registers -------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	enum reg reg;
} registers[] = {
	{"RAX", REG_RAX},	{"RBX", REG_RBX},	{"RCX", REG_RCX},
	{"RDX", REG_RDX},	{"RSI", REG_RSI},	{"RDI", REG_RDI},
	{"RBP", REG_RBP},	{"RSP", REG_RSP},	{"R08", REG_R8},
	{"R09", REG_R9},	{"R10", REG_R10},	{"R11", REG_R11},
	{"R12", REG_R12},	{"R13", REG_R13},	{"R14", REG_R14},
	{"R15", REG_R15},	{"EAX", REG_RAX},	{"EBX", REG_RBX},
	{"ECX", REG_RCX},	{"EDX", REG_RDX},	{"ESI", REG_RSI},
	{"EDI", REG_RDI},	{"EBP", REG_RBP},	{"ESP", REG_RSP},
	{"EFLAGS", REG_RFLAGS}, {"RFLAGS", REG_RFLAGS}, {"ORIG_RAX", REG_ORIG_RAX},
	{"CS", REG_CS},		{"SS", REG_SS},		{"CR2", REG_CR2},
	{"CR3", REG_CR3},	{"eax", REG_RAX},	{"ebx", REG_RBX}, /* 2.6.18 */
	{"ecx", REG_RCX},	{"edx", REG_RDX},	{"esi", REG_RSI},
	{"edi", REG_RDI},	{"ebp", REG_RBP},	{"esp", REG_RSP},
};

/* scause of a riscv kernel: the page faults of "The RISC-V Instruction Set Manual", volume II, table 15. */
static void take_riscv_cause(struct report *report, uint64_t cause)
{
	const char *access = cause == 12   ? "execute"
			     : cause == 13 ? "read"
			     : cause == 15 ? "write"
					   : "";

	if (!report->access[0])
		copy_string(report->access, sizeof(report->access), access);
}

static void set_register(struct report *report, const char *name, size_t length, uint64_t value)
{
	for (size_t i = 0; i < ARRAY_SIZE(registers); i++)
		if (registers[i].name[0] == name[0] && registers[i].name[1] == name[1] &&
		    strlen(registers[i].name) == length &&
		    !strncmp(registers[i].name, name, length)) {
			/* The first of its name: later ones are of a nested or user frame. */
			report->is_32bit |= (name[0] | 0x20) == 'e' && length == 3;
			if (!regs_known(&report->regs, registers[i].reg))
				regs_set(&report->regs, registers[i].reg, value);
			return;
		}
	if (length == 5 && !strncmp(name, "cause", 5))
		take_riscv_cause(report, value);
	if (report->other_count < ARRAY_SIZE(report->others) && name[0] >= 'a') {
		struct report_register *other = &report->others[report->other_count++];

		memcpy(other->name, name, MIN(length, sizeof(other->name) - 1));
		other->value = value;
	}
}

/* "RSP: 0018:ffff88013c3e3c00  EFLAGS: 00000287", "FS:  00007fa539da0700(0000) GS:…" */
static void take_registers(struct report *report, const char *text)
{
	while (*text) {
		size_t length = register_length(text);
		uint64_t value;

		if (!length) {
			text += strcspn(text, " \t");
			text = skip_blanks(text);
			continue;
		}
		const char *at = skip_blanks(skip_blanks(text + length) + 1);
		size_t digits = hex_digits(at);

		if (at[digits] == ':' && digits == 4) { /* the selector before it */
			uint64_t selector;

			if (has_prefix(text, "RSP") && parse_hex(at, digits, &selector) &&
			    !regs_known(&report->regs, REG_SS))
				regs_set(&report->regs, REG_SS, selector);
			at += digits + 1;
			digits = hex_digits(at);
		}
		if (parse_hex(at, digits, &value))
			set_register(report, text, length, value);
		text = skip_blanks(at + digits + strcspn(at + digits, " \t"));
	}
}

static bool is_user_selector(const char *text, uint64_t *selector)
{
	return parse_hex_start(text, selector) && hex_digits(text) == 4 && text[4] == ':' &&
	       (*selector & 3) == 3;
}

/* Xen's kernels run in ring 3 or 1: e033 and e030, 0061 on 32 bits. */
static bool is_xen_selector(uint64_t selector)
{
	return selector == 0xe033 || selector == 0xe030 || selector == 0xe02b;
}

/* A trace that a timer or an NMI asked for: what it interrupted is what the report is about. */
static bool is_trace_of_stuck(const struct report *report)
{
	return report->kind == REPORT_BACKTRACE ||
	       report_kind_outcome(report_crash_kind(report)) == OUTCOME_STUCK;
}

/* The interrupt's own frames, of the trace being read. */
static void drop_frames(struct report *report)
{
	if (report->stack_count)
		report->stacks[report->stack_count - 1].count = 0;
}

/* i386's line goes on: "EFLAGS: 00010246 CPU: 1", "   Tainted: G      VLI". */
static void take_rest_of_eip(struct report *report, const char *text)
{
	const char *taint = strstr(text, "Not tainted"), *flags = strstr(text, " EFLAGS: ");
	uint64_t cpu, value;
	char words[64];

	report->is_32bit = true;
	if (report->cpu < 0 && parse_dec_after(text, " CPU: ", &cpu) && cpu < UINT16_MAX)
		report->cpu = (int)cpu;
	if (flags && parse_hex_start(flags + 9, &value) && !regs_known(&report->regs, REG_RFLAGS))
		regs_set(&report->regs, REG_RFLAGS, value);
	taint = taint ? taint : strstr(text, "Tainted: ");
	if (!taint)
		return;
	copy_string(words, sizeof(words), taint);
	if (strstr(words,
		   " VLI")) /* that "Code:" is of a machine whose instructions differ in length */
		*strstr(words, " VLI") = '\0';
	report_header_read(words, report);
}

/* "EIP: 0xb7f4c559", without a selector: behind the trace, of the program that made the call. */
static bool is_user_eip(const char *text)
{
	return has_prefix(text, "EIP: 0x") && !strchr(text, '+');
}

/* The first interrupted place of a panic's trace: its registers follow. */
static void begin_met(struct report_reader *reader, const struct report_place *place,
		      uint64_t selector)
{
	struct report_met *met = &reader->report->met;

	reader->in_met =
		reader->report->kind == REPORT_PANIC && !met->rip.symbol[0] && place->symbol[0];
	if (!reader->in_met)
		return;
	met->rip = *place;
	if (place->address)
		regs_set(&met->regs, REG_RIP, place->address);
	if (selector)
		regs_set(&met->regs, REG_CS, selector);
}

/* Behind the line's own words; behind the address, too, where other machines have it in brackets of their own. */
static const char *rip_value(const char *text)
{
	const char *at = text + strcspn(text, " :");

	/* "NIP [c000000008068dfc] .f+0x27c/0x390", "Krnl PSW : 0704… 000003ff8086d03a (f+0x3a/0x1000 [mod])" */
	if (has_prefix(text, "NIP [") && strchr(text, ']'))
		return strchr(text, ']') + 1;
	if (has_prefix(text, "Krnl PSW : ") && strchr(text, '('))
		return strchr(text, '(') + 1;
	if (has_prefix(text, "EIP is at ") || has_prefix(text, "PC is at "))
		return strstr(text, " at ") + 4;
	return at + strspn(at, " :");
}

/* Behind "[<addr>]", of which there may be two, and what stands for it elsewhere; *address is left alone where none does. */
static const char *take_rip_address(struct report *report, const char *text, const char *at,
				    uint64_t *address, bool *addressed)
{
	for (const char *open; (open = strstr(at, "[<")) && parse_hex_start(open + 2, address);) {
		at = open + 2 + strcspn(open + 2, "]");
		at += *at == ']'; /* a line may be cut before it */
		*addressed = true;
		report->is_32bit |= has_prefix(text, "IP: ") && hex_digits(open + 2) == 8;
	}
	if (*addressed && has_prefix(at, "(<") && strchr(at, ')')) /* Markdown took it for a link */
		at = strchr(at, ')') + 1;
	at = skip_blanks(at);
	/* mips: "epc   : 8576591c f+0xd0/0x3c0 [mod]" */
	if (has_prefix(text, "epc   : ") && parse_hex_start(at, address)) {
		*addressed = true;
		at = skip_blanks(at + hex_digits(at));
	}
	return at;
}

/*
 * "RIP: 0010:f+0x1/0x2 [mod]", "RIP: 0010:[<addr>]  [<addr>] f+…", "IP: [<addr>] f+…",
 * "RIP: e030:[<addr>]", "pc : f+…", "RIP: 0010:0xffff…" and "RIP: 0010:[<addr>]" alone.
 */
static void take_rip(struct report_reader *reader, const char *text)
{
	struct report *report = reader->report;
	struct report_place place = {0};
	uint64_t selector = 0, address = 0;
	const char *at = rip_value(text);
	bool addressed = false;

	reader->in_met = false;
	reader->in_user = is_user_selector(at, &selector) && !is_xen_selector(selector);
	reader->in_user |= reader->seen & 1u << BODY_FRAME && is_user_eip(text);
	if (reader->in_user)
		return;
	if (hex_digits(at) == 4 && at[4] == ':')
		at += 5;
	if (has_prefix(text, "EIP: "))
		take_rest_of_eip(report, text);
	at = take_rip_address(report, text, at, &address, &addressed);
	if (!report_place_read(at, &place) && !report_source_read(at, &place) && at[0] == '0' &&
	    at[1] == 'x')
		addressed |= parse_hex_start(at + 2, &address);
	bool traced = reader->seen & 1u << BODY_FRAME;
	bool interrupted = traced && !report->rip.symbol[0] && is_trace_of_stuck(report);

	if (interrupted)
		drop_frames(report);
	/* Registers below a trace are of what an interrupt met there; an oops repeats its own at the end. */
	reader->in_nested =
		traced && !interrupted &&
		(report->rip.symbol[0] || report_kind_outcome(report->kind) != OUTCOME_OOPS);
	if (addressed && !regs_known(&report->regs, REG_RIP))
		regs_set(&report->regs, REG_RIP, address);
	if (selector && !regs_known(&report->regs, REG_CS))
		regs_set(&report->regs, REG_CS, selector);
	place.address = address;
	if (reader->in_nested)
		begin_met(reader, &place, selector);
	if (reader->in_nested || (report->rip.symbol[0] && reader->seen & 1u << BODY_REGS))
		return;
	if (place.symbol[0] || address)
		report->rip = place;
}

/* --- code ------------------------------------------------------------------------------------- */

#define CODE_FROM_RIP 20 /* bytes that 2.6.18 prints, from RIP on, with no mark */

static void take_code(struct report *report, const char *text)
{
	const char *at = skip_blanks(strchr(text, ':') + 1);

	bool any_marked = false;

	if (report->code_length)
		return;
	for (; *at && report->code_length < sizeof(report->code); at = skip_blanks(at)) {
		bool marked = *at == '<' || *at == '(';
		uint64_t byte;

		at += marked;
		if (hex_digits(at) != 2 || !parse_hex(at, 2, &byte))
			return; /* "Bad RIP value.", arm64's words of 32 bits */
		any_marked |= marked;
		if (marked)
			report->code_at = report->code_length;
		report->code[report->code_length++] = (uint8_t)byte;
		at += 2 + (at[2] == '>' || at[2] == ')');
	}
	/* A line that was cut says of no byte that it is the one. */
	if (!any_marked && report->code_length != CODE_FROM_RIP)
		report->code_length = 0;
}

/* --- call traces ------------------------------------------------------------------------------ */

static struct err *open_stack(struct report *report, const char *title, struct report_stack **ret)
{
	if (!array_grow(report->stacks, report->stack_count))
		return &err_nomem;
	struct report_stack *stack = &report->stacks[report->stack_count++];

	*stack = (struct report_stack){.pid = -1};
	copy_string(stack->title, sizeof(stack->title), title);
	*ret = stack;
	return NULL;
}

static struct err *add_frame(struct report_stack *stack, const struct report_frame *frame)
{
	if (stack->count >= REPORT_FRAMES_MAX) {
		stack->left_out++;
		return NULL;
	}
	if (!array_grow(stack->frames, stack->count))
		return &err_nomem;
	stack->frames[stack->count++] = *frame;
	return NULL;
}

/* 2.6.18 ends the first line with "RIP:" and puts the place into the second. */
static bool is_place_of_head(const struct report_reader *reader)
{
	const struct report *report = reader->report;
	size_t length = strlen(report->message);

	while (length && report->message[length - 1] == ' ')
		length--;
	return length > 4 && !memcmp(report->message + length - 4, "RIP:", 4) &&
	       !report->rip.symbol[0] && !(reader->seen & 1u << BODY_TRACE);
}

/* "? kthread_park+0x60/0x60": a pointer to the function behind, that lies on the stack; none returns there. */
static bool is_pointer(const struct report_frame *frame)
{
	return frame->unreliable && frame->place.size &&
	       (!frame->place.offset || frame->place.offset == frame->place.size);
}

static struct err *take_frames(struct report_reader *reader, const char *text)
{
	struct report *report = reader->report;
	struct report_stack *stack =
		report->stack_count ? &report->stacks[report->stack_count - 1] : NULL;
	struct report_frame frame;
	const char *rest = text;

	if (is_place_of_head(reader) && report_frame_read(text, &frame, &rest)) {
		report->rip = frame.place;
		if (frame.place.address)
			regs_set(&report->regs, REG_RIP, frame.place.address);
		reader->seen &= ~(1u << BODY_FRAME);
		return NULL;
	}
	if (!stack || reader->titled) {
		TRY(open_stack(report, reader->titled ? reader->title : "", &stack));
		reader->titled = false;
	}
	while (rest && *rest) {
		if (report_context_read(rest, &reader->context, &rest))
			continue;
		if (!report_frame_read(rest, &frame, &rest))
			break;
		frame.context = reader->context;
		if (!is_pointer(&frame))
			TRY(add_frame(stack, &frame));
	}
	return NULL;
}

static struct err *take_trace(struct report_reader *reader, const char *text)
{
	const char *colon = strchr(text, ':'); /* "backtrace (crc …" may be cut before it */
	struct report_stack *stack;

	reader->context = CONTEXT_TASK;
	reader->in_user = false;
	reader->titled = false;
	TRY(open_stack(reader->report, reader->foreign ? "of who noticed" : "", &stack));
	return colon ? take_frames(reader, colon + 1) : NULL;
}

/* A further call trace, of who allocated or freed. */
static struct err *take_title(struct report_reader *reader, const char *text)
{
	struct report_stack *stack;
	char title[REPORT_TITLE_MAX];
	int32_t pid;

	report_title_read(text, title, sizeof(title), &pid);
	if (has_prefix(title, "backtrace") || has_prefix(title, "stack backtrace"))
		title[0] = '\0'; /* its own, under another name */
	reader->context = CONTEXT_TASK;
	TRY(open_stack(reader->report, title, &stack));
	stack->pid = pid;
	return NULL;
}

/* "INFO: Freed in f+0x12/0x30 age=14 cpu=1 pid=133": the trace of it may follow. */
static struct err *take_track(struct report_reader *reader, const char *text)
{
	char title[REPORT_TITLE_MAX];
	struct report_stack *stack;
	int32_t pid;

	if (!report_track_read(text, title, sizeof(title), &pid))
		return NULL;
	reader->context = CONTEXT_TASK;
	TRY(open_stack(reader->report, title, &stack));
	stack->pid = pid;
	return NULL;
}

/* The interrupted code's RIP within a trace is a frame of it. */
static struct err *take_nested(struct report_reader *reader, const char *text)
{
	struct report *report = reader->report;
	struct report_frame frame = {.exception = true, .context = reader->context};
	const char *at = strchr(text, ':');

	if (!at || !report->stack_count || strspn(at + 1, " ") > 1)
		return NULL;
	at = skip_blanks(at + 1);
	if (hex_digits(at) != 4 || at[4] != ':' || !report_place_read(at + 5, &frame.place))
		return NULL;
	/* The report's own, said once more behind its end. */
	if (strcmp(frame.place.symbol, report->rip.symbol) != 0 ||
	    frame.place.offset != report->rip.offset)
		return add_frame(&report->stacks[report->stack_count - 1], &frame);
	return NULL;
}

static void take_met(struct report_reader *reader, const char *text, enum body_line kind)
{
	struct report_met *met = &reader->report->met;
	struct report read = {.regs = met->regs, .code_length = met->code_length};

	if (kind == BODY_REGS) {
		take_registers(&read, text);
		met->regs = read.regs;
		reader->report->is_32bit |= read.is_32bit;
	} else if (!met->code_length) {
		take_code(&read, text);
		memcpy(met->code, read.code, sizeof(met->code));
		met->code_length = read.code_length;
		met->code_at = read.code_at;
	}
}

/* --- whose header it is ----------------------------------------------------------------------- */

/* Does this header name another CPU than the one that is stuck: the one that noticed? */
static bool is_of_noticer(const struct report *report, uint64_t cpu)
{
	if (report_kind_outcome(report->kind) != OUTCOME_STUCK)
		return false;
	if (report->kind == REPORT_HUNG_TASK)
		return true;
	if (report->kind != REPORT_RCU_STALL || strstr(report->message, "self-detected"))
		return report->cpu >= 0 && (uint64_t)report->cpu != cpu;
	for (size_t i = 0; i < report->stall.cpu_count; i++)
		if ((uint64_t)report->stall.cpus[i] == cpu)
			return false;
	return true;
}

static void take_header(struct report_reader *reader, const char *text)
{
	struct report *report = reader->report;
	struct report before = {.cpu = report->cpu, .pid = report->pid, .tgid = report->tgid};
	uint64_t cpu;

	copy_string(before.comm, sizeof(before.comm), report->comm);
	report_header_read(text, report);
	if (!parse_dec_after(text, "CPU: ", &cpu) || !is_of_noticer(report, cpu))
		return;
	reader->foreign = true;
	if (report->by_cpu < 0 && cpu < UINT16_MAX)
		report->by_cpu = (int)cpu;
	report->cpu = before.cpu;
	report->pid = before.pid;
	report->tgid = before.tgid;
	copy_string(report->comm, sizeof(report->comm), before.comm);
}

/* --- all of it -------------------------------------------------------------------------------- */

/*
 * arm64's syndrome, arch/arm64/include/asm/esr.h: "ESR = 0x0000000096000004"; kernels before 4.14
 * (1f9b8936f36f) have it in "Internal error: Oops: 96000004 [#1]" alone.
 */
static void take_arm64_syndrome(struct report *report, const char *text)
{
	const char *at = has_prefix(text, "ESR = 0x")		      ? text + 8
			 : has_prefix(text, "Internal error: Oops: ") ? text + 22
								      : NULL;
	uint64_t syndrome;

	if (!at || hex_digits(at) < 8 || !parse_hex_start(at, &syndrome) || report->access[0])
		return;
	uint64_t class = syndrome >> 26 & 0x3f;
	bool instruction = class == 0x21, data = class == 0x25; /* aborts of the kernel's own */
	if (instruction || data)
		copy_string(report->access, sizeof(report->access),
			    instruction		 ? "execute"
			    : syndrome & 1u << 6 ? "write"
						 : "read");
}

/* "#PF: supervisor write access in kernel mode", "#PF: error_code(0x0002) …", "Oops: 0002 [#1]" */
static void take_fault(struct report *report, const char *text)
{
	static const char *const accesses[] = {"read", "write", "instruction fetch"};
	const char *code = strstr(text, "error_code(0x");

	text += *text == '#'; /* which a commit's message may not have at a line's beginning */
	for (size_t i = 0; has_prefix(text, "PF: ") && i < ARRAY_SIZE(accesses); i++) {
		const char *at = strstr(text, accesses[i]);

		if (at && has_prefix(at + strlen(accesses[i]), " access"))
			copy_string(report->access, sizeof(report->access),
				    i == 2 ? "execute" : accesses[i]);
	}
	take_arm64_syndrome(report, text);
	code = code				  ? code + 13
	       : has_prefix(text, "Oops: Oops: ") ? text + 12
	       : has_prefix(text, "Oops: ")	  ? text + 6
						  : NULL;
	if (code && !report->has_error_code)
		report->has_error_code =
			parse_hex_start(code, &report->error_code) && hex_digits(code) >= 4;
}

static struct err *take(struct report_reader *reader, const char *text, size_t index,
			enum body_line kind)
{
	bool of_report = !reader->in_user && !reader->in_nested && !reader->foreign;
	struct report *report = reader->report;

	if (reader->in_met && (kind == BODY_REGS || kind == BODY_CODE)) {
		take_met(reader, text, kind);
		return NULL;
	}
	switch (kind) {
	case BODY_FAULT:
		take_fault(report, text);
		return NULL;
	case BODY_HEADER:
		take_header(reader, text);
		return NULL;
	case BODY_MACHINE:
		report_header_read(text, report);
		return NULL;
	case BODY_TASK:
		if (!reader->foreign)
			report_header_read(text, report);
		return NULL;
	case BODY_RIP:
		if (!reader->foreign)
			take_rip(reader, text);
		return reader->in_nested ? take_nested(reader, text) : NULL;
	case BODY_REGS:
		if (of_report)
			take_registers(report, text);
		if (of_report && has_prefix(text, "EFLAGS: "))
			report_header_read(text, report);
		return NULL;
	case BODY_CODE:
		if (of_report)
			take_code(report, text);
		return NULL;
	case BODY_TRACE:
		return take_trace(reader, text);
	case BODY_FRAME:
		return take_frames(reader, text);
	case BODY_DETAIL:
		report_detail_read(text, index, report);
		return take_track(reader, text);
	case BODY_TITLE:
		return take_title(reader, text);
	case BODY_MODULES:
		report->modules_line = index;
		return NULL;
	case BODY_END:
		report->ended = true;
		return NULL;
	default:
		return NULL;
	}
}

struct err *report_body_take(struct report_reader *reader, const char *line, size_t index,
			     enum body_line kind)
{
	reader->seen |= 1u << kind;
	reader->report->last = index;
	return take(reader, skip_blanks(line), index, kind);
}
