/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command for people and for ticketing systems: finds the verb and runs it. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "daemon/cli/cmd.h"
#include "daemon/worker/worker.h"

#define VERB(name) extern const struct verb name##_verb;
#include "daemon/cli/verbs.def"
#undef VERB

static const struct verb *const verbs[] = {
#define VERB(name) &name##_verb,
#include "daemon/cli/verbs.def"
#undef VERB
};

static void print_help(FILE *out)
{
	fputs("triage: says what killed a kernel, from its crash dump\n\nusage: triage VERB …\n\n",
	      out);
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		fprintf(out, "  %-10s %s\n", verbs[i]->name, verbs[i]->summary);
	fputs("\n`triage VERB --help` tells more of each.\n\n"
	      "Exit status: 0 what was asked for is there, 1 it is not, 2 wrong usage or "
	      "unreadable "
	      "input.\n",
	      out);
}

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (!strcmp(verbs[i]->name, name))
			return verbs[i];
	return NULL;
}

/* An answer for which memory ran out may lack anything. */
static int run(const struct verb *verb, int argc, char **argv)
{
	int status = verb->run(argc, argv);

	if (!alloc_failures())
		return status;
	fputs("triage: out of memory: the answer may not be whole\n", stderr);
	return STATUS_USAGE;
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], WORKER_VERB))
		return worker_main(argc, argv);
	if (argc < 2) {
		print_help(stderr);
		return STATUS_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		print_help(stdout);
		return STATUS_OK;
	}
	if (!strcmp(argv[1], "--version")) {
		puts("triage " TRIAGE_VERSION);
		return STATUS_OK;
	}
	const struct verb *verb = find_verb(argv[1]);
	if (!verb) {
		fprintf(stderr, "triage: there is no verb \"%s\"; see triage --help\n", argv[1]);
		return STATUS_USAGE;
	}
	return run(verb, argc - 1, argv + 1);
}
