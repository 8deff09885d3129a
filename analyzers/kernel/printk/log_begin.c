/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How lines of the kernel begin, so that one that was broken is told from the next. */
#include "kernel/printk/log_begin.h"

#include <ctype.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/printk/log_word.h"

/* Words with a colon that stand within lines. */
static bool is_mid_key(const char *word, size_t length)
{
	static const char *const keys[] = {
		"RBX:",	    "RCX:",	"RSI:",	  "RDI:",  "R08:",  "R09:",    "R11:",
		"R12:",	    "R14:",	"R15:",	  "GS:",   "DS:",   "ES:",     "CR0:",
		"CR3:",	    "CR4:",	"PID:",	  "Comm:", "BIOS",  "EFLAGS:", "ORIG_RAX:",
		"Tainted:", "tainted:", "knlGS:", "UID:",  "task:", "stack:",  "nr_pages:"};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (log_begins_with(word, length, keys[i]))
			return true;
	return log_begins_with(word, length, "pid:") || log_begins_with(word, length, "ppid:") ||
	       log_begins_with(word, length, "flags:");
}

static const char *const beginnings[] = {
#define BEGIN(words) words,
#include "kernel/printk/log_begin.def"
#undef BEGIN
};

/* "[c000000010f93150]": frames of other machines. */
static bool is_address(const char *line, size_t length)
{
	size_t digits = 1;

	while (digits < length && isxdigit((unsigned char)line[digits]))
		digits++;
	return length && line[0] == '[' && digits > 8 && digits < length && line[digits] == ']';
}

/* One of the table's, at line. */
bool log_has_beginning(const char *line, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(beginnings); i++)
		if (log_begins_with(line, length, beginnings[i]))
			return true;
	return is_address(line, length);
}

/* "nvme 0000:41:00.0: ", "EXT4-fs (vda1): ": who speaks. */
static bool is_device(const char *line, size_t length, size_t word)
{
	const char *at = line + word + 1, *end;

	if (!word || length < word + 14 || isdigit((unsigned char)line[0]))
		return false;
	if (at[0] != '(')
		return at[4] == ':' && at[7] == ':' && at[10] == '.' && log_is_hex(at[0]) &&
		       log_is_hex(at[5]);
	end = memchr(at, ')', MIN(length - word - 3, (size_t)24));
	return end && end[1] == ':' && !memchr(at, ' ', (size_t)(end - at));
}

/* "x8 : ffff800083d3bd98": of arm64. */
static bool is_register(const char *line, size_t length)
{
	size_t at = 1;

	while (at < length && isdigit((unsigned char)line[at]))
		at++;
	return length > 4 && line[0] == 'x' && at > 1 && at < 4 &&
	       log_begins_with(line + at, length - at, " :");
}

/* "[    902]     0   902 …": a row of the OOM killer's table of tasks. */
static bool is_task_row(const char *line, size_t length)
{
	size_t at = 1;

	while (at < length && at < 12 && (line[at] == ' ' || isdigit((unsigned char)line[at])))
		at++;
	return length > at + 2 && line[0] == '[' && at > 5 && line[at] == ']' &&
	       line[at + 1] == ' ';
}

/* "ffff88007ba90000     0  4321      1 0x00000080": how many numbers stand there, 0 if anything else does. */
static size_t numbers(const char *line, size_t length)
{
	size_t count = 0;

	for (size_t i = 0; i < length; i++) {
		if (line[i] != ' ' && line[i] != 'x' && !log_is_hex(line[i]))
			return 0;
		count += line[i] != ' ' && (!i || line[i - 1] == ' ');
	}
	return count;
}

/* "task:sh   state:D …", "sh   D    0     5      1 0x…", "sh   R  running task  0 …": a task, as sched_show_task() prints it. */
static bool is_task(const char *line, size_t length)
{
	if (log_begins_with(line, length, "task:"))
		return memmem(line, MIN(length, (size_t)48), " state:", 7);
	for (size_t at = 1; at <= 17 && at + 2 < length; at++) {
		const char *rest = line + at + 1;

		if (line[at - 1] == ' ' && strchr("RSDTtXxZKWPNI?", line[at]) &&
		    (*rest == ' ' || isdigit((unsigned char)*rest)))
			return log_begins_with(rest, length - at - 1, "  running task") ||
			       numbers(rest, length - at - 1) >= 3;
	}
	return false;
}

/* "2 locks held by sh/611:" */
static bool is_lock_count(const char *line, size_t length)
{
	size_t at = 0;

	while (at < length && isdigit((unsigned char)line[at]))
		at++;
	return at && (log_begins_with(line + at, length - at, " lock held by ") ||
		      log_begins_with(line + at, length - at, " locks held by "));
}

bool log_is_beginning(const char *line, size_t length)
{
	size_t word = 0;

	while (length && *line == ' ') {
		line++;
		length--;
	}
	while (word < length && line[word] != ' ')
		word++;
	if (log_has_beginning(line, length) || is_device(line, length, word) ||
	    is_register(line, length) || is_task_row(line, length) || is_task(line, length) ||
	    is_lock_count(line, length))
		return true;
	return word > 1 && line[word - 1] == ':' && !isdigit((unsigned char)line[0]) &&
	       !is_mid_key(line, word);
}

/* A frame of a trace, behind blanks. */
bool log_is_frame(const char *line, size_t length)
{
	size_t blanks = 0;

	while (blanks < length && (line[blanks] == ' ' || line[blanks] == '\t'))
		blanks++;
	line += blanks;
	length -= blanks;
	return blanks && (log_begins_with(line, length, "[<") ||
			  log_begins_with(line, length, "? ") || log_place_length(line, length));
}

bool log_is_whole_frame(const char *line, size_t length)
{
	size_t at, digits = 0;

	while (length && (*line == ' ' || *line == '?')) {
		line++;
		length--;
	}
	at = log_place_length(line, length);
	while (at && at < length && (log_is_hex(line[at]) || line[at] == '/' || line[at] == 'x')) {
		digits += line[at] == '/';
		at++;
	}
	if (digits != 1)
		return false;
	while (length > at && line[length - 1] == ' ')
		length--;
	return at == length || (length - at > 3 && line[at] == ' ' && line[at + 1] == '[' &&
				memchr(line + at, ']', length - at) == line + length - 1);
}
