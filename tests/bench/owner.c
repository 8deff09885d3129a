/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What it costs to say who owns an address: `owner VMCORE…` prints a table row for each kind of
 * owner. The addresses are pointers that stand in the dump's own memory, taken from pages all over
 * it, and one on each task's stack; each is asked for once in a freshly opened kernel (cold), then all of them again (warm).
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/parse.h"
#include "kernel/dump/dump.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/mm/owner.h"
#include "kernel/open.h"
#include "kernel/tasks/tasks.h"

#define EACH 2000   /* addresses of a kind */
#define PAGES 32768 /* pages looked into */
#define WORDS 24    /* pointers taken from one page at most */
#define KINDS (OWNER_VMEMMAP + 1)

struct sample {
	uint64_t address[EACH];
	uint64_t cold[EACH], warm[EACH]; /* nanoseconds */
	size_t count;
};

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000ull + (uint64_t)time.tv_nsec;
}

static void take(struct kernel *kernel, uint64_t address, struct sample *samples)
{
	struct owner owner;

	owner_find(kernel, address, &owner);
	struct sample *sample = &samples[owner.kind];
	if (sample->count < EACH)
		sample->address[sample->count++] = address;
}

static void take_page(struct kernel *kernel, const uint64_t *words, struct sample *samples)
{
	unsigned taken = 0;

	for (size_t i = 0; i < PAGE_SIZE / sizeof(*words) && taken < WORDS; i++)
		if (memory_is_kernel(kernel->memory, words[i]) && words[i] != UINT64_MAX) {
			take(kernel, words[i], samples);
			taken++;
		}
}

static void take_sample(struct kernel *kernel, struct sample *samples)
{
	uint64_t pages = dump_info(kernel->dump)->max_pfn, words[PAGE_SIZE / 8];

	for (uint64_t i = 0; i < PAGES; i++) {
		uint64_t pfn = i * 0x9e3779b97f4a7c15ull % pages;

		if (dump_page_state(kernel->dump, pfn) == PAGE_PRESENT &&
		    err_ok(dump_stream(kernel->dump, pfn << PAGE_SHIFT, words, sizeof(words))))
			take_page(kernel, words, samples);
	}
	for (size_t i = 0; kernel->tasks && i < tasks_count(kernel->tasks); i++) {
		const struct task *task = tasks_at(kernel->tasks, i);

		if (task->stack)
			take(kernel, task->stack + task->stack_size / 2 + 8 * i, samples);
	}
}

static void measure(struct kernel *kernel, struct sample *samples)
{
	for (int warm = 0; warm < 2; warm++)
		for (int kind = 0; kind < KINDS; kind++)
			for (size_t i = 0; i < samples[kind].count; i++) {
				struct owner owner;
				uint64_t begin = now();

				owner_find(kernel, samples[kind].address[i], &owner);
				(warm ? samples[kind].warm : samples[kind].cold)[i] = now() - begin;
			}
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static double micro(const uint64_t *sorted, size_t count, unsigned percent)
{
	return (double)sorted[(count - 1) * percent / 100] / 1000;
}

static void report(const char *release, struct sample *samples)
{
	for (int kind = 0; kind < KINDS; kind++) {
		struct sample *s = &samples[kind];

		if (!s->count)
			continue;
		qsort(s->cold, s->count, sizeof(*s->cold), compare);
		qsort(s->warm, s->count, sizeof(*s->warm), compare);
		printf("| %s | %s | %zu | %.1f | %.1f | %.1f | %.1f |\n", release,
		       owner_kind_name((enum owner_kind)kind), s->count,
		       micro(s->cold, s->count, 50), micro(s->cold, s->count, 99),
		       micro(s->warm, s->count, 50), micro(s->warm, s->count, 99));
	}
}

static struct err *bench(const char *path, struct sample *samples)
{
	_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct kernel_options options = {.dump_fd = fd, .vmlinux_fd = -1, .dmesg_fd = -1};

	if (fd < 0)
		return err_errno(errno, "%s", path);
	for (int pass = 0; pass < 2; pass++) {
		_cleanup_(cleanup_kernel_close) struct kernel *kernel = NULL;

		TRY(kernel_open(&options, &kernel));
		if (!kernel->memory)
			return err_new(ERR_NOT_FOUND, "no memory can be read");
		if (!pass) {
			take_sample(kernel, samples);
			continue;
		}
		measure(kernel, samples);
		report(dump_info(kernel->dump)->release, samples);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fputs("usage: owner VMCORE...\n", stderr);
		return 2;
	}
	puts("| kernel | owner | addresses | cold, median µs | cold, 99% | warm, median µs | warm, "
	     "99% |\n"
	     "|---|---|---|---|---|---|---|");
	for (int i = 1; i < argc; i++) {
		_free_ struct sample *samples = calloc(KINDS, sizeof(*samples));
		_err_ struct err *err = samples ? bench(argv[i], samples) : &err_nomem;

		if (err) {
			fprintf(stderr, "owner: %s: %s\n", argv[i], err->message);
			return 1;
		}
	}
	return 0;
}
