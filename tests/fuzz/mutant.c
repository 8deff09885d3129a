/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A dead kernel whose memory reads differently for the analyzers: see mutants.c. */
#include "tests/fuzz/mutant.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "analyzer.h"
#include "base/alloc.h"
#include "base/array.h"
#include "daemon/store/store.h"
#include "kernel/dump/dump.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/open.h"
#include "rules/judge.h"
#include "tests/fuzz/mutant_rules.h"

#define SURE 0.5
#define TOUCHED_MAX (4u << 20)
#define WORD 8u
#define WORDS_A_PAGE (PAGE_SIZE / WORD)
#define CAUSES_SIZE 512

/* What the whole dump's analysis reads and comes to; shared with the process that it is done in. */
struct whole {
	size_t touched_count;
	char causes[CAUSES_SIZE];      /* " cause cause " */
	uint64_t touched[TOUCHED_MAX]; /* physical addresses of words */
};

struct bench {
	const char *path;
	bool no_btf;
	struct kernel *kernel;
	struct store *store;
	struct rules *rules;
	struct whole *whole;
};

struct run {
	struct findings findings;
	struct store *store;
	int64_t dump;
	bool lost; /* a finding could not be kept */
};

static struct whole *recording;	       /* set while what is read is noted */
static const struct mutation *applied; /* what reads are to find */

/* --- between the analyzers and the dump ------------------------------------------------------- */

#define WRAPPED(name, ...)                                                                         \
	struct err *__real_##name(__VA_ARGS__);                                                    \
	struct err *__wrap_##name(__VA_ARGS__);                                                    \
	struct err *__wrap_##name(__VA_ARGS__)

static size_t first_patch(uint64_t phys)
{
	return array_first(applied->count, i, applied->patches[i].phys + WORD > phys);
}

/* Bytes of physical memory as the mutationd dump has them. */
static void apply(uint64_t phys, void *buf, size_t length)
{
	unsigned char *bytes = buf;

	if (!applied)
		return;
	for (size_t i = first_patch(phys); i < applied->count; i++) {
		const struct patch *patch = &applied->patches[i];

		if (patch->phys >= phys + length)
			break;
		for (unsigned j = 0; j < WORD; j++)
			if (patch->phys + j >= phys && patch->phys + j < phys + length)
				bytes[patch->phys + j - phys] =
					(unsigned char)(patch->value >> 8 * j);
	}
}

static void note(uint64_t phys, size_t length)
{
	if (!recording)
		return;
	for (uint64_t at = phys / WORD * WORD; at < phys + MIN(length, PAGE_SIZE); at += WORD)
		if (recording->touched_count < TOUCHED_MAX)
			recording->touched[recording->touched_count++] = at;
}

WRAPPED(dump_read, struct dump *dump, uint64_t phys, void *buf, size_t length)
{
	TRY(__real_dump_read(dump, phys, buf, length));
	note(phys, length);
	apply(phys, buf, length);
	return NULL;
}

WRAPPED(dump_stream, struct dump *dump, uint64_t phys, void *buf, size_t length)
{
	TRY(__real_dump_stream(dump, phys, buf, length));
	apply(phys, buf, length);
	return NULL;
}

/* The cache's copy is this process's own. */
WRAPPED(dump_page, struct dump *dump, uint64_t pfn, const void **ret)
{
	TRY(__real_dump_page(dump, pfn, ret));
	apply(pfn << PAGE_SHIFT, (void *)*ret, PAGE_SIZE);
	return NULL;
}

static void note_virtual(struct memory *memory, uint64_t va, size_t size)
{
	uint64_t phys;

	if (recording && err_ok(memory_translate(memory, va, &phys)))
		note(phys, size);
}

WRAPPED(memory_read_uint, struct memory *memory, uint64_t va, size_t size, uint64_t *ret)
{
	note_virtual(memory, va, size);
	return __real_memory_read_uint(memory, va, size, ret);
}

WRAPPED(memory_read_u32, struct memory *memory, uint64_t va, uint32_t *ret)
{
	note_virtual(memory, va, sizeof(*ret));
	return __real_memory_read_u32(memory, va, ret);
}

WRAPPED(memory_read_u64, struct memory *memory, uint64_t va, uint64_t *ret)
{
	note_virtual(memory, va, sizeof(*ret));
	return __real_memory_read_u64(memory, va, ret);
}

/* --- mutation ----------------------------------------------------------------------------------- */

/* Marsaglia's xorshift64*: the same numbers of the same seed, everywhere. */
static uint64_t chance_next(uint64_t *chance)
{
	*chance ^= *chance >> 12;
	*chance ^= *chance << 25;
	*chance ^= *chance >> 27;
	return *chance * 0x2545f4914f6cdd1d;
}

static size_t chance_below(uint64_t *chance, size_t bound)
{
	return (size_t)((chance_next(chance) >> 32) % bound);
}

static uint64_t word_at(const struct bench *bench, uint64_t phys)
{
	uint64_t value = 0;

	return err_ok(dump_read(bench->kernel->dump, phys, &value, sizeof(value))) ? value : 0;
}

static uint64_t touched(const struct bench *bench, uint64_t *chance)
{
	return bench->whole->touched[chance_below(chance, bench->whole->touched_count)];
}

static void add(struct mutation *mutation, uint64_t phys, uint64_t value)
{
	if (mutation->count < PATCHES_MAX)
		mutation->patches[mutation->count++] = (struct patch){phys, value};
}

/* Counts, sizes and pointers that nobody would write. */
static void set_extreme(const struct bench *bench, uint64_t *chance, struct mutation *mutation)
{
	static const uint64_t extremes[] = {0,	      1,	  0x7f,	      0xff,
					    0x1000,   0x7fffffff, 0x80000000, 0xffffffff,
					    1L << 40, INT64_MAX,  1UL << 63,  UINT64_MAX};

	add(mutation, touched(bench, chance), extremes[chance_below(chance, ARRAY_SIZE(extremes))]);
}

static void flip_bit(const struct bench *bench, uint64_t *chance, struct mutation *mutation)
{
	uint64_t phys = touched(bench, chance);

	add(mutation, phys, word_at(bench, phys) ^ 1UL << chance_below(chance, 64));
}

/* A pointer, often enough, that leads elsewhere. */
static void copy_word(const struct bench *bench, uint64_t *chance, struct mutation *mutation)
{
	add(mutation, touched(bench, chance), word_at(bench, touched(bench, chance)));
}

/* A list that leads back to where it is. */
static void point_to_itself(const struct bench *bench, uint64_t *chance, struct mutation *mutation)
{
	uint64_t phys = touched(bench, chance);

	add(mutation, phys, memory_phys_to_virt(bench->kernel->memory, phys));
}

static void set_random(const struct bench *bench, uint64_t *chance, struct mutation *mutation)
{
	add(mutation, touched(bench, chance), chance_next(chance));
}

/* One that holds what belongs elsewhere, or nothing. */
static void replace_page(const struct bench *bench, uint64_t *chance, struct mutation *mutation)
{
	uint64_t to = touched(bench, chance) / PAGE_SIZE * PAGE_SIZE;
	uint64_t from = touched(bench, chance) / PAGE_SIZE * PAGE_SIZE;
	bool blank = chance_below(chance, 2);

	for (size_t i = 0; i < WORDS_A_PAGE; i++)
		add(mutation, to + i * WORD, blank ? 0 : word_at(bench, from + i * WORD));
}

static const struct {
	const char *name;
	void (*make)(const struct bench *bench, uint64_t *chance, struct mutation *mutation);
	unsigned max; /* how often in one mutant */
} kinds[] = {
	{"extreme", set_extreme, 256}, {"flip", flip_bit, 64},	   {"copy", copy_word, 256},
	{"self", point_to_itself, 64}, {"random", set_random, 64}, {"page", replace_page, 7},
};

static int by_address(const void *a, const void *b)
{
	const struct patch *left = a, *right = b;

	return left->phys < right->phys ? -1 : left->phys > right->phys;
}

void bench_mutate(const struct bench *bench, uint64_t seed, uint64_t number, struct mutation *ret)
{
	uint64_t chance = (seed + 1) * 0x9e3779b97f4a7c15 ^ (number + 1) * 0xbf58476d1ce4e5b9;
	size_t kind, times;

	chance_next(&chance);
	kind = chance_below(&chance, ARRAY_SIZE(kinds));
	/* Mostly one: a claim that one bad word turns is the worst. */
	times = chance_below(&chance, 2) ? 1 : 1 + chance_below(&chance, kinds[kind].max);
	*ret = (struct mutation){.kind = kinds[kind].name};
	for (size_t i = 0; i < times; i++)
		kinds[kind].make(bench, &chance, ret);
	qsort(ret->patches, ret->count, sizeof(*ret->patches), by_address);
}

void bench_print_mutation(const struct bench *bench, const struct mutation *mutation)
{
	for (size_t i = 0; i < mutation->count; i++) {
		const struct patch *patch = &mutation->patches[i];

		printf("%016" PRIx64 "  %016" PRIx64 ": %016" PRIx64 " -> %016" PRIx64 "\n",
		       patch->phys, memory_phys_to_virt(bench->kernel->memory, patch->phys),
		       word_at(bench, patch->phys), patch->value);
	}
}

void bench_complain(const struct bench *bench, const struct mutation *mutation, uint64_t number,
		    const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("FAIL  %lu of %s%s (%s, %zu words): ", number, bench->no_btf ? "-b " : "",
	       bench->path, mutation->kind, mutation->count);
	vprintf(format, args);
	putchar('\n');
	va_end(args);
}

/* --- one analysis ----------------------------------------------------------------------------- */

static void keep(struct findings *findings, const struct finding *finding)
{
	struct run *run = (struct run *)findings; /* its first member */
	_json_ json_t *json = finding_to_json(finding);

	if (!json || !err_ok(store_add_finding(run->store, run->dump, json)))
		run->lost = true;
}

static struct err *analyze(const struct bench *bench, struct verdict *ret)
{
	struct run run = {.store = bench->store};
	_analysis_ struct analysis analysis = {.kernel = bench->kernel, .findings = &run.findings};

	TRY(db_begin(store_db(bench->store)));
	TRY(store_put_dump(bench->store, &(struct dump_row){.uid = "mutant", .path = "mutant"},
			   &run.dump));
	findings_init(&run.findings, keep);
	analyzers_run(&analysis, NULL, NULL);
	if (run.lost || alloc_failures())
		return err_new(ERR_LIMIT, "findings were lost");
	return judge_dump(bench->rules, store_db(bench->store), run.dump, ret);
}

static void add_cause(char causes[CAUSES_SIZE], const char *cause)
{
	size_t length = strlen(causes);

	snprintf(causes + length, CAUSES_SIZE - length, "%s ", cause);
}

static void keep_causes(struct whole *whole, const struct verdict *verdict)
{
	json_t *other;
	size_t i;

	add_cause(whole->causes, "");
	add_cause(whole->causes, verdict->cause);
	json_array_foreach (verdict->alternatives, i, other)
		add_cause(whole->causes, json_string_at(other, "cause"));
}

static bool names(const struct whole *whole, const char *cause)
{
	char word[64];

	snprintf(word, sizeof(word), " %s ", cause);
	return strstr(whole->causes, word) != NULL;
}

/*
 * Causes that a mutant of the whole dump's may have for sure: a deadlock whose cycle cannot be followed
 * is a hang still, and where the kernel fell over memory, memory that was damaged is no false claim.
 */
static bool allows(const struct whole *whole, const char *cause)
{
	static const struct {
		const char *whole, *mutant;
	} lesser[] = {
		{"deadlock", "hang"},
		{"null_dereference", "memory_corruption"},
		{"wild_pointer", "memory_corruption"},
		{"use_after_free", "memory_corruption"},
		{"double_free", "memory_corruption"},
		{"stack_overflow", "memory_corruption"},
		{"assertion", "memory_corruption"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(lesser); i++)
		if (names(whole, lesser[i].whole) && !strcmp(cause, lesser[i].mutant))
			return true;
	return names(whole, cause);
}

/*
 * A changed word is one that the bad pointer was loaded from, or by way of: the dump is then one of a kernel that fell
 * over this very word, and what it says of that is so.
 */
static bool fell_over(const struct bench *bench, const struct mutation *mutation)
{
	for (size_t i = 0; i < mutation->count; i++) {
		uint64_t address =
			memory_phys_to_virt(bench->kernel->memory, mutation->patches[i].phys);
		char words[48];
		int64_t found = 0;

		snprintf(words, sizeof(words), "%%loaded from 0x%016" PRIx64 "%%", address);
		if (err_ok(db_number(store_db(bench->store), &found,
				     "SELECT 1 FROM finding WHERE code = 'memory.provenance' AND "
				     "evidence LIKE ?",
				     "t", words)) &&
		    found)
			return true;
	}
	return false;
}

/* In a process of its own: the whole dump. */
int bench_analyze_whole(struct bench *bench)
{
	_verdict_ struct verdict verdict = {0};

	recording = bench->whole;
	_err_ struct err *err = analyze(bench, &verdict);
	if (err) {
		fprintf(stderr, "%s: %s\n", bench->path, err->message);
		return MUTANT_UNANSWERED;
	}
	keep_causes(bench->whole, &verdict);
	printf("%s: %s (%.2f); %zu words are read\n", bench->path, verdict.headline,
	       verdict.confidence, bench->whole->touched_count);
	return MUTANT_ANSWERED;
}

static void print_list(json_t *lines)
{
	json_t *line;
	size_t i;

	json_array_foreach (lines, i, line)
		printf("      %s\n", json_string_value(line));
}

/* In a process of its own: a mutant. Says what is wrong with its answer. */
int bench_analyze_mutant(const struct bench *bench, const struct mutation *mutation,
			 uint64_t number)
{
	_verdict_ struct verdict verdict = {0};

	applied = mutation;
	_err_ struct err *err = analyze(bench, &verdict);
	if (err) {
		bench_complain(bench, mutation, number, "%s", err->message);
		return MUTANT_UNANSWERED;
	}
	if (verdict.confidence <= SURE || allows(bench->whole, verdict.cause) ||
	    fell_over(bench, mutation))
		return MUTANT_ANSWERED;
	bench_complain(bench, mutation, number, "sure (%.2f) of another cause, %s: %s",
		       verdict.confidence, verdict.cause, verdict.headline);
	print_list(verdict.reasons);
	return MUTANT_FALSE;
}

static struct err *open_parts(const char *path, bool no_btf, struct bench *bench)
{
	struct kernel_options options = {.dump_fd = open(path, O_RDONLY | O_CLOEXEC),
					 .vmlinux_fd = -1,
					 .dmesg_fd = -1,
					 .no_btf = no_btf};

	if (options.dump_fd < 0)
		return err_errno(errno, "%s", path);
	bench->whole = mmap(NULL, sizeof(*bench->whole), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (bench->whole == MAP_FAILED)
		return err_errno(errno, "mmap");
	TRY(store_open(":memory:", 0, &bench->store));
	TRY(rules_load(NULL, &bench->rules));
	TRY(mutant_rules_share(store_db(bench->store), bench->rules));
	return kernel_open(&options, &bench->kernel);
}

struct err *bench_open(const char *path, bool no_btf, struct bench **ret)
{
	static struct bench bench;

	bench.path = path;
	bench.no_btf = no_btf;
	*ret = &bench;
	return open_parts(path, no_btf, &bench);
}

bool bench_knows_whole(const struct bench *bench)
{
	return bench->whole->touched_count && bench->whole->causes[0];
}
