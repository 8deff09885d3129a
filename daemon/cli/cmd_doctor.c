/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage doctor: what would keep a crash of this machine from a verdict. */
#include <stdio.h>

#include "daemon/cli/cmd_common.h"
#include "daemon/cli/doctor.h"
#include "daemon/control_socket.h"
#include "daemon/worker/sandbox.h"
#include "daemon/render/render.h"

enum { OPTION_CONFIG = 1, OPTION_ROOT };
extern const struct verb doctor_verb;

static const struct option options[] = {
	{"config", required_argument, NULL, OPTION_CONFIG},
	{"root", required_argument, NULL, OPTION_ROOT},
	CMD_OPTIONS,
	{0},
};

static json_t *check_json(const struct doctor_check *check)
{
	json_t *object = json_object();

	json_put(object, "check", json_string(check->name));
	json_put(object, "result", json_string(doctor_result_name(check->result)));
	json_put(object, "found", json_escaped(check->found));
	json_put(object, "command", *check->command ? json_escaped(check->command) : json_null());
	return object;
}

static void print_json(const struct doctor_check *checks, size_t count)
{
	json_t *document = json_object(), *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, check_json(&checks[i]));
	json_put(document, "schema", json_string("triage.doctor/1"));
	json_put(document, "checks", list);
	cmd_print_json(document);
}

static void print_text(const struct doctor_check *checks, size_t count)
{
	static const char *const colours[] = {"\033[32m", "\033[33m", "\033[31m"};
	bool colour = render_style_for(STDOUT_FILENO).colour;

	for (size_t i = 0; i < count; i++) {
		const struct doctor_check *check = &checks[i];
		_str_ struct str found = {0};

		str_puts(&found, check->found);
		printf("%s%-8s%s %-17s %s\n", colour ? colours[check->result] : "",
		       doctor_result_name(check->result), colour ? "\033[0m" : "", check->name,
		       found.data ? found.data : "");
		if (*check->command)
			printf("%27s%s\n", "→ ", check->command);
	}
}

static int examine(struct cmd *cmd, const char *config_path, const char *root)
{
	_cleanup_(cleanup_config_free) struct config *config = NULL;
	_json_ json_t *request = json_object(), *status = NULL;
	struct doctor_check checks[DOCTOR_CHECKS_MAX];
	enum doctor_result worst = DOCTOR_OK;
	struct doctor doctor;
	struct err *err;
	size_t count;

	err = config_load(config_path, &config);
	if (err)
		return cmd_fail(cmd->json, err);
	json_put(request, "verb", json_string("status"));
	_err_ struct err *silence = control_socket_ask(cmd->run_dir, request, &status);

	doctor = (struct doctor){root,
				 cmd->state_dir,
				 config,
				 status,
				 silence ? silence->message : NULL,
				 sandbox_landlock()};
	count = doctor_run(&doctor, checks);
	for (size_t i = 0; i < count; i++)
		worst = MAX(worst, checks[i].result);
	if (cmd->json)
		print_json(checks, count);
	else
		print_text(checks, count);
	return worst == DOCTOR_BAD ? STATUS_NOT_FOUND : STATUS_OK;
}

static int run(int argc, char **argv)
{
	const char *config_path = CONFIG_PATH, *root = "";
	_cmd_ struct cmd cmd = {.verb = &doctor_verb};
	int option;

	while ((option = cmd_option(&cmd, argc, argv, options)) != -1) {
		if (option == '?')
			return STATUS_USAGE;
		if (option == OPTION_CONFIG)
			config_path = optarg;
		else
			root = optarg;
	}
	if (optind < argc)
		return cmd_fail(cmd.json,
				err_new(ERR_INVALID, "doctor takes no \"%s\"", argv[optind]));
	return examine(&cmd, config_path, root);
}

const struct verb doctor_verb = {
	.name = "doctor",
	.synopsis = "doctor [--config FILE] [--root DIR] [--json]",
	.options = "  --config FILE      the daemon's configuration, instead of " CONFIG_PATH "\n"
		   "  --root DIR         look at the system that lies there\n",
	.summary = "would a crash of this machine get a verdict? what mends what is missing",
	.run = run,
};
