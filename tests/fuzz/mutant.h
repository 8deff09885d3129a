/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_TESTS_MUTANT
#define TRIAGE_TESTS_MUTANT

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* An opened dump and what it comes to; see mutants.c. Each analysis needs a process of its own. */
struct bench;

/* Words of physical memory that reads are to find changed. */
#define PATCHES_MAX 4096
struct mutation {
	const char *kind;
	size_t count;
	struct patch {
		uint64_t phys, value;
	} patches[PATCHES_MAX]; /* by address */
};

/* What an analysis came to, as the exit status of its process. */
enum { MUTANT_ANSWERED = 0, MUTANT_FALSE = 10, MUTANT_UNANSWERED = 11 };

/* no_btf: types are probed. The bench lives as long as the program. */
struct err *bench_open(const char *path, bool no_btf, struct bench **ret);
/* Notes what the whole dump's analysis reads and which causes it names: a MUTANT_ value. */
int bench_analyze_whole(struct bench *bench);
bool bench_knows_whole(const struct bench *bench);
/* The same numbers make the same mutation. */
void bench_mutate(const struct bench *bench, uint64_t seed, uint64_t number, struct mutation *ret);
/* Its words: where, what was there, what is there now. */
void bench_print_mutation(const struct bench *bench, const struct mutation *mutation);
/* "FAIL  12 of DUMP (flip, 3 words): …" */
void bench_complain(const struct bench *bench, const struct mutation *mutation, uint64_t number,
		    const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Says what is wrong with its answer; a MUTANT_ value. */
int bench_analyze_mutant(const struct bench *bench, const struct mutation *mutation,
			 uint64_t number);

#endif
