/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes off a log line what printk, syslog, journals, consoles and people put in front of it. */
#include "kernel/printk/log_prefix.h"

#include <ctype.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/parse.h"

/* What is left of a line. */
struct cursor {
	const char *at;
	size_t left;
};

static void skip(struct cursor *c, size_t count)
{
	c->at += count;
	c->left -= count;
}

static char peek(const struct cursor *c, size_t index)
{
	return index < c->left ? c->at[index] : '\0';
}

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

static size_t blanks(const struct cursor *c, size_t from)
{
	size_t count = 0;

	while (is_blank(peek(c, from + count)))
		count++;
	return count;
}

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static size_t digits(const struct cursor *c, size_t from)
{
	size_t count = 0;

	while (is_digit(peek(c, from + count)))
		count++;
	return count;
}

/* The first byte decides nearly always. */
static inline bool starts(const struct cursor *c, size_t from, const char *words)
{
	if (from >= c->left || c->at[from] != words[0])
		return false;
	size_t length = strlen(words);

	return c->left - from >= length && !memcmp(c->at + from, words, length);
}

/* --- the kernel's own ------------------------------------------------------------------------- */

/* "<6>", with the facility in the higher bits. */
static bool take_level(struct cursor *c, struct log_prefix *prefix)
{
	size_t count = peek(c, 0) == '<' ? digits(c, 1) : 0;
	uint64_t value;

	if (!count || peek(c, 1 + count) != '>' || !parse_dec(c->at + 1, count, &value))
		return false;
	prefix->level = (int)(value & 7);
	skip(c, count + 2);
	return true;
}

/* Digits of a second's fraction as µs. */
static uint64_t fraction_us(const char *text, size_t count)
{
	uint64_t us = 0;

	for (size_t i = 0; i < 6; i++)
		us = us * 10 + (i < count ? (uint64_t)(text[i] - '0') : 0);
	return us;
}

/* "12.345678" at from: its length, 0 when it is no such number. */
static size_t seconds_at(const struct cursor *c, size_t from, uint64_t *us)
{
	size_t whole = digits(c, from), part;
	uint64_t seconds;

	if (!whole || peek(c, from + whole) != '.')
		return 0;
	part = digits(c, from + whole + 1);
	if (part < 3 || part > 9 || !parse_dec(c->at + from, whole, &seconds) ||
	    seconds > UINT64_MAX / 2000000)
		return 0;
	*us = seconds * 1000000 + fraction_us(c->at + from + whole + 1, part);
	return whole + 1 + part;
}

/* "[   12.345678]", "[   12.345678 ][    T1 ]"; dmesg -d "[   12.345678 <    0.000020>]", dmesg -H "[  +0.000020]". */
static bool take_time(struct cursor *c, struct log_prefix *prefix)
{
	size_t at = 1 + blanks(c, 1), length;
	bool delta = peek(c, at) == '+';
	uint64_t us, unused;

	at += delta;
	length = seconds_at(c, at, &us);
	if (!length)
		return false;
	at += length;
	if (starts(c, at, " <")) {
		at += 2 + blanks(c, at + 2);
		at += seconds_at(c, at, &unused);
		if (peek(c, at++) != '>')
			return false;
	}
	at += blanks(c, at);
	if (peek(c, at) != ']')
		return false;
	prefix->time_us = us;
	prefix->has_time = true;
	prefix->delta = delta;
	skip(c, at + 1);
	return true;
}

/* "[ ] ", "[] ", "[.] ", "[...] ": a time that somebody took out. */
static bool take_blanked_time(struct cursor *c)
{
	size_t at = 1;

	while (at < 32 && (is_blank(peek(c, at)) || peek(c, at) == '.'))
		at++;
	if (peek(c, at) != ']' || !is_blank(peek(c, at + 1)))
		return false;
	skip(c, at + 1);
	return true;
}

/* "12.345678] ": its bracket was left behind when the text was copied. */
static bool take_time_without_bracket(struct cursor *c, struct log_prefix *prefix)
{
	size_t length = seconds_at(c, 0, &prefix->time_us);

	if (!length || peek(c, length) != ']')
		return false;
	prefix->has_time = true;
	skip(c, length + 1);
	return true;
}

/* "[   T123]", "[    C1]" (CONFIG_PRINTK_CALLER). */
static bool take_caller(struct cursor *c, struct log_prefix *prefix)
{
	size_t at = 1 + blanks(c, 1), count = digits(c, at + 1);
	char kind = peek(c, at);
	uint64_t value;

	size_t end = at + 1 + count + blanks(c, at + 1 + count);

	if ((kind != 'T' && kind != 'C') || !count || peek(c, end) != ']' ||
	    !parse_dec(c->at + at + 1, count, &value) || value > INT32_MAX)
		return false;
	prefix->caller = (uint32_t)value | (kind == 'C' ? 0x80000000u : 0);
	skip(c, end + 1);
	return true;
}

/* "[5:  binder:1453_A: 7907]", "I[7:      swapper/0:    1]" in an interrupt: CPU, task and pid, of Samsung's kernels. */
static bool take_samsung(struct cursor *c, struct log_prefix *prefix)
{
	size_t open = peek(c, 0) == 'I', cpu = digits(c, open + 1), at = open + 1 + cpu;
	const char *close = memchr(c->at, ']', MIN(c->left, (size_t)48));
	uint64_t number, pid;

	if (!prefix->has_time || peek(c, open) != '[' || !cpu || peek(c, at) != ':' || !close)
		return false;
	const char *colon = memrchr(c->at + at + 1, ':', (size_t)(close - c->at) - at - 1);
	if (!colon || !parse_dec(c->at + open + 1, cpu, &number) || number > UINT16_MAX)
		return false;
	size_t name = (size_t)(colon + 1 - c->at), start = name + blanks(c, name);
	size_t count = digits(c, start);
	if (!count || c->at + start + count != close || !parse_dec(c->at + start, count, &pid) ||
	    pid > INT32_MAX)
		return false;
	prefix->caller = pid ? (uint32_t)pid : (uint32_t)number | 0x80000000u;
	skip(c, start + count + 1);
	return true;
}

/* Extended netconsole may put the release before it: "6.4.0-rc1,6,101,…". */
static void skip_release(struct cursor *c)
{
	const char *comma = memchr(c->at, ',', MIN(c->left, (size_t)64));

	if (comma && memchr(c->at, '.', (size_t)(comma - c->at)) && comma + 1 < c->at + c->left)
		skip(c, (size_t)(comma + 1 - c->at));
}

/* /dev/kmsg: "6,101,4958000001,-;" level, number, µs, flags, and what may be added to them. */
static bool take_kmsg(struct cursor *all, struct log_prefix *prefix)
{
	struct cursor at_level = *all, *c = &at_level;

	skip_release(c);
	size_t level = digits(c, 0), number = digits(c, level + 1);
	size_t time = digits(c, level + number + 2), at = level + number + time + 2;
	uint64_t value;

	if (!level || level > 6 || !number || !time || peek(c, level) != ',' ||
	    peek(c, level + 1 + number) != ',' || peek(c, at) != ',' ||
	    !strchr("-c+", peek(c, at + 1) ? peek(c, at + 1) : 'x'))
		return false;
	const char *end = memchr(c->at + at, ';', MIN(c->left - at, (size_t)64));
	if (!end || !parse_dec(c->at, level, &value))
		return false;
	prefix->level = (int)(value & 7);
	prefix->has_time = parse_dec(c->at + level + number + 2, time, &prefix->time_us);
	prefix->kernel = prefix->kmsg = true;
	skip(all, (size_t)(end + 1 - all->at));
	return true;
}

static bool take_own(struct cursor *c, struct log_prefix *prefix)
{
	char first = peek(c, 0); /* of each line, many times: what cannot be is not tried */

	if (first == '[' || (first == 'I' && peek(c, 1) == '['))
		return (!prefix->has_time && (take_time(c, prefix) || take_blanked_time(c))) ||
		       (!prefix->caller && (take_caller(c, prefix) || take_samsung(c, prefix)));
	return take_level(c, prefix) ||
	       (!prefix->elements && is_digit(first) &&
		(take_kmsg(c, prefix) || take_time_without_bracket(c, prefix)));
}

/* --- dates ------------------------------------------------------------------------------------ */

/* "10:50:08", "10:50:08.123456": its length at from, or 0. */
static size_t clock_at(const struct cursor *c, size_t from)
{
	size_t hour = digits(c, from), at = from + hour;

	if (!hour || hour > 2 || peek(c, at) != ':' || digits(c, at + 1) != 2 ||
	    peek(c, at + 3) != ':' || digits(c, at + 4) != 2)
		return 0;
	at += 6;
	if ((peek(c, at) == '.' || peek(c, at) == ',') && digits(c, at + 1))
		at += 1 + digits(c, at + 1);
	return at - from;
}

/* "Z", "+02:00", "+0200", " UTC": its length at from, or 0. */
static size_t zone_at(const struct cursor *c, size_t from)
{
	size_t at = from;

	if (peek(c, at) == 'Z')
		return 1;
	if (peek(c, at) == '+' || peek(c, at) == '-') {
		size_t count = digits(c, at + 1);

		if (count == 4)
			return 5;
		if (count == 2)
			return peek(c, at + 3) == ':' && digits(c, at + 4) == 2 ? 6 : 3;
		return 0;
	}
	if (peek(c, at++) != ' ')
		return 0;
	while (isupper((unsigned char)peek(c, at)))
		at++;
	return at - from >= 4 && at - from <= 6 && (peek(c, at) == ' ' || peek(c, at) == ']')
		       ? at - from
		       : 0;
}

/* "2024-08-20T17:38:27.488639+00:00", "2016/12/03 19:08:52": its length at from, or 0. */
static size_t iso_at(const struct cursor *c, size_t from)
{
	char mark = peek(c, from + 4);
	size_t at = from + 11, clock;

	if (digits(c, from) != 4 || (mark != '-' && mark != '/') || digits(c, from + 5) != 2 ||
	    peek(c, from + 7) != mark || digits(c, from + 8) != 2 ||
	    (peek(c, from + 10) != 'T' && peek(c, from + 10) != ' '))
		return 0;
	clock = clock_at(c, at);
	if (!clock)
		return 0;
	at += clock;
	return at + zone_at(c, at) - from;
}

/* A weekday's or month's name in any language, "9月": its length at from, or 0. */
static size_t name_at(const struct cursor *c, size_t from)
{
	size_t at = from;
	bool letter = false;

	for (; at - from < 16; at++) {
		unsigned char byte = (unsigned char)peek(c, at);

		if (!isalnum(byte) && byte < 0x80 && byte != '.')
			break;
		letter |= !isdigit(byte) && byte != '.';
	}
	return letter && at - from >= 2 && at - from < 16 ? at - from : 0;
}

/* "Mar 15 12:11:27", "Thu May  9 14:52:38 2024", "Mon 2024-08-20 17:38:27 UTC": length, or 0. */
static size_t date_at(const struct cursor *c, size_t from)
{
	size_t at = from, length;

	for (unsigned names = 0; names < 2; names++) {
		length = name_at(c, at);
		if (!length)
			break;
		at += length;
		length = blanks(c, at);
		if (!length)
			break;
		at += length;
		length = iso_at(c, at);
		if (length)
			return at + length - from;
		size_t day = digits(c, at);
		if (!day || day > 2 || !is_blank(peek(c, at + day)))
			continue;
		size_t clock = clock_at(c, at + day + blanks(c, at + day));
		if (!clock)
			continue;
		at += day + blanks(c, at + day) + clock;
		at += zone_at(c, at);
		if (peek(c, at) == ' ' && digits(c, at + 1) == 4 &&
		    !isalnum((unsigned char)peek(c, at + 5)))
			at += 5;
		return at - from;
	}
	return 0;
}

/* "1731553965.123456": seconds since 1970, of journalctl -o short-unix and ts '%.s'. */
static size_t unix_at(const struct cursor *c, size_t from)
{
	size_t part;

	if (digits(c, from) != 10 || peek(c, from + 10) != '.')
		return 0;
	part = digits(c, from + 11);
	return (part == 3 || part == 6) && is_blank(peek(c, from + 11 + part)) ? 11 + part : 0;
}

static size_t any_date_at(const struct cursor *c, size_t from)
{
	size_t length = iso_at(c, from);

	if (!length)
		length = unix_at(c, from);
	return length ? length : date_at(c, from);
}

/* "Nov14 03:12", "Nov 9 03:12" before a bracket: dmesg -H, where the minute changes; its length, or 0. */
static size_t minute_at(const struct cursor *c, size_t from)
{
	size_t at = from, day, hour;

	while (isalpha((unsigned char)peek(c, at)) || (unsigned char)peek(c, at) >= 0x80 ||
	       peek(c, at) == '.')
		at++;
	if (at - from < 2 || at - from > 16)
		return 0;
	at += blanks(c, at);
	day = digits(c, at);
	at += day;
	hour = blanks(c, at) == 1 ? digits(c, at + 1) : 0;
	if (!day || day > 2 || hour != 2 || peek(c, at + 3) != ':' || digits(c, at + 4) != 2 ||
	    peek(c, at + 6) != ']')
		return 0;
	return at + 6 - from;
}

/* A date, or one in brackets with what dmesg -d adds behind it; "1 " before it is RFC 5424's version. */
static bool take_date(struct cursor *c, struct log_prefix *prefix)
{
	if (prefix->level >= 0 && starts(c, 0, "1 ") && iso_at(c, 2))
		skip(c, 2);
	bool bracket = peek(c, 0) == '[';
	size_t length = any_date_at(c, bracket), end;

	if (!length && bracket)
		length = clock_at(c, 1);
	if (!length && bracket)
		length = minute_at(c, 1);
	end = bracket + length;
	if (!length)
		return false;
	struct slice wall = {c->at + bracket, length};

	if (bracket) {
		const char *close = memchr(c->at + end, ']', MIN(c->left - end, (size_t)24));

		if (!close)
			return false;
		end = (size_t)(close - c->at) + 1;
		if (peek(c, end) == ':')
			end++;
	}
	prefix->wall = wall;
	skip(c, end);
	return true;
}

/* --- who wrote it ----------------------------------------------------------------------------- */

static size_t word_at(const struct cursor *c, size_t from)
{
	size_t count = 0;

	while (from + count < c->left && !is_blank(c->at[from + count]))
		count++;
	return count;
}

/* "kernel:", "kernel[0]:": its length at from, or 0. */
static size_t tag_at(const struct cursor *c, size_t from, const char *name)
{
	if (!starts(c, from, name))
		return 0;
	size_t length = strlen(name);

	if (peek(c, from + length) == ':')
		return length + 1;
	size_t count = peek(c, from + length) == '[' ? digits(c, from + length + 1) : 0;
	return count && starts(c, from + length + 1 + count, "]:") ? length + count + 3 : 0;
}

/* "[kernel]" too; mcelog prints what the kernel of its days left to it to print. */
static size_t kernel_tag_at(const struct cursor *c, size_t from)
{
	if (starts(c, from, "[kernel]"))
		return 8;
	size_t kernel = tag_at(c, from, "kernel");
	return kernel ? kernel : tag_at(c, from, "mcelog");
}

/* "program[12]:" at from, or "program:" when any is set. */
static bool program_at(const struct cursor *c, size_t from, bool any)
{
	size_t length = word_at(c, from);
	const char *word = c->at + from;

	if (length < 2 || word[length - 1] != ':')
		return false;
	return any ||
	       (length > 3 && word[length - 2] == ']' && isdigit((unsigned char)word[length - 3]));
}

static const char *const levels[] = {"emerg", "alert",	"crit", "err",
				     "warn",  "notice", "info", "debug"};

/* The level "emerg", "warning", … at from: its length, or 0. */
static size_t level_name_at(const struct cursor *c, size_t from, int *level)
{
	size_t length = 0;

	while (islower((unsigned char)peek(c, from + length)))
		length++;
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
		if (length >= strlen(levels[i]) && starts(c, from, levels[i])) {
			*level = (int)i;
			return length;
		}
	return 0;
}

/* "kern.warn", "daemon.err<3>:": of busybox, OpenWrt and rsyslog; its length with the blank behind it. */
static size_t facility_at(const struct cursor *c, size_t from, int *level)
{
	size_t at = from, name;

	while (isalnum((unsigned char)peek(c, at)))
		at++;
	if (at == from || peek(c, at) != '.')
		return 0;
	name = level_name_at(c, at + 1, level);
	if (!name)
		return 0;
	at += 1 + name;
	if (peek(c, at) == '<' && peek(c, at + 1 + digits(c, at + 1)) == '>')
		at += 2 + digits(c, at + 1);
	at += peek(c, at) == ':';
	return is_blank(peek(c, at)) ? at + blanks(c, at) - from : 0;
}

/* RFC 5424: "kernel - - - ", "sshd 812 - [id x="1"] ": program, its process, a message's kind, data. */
static size_t syslog_at(const struct cursor *c, size_t from, bool *kernel)
{
	size_t at = from, word = word_at(c, from);

	*kernel = word == 6 && starts(c, from, "kernel");
	at += word + 1;
	word = word_at(c, at);
	if (!word || (digits(c, at) != word && !starts(c, at, "- ")))
		return 0;
	at += word + 1;
	word = word_at(c, at);
	if (!word || (!starts(c, at, "- ") && word > 32))
		return 0;
	at += word + 1;
	if (peek(c, at) == '-')
		return at + 1 <= c->left ? at + 1 - from : 0;
	const char *close = peek(c, at) == '[' ? memchr(c->at + at, ']', c->left - at) : NULL;
	return close ? (size_t)(close + 1 - c->at) - from : 0;
}

/* What stands where a program's name would, behind date and host: whose line it is. */
static size_t writer_at(const struct cursor *c, size_t from, struct log_prefix *prefix)
{
	size_t facility = facility_at(c, from, &prefix->level), tag, length;
	bool kernel;

	from += facility;
	tag = kernel_tag_at(c, from);
	if (tag)
		return facility + tag;
	length = prefix->level >= 0 && !facility ? syslog_at(c, from, &kernel) : 0;
	if (length && kernel)
		return length;
	prefix->program = length || program_at(c, from, true);
	return 0;
}

/* "host kernel:", "kernel:"; behind a date also "host program[12]:", which is not the kernel. */
static bool take_tag(struct cursor *c, struct log_prefix *prefix)
{
	bool dated = prefix->wall.length && !prefix->has_time;
	size_t facility = dated ? facility_at(c, 0, &prefix->level) : 0;
	size_t tag = kernel_tag_at(c, facility);
	size_t host = !tag && !facility && (dated || prefix->has_time) ? word_at(c, 0) : 0;
	size_t next = host + blanks(c, host);

	if (host && host < 256 && next > host && c->at[host - 1] != ':') {
		tag = dated ? writer_at(c, next, prefix) : kernel_tag_at(c, next);
		if (tag || prefix->program)
			prefix->host = (struct slice){c->at, host};
		tag = tag ? next + tag : 0;
	} else if (tag) {
		tag += facility;
	}
	prefix->program |= dated && !tag && program_at(c, facility, facility != 0);
	if (!tag)
		return false;
	prefix->kernel = true;
	skip(c, tag);
	return true;
}

/* "date relay date host kernel:": who passed it on put its own before it. */
static bool take_relay(struct cursor *c, struct log_prefix *prefix)
{
	if (!prefix->wall.length || prefix->host.length || prefix->has_time)
		return false;
	size_t host = word_at(c, 0), next = host + blanks(c, host);

	if (!host || host > 255)
		return false;
	size_t length = any_date_at(c, next);
	if (!length || !is_blank(peek(c, next + length)))
		return false;
	prefix->wall = (struct slice){c->at + next, length};
	skip(c, next + length);
	return true;
}

/* dmesg -x: "kern  :emerg : "; Talos: "node1: kern: emerg: [date]: ". */
static bool take_facility(struct cursor *c, struct log_prefix *prefix)
{
	size_t at = 0, length, host = starts(c, 0, "kern") ? 0 : word_at(c, 0);

	if (host > 1 && c->at[host - 1] == ':' && starts(c, host, " kern:"))
		at = host + 1;
	if (!starts(c, at, "kern") || (peek(c, at + 4) != ':' && peek(c, at + 4) != ' '))
		return false;
	size_t colon = at + 4 + blanks(c, at + 4);
	if (peek(c, colon) != ':')
		return false;
	colon += 1 + blanks(c, colon + 1);
	length = level_name_at(c, colon, &prefix->level);
	if (!length)
		return false;
	colon += length + blanks(c, colon + length);
	if (peek(c, colon) != ':')
		return false;
	if (at)
		prefix->host = (struct slice){c->at, host - 1};
	prefix->kernel = true;
	skip(c, colon + 1);
	return true;
}

#define LABEL_COLUMNS 7
#define LABEL_WARN 4 /* in labels; the kernel itself begins messages with "INFO: " */

/* "  ALERT: ", "   INFO: ", right-aligned behind the time: of a dump that Xen's analyser wrote of its dom0. */
static bool take_label(struct cursor *c, struct log_prefix *prefix)
{
	static const char *const labels[] = {"EMERG", "ALERT",	"CRIT", "ERR",
					     "WARN",  "NOTICE", "INFO", "DEBUG"};
	size_t before = 0;

	if (!prefix->has_time || prefix->level >= 0 || !isupper((unsigned char)peek(c, 0)))
		return false;
	while (before < LABEL_COLUMNS && is_blank(c->at[-1 - (ptrdiff_t)before]))
		before++;
	for (size_t i = 0; i < ARRAY_SIZE(labels); i++) {
		if (labels[i][0] != c->at[0])
			continue;
		size_t length = strlen(labels[i]);
		bool squeezed = before == 1 && length > 3 && i <= LABEL_WARN; /* a mailer did it */

		if ((before + length != LABEL_COLUMNS && !squeezed) || !starts(c, 0, labels[i]) ||
		    peek(c, length) != ':' || peek(c, length + 1) != ' ')
			continue;
		prefix->level = (int)i;
		skip(c, length + 1);
		return true;
	}
	return false;
}

/* "host [  12.345678] …": a host alone between the date and the kernel's own time. */
static bool take_host_alone(struct cursor *c, struct log_prefix *prefix)
{
	if (!prefix->wall.length || prefix->host.length || prefix->has_time)
		return false;
	size_t host = word_at(c, 0), next = host + blanks(c, host);
	struct cursor rest = *c;
	struct log_prefix behind = {.level = -1};

	if (!host || host > 255 || next == host || c->at[host - 1] == ':')
		return false;
	skip(&rest, next);
	if (peek(&rest, 0) != '[' || !take_time(&rest, &behind) || behind.delta)
		return false;
	prefix->host = (struct slice){c->at, host};
	prefix->kernel = true;
	skip(c, next);
	return true;
}

/* Kubernetes: "stdout F ". */
static bool take_stream(struct cursor *c, struct log_prefix *prefix)
{
	if (!prefix->wall.length || !(starts(c, 0, "stdout ") || starts(c, 0, "stderr ")) ||
	    !strchr("FP", peek(c, 7) ? peek(c, 7) : 'x') || peek(c, 8) != ' ')
		return false;
	skip(c, 9);
	return true;
}

/* --- what people add -------------------------------------------------------------------------- */

/* ">ffff88800c5a1c00: fa fb": the row that KASAN means. */
static bool is_shadow_row(const struct cursor *c, size_t at)
{
	size_t digits = 0;

	while (digits < 17 && isxdigit((unsigned char)peek(c, at + 1 + digits)))
		digits++;
	return digits == 16 && peek(c, at + 17) == ':';
}

/* "> > ", "| ", "# " in front of a quoted log. */
static void skip_quotes(struct cursor *c)
{
	for (;;) {
		size_t at = blanks(c, 0);

		if (peek(c, at) == '>' && is_shadow_row(c, at))
			return;
		if (peek(c, at) != '>' && !(peek(c, at) == '|' && peek(c, at + 1) == ' '))
			return;
		skip(c, at + 1);
	}
}

static bool take_element(struct cursor *c, struct log_prefix *prefix)
{
	/* Dates stand before uptime, but behind what passed since the line before (dmesg, both asked for). */
	bool undated = !prefix->wall.length && (!prefix->has_time || prefix->delta);

	return take_own(c, prefix) || (undated && take_date(c, prefix)) || take_stream(c, prefix) ||
	       take_relay(c, prefix) || take_label(c, prefix) || take_host_alone(c, prefix) ||
	       (!prefix->kernel && take_facility(c, prefix)) ||
	       (!prefix->kernel && take_tag(c, prefix));
}

#define CUT_DATE_MAX 80

/* "r 22 19:14:28 node1 kernel: [  295.751225] ": a line whose date was left behind in part; up to its tag. */
static size_t cut_date_at(const struct cursor *c)
{
	static const char tag[] = " kernel: ";
	const char *open = memchr(c->at, '[', MIN(c->left, (size_t)CUT_DATE_MAX));
	size_t at = open ? (size_t)(open - c->at) : 0, length = sizeof(tag) - 1;
	uint64_t us;

	return at > length && starts(c, at - length, tag) &&
			       seconds_at(c, at + 1 + blanks(c, at + 1), &us)
		       ? at - length + 1
		       : 0;
}

/* grep's "FILE:", "FILE-", "12:", "FILE:12:", a pager's "  12  ", a console's "host login: ": only before another element. */
static size_t pasted_at(const struct cursor *c)
{
	size_t word = 0, number, clock = clock_at(c, 0);

	if (clock) /* "03:12:45.123456  ": of test labs and ts */
		return clock;
	if (strchr("\"'`", peek(c, 0) ? peek(c, 0) : 'x') &&
	    (peek(c, 1) == '[' || any_date_at(c, 1)))
		return 1;
	number = cut_date_at(c);
	if (number)
		return number;
	while (word < MIN(c->left, (size_t)256) && !is_blank(c->at[word]) && c->at[word] != ':' &&
	       c->at[word] != '[' && c->at[word] != '<')
		word++;
	if (peek(c, word) == ':') {
		number = digits(c, word + 1);
		char mark = peek(c, word + 1 + number);

		return word + 1 + (number && (mark == ':' || mark == '-') ? number + 1 : 0);
	}
	if (starts(c, word, " login: "))
		return word + 8;
	number = word + blanks(c, word);
	if (word && number > word && peek(c, number) == '|' && is_blank(peek(c, number + 1)))
		return number + 1; /* "node1  | ", of docker compose */
	number = digits(c, 0);
	return number && number == word ? word : 0;
}

static bool take_pasted(struct cursor *c, struct log_prefix *prefix)
{
	struct cursor rest = *c;
	struct log_prefix behind = {.level = -1};
	size_t length = prefix->elements ? 0 : pasted_at(c);

	if (!length)
		return false;
	skip(&rest, length);
	skip(&rest, blanks(&rest, 0));
	if (!take_element(&rest, &behind) || behind.program)
		return false;
	skip(c, length);
	return true;
}

#define ELEMENTS_MAX 12

size_t log_prefix_read(const char *line, size_t length, struct log_prefix *ret)
{
	struct cursor c = {line, length}, next;
	struct log_prefix prefix = {.level = -1};
	bool quoted;

	skip_quotes(&c);
	quoted = c.at != line;
	while (prefix.elements < ELEMENTS_MAX) {
		next = c;
		skip(&next, blanks(&next, 0));
		if (!take_element(&next, &prefix) && !take_pasted(&next, &prefix))
			break;
		prefix.elements++;
		c = next;
	}
	if ((prefix.elements || quoted) && peek(&c, 0) == ' ')
		skip(&c, 1);
	/* Console servers put columns behind their date. */
	if (prefix.wall.length && !prefix.has_time && !prefix.kernel)
		skip(&c, blanks(&c, 0));
	*ret = prefix;
	return (size_t)(c.at - line);
}
