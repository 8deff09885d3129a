/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command for people and for ticketing systems: finds the verb and runs it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/str.h"
#include "daemon/cli/cmd.h"
#include "daemon/cli/nearest.h"
#include "daemon/cli/pager.h"
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
	fputs("\n  -h, --help  this\n  -V, --version\n"
	      "  --no-pager  long answers at once, not a screen at a time; with every verb\n\n"
	      "`triage help VERB` explains each of its options, triage(1) all of it.\n\n"
	      "Exit status: 0 what was asked for is there, 1 it is not, 2 wrong usage or "
	      "unreadable\ninput; of analyze, 3 no crash is in the log, 4 the log begins within "
	      "its report.\n",
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

	pager_close();
	if (!alloc_failures())
		return status;
	fputs("triage: out of memory: the answer may not be whole\n", stderr);
	return STATUS_USAGE;
}

static int usage(void)
{
	print_help(stderr);
	return STATUS_USAGE;
}

static void print_version(void)
{
	puts("triage " TRIAGE_VERSION);
	exit(STATUS_OK);
}

/* What goes with every verb, wherever it stands in front of "--": taken out of argv. Returns the new argc. */
static int take_option(int argc, char **argv, const char *option, void (*act)(void))
{
	int kept = 1;
	bool options = true;

	for (int i = 1; i < argc; i++) {
		options &= strcmp(argv[i], "--") != 0;
		if (options && !strcmp(argv[i], option))
			act();
		else
			argv[kept++] = argv[i];
	}
	argv[kept] = NULL;
	return kept;
}

/* How many words an option takes that goes with many verbs: 0 if it is none. */
static int words_of_option(const char *word)
{
	static const char *const with_value[] = {"--store", "--state-dir", "--run-dir"};

	for (size_t i = 0; i < ARRAY_SIZE(with_value); i++) {
		size_t length = strlen(with_value[i]);
		if (!strncmp(word, with_value[i], length) && (!word[length] || word[length] == '='))
			return word[length] ? 1 : 2;
	}
	return !strcmp(word, "--json");
}

/* `triage --store X list` is `triage list --store X`: the verb goes in front of what stands before it. False: no verb. */
static bool put_verb_first(int argc, char **argv)
{
	char *verb;
	int at = 1, words;

	while (at < argc && (words = words_of_option(argv[at])))
		at += words;
	if (at >= argc)
		return false;
	verb = argv[at];
	memmove(argv + 2, argv + 1, sizeof(*argv) * (size_t)(at - 1));
	argv[1] = verb;
	return true;
}

/* triage help VERB */
static int help(int argc, char **argv)
{
	const struct verb *verb = argc > 2 ? find_verb(argv[2]) : NULL;
	char option[] = "--help";
	char *words[] = {argc > 2 ? argv[2] : NULL, option, NULL};

	if (verb)
		return run(verb, 2, words);
	if (argc > 2)
		return no_such_verb(argv[2]);
	print_help(stdout);
	return STATUS_OK;
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], WORKER_VERB))
		return worker_main(argc, argv);
	if (argc > 1 && !strcmp(argv[1], UNPACK_VERB))
		return unpack_main(argc, argv);
	argc = take_option(argc, argv, "--no-pager", pager_forbid);
	argc = take_option(argc, argv, "--version", print_version);
	if (!put_verb_first(argc, argv))
		return usage();
	if (!strcmp(argv[1], "help"))
		return help(argc, argv);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		print_help(stdout);
		return STATUS_OK;
	}
	if (!strcmp(argv[1], "-V"))
		print_version();
	const struct verb *verb = find_verb(argv[1]);
	return verb ? run(verb, argc - 1, argv + 1) : no_such_verb(argv[1]);
}
