/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of single kinds of reports: sanitizers' accesses, objects, lists, atomic contexts. */
#include "log/report_detail.h"

#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/parse.h"
#include "base/str.h"

static const char *const details[] = {
	"Read of size ",
	"Write of size ",
	"The buggy address ",
	"which belongs to the cache ",
	"Use-after-free ",
	"Out-of-bounds ",
	"Corrupted memory at ",
	"Invalid free of ",
	"Invalid read at ",
	"Invalid write at ",
	"Memory corruption at ",
	"KASAN: ",
	"kasan: ",
	"Bytes ",
	"Object at ",
	"page dumped because: ",
	"list_add corruption",
	"list_del corruption",
	"refcount_t: ",
	"ODEBUG: ",
	"index ",
	"shift exponent ",
	"signed integer overflow",
	"unsigned integer overflow",
	"division by zero",
	"load of ",
	"member access ",
	"in_atomic(): ",
	"preempt_count: ",
	"caller is ",
	"lock: 0x",
	"lock: ",
	"INFO: Slab 0x",
	"INFO: Object 0x",
	"INFO: Freed in ",
	"INFO: Allocated in ",
	"Freed in ", /* newer kernels */
	"Allocated in ",
	"INFO: 0x",
	"comm \"",
	"addr:",
	"race at unknown origin",
	"value changed: ",
};

bool report_detail_is(const char *line)
{
	line += strspn(line, " \t");
	for (size_t i = 0; i < ARRAY_SIZE(details); i++)
		if (has_prefix(line, details[i]))
			return true;
	return has_prefix(line, "write to 0x") || has_prefix(line, "read to 0x") ||
	       has_prefix(line, "read-write to 0x");
}

/* Of usercopy and fortify (mm/usercopy.c, lib/string_helpers.c), of socket buffers, pages and journals. */
static const char *const announced[] = {
	"usercopy: ",	     "detected buffer overflow in ", "skb_over_panic: ",
	"skb_under_panic: ", "page dumped because: ",	     "Assertion failure in ",
	"ssertion failed: ",
};

bool report_detail_announces(const char *line)
{
	for (size_t i = 0; i < ARRAY_SIZE(announced); i++)
		if (strstr(line, announced[i]))
			return true;
	return false;
}

/* "… by task comm/123", names with blanks and slashes included. */
static void take_task(const char *at, struct report *report)
{
	const char *slash = strrchr(at, '/');
	uint64_t pid;

	if (!slash || report->pid >= 0 ||
	    !parse_dec(slash + 1, strspn(slash + 1, "0123456789"), &pid) || pid > 1u << 22)
		return;
	report->pid = (int32_t)pid;
	copy_part(report->comm, sizeof(report->comm), at, (size_t)(slash - at));
}

/* "Write of size 8 at addr ffff888104d2be58 by task labctl/2258", "Invalid read at 0xffff…:" */
static void take_access(const char *line, struct report *report)
{
	const char *at = strstr(line, " at addr "), *by = strstr(line, " by task ");

	at = at ? at + 9 : strstr(line, " at 0x") ? strstr(line, " at 0x") + 6 : NULL;
	if (!report->access[0])
		copy_string(report->access, sizeof(report->access),
			    strstr(line, "rite ") ? "write" : "read");
	if (at && !report->has_address)
		report->has_address = parse_hex(at, hex_digits(at), &report->address);
	if (by)
		take_task(by + 9, report);
}

/* "in_atomic(): 1, irqs_disabled(): 0, non_block: 0, pid: 2117, name: labtool" */
static void take_atomic(const char *line, struct report *report)
{
	const char *pid = strstr(line, " pid: "), *name = strstr(line, ", name: ");
	uint64_t value;

	if (!pid || !name || report->pid >= 0 ||
	    !parse_dec(pid + 6, strspn(pid + 6, "0123456789"), &value) || value > 1u << 22)
		return;
	report->pid = (int32_t)value;
	copy_string(report->comm, sizeof(report->comm), name + 8);
}

/* `comm "labmgr", pid 3110, jiffies …` of a leaked object */
static void take_leak(const char *line, struct report *report)
{
	const char *end = strchr(line + 6, '"'), *pid = strstr(line, ", pid ");
	uint64_t value;

	if (!end || !pid || !parse_dec(pid + 6, strspn(pid + 6, "0123456789"), &value) ||
	    value > 1u << 22)
		return;
	report->pid = (int32_t)value;
	copy_part(report->comm, sizeof(report->comm), line + 6, (size_t)(end - line - 6));
}

void report_detail_read(const char *line, size_t index, struct report *report)
{
	line += strspn(line, " \t");
	if (report->detail_count < REPORT_DETAILS_MAX)
		report->details[report->detail_count++] = index;
	if (has_prefix(line, "Read of size ") || has_prefix(line, "Write of size ") ||
	    has_prefix(line, "Use-after-free ") || has_prefix(line, "Out-of-bounds ") ||
	    has_prefix(line, "Invalid read at ") || has_prefix(line, "Invalid write at "))
		take_access(line, report);
	else if (has_prefix(line, "KASAN: "))
		report->has_kasan_address |=
			parse_hex_after(line, " in range [0x", &report->kasan_address);
	else if (has_prefix(line, "in_atomic(): "))
		take_atomic(line, report);
	else if (has_prefix(line, "comm \""))
		take_leak(line, report);
	else if (has_prefix(line, "caller is ") && !report->rip.symbol[0])
		report_place_read(line + 10, &report->rip);
}

bool report_track_read(const char *line, char *title, size_t size, int32_t *pid)
{
	uint64_t value;

	line += strspn(line, " \t");
	if (has_prefix(line, "INFO: "))
		line += 6;
	if ((!has_prefix(line, "Allocated in ") && !has_prefix(line, "Freed in ")) ||
	    !strstr(line, " age="))
		return false;
	copy_part(title, size, line, strcspn(line, " "));
	*pid = parse_dec_after(line, " pid=", &value) && value <= 1u << 22 ? (int32_t)value : -1;
	return true;
}

bool report_title_read(const char *line, char *title, size_t size, int32_t *pid)
{
	static const char *const titles[] = {
		"Allocated by task ",
		"Freed by task ",
		"Allocated:",
		"Freed:",
		"Allocated by:",
		"Freed by:",
		"Uninit was created at",
		"Uninit was stored to memory at",
		"Local variable ",
		"Last potentially related work creation",
		"Second to last potentially related work creation",
		"Last call_rcu()",
		"allocated by task ",
		"freed by task ",
		"backtrace",
		"Object was allocated at",
		"stack backtrace",
		"Preemption disabled at",
	};
	uint64_t value;

	line += strspn(line, " \t");
	const char *at = has_prefix(line, "kfence-#") ? NULL : line;
	for (size_t i = 0; at && i < ARRAY_SIZE(titles); i++) {
		if (!has_prefix(at, titles[i]))
			continue;
		size_t length = strlen(titles[i]);
		copy_part(title, size, at, strcspn(at, ":("));
		for (size_t end = strlen(title); end && title[end - 1] == ' ';)
			title[--end] = '\0';
		*pid = parse_dec(at + length, strspn(at + length, "0123456789"), &value) &&
				       value <= 1u << 22
			       ? (int32_t)value
			       : -1;
		if (*pid >= 0)
			copy_part(title, size, at, length + strspn(at + length, "0123456789"));
		return true;
	}
	return false;
}
