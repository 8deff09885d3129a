/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Headers of reports: CPU, task, taint, release, hardware, work item. */
#include "log/report_header.h"

#include <ctype.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/parse.h"
#include "base/str.h"

#define PIDS (1u << 22) /* PID_MAX_LIMIT */

static bool read_count(const char *text, uint64_t limit, uint64_t *ret)
{
	return parse_dec_start(text, ret) && *ret < limit;
}

static void copy_trimmed(char *to, size_t size, const char *from, size_t length)
{
	while (length && (from[length - 1] == ' ' || from[length - 1] == '\t'))
		length--;
	copy_part(to, size, from, length);
}

/* "CPU 0", "CPU 0:": 2.6's, with nothing else in the line. */
static bool is_bare_cpu(const char *text)
{
	size_t digits;

	if (!has_prefix(text, "CPU "))
		return false;
	digits = strspn(text + 4, "0123456789");
	return digits && text[4 + digits + strspn(text + 4 + digits, " :\t")] == '\0';
}

/* "CPU: 1", "CPU:    1" of i386's 2.6.18 */
static bool is_cpu_alone(const char *text)
{
	size_t blanks, digits;

	if (!has_prefix(text, "CPU: "))
		return false;
	blanks = strspn(text + 5, " ");
	digits = strspn(text + 5 + blanks, "0123456789");
	return text[5 + blanks + digits] == '\0';
}

/* "3.10.0-957.el7.x86_64" */
static bool is_release(const char *text)
{
	size_t major = strspn(text, "0123456789"), minor;

	if (!major || major > 2 || text[major] != '.')
		return false;
	minor = strspn(text + major + 1, "0123456789");
	return minor && text[major + 1 + minor] == '.';
}

bool report_header_is_kernel(const char *text)
{
	const char *number = strstr(text, " #");

	return is_release(text) && number && number == strchr(text, ' ') &&
	       strstr(number, "ainted");
}

bool report_header_is(const char *text)
{
	return (has_prefix(text, "CPU: ") && (strstr(text, " PID: ") || strstr(text, " Comm: "))) ||
	       (has_prefix(text, "Pid: ") && strstr(text, ", comm: ")) || is_cpu_alone(text) ||
	       (has_prefix(text, "COMM: ")) || is_bare_cpu(text);
}

/* Where the name of a task ends in a header: names may hold blanks. " FTT: " is Samsung's. */
static const char *comm_end(const char *comm)
{
	static const char *const behind[] = {" Kdump: loaded", " Tainted: ", " Not tainted",
					     " FTT: "};
	const char *end = comm + strlen(comm);

	for (size_t i = 0; i < ARRAY_SIZE(behind); i++) {
		const char *at = strstr(comm, behind[i]);

		if (at && at < end)
			end = at;
	}
	/* Without the words on taint, the release follows: " 3.10.0-957.el7.x86_64 #1", " (2.6.30.10 #1)". */
	for (const char *at = comm; !*end && (at = strchr(at, ' ')); at++)
		if (is_release(at + 1 + (at[1] == '(')))
			return at;
	return end;
}

/* "G    W  O     " or 2.6's "P           --L------------": letters, in the order of the kernel. */
static const char *read_taint(const char *text, struct report *report)
{
	size_t count = 0;

	report->tainted_known = true;
	/* "---------r-  -": RHEL 8's, of a rescue kernel, is a small one among dashes. */
	for (; *text && (isupper((unsigned char)*text) || strchr(" -\t", *text) ||
			 (*text == 'r' && text[-1] == '-'));
	     text++) {
		/* A letter stands alone, or among letters and dashes: "GF", "--L--", never "RHEL". */
		if (isupper((unsigned char)*text) && count + 1 < sizeof(report->taint))
			report->taint[count++] = *text;
	}
	report->taint[count] = '\0';
	return text;
}

/* "6.1.0-56-amd64 #1 Debian 6.1.…", "(2.6.30.10 #1)"; a release begins with a number and holds a dot. */
static const char *read_release(const char *text, struct report *report)
{
	text += strspn(text, " (");
	size_t length = strcspn(text, " ");

	if (!isdigit((unsigned char)*text) || !memchr(text, '.', length) || report->release[0])
		return text + length;
	copy_trimmed(report->release, sizeof(report->release), text, length);
	text += length;
	text += strspn(text, " ");
	if (*text != '#')
		return text;
	copy_trimmed(report->version, sizeof(report->version), text, strlen(text));
	return text;
}

/* From " Tainted: …" or " Not tainted" on. What is left behind the version's number. */
static const char *read_kernel(const char *text, struct report *report)
{
	const char *at = strstr(text, "Not tainted"), *tainted = strstr(text, "Tainted: ");

	if (at) {
		report->tainted_known = true;
		return read_release(at + 11, report);
	}
	if (!tainted)
		return is_release(text + strspn(text, " (")) ? read_release(text, report) : NULL;
	return read_release(read_taint(tainted + 9, report), report);
}

/* "CPU: 1 UID: 0 PID: 105 Comm: sh Kdump: loaded Tainted: G …" */
static void read_header(const char *text, struct report *report)
{
	const char *pid = strstr(text, " PID: "), *comm = strstr(text, " Comm: ");
	uint64_t value;

	if (read_count(text + 5 + strspn(text + 5, " "), 65536, &value) && report->cpu < 0)
		report->cpu = (int)value;
	if (pid && read_count(pid + 6, PIDS, &value))
		report->pid = (int32_t)value;
	if (!comm)
		return;
	comm += 7;
	const char *end = comm_end(comm);
	copy_trimmed(report->comm, sizeof(report->comm), comm, (size_t)(end - comm));
	read_kernel(end, report);
}

/* "Pid: 4383, comm: sh Tainted: P  --L--  2.6.32-696.el6.x86_64 #1 VMware, Inc. …" */
static void read_old_header(const char *text, struct report *report)
{
	const char *comm = strstr(text, ", comm: ") + 8, *end = comm_end(comm), *rest;
	uint64_t value;

	if (read_count(text + 5, PIDS, &value))
		report->pid = (int32_t)value;
	copy_trimmed(report->comm, sizeof(report->comm), comm, (size_t)(end - comm));
	rest = read_kernel(end, report);
	if (!rest || *rest != '#')
		return;
	rest += strcspn(rest, " ");
	rest += strspn(rest, " ");
	if (*rest && !report->hardware[0])
		copy_trimmed(report->hardware, sizeof(report->hardware), rest, strlen(rest));
	report->version[strcspn(report->version, " )")] = '\0';
}

static void read_kernel_line(const char *text, struct report *report)
{
	read_release(text, report);
	report->version[strcspn(report->version, " ")] = '\0';
	read_kernel(text, report);
}

/* "Process clearcache.sh (pid: 4383, threadinfo …, task …)" */
static void read_process(const char *text, struct report *report)
{
	const char *open = strstr(text, " (pid: ");
	uint64_t value;

	if (!open || open < text + 8 || !read_count(open + 7, PIDS, &value) || report->pid >= 0)
		return;
	report->pid = (int32_t)value;
	copy_trimmed(report->comm, sizeof(report->comm), text + 8, (size_t)(open - text - 8));
}

/* "Workqueue: events work_for_cpu_fn", "Workqueue: events f [module]", "Workqueue:  0x0 (mmc_complete)" */
static void read_work(const char *text, struct report *report)
{
	const char *name = text + 11 + strspn(text + 11, " "), *work = strchr(name, ' ');

	/* A worker without an item has its own name behind. */
	if (!work || has_prefix(name, "0x0 "))
		return;
	copy_trimmed(report->workqueue, sizeof(report->workqueue), name, (size_t)(work - name));
	work += strspn(work, " (");
	size_t length = strcspn(work, " )");
	const char *module = work + length;

	copy_trimmed(report->work, sizeof(report->work), work, length);
	if (has_prefix(module, " ["))
		copy_part(report->work_module, sizeof(report->work_module), module + 2,
			  strcspn(module + 2, "]"));
}

/* i386's "EFLAGS: 00010246   (2.6.18-398.el5 #1) " */
static void read_release_of_flags(const char *text, struct report *report)
{
	const char *open = strchr(text, '(');

	if (!open || !is_release(open + 1))
		return;
	read_release(open, report);
	report->version[strcspn(report->version, ")")] = '\0';
	report->release[strcspn(report->release, ")")] = '\0';
}

void report_header_read(const char *text, struct report *report)
{
	uint64_t value;

	if (has_prefix(text, "Pid: ") && strstr(text, ", comm: "))
		read_old_header(text, report);
	else if (has_prefix(text, "CPU: "))
		read_header(text, report);
	else if (is_bare_cpu(text) && read_count(text + 4, 65536, &value) && report->cpu < 0)
		report->cpu = (int)value;
	else if (has_prefix(text, "Hardware name: ") && !report->hardware[0])
		copy_trimmed(report->hardware, sizeof(report->hardware), text + 15,
			     strlen(text + 15));
	else if (has_prefix(text, "Workqueue: "))
		read_work(text, report);
	else if (has_prefix(text, "Not tainted ") ||
		 (has_prefix(text, "Tainted: ") && !has_prefix(text, "Tainted: [")))
		read_kernel(text, report);
	else if (has_prefix(text, "Process "))
		read_process(text, report);
	else if (has_prefix(text, "EFLAGS: "))
		read_release_of_flags(text, report);
	else if (report_header_is_kernel(text))
		read_kernel_line(text, report);
}
