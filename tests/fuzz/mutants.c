/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Damages a dead kernel's memory and analyzes it, many times over: mutants [-n COUNT] [-f FIRST] [-s SEED] [-b]
 * [-o NUMBER] [-m NUMBER] DUMP.
 * The kernel is opened once; each mutant is a fork of that in which reads of memory find changed words, so that
 * none pays for opening and none changes the file. Changed is only what the whole dump's analysis reads, besides
 * some that lies near. Each mutant must be answered in time and must not be surer than 0.5 of a cause that the
 * whole dump does not know of. -b: types are probed; -o: that mutant alone, in this process, for a debugger; -m: which of its words
 * are enough for what is wrong with it.
 * Headers, symbols and types are damaged by tests/mutate, which starts a worker for each.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/parse.h"
#include "tests/fuzz/mutant.h"

#define CPU_S 20	   /* for one analysis */
#define RESIDENT_KB 786432 /* more of it is too much: a worker's limit is above */

struct tally {
	unsigned long mutants, falsely_sure, unanswered, late, died, fat;
	long resident_kb; /* the largest */
};

static void limit_time(void)
{
	const struct rlimit cpu = {CPU_S, CPU_S + 1}, core = {0, 0};

	setrlimit(RLIMIT_CPU, &cpu);
	setrlimit(RLIMIT_CORE, &core);
	alarm(10 * CPU_S);
}

/* What became of a child, in words where it is bad. */
static const char *count(struct tally *tally, int status, long resident_kb)
{
	tally->mutants++;
	tally->resident_kb = MAX(tally->resident_kb, resident_kb);
	if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGALRM)) {
		tally->late++;
		return "was not answered in time";
	}
	if (WIFSIGNALED(status) || WEXITSTATUS(status) > MUTANT_UNANSWERED ||
	    (WEXITSTATUS(status) && WEXITSTATUS(status) < MUTANT_FALSE)) {
		tally->died++;
		return "broke the analyzers";
	}
	tally->falsely_sure += WEXITSTATUS(status) == MUTANT_FALSE;
	tally->unanswered += WEXITSTATUS(status) == MUTANT_UNANSWERED;
	if (resident_kb <= RESIDENT_KB)
		return NULL;
	tally->fat++;
	return "took too much memory";
}

static void try_one(const struct bench *bench, uint64_t seed, uint64_t number, struct tally *tally)
{
	static struct mutation mutation;
	struct rusage usage;
	int status;

	bench_mutate(bench, seed, number, &mutation);
	fflush(stdout);
	pid_t child = fork();
	if (!child) {
		limit_time();
		int answer = bench_analyze_mutant(bench, &mutation, number);
		fflush(stdout);
		_exit(answer);
	}
	if (child < 0 || wait4(child, &status, 0, &usage) != child) {
		perror("mutants: fork");
		exit(2);
	}
	const char *wrong = count(tally, status, usage.ru_maxrss);
	if (wrong)
		bench_complain(bench, &mutation, number, "%s (status 0x%x)", wrong, status);
}

static bool learn_whole(struct bench *bench)
{
	int status = 0;

	fflush(stdout);
	pid_t child = fork();
	if (!child) {
		int answer = bench_analyze_whole(bench);
		fflush(stdout);
		_exit(answer);
	}
	return child > 0 && waitpid(child, &status, 0) == child && !status &&
	       bench_knows_whole(bench);
}

/* How a child ends that analyzes the mutation. */
static int try_quietly(const struct bench *bench, const struct mutation *mutation)
{
	int status = 0;

	fflush(stdout);
	pid_t child = fork();
	if (!child) {
		limit_time();
		if (!freopen("/dev/null", "w", stdout))
			_exit(2);
		_exit(bench_analyze_mutant(bench, mutation, 0));
	}
	return child > 0 && waitpid(child, &status, 0) == child ? status : 0;
}

/* Leaves words out, ever fewer at once, as long as it ends in the same way. */
static void shrink(const struct bench *bench, struct mutation *mutation)
{
	static struct mutation less;
	int wanted = try_quietly(bench, mutation);

	for (size_t step = mutation->count; wanted && step; step /= 2)
		for (size_t i = 0; i < mutation->count;) {
			size_t next = MIN(i + step, mutation->count);

			less = *mutation;
			memmove(less.patches + i, mutation->patches + next,
				(mutation->count - next) * sizeof(*less.patches));
			less.count -= next - i;
			if (less.count && try_quietly(bench, &less) == wanted)
				*mutation = less;
			else
				i = next;
		}
	if (wanted)
		bench_print_mutation(bench, mutation);
}

struct arguments {
	uint64_t count, first, seed;
	bool no_btf, alone, shrink;
	const char *path;
};

static bool take(int option, struct arguments *ret)
{
	uint64_t *number = option == 'n' ? &ret->count : option == 's' ? &ret->seed : &ret->first;

	if (option == 'b')
		return ret->no_btf = true;
	ret->shrink |= option == 'm';
	ret->alone |= option == 'o' || option == 'm';
	return option != '?' && parse_dec(optarg, strlen(optarg), number);
}

static bool parse(int argc, char **argv, struct arguments *ret)
{
	int option;

	while ((option = getopt(argc, argv, "n:f:s:bo:m:")) != -1)
		if (!take(option, ret))
			return false;
	ret->path = argv[optind];
	return optind + 1 == argc;
}

static int report(const struct arguments *arguments, const struct tally *tally, time_t began)
{
	unsigned long bad =
		tally->falsely_sure + tally->unanswered + tally->late + tally->died + tally->fat;

	printf("%s: %lu mutants of seed %lu: %lu sure of another cause, %lu unanswered, %lu late, "
	       "%lu broke it, %lu too large; at most %ld MiB, %ld s\n",
	       arguments->path, tally->mutants, arguments->seed, tally->falsely_sure,
	       tally->unanswered, tally->late, tally->died, tally->fat, tally->resident_kb / 1024,
	       (long)(time(NULL) - began));
	return bad ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct arguments arguments = {.count = 1000, .seed = 1};
	struct bench *bench;
	struct tally tally = {0};
	static struct mutation mutation;
	time_t began = time(NULL);

	if (!parse(argc, argv, &arguments)) {
		fprintf(stderr, "usage: mutants [-n COUNT] [-f FIRST] [-s SEED] [-b] [-o NUMBER] "
				"[-m NUMBER] DUMP\n");
		return 2;
	}
	_err_ struct err *err = bench_open(arguments.path, arguments.no_btf, &bench);
	if (err || !learn_whole(bench)) {
		fprintf(stderr, "mutants: %s: %s\n", arguments.path,
			err ? err->message : "the whole dump has no verdict");
		return 2;
	}
	if (arguments.alone) {
		bench_mutate(bench, arguments.seed, arguments.first, &mutation);
		if (arguments.shrink)
			shrink(bench, &mutation);
		return bench_analyze_mutant(bench, &mutation, arguments.first);
	}
	for (uint64_t i = 0; i < arguments.count; i++)
		try_one(bench, arguments.seed, arguments.first + i, &tally);
	return report(&arguments, &tally, began);
}
