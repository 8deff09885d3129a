/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines that show a lock, or whose locks follow, as lockdep of all eras prints them. */
#include "log/report_lock_line.h"

#include <string.h>

#include "base/parse.h"
#include "base/str.h"
#include "log/report_task_line.h"

#define ADDRESS_DIGITS 16
#define ADDRESS_DIGITS_32 8

static const char *skip_blanks(const char *text)
{
	while (*text == ' ' || *text == '\t') /* of each line, many times: strspn() takes longer */
		text++;
	return text;
}

/* "at: [<ffffffff811a3b67>] f+0x67/0x480", "at: f+0x5f/0x27e", "at: f include/linux/f.h:351 [inline]" */
static void read_place(const char *text, struct report_place *ret)
{
	uint64_t address = 0;
	struct report_frame frame;
	const char *rest;

	text = skip_blanks(text);
	if (report_frame_read(text, &frame, &rest)) {
		*ret = frame.place;
		return;
	}
	if (has_prefix(text, "[<") && parse_hex_start(text + 2, &address) && strchr(text, ']'))
		text = skip_blanks(strchr(text, ']') + 1);
	if (report_place_read(text, ret))
		ret->address = address;
	else
		copy_part(ret->symbol, sizeof(ret->symbol), text, strcspn(text, " \t"));
}

bool report_lock_read(const char *text, struct report_lock *ret)
{
	struct report_lock lock = {0};
	size_t digits;

	text = skip_blanks(text);
	if (has_prefix(text, "(____ptrval____)") ||
	    has_prefix(text, "(ptrval)")) /* too early to hash */
		text = skip_blanks(strchr(text, ')') + 1);
	digits = hex_digits(text);
	if ((digits == ADDRESS_DIGITS || digits == ADDRESS_DIGITS_32) && text[digits] == ' ') {
		parse_hex(text, digits, &lock.address);
		lock.hashed = digits == ADDRESS_DIGITS &&
			      lock.address >> 32 == 0; /* ad67b74d2469 v4.15: 32 bits of a hash */
		text = skip_blanks(text + digits);
	}
	const char *end = *text == '(' ? strstr(text, "){") : NULL;
	const char *at = end ? strstr(end, "at: ") : NULL;
	if (!end)
		return false;
	copy_part(lock.name, sizeof(lock.name), text + 1, (size_t)(end - text - 1));
	if (at)
		read_place(at + 4, &lock.at);
	*ret = lock;
	return true;
}

bool report_lock_listed(const char *text, unsigned *number, struct report_lock *ret)
{
	uint64_t value;

	text = skip_blanks(text);
	if (text[0] != '#' || !parse_dec_start(text + 1, &value) || value > 64)
		return false;
	text += 1 + strspn(text + 1, "0123456789");
	*number = (unsigned)value;
	return *text == ':' && report_lock_read(text + 1, ret);
}

bool report_lock_owner_read(const char *text, char *comm, size_t size, int32_t *pid)
{
	const char *held, *end;
	uint64_t count;

	text = skip_blanks(text);
	if (!parse_dec_start(text, &count))
		return false;
	held = strstr(text, " held by ");
	if (!held || held - text < 6 ||
	    (strncmp(held - 5, " lock", 5) && strncmp(held - 6, " locks", 6)))
		return false;
	held += 9;
	end = strrchr(held, ':');
	return end && report_task_name_read(held, end, comm, size, pid);
}
