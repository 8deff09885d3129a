/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The whole kernel log, for triage show and analyze --dmesg. */
#include "daemon/cli/whole_log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "daemon/cli/unpack_file.h"
#include "daemon/worker/worker_dmesg.h"
#include "finding.h"

struct whole_log {
	struct cmd_progress progress;
	json_t *lines; /* NULL: they are printed as they come */
	json_t *summary;
	char *failure, *error; /* why, and the name of the error's code */
};

static void print_line(const char *text)
{
	_str_ struct str line = {0};

	str_puts(&line, "");
	str_escape(&line, text, strlen(text));
	puts(line.data ? line.data : "");
}

static void take_answer(void *context, const json_t *part)
{
	struct whole_log *log = context;
	json_t *lines = json_at(part, "lines"), *summary = json_at(part, "summary"), *line;
	size_t i;

	cmd_progress_end(&log->progress);
	json_array_foreach (lines, i, line) {
		if (log->lines)
			json_array_append(log->lines, line);
		else if (json_is_string(line))
			print_line(json_string_value(line));
	}
	if (summary && !log->summary)
		log->summary = json_incref(summary);
}

static struct err *take_finding(void *context, const json_t *finding)
{
	struct whole_log *log = context;
	const char *code = json_string_at(finding, "code");
	const char *why = json_string_at(finding, "evidence.why");
	const char *error = json_string_at(finding, "evidence.error");

	if (!code || strcmp(code, finding_code(FINDING_ANALYSIS_FAILED)) || log->failure)
		return NULL;
	log->failure = strdup(why ? why : "the worker broke off");
	log->error = error ? strdup(error) : NULL;
	return NULL;
}

static void show_progress(void *context, const char *step)
{
	struct whole_log *log = context;

	cmd_progress_show(&log->progress, step);
}

static void show_words(void *context, const char *line)
{
	struct whole_log *log = context;

	cmd_worker_said(&log->progress, line);
}

static struct err *ask(const struct input *input, const struct worker_options *limits,
		       struct whole_log *log)
{
	const struct worker_events events = {.progress = show_progress,
					     .finding = take_finding,
					     .context = log,
					     .answer = take_answer,
					     .said = show_words};
	struct worker_options options = *limits;
	enum worker_outcome outcome;

	options.search = WORKER_DMESG_REQUEST;
	options.dump_fd = input->dump_fd;
	options.vmlinux_fd = input->vmlinux_fd;
	options.dmesg_fd = input->dmesg_fd;
	options.more_logs = input->more_fds;
	options.more_log_count = input->more_count;
	struct err *err = worker_run(&options, &events, &outcome);

	cmd_progress_end(&log->progress);
	return err;
}

/* What was taken for a log that is compressed is a dump. */
static bool is_packed_dump(const struct whole_log *log, const struct input *input)
{
	return log->error && !strcmp(log->error, err_code_name(ERR_INVALID)) &&
	       input->dump_fd < 0 && unpack_file_format(input->dmesg_fd) != SNIFF_NONE;
}

static void forget(struct whole_log *log)
{
	free(take_ptr(log->failure));
	free(take_ptr(log->error));
	json_decref(take_ptr(log->lines));
	json_decref(take_ptr(log->summary));
}

static void put_cut(struct str *text, json_int_t left_out, const char *why)
{
	if (left_out)
		str_printf(text, "%lld more lines are left out; ", left_out);
	if (why)
		str_puts(text, "the log is cut short: ");
	str_escape(text, why ? why : "", why ? strlen(why) : 0);
}

static void print_end(const char *path, struct whole_log *log)
{
	json_int_t left_out = json_integer_at(log->summary, "left_out");
	const char *why = json_string_at(log->summary, "why");
	_str_ struct str text = {0};

	if (log->lines) {
		_json_ json_t *document = json_pack(
			"{s:s, s:o, s:O, s:I, s:s?}", "schema", "triage.dmesg/1", "path",
			json_escaped(path), "lines", log->lines, "left_out", left_out, "why", why);
		json_dumpf(document, stdout, JSON_PRINTABLE | JSON_INDENT(1));
		putchar('\n');
		return;
	}
	put_cut(&text, left_out, why);
	fflush(stdout);
	if (text.length)
		fprintf(stderr, "triage: %s\n", text.data);
}

struct err *whole_log_print(const char *path, struct input *input,
			    const struct worker_options *limits, bool json)
{
	_cleanup_(forget) struct whole_log log = {
		.progress = {.shown = !json && isatty(STDERR_FILENO)},
		.lines = json ? json_array() : NULL};
	unsigned timeout = limits->timeout_s ? limits->timeout_s : WORKER_TIMEOUT_S;

	TRY(ask(input, limits, &log));
	if (is_packed_dump(&log, input)) {
		free(take_ptr(log.failure));
		free(take_ptr(log.error));
		TRY(unpack_file_input(path, NULL, timeout, &log.progress, input));
		TRY(ask(input, limits, &log));
	}
	if (log.failure || !log.summary)
		return err_new(ERR_INVALID, "%s: %s", path,
			       log.failure ? log.failure : "the worker broke off");
	print_end(path, &log);
	return NULL;
}
