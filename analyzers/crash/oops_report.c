/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the report of an oops or panic in the log. */
#include "crash/oops_report.h"

#include <string.h>

#include "base/parse.h"
#include "base/str.h"

#define REPORT_LINES 400 /* of the log's end, in which the report is looked for */
#define HEAD_LINES 60	 /* of a report: from its first line to the registers */

static size_t digits(const char *text)
{
	return strspn(text, "0123456789");
}

/* "CPU: 1 PID: 105 Comm: sh Tainted: …"; "UID: 0 " may stand between since v6.12. */
static bool read_task(const char *text, struct oops_report *report)
{
	const char *cpu = strstr(text, "CPU: "), *pid = strstr(text, " PID: ");
	const char *comm = strstr(text, " Comm: "), *end;
	uint64_t number;

	if (!cpu || !pid || !comm || !parse_dec(cpu + 5, digits(cpu + 5), &number) ||
	    number > 65535)
		return false;
	report->cpu = (int)number;
	if (parse_dec(pid + 6, digits(pid + 6), &number) && number < 1u << 22)
		report->pid = (int)number;
	comm += 7;
	end = strstr(comm, " Kdump: loaded");
	if (!end)
		end = strstr(comm, " Tainted:");
	if (!end)
		end = strstr(comm, " Not tainted");
	size_t length = end ? (size_t)(end - comm) : strlen(comm);
	memcpy(report->comm, comm, MIN(length, sizeof(report->comm) - 1));
	return true;
}

bool oops_report_rip(const char *text, struct oops_report *report)
{
	const char *rip = strstr(text, "RIP: 0010:"), *plus = rip ? strstr(rip, "+0x") : NULL;
	const char *name = plus;

	if (!plus)
		return false;
	while (name > rip && name[-1] != ' ' && name[-1] != ':')
		name--;
	size_t length = MIN((size_t)(plus - name), sizeof(report->symbol) - 1);
	memcpy(report->symbol, name, length);
	report->symbol[length] = '\0';
	plus += 3;
	if (!parse_hex(plus, strspn(plus, "0123456789abcdef"), &report->offset))
		return false;
	const char *open = strchr(plus, '['), *close = open ? strchr(open, ']') : NULL;
	if (close) {
		length = MIN((size_t)(close - open - 1), sizeof(report->module) - 1);
		memcpy(report->module, open + 1, length);
		report->module[length] = '\0';
	}
	return true;
}

static void read_address(const char *text, struct oops_report *report)
{
	static const char *const words[] = {"address: ", "non-canonical address 0x",
					    "paging request at ", "dereference at "};

	for (size_t i = 0; i < ARRAY_SIZE(words) && !report->has_address; i++) {
		const char *at = strstr(text, words[i]);

		if (!at)
			continue;
		at += strlen(words[i]);
		report->has_address =
			parse_hex(at, strspn(at, "0123456789abcdefABCDEF"), &report->address);
	}
}

/* From the "CPU:" line both ways: the announcement stands above it, RIP below. */
static void read_around(const struct log *log, size_t at, struct oops_report *report)
{
	for (size_t i = at; i < log->count && i < at + HEAD_LINES && !report->symbol[0]; i++)
		if (oops_report_rip(log->lines[i].text, report))
			break;
	for (size_t i = at, seen = 0; i-- > 0 && seen < 8 && !report->has_address; seen++)
		read_address(log->lines[i].text, report);
}

bool oops_report_read(const struct log *log, struct oops_report *ret)
{
	for (size_t i = log ? log->count : 0, seen = 0; i-- > 0 && seen < REPORT_LINES; seen++) {
		struct oops_report report = {.cpu = -1, .pid = -1};

		if (!read_task(log->lines[i].text, &report))
			continue;
		read_around(log, i, &report);
		*ret = report;
		return true;
	}
	return false;
}
