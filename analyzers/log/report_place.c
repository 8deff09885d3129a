/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places in code and frames of call traces, as the kernels of all eras print them. */
#include "log/report_place.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/parse.h"
#include "base/str.h"

static const char *skip_blanks(const char *text)
{
	while (*text == ' ' || *text == '\t') /* of each line, many times: strspn() takes longer */
		text++;
	return text;
}

/* Names of C functions, of compiler clones ("f.isra.2"), C++ and Rust ("_R…"), "$x" of arm64. */
static size_t symbol_length(const char *text)
{
	static const bool of_symbol[256] = {
		['a' ... 'z'] = true, ['A' ... 'Z'] = true, ['0' ... '9'] = true,
		['_'] = true,	      ['.'] = true,	    ['$'] = true,
	};
	size_t n = 0;

	while (of_symbol[(unsigned char)text[n]])
		n++;
	return n;
}

/* "0x1a" or 2.6.18's "26". */
static const char *read_number(const char *text, uint64_t *ret)
{
	size_t digits;

	if (text[0] == '0' && text[1] == 'x') {
		digits = hex_digits(text + 2);
		return parse_hex(text + 2, digits, ret) ? text + 2 + digits : NULL;
	}
	digits = strspn(text, "0123456789");
	return parse_dec(text, digits, ret) ? text + digits : NULL;
}

/* "[amdgpu]", "[kvm a0be1f2c…]" (with build-ids), " [xfs]"; 2.6.18 puts ":xfs:" before the symbol. */
static const char *read_module(const char *text, struct report_place *place)
{
	const char *open = skip_blanks(text);
	size_t length = *open == '[' ? symbol_length(open + 1) : 0;
	const char *end = open + 1 + length;

	/* Modules have '-' in no name; "[<address>]" and "[#1]" are none. */
	if (!length || length >= sizeof(place->module) || hex_digits(open + 1) >= 16)
		return text;
	if (*end == ' ' && hex_digits(end + 1) >= 16)
		end += 1 + hex_digits(end + 1);
	if (*end != ']' && *end != '(')
		return text;
	end = strchr(end, ']');
	if (!end)
		return text;
	memcpy(place->module, open + 1, length);
	place->module[length] = '\0';
	return end + 1;
}

static const char *read_old_module(const char *text, struct report_place *place)
{
	size_t length = *text == ':' ? symbol_length(text + 1) : 0;

	if (!length || length >= sizeof(place->module) || text[1 + length] != ':')
		return text;
	memcpy(place->module, text + 1, length);
	return text + length + 2;
}

const char *report_place_read(const char *text, struct report_place *ret)
{
	struct report_place place = {0};
	const char *at = read_old_module(skip_blanks(text), &place);
	size_t length;

	if (at[0] == '.' &&
	    !has_prefix(at, ".text.")) /* powerpc's entry points, as against descriptors */
		at++;
	length = symbol_length(at);
	if (!length || length >= sizeof(place.symbol) || at[length] != '+')
		return NULL;
	memcpy(place.symbol, at, length);
	at = read_number(at + length + 1, &place.offset);
	if (!at)
		return NULL;
	if (*at == '/') {
		const char *end = read_number(at + 1, &place.size);

		if (!end)
			return NULL;
		at = end;
	}
	if (!place.module[0])
		at = read_module(at, &place);
	place.address = 0;
	*ret = place;
	return at;
}

/* "kernel/fork.c:123": how many bytes, or 0. */
static size_t source_length(const char *text)
{
	size_t path = symbol_length(text), number;

	while (text[path] && strchr("/-+", text[path])) {
		path++;
		path += symbol_length(text + path);
	}
	if (text[path] != ':' || !memchr(text, '.', path))
		return 0;
	number = strspn(text + path + 1, "0123456789");
	return number ? path + 1 + number : 0;
}

const char *report_source_read(const char *text, struct report_place *ret)
{
	struct report_place place = {0};
	const char *at = skip_blanks(text), *source;
	size_t length = symbol_length(at);
	bool bracketed;

	if (!length || length >= sizeof(place.symbol) || at[length] != ' ')
		return NULL;
	source = skip_blanks(at + length);
	bracketed = *source == '(';
	source += bracketed;
	memcpy(place.symbol, at, length);
	length = source_length(source);
	at = source + length;
	if (!length || (bracketed ? !strchr(at, ')') : strncmp(at, " [inline]", 9) != 0))
		return NULL;
	at = bracketed ? strrchr(at, ')') + 1 : at + 9;
	/* decode_stacktrace.sh names a module without brackets. */
	if (*at == ' ' && symbol_length(at + 1) && symbol_length(at + 1) < sizeof(place.module) &&
	    !at[1 + symbol_length(at + 1)]) {
		memcpy(place.module, at + 1, symbol_length(at + 1));
		at += 1 + symbol_length(at + 1);
	} else {
		at = read_module(at, &place);
	}
	*ret = place;
	return at;
}

/* "[<ffffffff81234567>]", "[ffffffff81234567]", "[<0>]", "[]": what follows, or text itself. */
static const char *read_address(const char *text, uint64_t *address)
{
	const char *at = text;
	size_t digits;

	if (*at != '[')
		return text;
	at++;
	at += *at == '<';
	digits = hex_digits(at);
	if (digits && (digits < 8 || !parse_hex(at, digits, address)) && digits != 1)
		return text;
	at += digits;
	at += *at == '>';
	return *at == ']' ? at + 1 : text;
}

/* "(T)", "(P)": what s390 and newer arm64 add; "{…}" of lockdep. */
static bool is_frame_end(const char *text)
{
	text = skip_blanks(text);
	if (*text == '(' && text[1] && strchr(text, ')'))
		text = skip_blanks(strchr(text, ')') + 1);
	return !*text || *text == '<' || *text == '[' || *text == ',';
}

/*
 * Of 32-bit ARM's "[<addr>] (f) from [<addr>] (g+0x1/0x2)", newer kernels' "f from g+0x1/0x2", the
 * caller: f is the frame before.
 */
static const char *skip_callee(const char *text)
{
	uint64_t address;
	const char *at = skip_blanks(read_address(text, &address));
	bool enclosed = *at == '(';
	struct report_place callee;
	const char *end;

	at += enclosed;
	end = report_place_read(at, &callee);
	at = end ? end : at + symbol_length(at);
	if (enclosed && *at++ != ')')
		return text;
	return has_prefix(at, " from ") ? skip_blanks(at + 6) : text;
}

bool report_frame_read(const char *text, struct report_frame *ret, const char **rest)
{
	struct report_frame frame = {0};
	const char *at = skip_callee(skip_blanks(text)), *start;
	uint64_t address = 0;

	if (has_prefix(at, "([<")) /* s390's first */
		at++;
	start = at;
	at = skip_blanks(read_address(at, &address));
	at = skip_blanks(read_address(at, &address)); /* powerpc: the stack pointer is the first */
	if (*at == '?') {
		frame.unreliable = true;
		at = skip_blanks(at + 1);
	}
	bool enclosed = start != at && *at == '(';
	at += enclosed;
	/* "0xffffffffc0123456", and no more: code that no symbol covers. crash's listings go on. */
	if (at[0] == '0' && at[1] == 'x' && hex_digits(at + 2) >= 8) {
		size_t digits = hex_digits(at + 2);

		if (!parse_hex(at + 2, digits, &frame.place.address) ||
		    *skip_blanks(at + 2 + digits))
			return false;
		*rest = NULL;
		*ret = frame;
		return true;
	}
	const char *behind = report_place_read(at, &frame.place);

	if (behind && source_length(skip_blanks(behind)))
		behind += strlen(behind); /* where debuginfo has it */
	at = behind ? behind : report_source_read(at, &frame.place);
	if (at && *at == ')')
		at++;
	if (!at || !is_frame_end(at))
		return false;
	frame.place.address = address;
	at = skip_blanks(at);
	frame.unreliable |= has_prefix(at, "(unreliable)"); /* powerpc's "?" */
	*rest = *at ? at : NULL;
	*ret = frame;
	return true;
}

bool report_context_read(const char *text, enum report_context *context, const char **rest)
{
	static const struct {
		const char *mark;
		enum report_context behind;
	} marks[] = {
		{"<IRQ>", CONTEXT_IRQ},
		{"</IRQ>", CONTEXT_TASK},
		{"<SOFTIRQ>", CONTEXT_SOFTIRQ},
		{"</SOFTIRQ>", CONTEXT_TASK},
		{"<NMI>", CONTEXT_NMI},
		{"</NMI>", CONTEXT_TASK},
		{"<TASK>", CONTEXT_TASK},
		{"</TASK>", CONTEXT_TASK},
		{"<EOI>", CONTEXT_TASK},
		{"<<EOE>>", CONTEXT_TASK},
		{"<EOE>", CONTEXT_TASK},
		{"<#DF>", CONTEXT_EXCEPTION},
		{"</#DF>", CONTEXT_TASK},
		{"<#DB>", CONTEXT_NMI},
		{"</#DB>", CONTEXT_TASK},
		{"<#MC>", CONTEXT_NMI},
		{"</#MC>", CONTEXT_TASK},
		{"<#VC>", CONTEXT_EXCEPTION},
		{"</#VC>", CONTEXT_TASK},
		{"<UNK>", CONTEXT_TASK},
		{"<ENTRY_TRAMPOLINE>", CONTEXT_TASK},
		{"</ENTRY_TRAMPOLINE>", CONTEXT_TASK},
		{"<#DF", CONTEXT_EXCEPTION},
	};

	text = skip_blanks(text);
	for (size_t i = 0; *text == '<' && i < ARRAY_SIZE(marks); i++)
		if (has_prefix(text, marks[i].mark)) {
			*context = marks[i].behind;
			*rest = skip_blanks(text + strlen(marks[i].mark));
			return true;
		}
	return false;
}
