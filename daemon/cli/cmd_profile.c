/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage profile: the types of one build of a kernel, out of its vmlinux, for dumps of it. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "daemon/cli/cmd_usage.h"
#include "daemon/worker/worker.h"
#include "daemon/worker/worker_profile.h"

extern const struct verb profile_verb;

static const char common[] =
	"  --no-sandbox       read the vmlinux without the sandbox around it (to debug triage)\n"
	"  -h, --help         this\n"
	"\n"
	"A profile is a text of some 20 KiB: the members of the kernel's structures that triage "
	"asks\n"
	"for, out of the vmlinux's debug information. Dumps of the very same build are read with "
	"it\n"
	"as with the vmlinux, but for source lines: give it with --profile, or put it under\n"
	"/etc/triage/profiles.d as RELEASE.profile or BUILD-ID.profile. The daemon makes and "
	"keeps\n"
	"one itself when it first reads a vmlinux. Kernels with BTF need none.\n";

struct arguments {
	const char *vmlinux, *output;
	bool no_sandbox;
};

struct answer {
	char *text, *failure;
};

static struct err *take_finding(void *context, const json_t *finding)
{
	struct answer *answer = context;
	const char *code = json_string_at(finding, "code");
	const char *why = json_string_at(json_at(finding, "evidence"), "why");

	if (code && !strcmp(code, "analysis.failed") && why && !answer->failure)
		answer->failure = strdup(why);
	return NULL;
}

static void take_answer(void *context, const json_t *part)
{
	struct answer *answer = context;
	const char *text = json_string_at(part, "profile");

	if (text && !answer->text)
		answer->text = strdup(text);
}

static void show_words(void *context, const char *line)
{
	(void)context;
	cmd_worker_said(&(struct cmd_progress){0}, line);
}

static struct err *ask(const struct arguments *arguments, struct answer *answer)
{
	const struct worker_events events = {.finding = take_finding,
					     .answer = take_answer,
					     .said = show_words,
					     .context = answer};
	struct worker_options options = {.dump_fd = -1,
					 .dmesg_fd = -1,
					 .no_sandbox = arguments->no_sandbox,
					 .search = WORKER_PROFILE_REQUEST};
	enum worker_outcome outcome;
	_close_ int fd = open(arguments->vmlinux, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return err_errno(errno, "open \"%s\"", arguments->vmlinux);
	options.vmlinux_fd = fd;
	TRY(worker_run(&options, &events, &outcome));
	return answer->text && outcome == WORKER_DONE
		       ? NULL
		       : err_new(ERR_INVALID, "\"%s\": %s", arguments->vmlinux,
				 answer->failure ? answer->failure : "no profile came of it");
}

/* Under another name first: whoever reads it while it is written reads the old one, or none. */
static struct err *write_file(const char *path, const char *text)
{
	_free_ char *partial = NULL;

	if (asprintf(&partial, "%s.%d.tmp", path, (int)getpid()) < 0)
		return &err_nomem;
	_close_ int fd = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_errno(errno, "create \"%s\"", partial);
	struct err *err = io_write_all(fd, text, strlen(text));
	if (!err && rename(partial, path))
		err = err_errno(errno, "rename to \"%s\"", path);
	if (err)
		unlink(partial);
	return err;
}

/* -1 to go on, else the exit status. */
static int parse(int argc, char **argv, struct arguments *ret)
{
	static const struct option options[] = {
		{"output", required_argument, NULL, 'o'},
		{"no-sandbox", no_argument, NULL, 'n'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "o:h", options, NULL)) != -1) {
		if (option == 'o') {
			ret->output = optarg;
		} else if (option == 'n') {
			ret->no_sandbox = true;
		} else if (option == 'h') {
			cmd_help(&profile_verb, common, stdout);
			return STATUS_OK;
		} else {
			cmd_usage(&profile_verb, optopt ? NULL : argv[optind - 1], options);
			return STATUS_USAGE;
		}
	}
	if (argc - optind != 1)
		return cmd_fail(
			false,
			err_new(ERR_INVALID, "profile takes a VMLINUX; see triage profile --help"));
	ret->vmlinux = argv[optind];
	return -1;
}

static int run(int argc, char **argv)
{
	struct arguments arguments = {0};
	struct answer answer = {0};
	int status = parse(argc, argv, &arguments);

	if (status >= 0)
		return status;
	struct err *err = ask(&arguments, &answer);
	if (!err && arguments.output)
		err = write_file(arguments.output, answer.text);
	else if (!err)
		fputs(answer.text, stdout);
	free(answer.text);
	free(answer.failure);
	return err ? cmd_fail(false, err) : STATUS_OK;
}

const struct verb profile_verb = {
	.name = "profile",
	.synopsis = "profile VMLINUX [-o FILE] [--no-sandbox]",
	.summary = "make a file of a kernel's types, for dumps of it where it has no BTF",
	.options = "  -o, --output FILE  where to write it; otherwise to standard output\n",
	.run = run,
};
