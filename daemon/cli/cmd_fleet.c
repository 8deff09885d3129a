/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage fleet: the tables of the central database that verdicts of many hosts go to. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "daemon/cli/cmd_common.h"
#include "daemon/cli/pager.h"
#include "daemon/cli/watch_run.h"
#include "daemon/config.h"
#include "daemon/fleet/fleet_schema.h"
#include "daemon/render/render_json.h"
#include "daemon/store/alert.h"

enum {
	OPTION_STORE = 1,
	OPTION_NO_PARTITIONS,
	OPTION_KEEP_MONTHS,
	OPTION_KEEP_COUNT,
	OPTION_ONCE,
	OPTION_INTERVAL,
	OPTION_RULES_DIR,
	OPTION_CONFIG
};
extern const struct verb fleet_verb;

static const struct option options[] = {
	{"store", required_argument, NULL, OPTION_STORE},
	{"no-partitions", no_argument, NULL, OPTION_NO_PARTITIONS},
	{"keep-months", required_argument, NULL, OPTION_KEEP_MONTHS},
	{"keep-count", required_argument, NULL, OPTION_KEEP_COUNT},
	{"once", no_argument, NULL, OPTION_ONCE},
	{"interval", required_argument, NULL, OPTION_INTERVAL},
	{"rules-dir", required_argument, NULL, OPTION_RULES_DIR},
	{"config", required_argument, NULL, OPTION_CONFIG},
	{"all", no_argument, NULL, 'a'},
	CMD_OPTIONS,
	{0},
};

struct fleet {
	const char *address;
	bool no_partitions;
	uint64_t keep_months, keep_count;
	uint64_t interval_ms;
	const char *rules_dir;
	const char *config;
	bool once, all;
	struct cmd *cmd;
	struct pg *pg;
};

#define INTERVAL_MS 60000
#define INTERVAL_MAX_MS 86400000

static struct err *set_up(struct fleet *fleet)
{
	int64_t before, after;

	TRY(pg_open(fleet->address, &fleet->pg));
	TRY(fleet_schema_version(fleet->pg, &before));
	TRY(fleet_schema_upgrade(fleet->pg, !fleet->no_partitions));
	TRY(fleet_schema_version(fleet->pg, &after));
	if (before == after)
		printf("nothing to do: the tables have version %" PRId64 "\n", after);
	else if (before)
		printf("the tables had version %" PRId64 " and have %" PRId64 " now\n", before,
		       after);
	else
		printf("made: the tables have version %" PRId64 "\n", after);
	return NULL;
}

/* An upgrade of nothing is most often an address that is wrong. */
static struct err *upgrade(struct fleet *fleet)
{
	int64_t version;

	TRY(pg_open(fleet->address, &fleet->pg));
	TRY(fleet_schema_version(fleet->pg, &version));
	if (!version)
		return err_new(ERR_NOT_FOUND,
			       "there is nothing to upgrade: triage fleet init makes the tables");
	pg_close(take_ptr(fleet->pg));
	return set_up(fleet);
}

static struct err *prune(struct fleet *fleet)
{
	int64_t months, crashes;

	TRY(pg_open(fleet->address, &fleet->pg));
	TRY(fleet_schema_check(fleet->pg));
	TRY(fleet_schema_prune(fleet->pg, (int64_t)fleet->keep_months, (int64_t)fleet->keep_count,
			       &months, &crashes));
	printf("%" PRId64 " crashes went, and %" PRId64 " partitions\n", crashes, months);
	return NULL;
}

static struct err *watch(struct fleet *fleet)
{
	const struct watch_options watching = {.address = fleet->address,
					       .rules_dir = fleet->rules_dir,
					       .interval_ms = (unsigned)fleet->interval_ms,
					       .once = fleet->once};

	return watch_run(&watching);
}

static void put_alert(const json_t *alert, struct str *out)
{
	str_printf(out, "%lld %s %s ", json_integer_at(alert, "id"), json_string_at(alert, "state"),
		   json_string_at(alert, "severity"));
	render_put(out, "", json_string_at(alert, "headline"));
	render_put(out, "\n    because  ", json_string_at(alert, "because"));
	render_put(out, "\n    rule     ", json_string_at(alert, "rule"));
	render_put(out, ", since ", json_string_at(alert, "opened_at"));
	render_put(out, ", closed ", json_string_at(alert, "closed_at"));
	str_puts(out, "\n");
}

/* The exit status is that of every list: 0 although there is none. */
static struct err *list_alerts(struct fleet *fleet)
{
	_json_ json_t *list = NULL;
	_str_ struct str out = {0};
	json_t *alert;
	size_t i;

	fleet->cmd->server = fleet->address;
	TRY(cmd_open(fleet->cmd));
	TRY(alert_list(fleet->cmd->store, fleet->all, &list));
	if (fleet->cmd->json) {
		cmd_print_json(
			json_pack("{s:s, s:O}", "schema", "triage.alerts/1", "alerts", list));
		return NULL;
	}
	json_array_foreach (list, i, alert) {
		put_alert(alert, &out);
	}
	pager_open();
	fputs(out.data ? out.data : "", stdout);
	return NULL;
}

static const struct {
	const char *name;
	struct err *(*run)(struct fleet *fleet);
} actions[] = {{"init", set_up},
	       {"upgrade", upgrade},
	       {"prune", prune},
	       {"watch", watch},
	       {"alerts", list_alerts}};

#define ACTIONS "init, upgrade, prune, watch, alerts"

static struct err *run_action(struct fleet *fleet, int count, char **words)
{
	_cleanup_(cleanup_config_free) struct config *config = NULL;

	if (count != 1)
		return err_new(ERR_INVALID, "say one of " ACTIONS);
	TRY(config_load(fleet->config, &config));
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		if (strcmp(words[0], actions[i].name))
			continue;
		if (!fleet->address)
			fleet->address = config->fleet_store;
		if (!*fleet->address)
			return err_new(ERR_INVALID,
				       "which server? --store "
				       "postgresql://HOST/DATABASE, TRIAGE_STORE, or "
				       "fleet_store in %s",
				       fleet->config);
		return actions[i].run(fleet);
	}
	return err_new(ERR_INVALID, "fleet has no \"%s\" (" ACTIONS ")", words[0]);
}

static struct err *read_number(const char *text, uint64_t *ret)
{
	if (!parse_dec(text, strlen(text), ret) || *ret > 1000000000000)
		return err_new(ERR_INVALID, "not a number: \"%s\"", text);
	return NULL;
}

static struct err *read_interval(const char *text, uint64_t *ms)
{
	if (!config_parse_time(text, ms) || !*ms || *ms > INTERVAL_MAX_MS)
		return err_new(ERR_INVALID, "not a time up to a day: \"%s\"", text);
	return NULL;
}

static struct err *read_option(struct fleet *fleet, int option)
{
	if (option == OPTION_STORE)
		fleet->address = optarg;
	else if (option == OPTION_NO_PARTITIONS)
		fleet->no_partitions = true;
	else if (option == OPTION_KEEP_MONTHS)
		return read_number(optarg, &fleet->keep_months);
	else if (option == OPTION_KEEP_COUNT)
		return read_number(optarg, &fleet->keep_count);
	else if (option == OPTION_INTERVAL)
		return read_interval(optarg, &fleet->interval_ms);
	else if (option == OPTION_RULES_DIR)
		fleet->rules_dir = optarg;
	else if (option == OPTION_CONFIG)
		fleet->config = optarg;
	else if (option == OPTION_ONCE)
		fleet->once = true;
	else if (option == 'a')
		fleet->all = true;
	return NULL;
}

static int run(int argc, char **argv)
{
	_cmd_ struct cmd cmd = {.verb = &fleet_verb};
	const char *server = getenv("TRIAGE_STORE");
	struct fleet fleet = {.address = server && *server ? server : NULL,
			      .config = CONFIG_PATH,
			      .interval_ms = INTERVAL_MS,
			      .cmd = &cmd};
	struct err *err = NULL;
	int option;

	while ((option = cmd_option(&cmd, argc, argv, options)) != -1) {
		if (option == '?')
			return STATUS_USAGE;
		if (!err)
			err = read_option(&fleet, option);
	}
	if (!err)
		err = run_action(&fleet, argc - optind, argv + optind);
	pg_close(fleet.pg);
	return err ? cmd_fail(cmd.json, err) : STATUS_OK;
}

const struct verb fleet_verb = {
	.name = "fleet",
	.synopsis = "fleet init|upgrade|prune|watch|alerts [--store postgresql://…]",
	.summary = "the central database of many hosts: its tables, its alerts",
	.options =
		"  --store ADDRESS    the server, as libpq has it; TRIAGE_STORE goes for it\n"
		"  --no-partitions    init: findings in one plain table, for servers that have no "
		"PARTITION OF\n"
		"  --keep-months N    prune: of the months before this one, keep so many\n"
		"  --keep-count N     prune: let whole months go that are beyond so many crashes\n"
		"  --once             watch: run the rules once, not for ever\n"
		"  --interval TIME    watch: from one run to the next (1min)\n"
		"  --rules-dir DIR    watch: rules of the site, too\n"
		"  -a, --all          alerts: closed ones, too\n"
		"  --config FILE      another configuration than " CONFIG_PATH
		", for fleet_store\n",
	.run = run,
};
