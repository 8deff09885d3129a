/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage search: where a value stands in the memory of a dump, and what owns each place. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/parse.h"
#include "base/str.h"
#include "daemon/cli/cmd_usage.h"
#include "daemon/cli/unpack_file.h"
#include "daemon/daemon.h"
#include "daemon/render/render_json.h"
#include "daemon/worker/input.h"
#include "daemon/worker/profile_file.h"
#include "daemon/worker/worker.h"
#include "kernel/dump/search.h"
#include "kernel/kernel.h"

#define LIMIT_DEFAULT 1000
#define LIMIT_MAX 10000
#define TIMEOUT_S 3600
#define GROUPS_SHOWN 20

extern const struct verb search_verb;

static const char common[] =
	"  --vmlinux FILE     the kernel's vmlinux with symbols; refused when it does not match\n"
	"  --profile FILE     the kernel's types, see triage profile; refused likewise\n"
	"  --json             one JSON object\n"
	"  --no-sandbox       read the dump without the sandbox around it (to debug triage)\n"
	"  --timeout SECONDS  give up after so long (3600)\n"
	"  -h, --help         this\n"
	"\n"
	"Finds every aligned word of 8 bytes in the dump's memory that is VALUE, and says what\n"
	"owns each: whose stack, which slab object and where in it, which variable, what page.\n"
	"VALUE is hexadecimal, with or without 0x, or a symbol of the kernel with or without\n"
	"+OFFSET. DUMP may be compressed, as for triage analyze.\n"
	"\n"
	"Exit status: 0 found, 1 not found, 2 wrong usage or a DUMP that cannot be read.\n";

struct arguments {
	const char *path, *value, *mask, *range, *vmlinux, *profile;
	bool json, no_sandbox, help, wrong;
	unsigned limit, threads, timeout_s;
};

/* What comes from the worker. */
struct answer {
	json_t *hits, *summary, *cost;
	char *failure;
	const char *vmlinux, *profile; /* that were asked for */
	struct cmd_progress progress;
};

/* --- arguments -------------------------------------------------------------------------------- */

static struct err *take_number(const char *option, const char *text, unsigned max, unsigned *ret)
{
	uint64_t number;

	if (!parse_dec(text, strlen(text), &number) || !number || number > max)
		return err_new(ERR_INVALID, "--%s: \"%.50s\" is no number from 1 to %u", option,
			       text, max);
	*ret = (unsigned)number;
	return NULL;
}

static struct err *check_hex(const char *option, const char *text)
{
	uint64_t number;

	return !text || parse_hex(text, strlen(text), &number)
		       ? NULL
		       : err_new(ERR_INVALID, "--%s: \"%.50s\" is no hexadecimal number", option,
				 text);
}

static struct err *check(const struct arguments *arguments)
{
	const char *range = arguments->range;

	if (arguments->mask && range)
		return err_new(ERR_INVALID, "--mask and --range do not go together");
	TRY(check_hex("mask", arguments->mask));
	if (range && strcmp(range, "object"))
		return check_hex("range", range[0] == '+' ? range + 1 : range);
	return NULL;
}

static struct err *take_option(int option, struct arguments *ret)
{
	switch (option) {
	case 'm':
		ret->mask = optarg;
		break;
	case 'r':
		ret->range = optarg ? optarg : "object";
		break;
	case 'v':
		ret->vmlinux = optarg;
		break;
	case 'p':
		ret->profile = optarg;
		return cmd_check_profile(optarg);
	case 'j':
		ret->json = true;
		break;
	case 'n':
		ret->no_sandbox = true;
		break;
	case 'l':
		return take_number("limit", optarg, LIMIT_MAX, &ret->limit);
	case 'T':
		return take_number("threads", optarg, SEARCH_THREADS_MAX, &ret->threads);
	case 't':
		return take_number("timeout", optarg, 1u << 20, &ret->timeout_s);
	case 'h':
		ret->help = true;
		break;
	default:
		ret->wrong = true;
	}
	return NULL;
}

static struct err *parse(int argc, char **argv, struct arguments *ret)
{
	static const struct option options[] = {
		{"mask", required_argument, NULL, 'm'},
		{"range", optional_argument, NULL, 'r'},
		{"limit", required_argument, NULL, 'l'},
		{"threads", required_argument, NULL, 'T'},
		{"vmlinux", required_argument, NULL, 'v'},
		{"profile", required_argument, NULL, 'p'},
		{"json", no_argument, NULL, 'j'},
		{"no-sandbox", no_argument, NULL, 'n'},
		{"timeout", required_argument, NULL, 't'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	struct err *err = NULL;

	for (int c; !err && !ret->wrong && (c = getopt_long(argc, argv, "h", options, NULL)) != -1;)
		err = take_option(c, ret);
	if (ret->wrong)
		cmd_usage(&search_verb, optopt ? NULL : argv[optind - 1], options);
	if (err || ret->help || ret->wrong)
		return err;
	if (argc - optind != 2)
		return err_new(ERR_INVALID,
			       "search takes a DUMP and a VALUE; see triage search --help");
	ret->path = argv[optind];
	ret->value = argv[optind + 1];
	return check(ret);
}

/* --- the worker's answer ---------------------------------------------------------------------- */

static void show_words(void *context, const char *line)
{
	struct answer *answer = context;

	cmd_worker_said(&answer->progress, line);
}

static void show_progress(void *context, const char *step)
{
	struct answer *answer = context;

	cmd_progress_show(&answer->progress, step);
}

static void take_answer(void *context, const json_t *part)
{
	struct answer *answer = context;
	json_t *hit = json_at(part, "hit"), *summary = json_at(part, "summary");

	if (hit)
		json_array_append(answer->hits, hit);
	if (summary && !answer->summary)
		answer->summary = json_incref(summary);
}

/* What was asked for, and is not that of the dump. */
static void note_refusal(struct answer *answer, const json_t *degraded, const char *option,
			 const char *file)
{
	const char *step = json_string_at(degraded, "step"), *why = json_string_at(degraded, "why");

	if (file && why && step && !strcmp(step, option) && !answer->failure &&
	    asprintf(&answer->failure, "--%s %s is refused: %s", option, file, why) < 0)
		answer->failure = NULL;
}

/* Findings of a search are why it failed, and what it cost. */
static struct err *take_finding(void *context, const json_t *finding)
{
	struct answer *answer = context;
	const json_t *evidence = json_at(finding, "evidence");
	const char *code = json_string_at(finding, "code"), *why = json_string_at(evidence, "why");

	if (code && !strcmp(code, "analysis.failed") && why && !answer->failure)
		answer->failure = strdup(why);
	note_refusal(answer, evidence, DEGRADED_VMLINUX, answer->vmlinux);
	note_refusal(answer, evidence, DEGRADED_PROFILE, answer->profile);
	if (code && !strcmp(code, "cost") && !answer->cost)
		answer->cost = json_deep_copy(evidence);
	return NULL;
}

static void answer_deinit(struct answer *answer)
{
	json_decref(answer->hits);
	json_decref(answer->summary);
	json_decref(answer->cost);
	free(answer->failure);
}

static struct err *ask(const struct arguments *arguments, struct answer *answer)
{
	_input_ struct input input = INPUT_NONE;
	_json_ json_t *request =
		json_pack("{s:s, s:s?, s:s?, s:i, s:i}", "value", arguments->value, "mask",
			  arguments->mask, "range", arguments->range, "limit",
			  (int)arguments->limit, "threads", (int)arguments->threads);
	_free_ char *text = json_dumps(request, JSON_COMPACT);
	const struct worker_events events = {show_progress, take_finding, answer,
					     take_answer,   show_words,	  NULL};
	struct worker_options options = {.no_sandbox = arguments->no_sandbox,
					 .timeout_s = arguments->timeout_s,
					 .threads = SEARCH_THREADS_MAX,
					 .profile = arguments->profile,
					 .site_profiles = PROFILE_SITE_DIR,
					 .kept_profiles = STATE_DIR "/" PROFILE_KEPT_NAME,
					 .search = text};
	enum worker_outcome outcome;

	if (!text)
		return err_new(ERR_INVALID, "VALUE is no text");
	TRY(input_open(arguments->path, arguments->vmlinux, &input));
	if (input.dump_fd < 0 && unpack_file_format(input.dmesg_fd) != SNIFF_NONE)
		TRY(unpack_file_input(arguments->path, arguments->vmlinux, arguments->timeout_s,
				      &answer->progress, &input));
	if (input.dump_fd < 0)
		return err_new(ERR_UNSUPPORTED,
			       "\"%s\" is a kernel log: it has no memory to search",
			       arguments->path);
	options.dump_fd = input.dump_fd;
	options.vmlinux_fd = input.vmlinux_fd;
	options.dmesg_fd = input.dmesg_fd;
	struct err *err = worker_run(&options, &events, &outcome);
	cmd_progress_end(&answer->progress);
	TRY(err);
	if (answer->failure || !answer->summary)
		return err_new(ERR_INVALID, "%s",
			       answer->failure ? answer->failure : worker_outcome_name(outcome));
	return NULL;
}

/* --- telling ---------------------------------------------------------------------------------- */

static void render_hit(const json_t *hit, bool values, struct str *out)
{
	_str_ struct str address = {0};

	render_put(&address, "", json_string_at(hit, "address"));
	str_printf(out, "%-18s", address.data ? address.data : "?");
	render_put(out, "  phys ", json_string_at(hit, "phys"));
	if (values)
		render_put(out, "  ", json_string_at(hit, "value"));
	render_put(out, "  ", json_string_at(hit, "owner.text"));
	render_put(out, ", ", json_string_at(hit, "member"));
	str_puts(out, "\n");
}

static void render_searched(const json_t *summary, struct str *out)
{
	static const struct {
		const char *key, *what;
	} missing[] = {
		{"excluded", "left out of the dump"},
		{"truncated", "beyond the end of the file"},
		{"corrupt", "not readable"},
	};

	str_printf(out, "searched %lld pages", json_integer_at(summary, "pages"));
	for (size_t i = 0; i < ARRAY_SIZE(missing); i++)
		if (json_integer_at(summary, missing[i].key))
			str_printf(out, "; %lld %s", json_integer_at(summary, missing[i].key),
				   missing[i].what);
	str_puts(out,
		 json_is_true(json_at(summary, "whole")) ? "\n" : "; stopped before the end\n");
}

static void render_groups(const json_t *summary, struct str *out)
{
	const json_t *groups = json_at(summary, "groups");
	json_int_t total = json_integer_at(summary, "total"),
		   shown = json_integer_at(summary, "shown");
	json_int_t grouped = json_integer_at(summary, "grouped");
	size_t count = json_array_size(groups);

	str_printf(out, "%lld found", total);
	if (shown < total)
		str_printf(out, ", the first %lld of them shown", shown);
	if (grouped < total)
		str_printf(out, "; the first %lld by their owners", grouped);
	str_puts(out, total ? ":\n" : "\n");
	for (size_t i = 0; i < MIN(count, GROUPS_SHOWN); i++) {
		const json_t *group = json_array_get(groups, i);

		str_printf(out, "%7lld  ", json_integer_at(group, "count"));
		render_put(out, "", json_string_at(group, "owner"));
		str_puts(out, "\n");
	}
	if (count > GROUPS_SHOWN)
		str_puts(out, "         and others\n");
}

static void print_text(const struct answer *answer)
{
	const char *mask = json_string_at(answer->summary, "mask");
	bool values = !mask || strcmp(mask, "0xffffffffffffffff");
	_str_ struct str out = {0};
	size_t i;
	json_t *hit;

	json_array_foreach (answer->hits, i, hit) {
		render_hit(hit, values, &out);
	}
	if (json_array_size(answer->hits))
		str_puts(&out, "\n");
	render_groups(answer->summary, &out);
	render_searched(answer->summary, &out);
	fputs(out.data ? out.data : "", stdout);
}

static void print_json(const struct arguments *arguments, const struct answer *answer)
{
	_json_ json_t *json = json_pack("{s:s}", "path", arguments->path);

	json_object_update(json, answer->summary);
	json_object_set(json, "hits", answer->hits);
	if (answer->cost)
		json_object_set(json, "cost", answer->cost);
	_free_ char *text = json_dumps(json, JSON_PRINTABLE | JSON_INDENT(1));
	puts(text ? text : "null");
}

static int run(int argc, char **argv)
{
	struct arguments arguments = {.limit = LIMIT_DEFAULT, .timeout_s = TIMEOUT_S};
	_cleanup_(answer_deinit) struct answer answer = {.hits = json_array()};
	struct err *err = parse(argc, argv, &arguments);

	if (err)
		return cmd_fail(arguments.json, err);
	if (arguments.help)
		cmd_help(&search_verb, common, stdout);
	if (arguments.help || arguments.wrong)
		return arguments.wrong ? STATUS_USAGE : STATUS_OK;
	answer.vmlinux = arguments.vmlinux;
	answer.profile = arguments.profile;
	answer.progress.shown = !arguments.json && isatty(STDERR_FILENO);
	err = ask(&arguments, &answer);
	if (err)
		return cmd_fail(arguments.json, err);
	if (arguments.json)
		print_json(&arguments, &answer);
	else
		print_text(&answer);
	return json_integer_at(answer.summary, "total") ? STATUS_OK : STATUS_NOT_FOUND;
}

const struct verb search_verb = {
	.name = "search",
	.synopsis = "search DUMP VALUE [--mask M] [--range[=END|=+SIZE]] [--limit N] "
		    "[--threads N] [--vmlinux FILE] [--profile FILE] [--json] [--no-sandbox] "
		    "[--timeout SECONDS]",
	.summary = "find where a value stands in a dump's memory, and what owns each place",
	.options = "  --mask M           only the bits set in M have to be equal\n"
		   "  --range            any address in the object, stack or variable that VALUE "
		   "points into\n"
		   "  --range=END        anything from VALUE up to, but not including, END; =+SIZE "
		   "likewise\n"
		   "  --limit N          how many hits to show, the lowest addresses first (1000, "
		   "at most\n"
		   "                     10000); all are counted\n"
		   "  --threads N        how many read the dump (as many as there are CPUs, at "
		   "most 16)\n",
	.run = run,
};
