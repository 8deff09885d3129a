/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage analyze: the whole path without a daemon; worker, store in memory, rules, verdict. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/parse.h"
#include "base/str.h"
#include "daemon/cli/cmd_usage.h"
#include "daemon/cli/parts.h"
#include "daemon/cli/unpack_file.h"
#include "daemon/cli/whole_log.h"
#include "daemon/store/analyze.h"
#include "daemon/daemon.h"
#include "daemon/store/report.h"
#include "daemon/worker/crash_dir.h"
#include "daemon/worker/dump_set.h"
#include "daemon/worker/profile_file.h"
#include "finding.h"
#include "kernel/kernel.h"

struct arguments {
	const char *vmlinux, *profile, *modules, *sysroot;
	bool json, no_sandbox, no_btf, dmesg;
	struct parts parts;
	unsigned timeout_s;
};

enum {
	OPTION_VMLINUX = 1,
	OPTION_PROFILE,
	OPTION_MODULES,
	OPTION_SYSROOT,
	OPTION_NO_SANDBOX,
	OPTION_NO_BTF,
	OPTION_TIMEOUT,
	OPTION_JSON,
	OPTION_DMESG
};

extern const struct verb analyze_verb;

static const struct option options[] = {
	{"vmlinux", required_argument, NULL, OPTION_VMLINUX},
	{"profile", required_argument, NULL, OPTION_PROFILE},
	{"modules", required_argument, NULL, OPTION_MODULES},
	{"sysroot", required_argument, NULL, OPTION_SYSROOT},
#define SECTION(name) {#name, no_argument, NULL, OPTION_SECTION + SECTION_##name},
#include "daemon/render/sections.def"
#undef SECTION
	{"dot", no_argument, NULL, OPTION_DOT},
	{"html", no_argument, NULL, OPTION_HTML},
	{"output", required_argument, NULL, OPTION_OUTPUT},
	{"dmesg", no_argument, NULL, OPTION_DMESG},
	{"json", no_argument, NULL, OPTION_JSON},
	{"no-sandbox", no_argument, NULL, OPTION_NO_SANDBOX},
	{"no-btf", no_argument, NULL, OPTION_NO_BTF},
	{"timeout", required_argument, NULL, OPTION_TIMEOUT},
	{"help", no_argument, NULL, 'h'},
	{0},
};

static const char common[] =
	"  --dmesg            the whole kernel log, and no analysis\n"
	"  --json             the verdict as JSON (schema/verdict.schema.json); with several\n"
	"                     FILEs one line each\n"
	"  --no-sandbox       read the dump without the sandbox around it (to debug triage)\n"
	"  --no-btf           find types by probing, as where the kernel was built without BTF\n"
	"  --timeout SECONDS  give up on a dump after so long (120)\n"
	"  -h, --help         this\n"
	"\n"
	"Reads crash dumps (ELF, kdump-compressed, flattened) or bare kernel logs and says what\n"
	"killed the kernel. No debuginfo is needed; where a matching vmlinux lies in one of the\n"
	"usual places it is used for source lines. Types come from the kernel's own BTF, else "
	"from\n"
	"the vmlinux, else from a profile (see triage profile): that of --profile, of\n"
	"/etc/triage/profiles.d, or one the daemon kept. Without any of them the types that "
	"matter\n"
	"most are found by probing the kernel's memory.\n"
	"\n"
	"FILE may be the directory of a crash, and - is standard input: journalctl -k | triage\n"
	"analyze -. Dumps and logs may be compressed (gzip, bzip2, xz, zstd, lz4): a\n"
	"dump is unpacked into an unnamed file in $TMPDIR, else /var/tmp. FILEs that are one\n"
	"rotated log (messages messages.1 messages.2.gz) are read as one; where one alone has no\n"
	"crash, or begins within its report, so are the older ones beside it. So are the files of\n"
	"one dump (makedumpfile --split, a SADUMP disk set, a .vmsn and its .vmem): any of them\n"
	"will do where all lie in one directory.\n"
	"\n"
	"Exit status: 0 every FILE got a verdict, 1 a cause stayed unknown or an analysis broke\n"
	"off, 2 wrong usage or a FILE that cannot be read, 3 a log without a crash, 4 a log that\n"
	"begins within the report of its crash.\n";

static struct err *take_timeout(struct arguments *ret)
{
	uint64_t number;

	if (!parse_dec(optarg, strlen(optarg), &number) || !number || number > UINT32_MAX / 4)
		return err_new(ERR_INVALID, "--timeout: \"%.50s\" is no number of seconds", optarg);
	ret->timeout_s = (unsigned)number;
	return NULL;
}

static struct err *take_option(int option, struct arguments *ret)
{
	if (parts_take(&ret->parts, option))
		return NULL;
	switch (option) {
	case OPTION_VMLINUX:
		ret->vmlinux = optarg;
		return NULL;
	case OPTION_PROFILE:
		ret->profile = optarg;
		return cmd_check_profile(optarg);
	case OPTION_MODULES:
		ret->modules = optarg;
		return NULL;
	case OPTION_SYSROOT:
		ret->sysroot = optarg;
		return NULL;
	case OPTION_JSON:
		ret->json = true;
		return NULL;
	case OPTION_DMESG:
		ret->dmesg = true;
		return NULL;
	case OPTION_NO_SANDBOX:
		ret->no_sandbox = true;
		return NULL;
	case OPTION_NO_BTF:
		ret->no_btf = true;
		return NULL;
	default:
		return take_timeout(ret);
	}
}

/* -1 to go on, else the exit status. */
static int parse(int argc, char **argv, struct arguments *ret)
{
	struct err *err = NULL;
	int option;

	while ((option = getopt_long(argc, argv, "ho:", options, NULL)) != -1) {
		if (option == '?') {
			cmd_usage(&analyze_verb, optopt ? NULL : argv[optind - 1], options);
			return STATUS_USAGE;
		}
		if (option == 'h') {
			cmd_help(&analyze_verb, common, stdout);
			return STATUS_OK;
		}
		if (!err)
			err = take_option(option, ret);
	}
	if (!err && optind == argc)
		err = err_new(ERR_INVALID, "analyze takes a FILE; see triage analyze --help");
	if (!err)
		err = parts_check(&ret->parts, ret->json || ret->dmesg);
	return err ? cmd_fail(ret->json, err) : -1;
}

static void print_json(const json_t *report, bool indent)
{
	_free_ char *text = report_format(report, indent);

	puts(text ? text : "null");
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

/* What the worker says of a packed file that was taken for a log, and holds a dump. */
static bool is_packed_dump(const json_t *report, const struct input *input)
{
	json_t *finding;
	size_t i;

	if (input->dump_fd >= 0 || unpack_file_format(input->dmesg_fd) == SNIFF_NONE)
		return false;
	json_array_foreach (json_at(report, "findings"), i, finding) {
		const char *code = json_string_at(finding, "code");
		const char *error = json_string_at(finding, "evidence.error");

		if (code && !strcmp(code, finding_code(FINDING_ANALYSIS_FAILED)) && error &&
		    !strcmp(error, err_code_name(ERR_INVALID)))
			return true;
	}
	return false;
}

/* What was asked for, and is not that of the dump, must not go for a lesser loss. */
static struct err *check_given(const json_t *report, const char *option, const char *file,
			       bool log_alone)
{
	json_t *one;
	size_t i;

	if (file && log_alone)
		return err_new(ERR_INVALID, "--%s is of no use to a log without a dump", option);
	json_array_foreach (json_at(report, "degraded"), i, one) {
		const char *step = json_string_at(one, "step");

		if (file && step && !strcmp(step, option))
			return err_new(ERR_INVALID, "--%s %s is refused: %s", option, file,
				       json_string_at(one, "why"));
	}
	return NULL;
}

struct session {
	struct store *store;
	struct rules *rules;
	const struct arguments *arguments;
	bool several;
};

static struct err *analyze_one(const struct session *session, const char *path,
			       const struct input *input, json_t **report)
{
	const struct arguments *arguments = session->arguments;
	struct worker_options limits = {.no_sandbox = arguments->no_sandbox,
					.no_btf = arguments->no_btf,
					.timeout_s = arguments->timeout_s,
					.modules = arguments->modules,
					.profile = arguments->profile,
					.site_profiles = PROFILE_SITE_DIR,
					.kept_profiles = STATE_DIR "/" PROFILE_KEPT_NAME,
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

/* What was taken for a compressed log is a dump: unpack that, and read it. */
static struct err *analyze_packed(const struct session *session, const char *path,
				  struct input *input, json_t **report)
{
	const struct arguments *arguments = session->arguments;
	struct cmd_progress progress = {.shown = !arguments->json && isatty(STDERR_FILENO)};
	unsigned timeout = arguments->timeout_s ? arguments->timeout_s : WORKER_TIMEOUT_S;

	TRY(unpack_file_input(path, arguments->vmlinux, timeout, &progress, input));
	json_decref(take_ptr(*report));
	return analyze_one(session, path, input, report);
}

/* One file, or those that are one dump. */
static struct err *analyze_files(const struct session *session, const struct log_set *set,
				 json_t **report)
{
	const char *vmlinux = session->arguments->vmlinux, *path = set->paths[0];
	_input_ struct input input = INPUT_NONE;

	TRY(input_open_set(set->paths, set->count, vmlinux, &input));
	TRY(analyze_one(session, path, &input, report));
	if (is_packed_dump(*report, &input))
		TRY(analyze_packed(session, path, &input, report));
	TRY(check_given(*report, DEGRADED_VMLINUX, vmlinux, input.dump_fd < 0));
	TRY(check_given(*report, DEGRADED_PROFILE, session->arguments->profile, input.dump_fd < 0));
	return input.dump_fd < 0 && strcmp(path, "-") != 0 ? look_back(session, path, report)
							   : NULL;
}

/* The whole log of a file, or of several that are one. */
static struct err *print_log(const struct session *session, const struct log_set *set)
{
	const struct arguments *arguments = session->arguments;
	const struct worker_options limits = {.no_sandbox = arguments->no_sandbox,
					      .timeout_s = arguments->timeout_s};
	const char *path = set->paths[set->count - 1];
	_input_ struct input input = INPUT_NONE;

	TRY(input_open_set(set->paths, set->count, NULL, &input));
	return whole_log_print(path, &input, &limits, arguments->json);
}

/* A file, several that are one log or one dump, or the directory of a crash. */
static struct err *analyze_set(const struct session *session, const struct log_set *set,
			       json_t **report)
{
	_log_set_ struct log_set found = {0};
	struct stat st;

	if (set->count == 1 && !stat(set->paths[0], &st) && S_ISDIR(st.st_mode)) {
		TRY(crash_dir_find(set->paths[0], &found));
		set = &found;
	}
	if (session->arguments->dmesg)
		return print_log(session, set); /* and there is no report */
	return set->count > 1 && input_is_log(set->paths[0])
		       ? analyze_logs(session, set->paths, set->count, report)
		       : analyze_files(session, set, report);
}

static struct err *prepare(struct store **store, struct rules **rules)
{
	TRY(store_open(":memory:", 0, store));
	return rules_load(SITE_RULES_DIR, rules);
}

/* Whose page comes, where there are several. */
static void print_name(const char *path, bool first)
{
	_str_ struct str name = {0};

	str_escape(&name, path, strlen(path));
	printf("%s==> %s <==\n", first ? "" : "\n", name.data ? name.data : "?");
}

static struct err *print_report(const struct session *session, const json_t *report)
{
	if (!session->arguments->json)
		return parts_print(&session->arguments->parts, report, NULL);
	print_json(report, !session->several);
	return NULL;
}

/* paths is used up. Returns the exit status. */
static int analyze_all(const struct session *session, const char **paths, size_t count)
{
	bool json = session->arguments->json;
	int status = STATUS_OK;

	for (bool first = true; count; first = false) {
		_json_ json_t *report = NULL;
		_log_set_ struct log_set set = {0};
		struct err *err = log_set_take(paths, &count, input_is_log, &set);

		if (!err)
			err = dump_set_take(paths, &count, &set);
		if (session->several && !json && !session->arguments->parts.html && set.count)
			print_name(set.paths[input_is_log(set.paths[0]) ? set.count - 1 : 0],
				   first);
		if (!err && session->arguments->parts.html && (count || !first))
			err = err_new(ERR_INVALID, "--html is for one dump or log at a time");
		if (!err)
			err = analyze_set(session, &set, &report);
		if (!err && report)
			err = print_report(session, report);
		if (err) {
			fflush(stdout); /* in its place, where both go to one terminal */
			status = cmd_fail(json, err);
			continue;
		}
		if (!report)
			continue;
		status = MAX(status, status_of(report));
	}
	return status;
}

static int run(int argc, char **argv)
{
	_cleanup_(cleanup_store_close) struct store *store = NULL;
	_cleanup_(cleanup_rules_free) struct rules *rules = NULL;
	struct arguments arguments = {.json = false};
	int status = parse(argc, argv, &arguments);

	if (status >= 0)
		return status;
	struct err *err = prepare(&store, &rules);
	if (err)
		return cmd_fail(arguments.json, err);
	store_hold_evidence(store);
	struct session session = {store, rules, &arguments, argc - optind > 1};
	return analyze_all(&session, (const char **)argv + optind, (size_t)(argc - optind));
}

const struct verb analyze_verb = {
	.name = "analyze",
	.synopsis =
		"analyze FILE… [--vmlinux FILE] [--profile FILE] [--modules DIR] [--sysroot DIR]"
#define SECTION(name) " [--" #name "]"
#include "daemon/render/sections.def"
#undef SECTION
		" [--dot] [--html [-o FILE]] [--dmesg] [--json] [--no-sandbox] [--no-btf] "
		"[--timeout SECONDS]",
	.summary = "analyze dumps or kernel logs here and now, without the daemon",
	.options =
		"  --vmlinux FILE     the kernel's vmlinux with symbols; refused when it does "
		"not match.\n"
		"                     Its vmlinuz will do for comparing code\n"
		"  --profile FILE     the kernel's types, where it has no BTF (see triage "
		"profile); "
		"refused\n"
		"                     when it is of another build or the dump contradicts it\n"
		"  --modules DIR      where the kernel's modules lie, for their code and types;\n"
		"                     otherwise /lib/modules/RELEASE\n"
		"  --sysroot DIR      where the files of user programs lie that the log names\n",
	.put_options = parts_help,
	.run = run,
};
