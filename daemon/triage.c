/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command for people and for ticketing systems: finds the verb and runs it. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/str.h"
#include "daemon/cli/cmd.h"
#include "daemon/cli/nearest.h"
#include "daemon/worker/unpack.h"
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
	fputs("\n  -h, --help  this\n  -V, --version\n\n"
	      "`triage VERB --help` explains each of its options, triage(1) all of it.\n\n"
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

/* What people may try who know other programs. */
static const char *other_name(const char *name)
{
	static const struct {
		const char *name, *verb;
	} names[] = {{"ls", "list"},	  {"analyse", "analyze"}, {"view", "show"},
		     {"cat", "show"},	  {"find", "search"},	  {"check", "doctor"},
		     {"tail", "list -f"}, {"version", "-V"}};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(names[i].name, name))
			return names[i].verb;
	return NULL;
}

static int no_such_verb(const char *name)
{
	const char *meant = other_name(name);
	struct nearest nearest = {0};
	_str_ struct str safe = {0};

	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		nearest_try(&nearest, name, verbs[i]->name);
	if (!meant && nearest_is_typo(&nearest, name))
		meant = nearest.word;
	str_puts(&safe, "");
	str_escape(&safe, name, strlen(name));
	fprintf(stderr, "triage: there is no verb \"%s\"; ", safe.data ? safe.data : "?");
	if (meant)
		fprintf(stderr, "did you mean triage %s?\n", meant);
	else if (!access(name, R_OK))
		fputs("to read a file: triage analyze FILE\n", stderr);
	else
		fputs("see triage --help\n", stderr);
	return STATUS_USAGE;
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
	if (argc > 1 && !strcmp(argv[1], UNPACK_VERB))
		return unpack_main(argc, argv);
	if (argc < 2) {
		print_help(stderr);
		return STATUS_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		print_help(stdout);
		return STATUS_OK;
	}
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		puts("triage " TRIAGE_VERSION);
		return STATUS_OK;
	}
	const struct verb *verb = find_verb(argv[1]);
	return verb ? run(verb, argc - 1, argv + 1) : no_such_verb(argv[1]);
}
