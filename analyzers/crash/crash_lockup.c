/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes what a lockup's report in the log says besides place and task. */
#include "crash/crash_lockup.h"

#include "log/report.h"
#include "log/report_lockup.h"

static json_t *work_json(const struct report *report)
{
	if (!report->work[0])
		return NULL;
	json_t *json =
		json_pack("{s:o, s:o}", "function", json_escaped(report->work), "module",
			  report->work_module[0] ? json_escaped(report->work_module) : json_null());

	json_put(json, "queue",
		 report->workqueue[0] ? json_escaped(report->workqueue) : json_null());
	json_put(json, "behind", report->pending[0] ? json_escaped(report->pending) : NULL);
	return json;
}

static json_t *stall_json(const struct report *report)
{
	const struct report_stall *stall = &report->stall;
	json_t *json = json_object(), *cpus = json_array();

	for (size_t i = 0; i < stall->cpu_count; i++)
		json_array_append_new(cpus, json_integer(stall->cpus[i]));
	json_put(json, "cpus", cpus);
	if (stall->starved[0])
		json_put(json, "starved", json_escaped(stall->starved));
	if (stall->starved_cpu >= 0)
		json_put(json, "starved_cpu", json_integer(stall->starved_cpu));
	return json;
}

void crash_lockup_put(json_t *crash, const struct report *report)
{
	enum report_kind kind = report_crash_kind(report);
	uint64_t lock = report_spins_for(report);

	if (report_kind_outcome(kind) != OUTCOME_STUCK || kind == REPORT_HUNG_TASK)
		return;
	json_put(crash, "lockup_s", report->seconds > 0 ? json_real(report->seconds) : NULL);
	json_put(crash, "lock", lock ? json_pack("{s:o}", "address", json_address(lock)) : NULL);
	if (kind == REPORT_RCU_STALL)
		json_put(crash, "stall", stall_json(report));
	else
		json_put(crash, "work", work_json(report));
	json_put(crash, "by_cpu", report->by_cpu >= 0 ? json_integer(report->by_cpu) : NULL);
}
