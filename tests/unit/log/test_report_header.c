/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "log/report_header.h"

static const struct {
	const char *text;
	int cpu;
	int32_t pid;
	const char *comm, *taint, *release, *version;
} headers[] = {
	{"CPU: 1 UID: 0 PID: 105 Comm: sh Kdump: loaded Tainted: G        W  O       "
	 "6.12.0-1-amd64 #1  "
	 "Debian 6.12.1",
	 1, 105, "sh", "GWO", "6.12.0-1-amd64", "#1  Debian 6.12.1"},
	{"CPU: 3 PID: 31311 Comm: exe Not tainted 4.3.6 #2", 3, 31311, "exe", "", "4.3.6", "#2"},
	{"CPU: 0 PID: 7 Comm: a b c Not tainted 6.1.0 #1", 0, 7, "a b c", "", "6.1.0", "#1"},
	{"CPU: 0 PID: 7 Comm: kworker/u8:3+x Tainted: P           OE     5.4.0 #1", 0, 7,
	 "kworker/u8:3+x", "POE", "5.4.0", "#1"},
	{"CPU: 0 PID: 0 Comm: swapper/0", 0, 0, "swapper/0", "", "", ""},
	{"CPU: 5", 5, -1, "", "", "", ""},
	{"CPU 2:", 2, -1, "", "", "", ""},
	/* absurd */
	{"CPU: 99999999999999999999 PID: 99999999999 Comm: x Not tainted 6.1.0 #1", -1, -1, "x", "",
	 "6.1.0", "#1"},
	{"CPU: 65536 PID: 4194304 Comm: x", -1, -1, "x", "", "", ""},
	{"CPU: -1 PID: -5 Comm:  Tainted: ", -1, -1, "", "", "", ""},
	{"CPU: 1 PID: 5 Comm: x Tainted: "
	 "GGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGG 6.1.0 #1",
	 1, 5, "x", "GGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGG", "6.1.0", "#1"},
};

static void check(const struct report *report, size_t i)
{
	ck_assert_int_eq(report->cpu, headers[i].cpu);
	ck_assert_int_eq(report->pid, headers[i].pid);
	ck_assert_str_eq(report->comm, headers[i].comm);
	ck_assert_str_eq(report->taint, headers[i].taint);
	ck_assert_str_eq(report->release, headers[i].release);
	ck_assert_str_eq(report->version, headers[i].version);
}

START_TEST(headers_are_read)
{
	struct report report = {.cpu = -1, .pid = -1};

	ck_assert(report_header_is(headers[_i].text));
	report_header_read(headers[_i].text, &report);
	check(&report, (size_t)_i);
}
END_TEST

START_TEST(old_headers)
{
	struct report report = {.cpu = -1, .pid = -1};

	report_header_read("Pid: 4383, comm: sh Tainted: P           ---------------    "
			   "2.6.32-696.el6.x86_64 #1 "
			   "VMware, Inc. VMware Virtual Platform/440BX",
			   &report);
	ck_assert_int_eq(report.pid, 4383);
	ck_assert_str_eq(report.comm, "sh");
	ck_assert_str_eq(report.taint, "P");
	ck_assert_str_eq(report.release, "2.6.32-696.el6.x86_64");
	ck_assert(strstr(report.hardware, "VMware Virtual Platform"));
}
END_TEST

START_TEST(processes_and_work)
{
	struct report report = {.cpu = -1, .pid = -1};

	report_header_read("Process (pid: 5, threadinfo 0, task 0)", &report); /* no name at all */
	ck_assert_int_eq(report.pid, -1);
	report_header_read("Process a (b) (pid: 5, threadinfo 0, task 0)", &report);
	ck_assert_int_eq(report.pid, 5);
	ck_assert_str_eq(report.comm, "a (b)");
	report_header_read("Workqueue: events lab_work [lab]", &report);
	ck_assert_str_eq(report.workqueue, "events");
	ck_assert_str_eq(report.work, "lab_work");
	report_header_read("Workqueue: ", &report);
	report_header_read("Workqueue:  (", &report);
	report_header_read("Hardware name: ", &report);
	report_header_read("Tainted: ", &report);
}
END_TEST

/* No field is longer than its place. */
START_TEST(fields_without_end)
{
	static char line[65536];
	struct report report = {.cpu = -1, .pid = -1};

	memset(line, 'x', sizeof(line) - 1);
	memcpy(line, "CPU: 1 PID: 5 Comm: ", 20);
	report_header_read(line, &report);
	ck_assert_uint_lt(strlen(report.comm), sizeof(report.comm));
	memcpy(line, "Hardware name: ", 15);
	report_header_read(line, &report);
	ck_assert_uint_lt(strlen(report.hardware), sizeof(report.hardware));
	memcpy(line, "Workqueue: events ", 18);
	report_header_read(line, &report);
	ck_assert_uint_lt(strlen(report.work), sizeof(report.work));
	memset(line, '1', sizeof(line) - 1);
	memcpy(line, "CPU: 1 Comm: x Not tainted 6.", 29);
	report_header_read(line, &report);
	ck_assert_uint_lt(strlen(report.release), sizeof(report.release));
}
END_TEST

int main(void)
{
	TCase *cases = tcase_create("report_header");

	tcase_set_timeout(cases, 30);
	tcase_add_loop_test(cases, headers_are_read, 0, ARRAY_SIZE(headers));
	tcase_add_test(cases, old_headers);
	tcase_add_test(cases, processes_and_work);
	tcase_add_test(cases, fields_without_end);
	return unit_run("report_header", cases);
}
