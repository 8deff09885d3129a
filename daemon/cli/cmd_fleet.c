/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage fleet: the tables of the central database that verdicts of many hosts go to. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "daemon/cli/cmd_common.h"
#include "daemon/fleet/fleet_schema.h"

enum { OPTION_STORE = 1, OPTION_NO_PARTITIONS, OPTION_KEEP_MONTHS, OPTION_KEEP_COUNT };
extern const struct verb fleet_verb;

static const struct option options[] = {
	{"store", required_argument, NULL, OPTION_STORE},
	{"no-partitions", no_argument, NULL, OPTION_NO_PARTITIONS},
	{"keep-months", required_argument, NULL, OPTION_KEEP_MONTHS},
	{"keep-count", required_argument, NULL, OPTION_KEEP_COUNT},
	CMD_OPTIONS,
	{0},
};

struct fleet {
	const char *address;
	bool no_partitions;
	uint64_t keep_months, keep_count;
	struct pg *pg;
};

static struct err *set_up(struct fleet *fleet)
{
	int64_t before, after;

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

	TRY(fleet_schema_version(fleet->pg, &version));
	if (!version)
		return err_new(ERR_NOT_FOUND,
			       "there is nothing to upgrade: triage fleet init makes the tables");
	return set_up(fleet);
}

static struct err *prune(struct fleet *fleet)
{
	int64_t months, crashes;

	TRY(fleet_schema_check(fleet->pg));
	TRY(fleet_schema_prune(fleet->pg, (int64_t)fleet->keep_months, (int64_t)fleet->keep_count,
			       &months, &crashes));
	printf("%" PRId64 " crashes went, and %" PRId64 " partitions\n", crashes, months);
	return NULL;
}

static const struct {
	const char *name;
	struct err *(*run)(struct fleet *fleet);
} actions[] = {{"init", set_up}, {"upgrade", upgrade}, {"prune", prune}};

static struct err *run_action(struct fleet *fleet, int count, char **words)
{
	if (count != 1)
		return err_new(ERR_INVALID, "say one of init, upgrade, prune");
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		if (strcmp(words[0], actions[i].name))
			continue;
		if (!fleet->address || !*fleet->address)
			return err_new(ERR_INVALID, "which server? --store "
						    "postgresql://HOST/DATABASE, or TRIAGE_STORE");
		TRY(pg_open(fleet->address, &fleet->pg));
		return actions[i].run(fleet);
	}
	return err_new(ERR_INVALID, "fleet has no \"%s\" (init, upgrade, prune)", words[0]);
}

static struct err *read_number(const char *text, uint64_t *ret)
{
	if (!parse_dec(text, strlen(text), ret) || *ret > 1000000000000)
		return err_new(ERR_INVALID, "not a number: \"%s\"", text);
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
	return NULL;
}

static int run(int argc, char **argv)
{
	_cmd_ struct cmd cmd = {.verb = &fleet_verb};
	struct fleet fleet = {.address = getenv("TRIAGE_STORE")};
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
	.synopsis = "fleet init|upgrade|prune [--store postgresql://…]",
	.summary = "the central database of many hosts: make its tables, upgrade, prune",
	.options =
		"  --store ADDRESS    the server, as libpq has it; TRIAGE_STORE goes for it\n"
		"  --no-partitions    init: findings in one plain table, for servers that have no "
		"PARTITION OF\n"
		"  --keep-months N    prune: of the months before this one, keep so many\n"
		"  --keep-count N     prune: let whole months go that are beyond so many crashes\n",
	.run = run,
};
