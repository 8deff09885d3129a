/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the code bytes an oops printed. */
#include "text/oops_code.h"

#include <string.h>

#include "base/parse.h"
#include "base/str.h"
#include "log/report_place.h"

#define LOG_LINES 4000 /* of the log's end */
#define RIP_LINES 100  /* before 4.18 registers and the call trace stand between RIP and Code */

/* "0f", "<0f>" or "(0f)", followed by a space or the end. */
static const char *read_byte(const char *text, uint8_t *byte, bool *marked)
{
	char close = *text == '<' ? '>' : *text == '(' ? ')' : '\0';
	uint64_t value;

	*marked = close;
	text += *marked;
	if (hex_digits(text) != 2 || !parse_hex(text, 2, &value))
		return NULL;
	text += 2;
	if (close && *text++ != close)
		return NULL;
	if (*text && *text != ' ' && *text != '\n')
		return NULL;
	*byte = (uint8_t)value;
	return text;
}

bool oops_code_parse(const char *text, struct oops_code *ret)
{
	const char *at = strstr(text, "Code:");
	struct oops_code line = {.at = SIZE_MAX};
	bool marked;

	if (!at)
		return false;
	for (at += 5; line.count < OOPS_CODE_MAX; line.count++) {
		at += strspn(at, " ");
		at = read_byte(at, &line.bytes[line.count], &marked);
		if (!at)
			break;
		if (marked && line.at != SIZE_MAX)
			return false;
		if (marked)
			line.at = line.count;
	}
	if (line.at == SIZE_MAX)
		return false;
	*ret = line;
	return true;
}

/* The RIP line above names the place the bytes are of. */
static bool is_of(const struct log *log, size_t code, const char *symbol, uint64_t offset)
{
	for (size_t i = code, seen = 0; i-- > 0 && seen < RIP_LINES; seen++) {
		const char *text = strstr(log->lines[i].text, "RIP: ");
		struct report_place place;

		if (!text)
			continue;
		text = strstr(text, ": 0010:");
		for (text = text ? text + 7 : NULL; text && *text == '['; text += strspn(text, " "))
			text += strcspn(text, "]") + 1;
		return text && report_place_read(text, &place) && place.offset == offset &&
		       !strcmp(place.symbol, symbol);
	}
	return false;
}

bool oops_code_find(const struct log *log, const char *symbol, uint64_t offset,
		    struct oops_code *ret)
{
	for (size_t i = log ? log->count : 0, seen = 0; i-- > 0 && seen < LOG_LINES; seen++)
		if (oops_code_parse(log->lines[i].text, ret) && is_of(log, i, symbol, offset))
			return true;
	return false;
}
