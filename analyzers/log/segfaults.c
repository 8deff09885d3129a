/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: user processes that crashed, by their lines in the kernel log: which instruction of
 *   which file, what kind of access to what.
 * Needs: the log.
 * False positives: a process that printed such a line to /dev/kmsg.
 * Kernel commits: see segfault.c.
 */
#include <inttypes.h>
#include <string.h>

#include "analysis.h"
#include "base/str.h"
#include "kernel/printk/log.h"
#include "log/log_json.h"
#include "log/log_tail.h"
#include "log/segfault.h"

/* "libfoo.so+0x1f", or the bare address. */
static void put_place(const struct segfault *fault, struct str *text)
{
	uint64_t offset;

	if (segfault_offset(fault, &offset)) {
		str_escape(text, fault->object, strlen(fault->object));
		str_printf(text, "+0x%" PRIx64, offset);
	} else {
		str_printf(text, "0x%" PRIx64, fault->ip);
	}
}

static struct err *show(struct findings *findings, const struct log_line *line,
			const struct segfault *fault)
{
	_str_ struct str text = {0};

	str_puts(&text, "user program ");
	str_escape(&text, fault->comm, strlen(fault->comm));
	str_printf(&text, "/%" PRIu64 " crashed: ", fault->pid);
	if (fault->has_address)
		str_printf(&text, "%s of 0x%" PRIx64 " (%s) at ", segfault_access(fault),
			   fault->address, segfault_class(fault));
	else
		str_printf(&text, "%s at ", fault->trap);
	put_place(fault, &text);
	if (text.failed)
		return &err_nomem;
	finding_add(findings, FINDING_SEGFAULT, SEVERITY_NOTICE, 1.0,
		    log_json_segfault(line, fault), "%s", text.data);
	return NULL;
}

#define SEGFAULTS_MAX 500 /* the last ones */

static bool is_segfault(const char *text)
{
	struct segfault fault;

	return segfault_parse(text, &fault);
}

static struct err *run(struct analysis *analysis)
{
	const struct log *log = analysis->kernel->log;
	struct segfault fault;

	for (size_t i = log_tail(log, SEGFAULTS_MAX, is_segfault); i < log->count; i++)
		if (segfault_parse(log->lines[i].text, &fault))
			TRY(show(analysis->findings, &log->lines[i], &fault));
	return NULL;
}

const struct analyzer segfault_analyzer = {
	.name = "segfault",
	.needs = STEP_LOG,
	.run = run,
};
