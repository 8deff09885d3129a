/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the kernel's line about a user process that crashed. Commits: c926087eb38f v6.2 " likely on
 * CPU"; the base is that of the mapping, and of the file where the kernel subtracts the mapping's
 * file offset (el8, 6.12).
 */
#include "log/segfault.h"

#include <string.h>

#include "base/parse.h"
#include "base/str.h"

#define HEX "0123456789abcdefABCDEF"

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
	return length < sizeof(fault->comm);
}

/* " in libfoo.so[7f00+1000]"; a file's name may hold brackets too. */
static void parse_object(const char *at, struct segfault *fault)
{
	const char *name = strstr(at, " in "), *open = NULL;

	if (!name)
		return;
	name += 4;
	for (const char *c = name; *c && strncmp(c, " likely on CPU", 14); c++)
		if (*c == '[')
			open = c;
	if (!open)
		return;
	size_t digits = strspn(open + 1, HEX);
	const char *plus = open + 1 + digits;
	if (!parse_hex(open + 1, digits, &fault->base) || *plus != '+')
		return;
	digits = strspn(plus + 1, HEX);
	if (plus[1 + digits] != ']' || !parse_hex(plus + 1, digits, &fault->size))
		return;
	copy_part(fault->object, sizeof(fault->object), name, (size_t)(open - name));
}

static void parse_cpu(const char *at, struct segfault *fault)
{
	uint64_t number;

	fault->cpu = -1;
	if (parse_dec_after(at, " likely on CPU ", &number) && number < 65536)
		fault->cpu = (int)number;
}

static bool parse_page_fault(const char *line, struct segfault *fault)
{
	const char *words = strstr(line, ": segfault at ");

	if (!words || !parse_task(line, words, fault))
		return false;
	copy_string(fault->trap, sizeof(fault->trap), "segfault");
	fault->has_address = true;
	return parse_hex_after(words, " at ", &fault->address) &&
	       parse_hex_after(words, " ip ", &fault->ip) &&
	       parse_hex_after(words, " sp ", &fault->sp) &&
	       parse_hex_after(words, " error ", &fault->error);
}

static bool parse_trap(const char *line, struct segfault *fault)
{
	const char *start = strstr(line, "traps: "), *ip = strstr(line, " ip:"), *end = NULL;

	if (!start || !ip || ip < start)
		return false;
	start += 7;
	for (const char *c = start; c < ip; c++)
		if (*c == ']' && (c[1] == ' ' || c[1] == ':'))
			end = c + 1;
	if (!end || !parse_task(start, end, fault))
		return false;
	const char *trap = end + strspn(end, ": ");
	if (trap > ip)
		return false;
	if (!strncmp(trap, "trap ", 5) && trap + 5 < ip)
		trap += 5;
	copy_part(fault->trap, sizeof(fault->trap), trap, (size_t)(ip - trap));
	return trap < ip && parse_hex_after(ip, " ip:", &fault->ip) &&
	       parse_hex_after(ip, " sp:", &fault->sp) &&
	       parse_hex_after(ip, " error:", &fault->error);
}

bool segfault_parse(const char *line, struct segfault *ret)
{
	*ret = (struct segfault){0};
	if (!parse_page_fault(line, ret)) {
		*ret = (struct segfault){0};
		if (!parse_trap(line, ret))
			return false;
	}
	parse_object(line, ret);
	parse_cpu(line, ret);
	return true;
}

bool segfault_offset(const struct segfault *fault, uint64_t *offset)
{
	*offset = fault->ip - fault->base;
	return fault->object[0] && fault->ip >= fault->base && *offset < fault->size;
}

const char *segfault_access(const struct segfault *fault)
{
	if (!fault->has_address)
		return NULL;
	return fault->error & 0x10 || fault->address == fault->ip ? "execute"
	       : fault->error & 2				  ? "write"
								  : "read";
}

#define NULL_REGION 0x10000ull /* mmap_min_addr's usual value: nothing is mapped below */

const char *segfault_class(const struct segfault *fault)
{
	if (!fault->has_address)
		return NULL;
	if (fault->address < NULL_REGION)
		return "null_offset";
	if (fault->address >> 47)
		return fault->address >> 47 == 0x1ffff ? "kernel" : "non_canonical";
	if (fault->error & 0x20)
		return "protection_key";
	return fault->error & 1 ? "protection" : "not_present";
}
