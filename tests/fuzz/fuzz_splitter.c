/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that reads a log: reports with their blocks, which of them is the crash, kills, machine checks, events. */
#include "kernel/printk/dmesg.h"
#include "log/event.h"
#include "log/first_cause.h"
#include "log/mce.h"
#include "log/oom.h"
#include "log/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void check_report(const struct log *log, const struct report *report)
{
	check(report->first <= report->last && report->last < log->count);
	check(report->kind < REPORT_KINDS);
	check(report->pid >= -1 && report->cpu >= -1);
	check(report->code_length <= sizeof(report->code));
	check(!report->code_length || report->code_at < report->code_length);
	for (size_t i = 0; i < report->stack_count; i++)
		check(report->stacks[i].count <= REPORT_FRAMES_MAX);
	for (size_t i = 0; i < report->detail_count; i++)
		check(report->details[i] < log->count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(cleanup_log_close) struct log *log = NULL;
	_cleanup_(cleanup_reports_free) struct reports *reports = NULL;
	_cleanup_(cleanup_mces_free) struct mces *mces = NULL;
	_cleanup_(cleanup_ooms_free) struct ooms *ooms = NULL;
	_cleanup_(cleanup_events_free) struct events *events = NULL;
	struct first_cause cause;

	check(err_ok(dmesg_parse((const char *)data, size, &log)));
	check(err_ok(reports_read(log, &reports)));
	check(reports->count <= REPORTS_KEPT_MAX);
	for (size_t i = 0; i < reports->count; i++)
		check_report(log, &reports->list[i]);
	const struct report *crash = reports_crash(reports);

	if (crash)
		reports_panic_over(reports, crash);
	check(err_ok(mces_read(log, &mces)));
	check(err_ok(ooms_read(log, &ooms)));
	check(err_ok(events_read(log, reports, mces, ooms, &events)));
	struct trouble trouble = trouble_find(events, reports);

	check(err_ok(first_cause_find(log, events, &trouble, &cause)));
	return 0;
}
