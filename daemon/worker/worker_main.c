/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The worker's side: open the dead kernel, run the analyzers, write JSON lines. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "analyzer.h"
#include "base/io.h"
#include "base/alloc.h"
#include "daemon/worker/sandbox.h"
#include "daemon/worker/worker.h"
#include "daemon/worker/worker_fds.h"
#include "daemon/worker/worker_dmesg.h"
#include "daemon/worker/worker_files.h"
#include "daemon/worker/worker_profile.h"
#include "daemon/worker/worker_search.h"
#include "kernel/dump/dump.h"
#include "kernel/kernel.h"
#include "kernel/open.h"

static bool broken_pipe; /* nobody listens: nothing more to say */

/* Takes json over. One line an object; progress goes out before the step it names. */
static void write_line(json_t *json)
{
	unsigned before = alloc_failures();
	_free_ char *text = json_dumps(json, JSON_COMPACT);

	json_decref(json);
	if (!text || alloc_failures() != before)
		return; /* jansson may leave a piece out when memory runs out */
	size_t length = strlen(text);
	text[length] = '\n'; /* in place of the terminator */
	if (!broken_pipe)
		broken_pipe = !err_ok(io_write_all(WORKER_FD_RESULT, text, length + 1));
}

static void progress(void *context, const char *step)
{
	(void)context;
	write_line(json_pack("{s:s}", "progress", step));
}

static void library(void *context, const char *name)
{
	(void)context;
	write_line(json_pack("{s:s}", "library", name));
}

static void emit(struct findings *findings, const struct finding *finding)
{
	(void)findings;
	write_line(json_pack("{s:o}", "finding", finding_to_json(finding)));
}

static void report_degraded(struct kernel *kernel, struct findings *findings)
{
	findings->analyzer = "kernel";
	for (size_t i = 0; i < kernel->degraded_count; i++) {
		const struct degraded *one = &kernel->degraded[i];
		json_t *evidence = json_object();

		json_put(evidence, "step", json_string(one->step));
		json_put(evidence, "why", json_escaped(one->why));
		json_put(evidence, "remedy", json_escaped(one->remedy));
		finding_add(findings, FINDING_DEGRADED, SEVERITY_NOTICE, 1.0, evidence, NULL);
	}
}

static void report_failure(struct findings *findings, const struct err *err)
{
	findings->analyzer = "kernel";
	finding_add(findings, FINDING_ANALYSIS_FAILED, SEVERITY_CRITICAL, 1.0,
		    json_pack("{s:s, s:s, s:o}", "analyzer", "kernel", "error",
			      err_code_name(err->code), "why", json_escaped(err->message)),
		    "cannot be read: %s", err->message);
}

static void answer(json_t *json)
{
	write_line(json_pack("{s:o}", "answer", json));
}

static struct err *search(struct kernel *kernel, const char *request, struct findings *findings)
{
	const struct worker_search_events events = {.progress = progress, .answer = answer};

	report_degraded(kernel, findings); /* first: what a person gave may be refused */
	return worker_search(kernel, request, &events);
}

static void answer_request(struct kernel *kernel, const char *request, struct findings *findings)
{
	_err_ struct err *err = worker_dmesg_is_asked(request) ? worker_dmesg(kernel, answer)
							       : search(kernel, request, findings);

	if (err)
		report_failure(findings, err);
}

/* For the next dump of this build. */
static void report_profile(const struct kernel *kernel)
{
	if (kernel->new_profile)
		write_line(json_pack("{s:s}", "profile", kernel->new_profile));
}

static void make_profile(const struct kernel_options *options, struct findings *findings)
{
	_err_ struct err *err = worker_profile(options, answer);

	if (err)
		report_failure(findings, err);
}

/* request: a search, or for the log; or NULL. */
static void work(const struct kernel_options *options, const char *request,
		 struct findings *findings, uint64_t *pages)
{
	_cleanup_(cleanup_kernel_close) struct kernel *kernel = NULL;
	_err_ struct err *err = kernel_open(options, &kernel);

	if (err) {
		report_failure(findings, err);
		return;
	}
	if (request) {
		answer_request(kernel, request, findings);
	} else {
		_analysis_ struct analysis analysis = {.kernel = kernel, .findings = findings};

		analyzers_run(&analysis, progress, NULL);
		kernel_note_losses(kernel);
		report_degraded(kernel, findings);
		report_profile(kernel);
	}
	*pages = kernel->dump ? dump_pages_read(kernel->dump) : 0;
}

static int open_file(void *context, const char *release, const char *module)
{
	(void)context;
	return worker_files_ask(WORKER_FD_FILES, release, module);
}

static int optional_fd(int fd)
{
	return fcntl(fd, F_GETFD) < 0 ? -1 : fd;
}

/* argv: triage __worker SANDBOX BACKGROUND MEMORY CPU_SECONDS NO_BTF KEEP_PROFILE, all numbers; [REQUEST]. */
int worker_main(int argc, char **argv)
{
	if (argc != 8 && argc != 9)
		return 2;
	struct sandbox_options limits = {
		.background = atoi(argv[3]),
		.memory_bytes = strtoull(argv[4], NULL, 10),
		.cpu_s = (unsigned)atoi(argv[5]),
	};
	struct kernel_options options = {
		.dump_fd = optional_fd(WORKER_FD_DUMP),
		.vmlinux_fd = optional_fd(WORKER_FD_VMLINUX),
		.dmesg_fd = optional_fd(WORKER_FD_DMESG),
		.open_file = optional_fd(WORKER_FD_FILES) < 0 ? NULL : open_file,
		.progress = progress,
		.library = library,
		.no_btf = atoi(argv[6]),
		.keep_profile = atoi(argv[7]),
	};
	_json_ json_t *layers = json_array();
	struct findings findings;
	uint64_t pages = 0;

	findings_init(&findings, emit);
	_err_ struct err *err = atoi(argv[2]) ? sandbox_enter(&limits, layers) : NULL;
	if (err) {
		report_failure(&findings, err);
		return 1;
	}
	if (argv[8] && worker_profile_is_asked(argv[8]))
		make_profile(&options, &findings);
	else
		work(&options, argv[8], &findings, &pages);
	write_line(json_pack("{s:{s:I, s:O, s:o, s:I}}", "end", "pages_read", (json_int_t)pages,
			     "sandbox", layers, "sandbox_missing", sandbox_missing(layers),
			     "dropped", (json_int_t)findings.dropped));
	return alloc_failures() ? WORKER_EXIT_NOMEM : 0;
}
