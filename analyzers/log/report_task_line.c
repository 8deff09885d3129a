/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines that show a task: name, state and pid, as the kernels of all eras print them. */
#include "log/report_task_line.h"

#include <string.h>

#include "base/parse.h"
#include "base/str.h"

#define DIGITS "0123456789"
#define STATES "RSDTtXxZKWPNI?"
#define PIDS (1u << 22) /* PID_MAX_LIMIT */

static const char *skip_blanks(const char *text)
{
	while (*text == ' ' || *text == '\t') /* of each line, many times: strspn() takes longer */
		text++;
	return text;
}

static bool read_pid(const char *text, int32_t *ret)
{
	uint64_t value;

	if (!parse_dec_start(skip_blanks(text), &value) || value > PIDS)
		return false;
	*ret = (int32_t)value;
	return true;
}

static void copy_name(char *comm, size_t size, const char *start, const char *end)
{
	while (end > start && end[-1] == ' ')
		end--;
	copy_part(comm, size, start, (size_t)(end - start));
}

bool report_task_name_read(const char *start, const char *end, char *comm, size_t size,
			   int32_t *pid)
{
	const char *mark = end;

	while (mark > start && strchr(DIGITS, mark[-1]))
		mark--;
	if (mark == end || mark == start || (mark[-1] != ':' && mark[-1] != '/') ||
	    end - mark > 7 || !read_pid(mark, pid))
		return false;
	copy_name(comm, size, start, mark - 1);
	return true;
}

/* "task:sh              state:D stack:0     pid:5     tgid:5     ppid:1      flags:0x…" */
static bool read_labelled(const char *text, struct report_task_line *ret)
{
	const char *state = strstr(text, " state:"), *pid = state ? strstr(state, " pid:") : NULL;
	const char *tgid = pid ? strstr(pid, " tgid:") : NULL;

	if (!pid || !state[7] || !strchr(STATES, state[7]) || !read_pid(pid + 5, &ret->pid))
		return false;
	copy_name(ret->comm, sizeof(ret->comm), text + 5, state);
	ret->state = state[7];
	if (!tgid || !read_pid(tgid + 6, &ret->tgid))
		ret->tgid = -1;
	return true;
}

/* " ffff88007ba90000", "  running task": what stood there until v4.12. */
static const char *skip_counter(const char *text, bool *found)
{
	const char *at = skip_blanks(text);
	size_t digits = hex_digits(at);

	*found = true;
	if (has_prefix(at, "running task"))
		return skip_blanks(at + 12);
	if (has_prefix(at, "running"))
		return skip_blanks(at + 7);
	if ((digits == 16 || digits == 8) && at[digits] == ' ')
		return skip_blanks(at + digits);
	*found = false;
	return at;
}

/* What follows the state: a program counter, free stack, pid, parent, and flags or relatives. */
static bool read_columns(const char *text, struct report_task_line *ret)
{
	bool counter;
	const char *at = skip_counter(text, &counter);
	size_t free = strspn(at, DIGITS);
	const char *pid = skip_blanks(at + free);
	size_t digits = strspn(pid, DIGITS);
	const char *parent = skip_blanks(pid + digits);
	size_t parent_digits = strspn(parent, DIGITS);
	const char *rest = skip_blanks(parent + parent_digits);

	if (!free || !digits || !parent_digits || !read_pid(pid, &ret->pid))
		return false;
	ret->tgid = -1;
	return has_prefix(rest, "0x") || (counter && (!*rest || strstr(rest, "TLB)") ||
						      strspn(rest, DIGITS " ") == strlen(rest)));
}

/* "sh              D ffff88007ba90000     0     5      1 0x00000080": 13 or 15 bytes of a name. */
static bool read_plain(const char *text, struct report_task_line *ret)
{
	for (size_t at = 1; at <= 17 && text[at - 1] && text[at]; at++) {
		if (text[at - 1] != ' ' || !strchr(STATES, text[at]) ||
		    !strchr(" " DIGITS, text[at + 1]) || !read_columns(text + at + 1, ret))
			continue;
		copy_name(ret->comm, sizeof(ret->comm), text, text + at);
		ret->state = text[at];
		return ret->comm[0];
	}
	return false;
}

bool report_task_line_read(const char *text, struct report_task_line *ret)
{
	text = skip_blanks(text);
	*ret = (struct report_task_line){0};
	return has_prefix(text, "task:") ? read_labelled(text, ret) : read_plain(text, ret);
}
