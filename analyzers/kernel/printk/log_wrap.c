/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which lines of a text go on with the line before: a mailer, a console or a terminal has broken it. */
#include "kernel/printk/log_wrap.h"

#include <ctype.h>
#include <string.h>

/* --- widths ----------------------------------------------------------------------------------- */

#define WIDTH_LEAST 60 /* columns that mailers and consoles wrap at */
#define WIDTH_MOST 132

/* Consoles and terminals are this wide: one line is enough to tell that it was cut there. */
static bool is_screen(size_t width)
{
	return width == 80 || width == 100 || width == 120 || width == 132;
}

void log_wrap_count(struct log_wrap *wrap, const char *text, size_t length, size_t width)
{
	size_t indent = 0;

	while (indent < length && (text[indent] == ' ' || text[indent] == '\t'))
		indent++;
	/* What has no blank cannot be wrapped at one: an address of the web. */
	if (indent == length || !memchr(text + indent, ' ', length - indent))
		return;
	wrap->lines++;
	wrap->indents[MIN(indent, (size_t)WRAP_INDENT_MAX)]++;
	wrap->widths[MIN(width, (size_t)WRAP_WIDTH_MAX)]++;
}

void log_wrap_settle(struct log_wrap *wrap)
{
	size_t width = WRAP_WIDTH_MAX, near = 0;

	while (width && !wrap->widths[width])
		width--;
	for (size_t i = width > 12 ? width - 12 : 0; i <= width; i++)
		near += wrap->widths[i];
	wrap->width = width >= WIDTH_LEAST && width <= WIDTH_MOST ? width : 0;
	wrap->hard = wrap->width && wrap->widths[width] + is_screen(width) >= 2 &&
		     wrap->widths[width] * 5 >= near * 3;
	wrap->indent = 0;
	while (wrap->lines && wrap->indent < WRAP_INDENT_MAX && !wrap->indents[wrap->indent])
		wrap->indent++;
}

/* --- what begins a line ----------------------------------------------------------------------- */

static bool begins_with(const char *line, size_t length, const char *words)
{
	return length >= strlen(words) && !memcmp(line, words, strlen(words));
}

/* Words with a colon that stand within lines. */
static bool is_mid_key(const char *word, size_t length)
{
	static const char *const keys[] = {
		"RBX:",	    "RCX:",	"RSI:",	  "RDI:",  "R08:",  "R09:",    "R11:",
		"R12:",	    "R14:",	"R15:",	  "GS:",   "DS:",   "ES:",     "CR0:",
		"CR3:",	    "CR4:",	"PID:",	  "Comm:", "BIOS",  "EFLAGS:", "ORIG_RAX:",
		"Tainted:", "tainted:", "knlGS:", "UID:",  "task:", "stack:",  "nr_pages:"};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (begins_with(word, length, keys[i]))
			return true;
	return begins_with(word, length, "pid:") || begins_with(word, length, "ppid:") ||
	       begins_with(word, length, "flags:");
}

static const char *const beginnings[] = {
#define BEGIN(words) words,
#include "kernel/printk/log_wrap.def"
#undef BEGIN
};

/* "name+0x1/0x2" */
static size_t place_length(const char *line, size_t length)
{
	size_t n = 0;

	while (n < length && (isalnum((unsigned char)line[n]) || line[n] == '_' || line[n] == '.'))
		n++;
	return n && begins_with(line + n, length - n, "+0x") ? n + 3 : 0;
}

/* "[c000000010f93150]": frames of other machines. */
static bool is_address(const char *line, size_t length)
{
	size_t digits = 1;

	while (digits < length && isxdigit((unsigned char)line[digits]))
		digits++;
	return length && line[0] == '[' && digits > 8 && digits < length && line[digits] == ']';
}

static bool is_beginning(const char *line, size_t length)
{
	size_t word = 0;

	while (length && *line == ' ') {
		line++;
		length--;
	}
	while (word < length && line[word] != ' ')
		word++;
	for (size_t i = 0; i < ARRAY_SIZE(beginnings); i++)
		if (begins_with(line, length, beginnings[i]))
			return true;
	if (is_address(line, length))
		return true;
	return word > 1 && line[word - 1] == ':' && !isdigit((unsigned char)line[0]) &&
	       !is_mid_key(line, word);
}

/* A frame of a trace, behind blanks. */
static bool is_frame(const char *line, size_t length)
{
	size_t blanks = 0;

	while (blanks < length && line[blanks] == ' ')
		blanks++;
	line += blanks;
	length -= blanks;
	return blanks && (begins_with(line, length, "[<") || begins_with(line, length, "? ") ||
			  place_length(line, length));
}

bool log_wrap_by_width(const struct log_wrap *wrap, size_t width, const char *line, size_t length,
		       size_t first_word)
{
	if (!wrap->width || !length || width > wrap->width || is_beginning(line, length) ||
	    is_frame(line, length))
		return false;
	if (wrap->hard)
		return width == wrap->width;
	return line[0] != ' ' && width + 1 + first_word > wrap->width;
}

/* --- grammar ---------------------------------------------------------------------------------- */

static bool is_hex(char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f');
}

static bool is_hex_only(const char *line, size_t length)
{
	size_t digits = 0;

	for (size_t i = 0; i < length; i++) {
		if (line[i] == ' ' || line[i] == '<' || line[i] == '>')
			continue;
		if (!is_hex(line[i]))
			return false;
		digits++;
	}
	return digits != 0;
}

/* "comm[12]:" whose crash the next line tells. */
static bool task_goes_on(const char *before, size_t end, const char *line, size_t length)
{
	static const char *const words[] = {"segfault at ", "trap ", "general protection"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (end > 3 && !memcmp(before + end - 2, "]:", 2) &&
		    begins_with(line, length, words[i]))
			return true;
	return false;
}

/* "CPU: 4 PID: 12 Comm: x Tainted: G" and, in the next line, "5.10.0-28-amd64 #1 …", or a part of it. */
static enum log_join header_goes_on(const char *before, size_t end, const char *line, size_t length)
{
	if (!begins_with(before, end, "CPU: ") && !begins_with(before, end, "Pid: "))
		return JOIN_NOT;
	const char *taint = strstr(before, "ainted: "), *last = before + end;
	const char *number = memmem(line, length, " #", 2);

	taint = taint ? taint : strstr(before, "Not tainted");
	if (strstr(before, " #") || !taint || !number || memmem(line, length, ": ", 2))
		return JOIN_NOT;
	while (last > taint && last[-1] != ' ')
		last--;
	/* The release is one word: what has begun goes on. */
	bool begun = isdigit((unsigned char)*last) && before[end] != ' ';
	return begun && !memchr(line, ' ', (size_t)(number - line)) ? JOIN_CUT : JOIN_UNKNOWN;
}

/* "… PID: 1" and "88243 Comm: x": a number is followed by a name. */
static bool number_goes_on(const char *before, size_t end, const char *line, size_t length)
{
	const char *pid = begins_with(before, end, "CPU: ") ? strstr(before, " PID: ") : NULL;
	size_t digits = 0;

	while (digits < length && isdigit((unsigned char)line[digits]))
		digits++;
	return pid && digits && begins_with(line + digits, length - digits, " Comm: ") &&
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

	while (last < end && is_hex(before[end - 1 - last]))
		last++;
	while (first < length && is_hex(line[first]))
		first++;
	bool open = end && before[end - 1] == '<', close = line[0] == '>';
	return open || close || (last == 1 && first == 1) ? JOIN_CUT : JOIN_BLANK;
}

bool log_wrap_code(const struct str *before, const char *line, size_t length)
{
	return before->length && length && code_goes_on(before->data, before->length, line, length);
}

/* Names of modules, with flags: "nfs(+)", "lab(OE-)", "[last unloaded: x]". */
static bool modules_go_on(const char *before, const char *line, size_t length)
{
	if (!begins_with(before, strlen(before), "Modules linked in:") || strchr(before, '[') ||
	    is_beginning(line, length))
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
	if (!strstr(before, "RIP") && !strstr(before, "[<"))
		return false;
	if (before[end - 1] == ']' || (end > 5 && !memcmp(before + end - 5, "0010:", 5)))
		return place_length(line, length) != 0;
	while (length && *line == ' ') {
		line++;
		length--;
	}
	return strstr(before, "+0x") && length > 2 && line[0] == '[' &&
	       islower((unsigned char)line[1]) && line[length - 1] == ']' &&
	       !memchr(line, ' ', length) && is_hex(before[end - 1]);
}

/* "… RCX:" and the value in the next line. */
static bool value_goes_on(const char *before, size_t end, const char *line, size_t length)
{
	return end > 3 && before[end - 1] == ':' &&
	       isupper((unsigned char)before[end - (before[end - 2] == 'e' ? 1 : 4)]) &&
	       length >= 8 && is_hex_only(line, MIN(length, (size_t)8));
}

enum log_join log_wrap_grammar(const struct str *before, const char *line, size_t length)
{
	const char *text = before->data;
	size_t end = before->length;

	while (end && text[end - 1] == ' ')
		end--;
	if (!end || !length)
		return JOIN_NOT;
	if (number_goes_on(text, end, line, length))
		return JOIN_CUT;
	enum log_join join = code_goes_on(text, end, line, length);

	join = join ? join : header_goes_on(text, end, line, length);
	if (join)
		return join;
	if (task_goes_on(text, end, line, length) || value_goes_on(text, end, line, length) ||
	    place_goes_on(text, end, line, length) || modules_go_on(text, line, length))
		return JOIN_UNKNOWN;
	/* A board's name up to its BIOS. */
	return begins_with(text, end, "Hardware name: ") && !strstr(text, "BIOS") &&
			       memmem(line, length, "BIOS", 4)
		       ? JOIN_UNKNOWN
		       : JOIN_NOT;
}
