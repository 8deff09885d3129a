/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What reports of RCU stalls say besides their traces: CPUs, tasks, how long. */
#include "log/report_stall.h"

#include <string.h>

#include "base/parse.h"
#include "base/str.h"

#define DIGITS "0123456789"
#define CPUS_MAX 65536
#define PIDS (1u << 22)

static void add_cpu(struct report *report, uint64_t cpu)
{
	struct report_stall *stall = &report->stall;

	if (cpu >= CPUS_MAX)
		return;
	if (report->cpu < 0)
		report->cpu = (int)cpu;
	if (stall->cpu_count < ARRAY_SIZE(stall->cpus))
		stall->cpus[stall->cpu_count++] = (int)cpu;
}

static void add_pid(struct report *report, uint64_t pid)
{
	if (pid > PIDS || report->pid >= 0)
		return;
	report->pid = (int32_t)pid;
}

/* "3", "3-...D", "P31277", "P31277/1:b..l": a CPU, or a task that was preempted while it read. */
static void take_item(struct report *report, const char *item)
{
	uint64_t value;

	if (*item == 'P' && parse_dec_start(item + 1, &value))
		add_pid(report, value);
	else if (parse_dec_start(item, &value))
		add_cpu(report, value);
}

static void take_items(struct report *report, const char *list)
{
	list += strspn(list, " ");
	for (unsigned i = 0; *list && *list != '}' && *list != '(' && i < 64; i++) {
		take_item(report, list);
		list += strcspn(list, " }");
		list += strspn(list, " ");
	}
}

/* "3-...0: (1 GPs behind) idle=…", "3: (20999 ticks this GP) idle=…" */
static bool is_cpu_line(const char *text)
{
	size_t digits = strspn(text, DIGITS);
	size_t flags = digits && text[digits] == '-'
			       ? 1 + strspn(text + digits + 1, ".?!oOdDNT" DIGITS)
			       : 0;

	return digits && digits < 6 && text[digits + flags] == ':' &&
	       has_prefix(text + digits + flags + 1, " (");
}

/* For how long, in ticks of the kernel's clock. */
static void take_jiffies(struct report *report, const char *text)
{
	uint64_t jiffies;

	if (parse_dec_after(text, "t=", &jiffies) || parse_dec_after(text, "} ", &jiffies))
		report->seconds = report_stall_seconds(jiffies);
}

#define REPEATS_MAX 20

double report_stall_seconds(uint64_t jiffies)
{
	static const unsigned rates[] = {1000, 250, 300, 100};
	static const unsigned timeouts[] = {21, 60}; /* upstream's and most distributions' */

	for (unsigned repeat = 0; repeat <= REPEATS_MAX; repeat++)
		for (size_t i = 0; i < ARRAY_SIZE(rates) * ARRAY_SIZE(timeouts); i++) {
			double seconds = (double)jiffies / rates[i / 2];
			double late = seconds - timeouts[i % 2] * (1 + 3.0 * repeat);

			if (late >= 0 && late < 1)
				return seconds;
		}
	return 0;
}

static bool take_starved(struct report *report, const char *text)
{
	const char *at = strstr(text, " kthread starved for ");
	uint64_t cpu;

	if (!at)
		return false;
	copy_part(report->stall.starved, sizeof(report->stall.starved), text, (size_t)(at - text));
	if (parse_dec_after(at, "->cpu=", &cpu) && cpu < CPUS_MAX)
		report->stall.starved_cpu = (int)cpu;
	return true;
}

#define IDLE_JIFFIES 1000 /* the thread wakes each few ticks, while a grace period lasts */

/*
 * "All QSes seen, last rcu_sched kthread activity 125014 (…)": every CPU has done its part; the thread
 * that is to end the grace period did not run, where that was so long ago.
 */
static bool take_all_seen(struct report *report, const char *text)
{
	static const char words[] = "All QSes seen, last ";
	const char *end = strstr(text, " kthread activity ");
	uint64_t jiffies;

	if (!has_prefix(text, words) || !end || end < text + strlen(words))
		return false;
	text += strlen(words);
	if (!report->stall.starved[0] && parse_dec_after(end, "activity ", &jiffies) &&
	    jiffies >= IDLE_JIFFIES)
		copy_part(report->stall.starved, sizeof(report->stall.starved), text,
			  (size_t)(end - text));
	report->stall.all_seen = true;
	return true;
}

bool report_stall_take(struct report_reader *reader, const char *line)
{
	struct report *report = reader->report;
	const char *text = line + strspn(line, " \t"), *at;
	uint64_t by;

	if (has_prefix(text, "rcu: "))
		text += 5 + strspn(text + 5, " \t");
	if (is_cpu_line(text)) {
		take_item(report, text);
		return true;
	}
	if (has_prefix(text, "Tasks blocked on level-")) {
		at = strstr(text, "): ");
		take_items(report, at ? at + 3 : "");
		return true;
	}
	if (take_starved(report, text) || take_all_seen(report, text))
		return true;
	at = strchr(text, '{');
	if (at)
		take_items(report, at + 1);
	if (parse_dec_after(text, "detected by ", &by) && by < CPUS_MAX)
		report->by_cpu = (int)by;
	else if (!at && !has_prefix(text, "(t="))
		return false;
	take_jiffies(report, text);
	return true;
}
