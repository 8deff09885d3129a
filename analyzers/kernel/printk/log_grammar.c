/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which lines go on with the line before, by what the grammar of a report allows. */
#include "kernel/printk/log_grammar.h"

#include <ctype.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/printk/log_begin.h"
#include "kernel/printk/log_word.h"

static size_t run_of(const char *line, size_t length, char byte)
{
	size_t count = 0;

	while (count < length && line[count] == byte)
		count++;
	return count;
}

bool log_is_rule(const struct str *line)
{
	return line->length > 20 && strchr("=-#*", line->data[0]) &&
	       run_of(line->data, line->length, line->data[0]) == line->length;
}

bool log_is_rule_end(const struct str *rule, const char *line, size_t length)
{
	return rule->length > 40 && length < rule->length &&
	       run_of(line, length, rule->data[0]) == length;
}

static bool is_hex_only(const char *line, size_t length)
{
	size_t digits = 0;

	for (size_t i = 0; i < length; i++) {
		if (line[i] == ' ' || line[i] == '<' || line[i] == '>')
			continue;
		if (!log_is_hex(line[i]))
			return false;
		digits++;
	}
	return digits != 0;
}

/* "WARNING: … at mm/slab.c:971" whose function the next line names. */
static bool ends_at_source(const char *line, size_t length)
{
	size_t digits = 0;

	while (digits < length && isdigit((unsigned char)line[length - 1 - digits]))
		digits++;
	return digits && length > digits + 2 && log_ends_with(line, length - digits, ".c:") &&
	       log_begins_with(line, length, "WARNING: ");
}

/* "… NULL pointer dereference" and, in the next line, "at 0000000000000038". */
static bool address_goes_on(const char *before, size_t end, const char *line, size_t length)
{
	static const char *const words[] = {"pointer dereference", "paging request",
					    "virtual address", "dereference at", "request at"};
	size_t at = length > 3 && !memcmp(line, "at ", 3) ? 3 : 0, digits = 0;

	if (log_begins_with(line + at, length - at, "virtual address "))
		return true;
	while (at + digits < length && log_is_hex(line[at + digits]))
		digits++;
	if (digits != 8 && digits != 16 && !log_begins_with(line + at, length - at, "(null)"))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (log_ends_with(before, end, words[i]))
			return (at != 0) == (i < 2);
	return false;
}

/* What ends a line and never a sentence, and what follows it. */
static bool pair_goes_on(const char *before, size_t end, const char *line, size_t length)
{
	while (length && *line == ' ') {
		line++;
		length--;
	}
	if (address_goes_on(before, end, line, length) || log_ends_with(before, end, "ASSERTION("))
		return true;
	if (log_begins_with(line, length, "[0x"))
		return log_ends_with(before, end, " in range");
	if (log_begins_with(line, length, "gfp_mask="))
		return log_ends_with(before, end, " invoked oom-killer:");
	if (log_ends_with(before, end, " error") && strstr(before, "segfault at "))
		return length && isdigit((unsigned char)line[0]);
	if (log_ends_with(before, end, ">] ?") || ends_at_source(before, end))
		return log_place_length(line, length) != 0;
	return before[end - 1] == ':' && strstr(before, "Machine Check") &&
	       strstr(before, " Bank ") && length > 7 && is_hex_only(line, MIN(length, (size_t)8));
}

/* "comm[12]:" whose crash the next line tells. */
static bool task_goes_on(const char *before, size_t end, const char *line, size_t length)
{
	static const char *const words[] = {"segfault at ", "trap ", "general protection"};

	if (!log_ends_with(before, end, "]:"))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (log_begins_with(line, length, words[i]))
			return true;
	return false;
}

/* "CPU: 4 PID: 12 Comm: x Tainted: G" and, in the next line, "5.10.0-28-amd64 #1 …", or a part of it. */
static enum log_join header_goes_on(const char *before, size_t end, const char *line, size_t length)
{
	if (!log_begins_with(before, end, "CPU: ") && !log_begins_with(before, end, "Pid: "))
		return JOIN_NOT;
	const char *taint = strstr(before, "ainted: "), *last = before + end;
	const char *number = length && line[0] == '#' ? line : memmem(line, length, " #", 2);

	taint = taint ? taint : strstr(before, "Not tainted");
	if (strstr(before, " #") || !taint || !number || memmem(line, length, ": ", 2))
		return JOIN_NOT;
	while (last > taint && last[-1] != ' ')
		last--;
	/* The release is one word: what has begun goes on. */
	if (line[0] == '#')
		return JOIN_BLANK;
	bool begun = isdigit((unsigned char)*last) && before[end] != ' ';
	return begun && !memchr(line, ' ', (size_t)(number - line)) ? JOIN_CUT : JOIN_UNKNOWN;
}

/* "… PID: 1" and "88243 Comm: x": a number is followed by a name. */
static bool number_goes_on(const char *before, size_t end, const char *line, size_t length)
{
	const char *pid = log_begins_with(before, end, "CPU: ") ? strstr(before, " PID: ") : NULL;
	size_t digits = 0;

	while (digits < length && isdigit((unsigned char)line[digits]))
		digits++;
	return pid && digits && log_begins_with(line + digits, length - digits, " Comm: ") &&
	       strspn(pid + 6, "0123456789") == strlen(pid + 6) && pid[6];
}

/* Bytes of "Code:", two digits each, of which the one that broke may have been cut. */
static enum log_join code_goes_on(const char *before, size_t end, const char *line, size_t length)
{
	const char *code = is_hex_only(line, length) ? strstr(before, "Code: ") : NULL;

	if (!code || (code != before && !isspace((unsigned char)code[-1])))
		return JOIN_NOT;
	if (code[6] && !is_hex_only(code + 6, end - (size_t)(code + 6 - before)))
		return JOIN_NOT;
	size_t last = 0, first = 0;

	while (last < end && log_is_hex(before[end - 1 - last]))
		last++;
	while (first < length && log_is_hex(line[first]))
		first++;
	bool open = end && before[end - 1] == '<', close = line[0] == '>';
	return open || close || (last == 1 && first == 1) ? JOIN_CUT : JOIN_BLANK;
}

bool log_is_code(const struct str *before, const char *line, size_t length)
{
	return before->length && length && code_goes_on(before->data, before->length, line, length);
}

/* Names of modules, with flags: "nfs(+)", "lab(OE-)", "[last unloaded: x]". */
static bool modules_go_on(const char *before, const char *line, size_t length)
{
	if (!log_begins_with(before, strlen(before), "Modules linked in:") || strchr(before, '[') ||
	    log_is_beginning(line, length))
		return false;
	for (size_t i = 0; i < length && line[i] != '['; i++)
		if (!islower((unsigned char)line[i]) && !isdigit((unsigned char)line[i]) &&
		    !strchr("_-()+ ", line[i]) && !isupper((unsigned char)line[i]))
			return false;
	/* "Pid" and "CPU 3" begin lines; no module's name does so with a capital. */
	return islower((unsigned char)line[0]) || line[0] == '[' || line[0] == '_';
}

/* "RIP … [<ffff…>]" or "name+0x1/0x2" and, in the next line, what it lacks: its function, its module. */
static bool place_goes_on(const char *before, size_t end, const char *line, size_t length)
{
	bool address = before[end - 1] == ']' || log_ends_with(before, end, "0010:");

	while (!address && length && *line == ' ') {
		line++;
		length--;
	}
	if (address ? !log_place_length(line, length)
		    : length <= 2 || line[0] != '[' || !islower((unsigned char)line[1]) ||
			      line[length - 1] != ']' || memchr(line, ' ', length) ||
			      !log_is_hex(before[end - 1]) || !strstr(before, "+0x"))
		return false;
	return strstr(before, "RIP") || strstr(before, "[<");
}

/* A row of the OOM killer's table of tasks: "[  902]     0   902 …" and numbers up to the task's name. */
static bool row_goes_on(const char *before, size_t end, const char *line, size_t length)
{
	size_t at = 0, numbers = 0;

	if (end < 8 || before[0] != '[' || strspn(before, "[] " DEC_DIGITS) < end ||
	    !memchr(before, ']', 12))
		return false;
	while (at < length && (isdigit((unsigned char)line[at]) || strchr(" -", line[at])))
		numbers += isdigit((unsigned char)line[at++]) != 0;
	return at < length && (numbers || at) && isalpha((unsigned char)line[at]);
}

/* "… RCX:" and the value in the next line. */
static bool value_goes_on(const char *before, size_t end, const char *line, size_t length)
{
	return end > 3 && before[end - 1] == ':' &&
	       isupper((unsigned char)before[end - (before[end - 2] == 'e' ? 1 : 4)]) &&
	       length >= 8 && is_hex_only(line, MIN(length, (size_t)8));
}

enum log_join log_grammar(const struct str *before, const char *line, size_t length)
{
	const char *text = before->data;
	size_t end = before->length;

	while (end && text[end - 1] == ' ')
		end--;
	if (!end || !length)
		return JOIN_NOT;
	if (number_goes_on(text, end, line, length) ||
	    (log_word_is_cut(text, end, line, length) && !log_is_beginning(line, length)))
		return JOIN_CUT;
	enum log_join join = code_goes_on(text, end, line, length);

	join = join ? join : header_goes_on(text, end, line, length);
	if (join)
		return join;
	if (pair_goes_on(text, end, line, length))
		return JOIN_BLANK;
	if (task_goes_on(text, end, line, length) || value_goes_on(text, end, line, length) ||
	    place_goes_on(text, end, line, length) || modules_go_on(text, line, length) ||
	    row_goes_on(text, end, line, length))
		return JOIN_UNKNOWN;
	/* A board's name up to its BIOS. */
	return log_begins_with(text, end, "Hardware name: ") && !strstr(text, "BIOS") &&
			       memmem(line, length, "BIOS", 4)
		       ? JOIN_UNKNOWN
		       : JOIN_NOT;
}
