/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the kernel's line about a user process that crashed. Commits: c926087eb38f v6.2 " likely on
 * CPU"; the base is that of the mapping, and of the file where the kernel subtracts the mapping's
 * file offset (el8, 6.12).
 */
#include "log/segfault.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/parse.h"
#include "base/str.h"

/* "comm[pid]" that ends at end: comm may itself hold brackets, so the last one counts. */
static bool parse_task(const char *start, const char *end, struct segfault *fault)
{
	const char *open = end;

	if (end == start || end[-1] != ']')
		return false;
	while (open > start && *open != '[')
		open--;
	if (open == start || !parse_dec(open + 1, (size_t)(end - open - 2), &fault->pid))
		return false;
	size_t length = (size_t)(open - start);
	copy_part(fault->comm, sizeof(fault->comm), start, length);
	return length < sizeof(fault->comm) && fault->pid <= INT32_MAX;
}

/* "[base+size]", "[offset,base+size]"; the fields stay as they are when it is neither. */
static bool parse_mapping(const char *open, struct segfault *fault)
{
	uint64_t first, base, size;
	const char *at = open + 1 + hex_digits(open + 1);

	if (!parse_hex_start(open + 1, &first))
		return false;
	bool has_offset = *at == ',';
	if (has_offset) {
		if (!parse_hex_start(at + 1, &base))
			return false;
		at += 1 + hex_digits(at + 1);
	}
	if (*at != '+' || !parse_hex_start(at + 1, &size) || at[1 + hex_digits(at + 1)] != ']')
		return false;
	fault->has_file_offset = has_offset;
	fault->file_offset = has_offset ? first : 0;
	fault->base = has_offset ? base : first;
	fault->size = size;
	return true;
}

/* " in libfoo.so[7f00+1000]"; a file's name may hold brackets too. */
static void parse_object(const char *at, struct segfault *fault)
{
	const char *name = strstr(at, " in "), *open = NULL;

	if (!name)
		return;
	name += 4;
	for (const char *c = name; *c && strncmp(c, " likely on CPU", 14) != 0; c++)
		if (*c == '[')
			open = c;
	if (open && open > name && parse_mapping(open, fault))
		copy_part(fault->object, sizeof(fault->object), name, (size_t)(open - name));
}

static int parse_number(const char *text, const char *words)
{
	uint64_t number;

	return text && parse_dec_after(text, words, &number) && number < 65536 ? (int)number : -1;
}

static void parse_cpu(const char *at, struct segfault *fault)
{
	const char *words = strstr(at, " likely on CPU ");

	fault->cpu = parse_number(words, " likely on CPU ");
	fault->core = parse_number(words, "(core ");
	fault->socket = parse_number(words, ", socket ");
}

/* The number behind the first of some names, and a blank or a colon: " rip 5", " ip:5". */
static const char *parse_field(const char *at, const char *const *names, uint64_t *ret)
{
	for (; *names; names++) {
		size_t length = strlen(*names);
		const char *found = at;

		while ((found = strstr(found, *names)) && found[length] != ' ' &&
		       found[length] != ':')
			found++;
		if (!found)
			continue;
		const char *value = found + length + 1;
		value += strspn(value, " ");
		*ret = 0; /* %p wrote NULL as "(null)" */
		return has_prefix(value, "(null)") || parse_hex_start(value, ret) ? found : NULL;
	}
	return NULL;
}

static const char *const ip_names[] = {" rip", " eip", " ip", NULL};
static const char *const sp_names[] = {" rsp", " esp", " sp", NULL};
static const char *const error_names[] = {" error", NULL};

/* Where the fields begin, or NULL. */
static const char *parse_registers(const char *at, struct segfault *fault)
{
	const char *ip = parse_field(at, ip_names, &fault->ip);
	const char *sp = ip ? parse_field(ip, sp_names, &fault->sp) : NULL;

	return sp && parse_field(sp, error_names, &fault->error) ? ip : NULL;
}

static const char *parse_page_fault(const char *line, struct segfault *fault)
{
	static const char *const at_names[] = {" segfault at", NULL};
	const char *words = strstr(line, ": segfault at ");

	if (!words || !parse_task(line, words, fault) ||
	    !parse_field(words, at_names, &fault->address))
		return NULL;
	copy_string(fault->trap, sizeof(fault->trap), "segfault");
	fault->has_address = true;
	return parse_registers(words + 14, fault);
}

/* Without "traps: " before them, these words alone are a trap's. */
static bool is_trap(const char *words)
{
	static const char *const known[] = {"general protection", "control protection",
					    "divide error",	  "invalid opcode",
					    "stack segment",	  "segment not present",
					    "alignment check",	  "int3",
					    "overflow",		  "bounds",
					    "invalid TSS",	  "coprocessor segment overrun"};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (has_prefix(words, known[i]))
			return true;
	return false;
}

/* The end of "comm[pid]", which a trap's words follow before limit; NULL when there is none. */
static const char *task_end(const char *start, const char *limit)
{
	const char *end = NULL;

	for (const char *c = start; c < limit; c++)
		if (*c == ']' && (c[1] == ' ' || c[1] == ':'))
			end = c + 1;
	return end;
}

static const char *parse_trap(const char *line, struct segfault *fault)
{
	const char *start = strstr(line, "traps: ");
	bool announced = start == line;

	start = announced ? start + 7 : line;
	const char *ip = parse_registers(start, fault);
	const char *end = ip ? task_end(start, ip) : NULL;
	if (!end || !parse_task(start, end, fault))
		return NULL;
	const char *trap = end + strspn(end, ": ");
	if (has_prefix(trap, "trap "))
		trap += 5;
	if (trap >= ip || (!announced && !is_trap(trap)))
		return NULL;
	copy_part(fault->trap, sizeof(fault->trap), trap, (size_t)(ip - trap));
	return ip;
}

/* All forms have the first; one that was cut has another. */
static const char *const line_words[] = {" error", ": segfault at ", "traps: "};

const char *const *segfault_words(size_t *count)
{
	*count = ARRAY_SIZE(line_words);
	return line_words;
}

bool segfault_parse(const char *line, struct segfault *ret)
{
	const char *fields;

	if (!strstr(line, line_words[0]))
		return false;
	line += strspn(line, " ");
	*ret = (struct segfault){0};
	fields = parse_page_fault(line, ret);
	if (!fields) {
		*ret = (struct segfault){0};
		fields = parse_trap(line, ret);
	}
	if (!fields)
		return false;
	parse_object(fields, ret);
	parse_cpu(fields, ret);
	return true;
}

bool segfault_parse_code(const char *line, struct segfault *fault)
{
	line += strspn(line, " ");
	const char *at = has_prefix(line, "Code: ") ? line + 6 : "";
	bool marked = false;

	fault->code_length = fault->code_at = 0;
	for (; *at && fault->code_length < sizeof(fault->code); at += strspn(at, " ")) {
		bool here = *at == '<';
		uint64_t byte;

		at += here;
		if (hex_digits(at) != 2 || !parse_hex(at, 2, &byte))
			break; /* "Bad RIP value.", "Unable to access opcode bytes at …" */
		if (here)
			fault->code_at = fault->code_length;
		marked |= here;
		fault->code[fault->code_length++] = (uint8_t)byte;
		at += 2 + (at[2] == '>');
	}
	if (!marked)
		fault->code_length = fault->code_at = 0;
	return marked;
}

bool segfault_offset(const struct segfault *fault, uint64_t *offset)
{
	*offset = fault->has_file_offset ? fault->file_offset : fault->ip - fault->base;
	return fault->object[0] && fault->ip >= fault->base &&
	       fault->ip - fault->base < fault->size;
}

const char *segfault_access(const struct segfault *fault)
{
	if (!fault->has_address)
		return NULL;
	return fault->error & SEGFAULT_FETCH || fault->address == fault->ip ? "execute"
	       : fault->error & SEGFAULT_WRITE				    ? "write"
									    : "read";
}

bool segfault_is_32bit(const struct segfault *fault)
{
	return fault->sp <= UINT32_MAX && fault->ip <= UINT32_MAX && fault->sp >= 4096;
}

const char *segfault_error_word(const struct segfault *fault, unsigned n)
{
	static const struct {
		unsigned bit;
		const char *set, *clear;
	} table[] = {
		{SEGFAULT_PRESENT, "the page's rights forbid it", "no page there"},
		{SEGFAULT_WRITE, "write", NULL},
		{SEGFAULT_USER, "by user code", "by the kernel for it"},
		{SEGFAULT_RESERVED, "reserved bit set in a page table", NULL},
		{SEGFAULT_FETCH, "instruction fetch", NULL},
		{SEGFAULT_PKEY, "protection key", NULL},
		{SEGFAULT_SHADOW_STACK, "shadow stack", NULL},
		{SEGFAULT_SGX, "SGX enclave page", NULL},
	};

	for (size_t i = 0; fault->has_address && i < ARRAY_SIZE(table); i++) {
		const char *word = fault->error & table[i].bit ? table[i].set : table[i].clear;

		if (word && !n--)
			return word;
	}
	return NULL;
}
