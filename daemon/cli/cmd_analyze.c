/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage analyze: the whole path without a daemon; worker, store in memory, rules, verdict. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "daemon/cli/cmd.h"
#include "daemon/render/render.h"
#include "daemon/render/render_locks.h"
#include "daemon/render/render_memory.h"
#include "daemon/render/sections.h"
#include "daemon/store/analyze.h"
#include "daemon/store/report.h"
#include "daemon/worker/crash_dir.h"

struct arguments {
	const char *vmlinux, *modules, *sysroot;
	bool json, no_sandbox, no_btf, help;
	void (*part)(const json_t *report, struct str *out); /* shown instead of the screen */
	unsigned timeout_s;
};

static const char help[] =
	"usage: triage analyze FILE… [--vmlinux FILE] [--modules DIR] [--sysroot DIR]\n"
	"                      [--json|--locks|--dot|--memory|--log]\n"
	"                      [--no-sandbox] [--no-btf] [--timeout SECONDS]\n"
	"\n"
	"Reads crash dumps (ELF, kdump-compressed, flattened) or bare kernel logs and says what\n"
	"killed the kernel. No debuginfo is needed; where a matching vmlinux lies in one of the\n"
	"usual places it is used for source lines. Of a kernel without BTF and vmlinux the types\n"
	"that matter most are found by probing its memory.\n"
	"\n"
	"FILE may be the directory of a crash, and - is standard input: journalctl -k | triage\n"
	"analyze -. Logs may be compressed (gzip, bzip2, xz, zstd). FILEs that are one rotated\n"
	"log (messages messages.1 messages.2.gz) are read as one; where one alone has no crash,\n"
	"or begins within its report, so are the older ones beside it.\n"
	"\n"
	"  --vmlinux FILE     the kernel's vmlinux with symbols; refused when it does not match.\n"
	"                     Its vmlinuz will do for comparing code\n"
	"  --modules DIR      where the kernel's modules lie, for comparing code; otherwise\n"
	"                     /lib/modules/RELEASE\n"
	"  --sysroot DIR      where the files of user programs lie that the log names\n"
	"  --json             the verdict as JSON (schema/verdict.schema.json); with several\n"
	"                     FILEs one line each\n"
	"  --locks            only who waits for whom, lock by lock\n"
	"  --dot              the same as a graph for Graphviz\n"
	"  --memory           only the registers, locks and other addresses and what they are,\n"
	"                     where the bad value came from, and the words around it\n"
	"  --log              only what happened by the kernel's log, in its order, and what of "
	"it\n"
	"                     explains the crash\n"
	"  --no-sandbox       read the dump without the sandbox around it (to debug triage)\n"
	"  --no-btf           find types by probing, as where the kernel was built without BTF\n"
	"  --timeout SECONDS  give up on a dump after so long (120)\n"
	"\n"
	"Exit status: 0 every FILE got a verdict, 1 a cause stayed unknown or an analysis broke\n"
	"off, 2 wrong usage or a FILE that cannot be read, 3 a log without a crash, 4 a log that\n"
	"begins within the report of its crash.\n";

static const struct option options[] = {
	{"vmlinux", required_argument, NULL, 'v'},
	{"json", no_argument, NULL, 'j'},
	{"modules", required_argument, NULL, 'm'},
	{"sysroot", required_argument, NULL, 's'},
	{"no-sandbox", no_argument, NULL, 'n'},
	{"no-btf", no_argument, NULL, 'B'},
	{"timeout", required_argument, NULL, 't'},
	{"locks", no_argument, NULL, 'l'},
	{"dot", no_argument, NULL, 'd'},
	{"memory", no_argument, NULL, 'p'},
	{"log", no_argument, NULL, 'g'},
	{"help", no_argument, NULL, 'h'},
	{0},
};

static bool parse(int argc, char **argv, struct arguments *ret)
{
	for (int c; (c = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
		switch (c) {
		case 'v':
			ret->vmlinux = optarg;
			break;
		case 'm':
			ret->modules = optarg;
			break;
		case 's':
			ret->sysroot = optarg;
			break;
		case 'j':
			ret->json = true;
			break;
		case 'l':
			ret->part = render_locks;
			break;
		case 'd':
			ret->part = render_dot;
			break;
		case 'p':
			ret->part = render_memory;
			break;
		case 'g':
			ret->part = section_by_id(SECTION_log)->render;
			break;
		case 'n':
			ret->no_sandbox = true;
			break;
		case 'B':
			ret->no_btf = true;
			break;
		case 't':
			ret->timeout_s = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'h':
			ret->help = true;
			break;
		default:
			return false;
		}
	}
	return ret->help || optind < argc;
}

static void print_json(const json_t *report, bool indent)
{
	_free_ char *text = report_format(report, indent);

	puts(text ? text : "null");
}

static void print_text(const json_t *report, const struct arguments *arguments)
{
	struct render_style style = render_style_for(STDOUT_FILENO);
	_str_ struct str text = {0};

	if (arguments->part)
		arguments->part(report, &text);
	else
		render_verdict(report, &style, &text);
	if (!text.length)
		str_puts(&text, arguments->part == render_locks
					? "no lock that anyone waits for was found\n"
				: arguments->part == render_memory
					? "the crash shows no address to look at\n"
					: "the log tells of nothing that matters\n");
	fputs(text.data ? text.data : "", stdout);
}

/* Does the log begin within its first report? */
static bool begins_within(const json_t *report)
{
	const json_t *reports = json_object_get(json_object_get(report, "log"), "reports");

	return json_is_true(json_object_get(json_array_get(reports, 0), "cut_front"));
}

/* 0 for a known cause and a whole analysis, else what triage(1) says. */
static int status_of(const json_t *report)
{
	const json_t *verdict = json_object_get(report, "verdict");
	const char *cause = json_string_at(verdict, "cause");
	const json_t *findings = json_object_get(report, "findings");
	size_t i;
	json_t *finding;

	json_array_foreach (findings, i, finding) {
		const char *code = json_string_at(finding, "code");
		const char *analyzer = json_string_at(finding, "analyzer");
		const char *severity = json_string_at(finding, "severity");

		if (!strcmp(code, "analysis.failed") && !strcmp(severity, "critical"))
			return strcmp(analyzer, "worker") ? STATUS_USAGE : STATUS_NOT_FOUND;
	}
	if (cause && !strcmp(cause, "none"))
		return STATUS_NO_CRASH;
	if (begins_within(report))
		return STATUS_CUT;
	return cause && strcmp(cause, "unknown") ? STATUS_OK : STATUS_NOT_FOUND;
}

struct session {
	struct store *store;
	struct rules *rules;
	const struct arguments *arguments;
};

static struct err *analyze_one(const struct session *session, const char *path,
			       const struct input *input, json_t **report)
{
	const struct arguments *arguments = session->arguments;
	struct worker_options limits = {.no_sandbox = arguments->no_sandbox,
					.no_btf = arguments->no_btf,
					.timeout_s = arguments->timeout_s,
					.modules = arguments->modules,
					.sysroot = arguments->sysroot};
	struct cmd_progress progress = {.shown = !arguments->json && isatty(STDERR_FILENO)};
	struct worker_events watch = {
		.progress = cmd_progress_show, .said = cmd_worker_said, .context = &progress};
	int64_t dump;

	struct err *err =
		analyze_input(session->store, session->rules, path, input, &limits, &watch, &dump);
	cmd_progress_end(&progress);
	TRY(err);
	return report_build(session->store, dump, report);
}

/* The files are one log; the newest, last one gives it its name. */
static struct err *analyze_logs(const struct session *session, char *const *paths, size_t count,
				json_t **report)
{
	_input_ struct input input = INPUT_NONE;

	TRY(input_open_logs(paths, count, &input));
	return analyze_one(session, paths[count - 1], &input, report);
}

static bool needs_older(int status)
{
	return status == STATUS_NO_CRASH || status == STATUS_CUT;
}

#define OLDER_MAX 16 /* rotated files that are looked into for the crash's beginning */

/* The crash, or the beginning of its report, may stand in the files that were rotated away before. */
static struct err *look_back(const struct session *session, const char *path, json_t **report)
{
	_log_set_ struct log_set older = {0};
	char *paths[OLDER_MAX + 1];
	size_t count = 0;

	TRY(log_set_older(path, &older));
	paths[OLDER_MAX] = (char *)path;
	while (count < MIN(older.count, (size_t)OLDER_MAX) && needs_older(status_of(*report))) {
		_json_ json_t *longer = NULL;

		count++;
		paths[OLDER_MAX - count] = older.paths[count - 1];
		if (!TRY_OK(analyze_logs(session, paths + OLDER_MAX - count, count + 1, &longer)) ||
		    status_of(longer) == STATUS_USAGE)
			break;
		if (status_of(longer) == STATUS_NO_CRASH)
			continue;
		json_decref(*report);
		*report = json_incref(longer);
	}
	return NULL;
}

static struct err *analyze_file(const struct session *session, const char *path, json_t **report)
{
	_input_ struct input input = INPUT_NONE;
	bool log_alone;

	TRY(input_open(path, session->arguments->vmlinux, &input));
	log_alone = input.dump_fd < 0;
	TRY(analyze_one(session, path, &input, report));
	return log_alone && strcmp(path, "-") != 0 ? look_back(session, path, report) : NULL;
}

/* A file, several that are one log, or the directory of a crash. */
static struct err *analyze_set(const struct session *session, const struct log_set *set,
			       json_t **report)
{
	_log_set_ struct log_set found = {0};
	struct stat st;

	if (set->count == 1 && !stat(set->paths[0], &st) && S_ISDIR(st.st_mode)) {
		TRY(crash_dir_find(set->paths[0], &found));
		set = &found;
	}
	return set->count == 1 ? analyze_file(session, set->paths[0], report)
			       : analyze_logs(session, set->paths, set->count, report);
}

static struct err *prepare(struct store **store, struct rules **rules)
{
	TRY(store_open(":memory:", 0, store));
	return rules_load(SITE_RULES_DIR, rules);
}

/* paths is used up. Returns the exit status. */
static int analyze_all(const struct session *session, const char **paths, size_t count)
{
	bool json = session->arguments->json, several = count > 1;
	int status = STATUS_OK;

	while (count) {
		_json_ json_t *report = NULL;
		_log_set_ struct log_set set = {0};
		struct err *err = log_set_take(paths, &count, input_is_log, &set);

		if (!err)
			err = analyze_set(session, &set, &report);
		if (err) {
			status = cmd_fail(json, err);
			continue;
		}
		if (json)
			print_json(report, !several);
		else
			print_text(report, session->arguments);
		status = MAX(status, status_of(report));
	}
	return status;
}

static int run(int argc, char **argv)
{
	_cleanup_(cleanup_store_close) struct store *store = NULL;
	_cleanup_(cleanup_rules_free) struct rules *rules = NULL;
	struct arguments arguments = {0};

	if (!parse(argc, argv, &arguments)) {
		fputs(help, stderr);
		return STATUS_USAGE;
	}
	if (arguments.help) {
		fputs(help, stdout);
		return STATUS_OK;
	}
	struct err *err = prepare(&store, &rules);
	if (err)
		return cmd_fail(arguments.json, err);
	struct session session = {store, rules, &arguments};
	return analyze_all(&session, (const char **)argv + optind, (size_t)(argc - optind));
}

const struct verb analyze_verb = {
	.name = "analyze",
	.synopsis = "analyze FILE… [--vmlinux FILE] [--modules DIR] [--sysroot DIR] "
		    "[--json|--locks|--dot|--memory|--log] [--no-sandbox]",
	.summary = "analyze dumps or kernel logs here and now, without the daemon",
	.run = run,
};
