/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Crashes of different programs on one core, and the chance of that by luck. */
#include "log/segfault_core.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/parse.h"
#include "kernel/printk/log.h"

#define VOTES_MAX 128 /* more prove no more */
#define PROGRAMS_MIN 3

unsigned segfault_cpus(const struct log *log)
{
	uint64_t count;

	for (size_t i = 0; i < log->count; i++) {
		const char *text = log->lines[i].text, *brought = strstr(text, "Brought up ");
		const char *total = strstr(text, "Total of ");

		if (brought && strstr(brought, " CPUs")) {
			const char *nodes = strstr(brought, ", ");
			if (parse_dec_start(nodes ? nodes + 2 : brought + 11, &count) && count &&
			    count < 65536)
				return (unsigned)count;
		}
		if (total && strstr(total, " processors activated") &&
		    parse_dec_start(total + 9, &count) && count && count < 65536)
			return (unsigned)count;
	}
	return 0;
}

static bool is_same_core(const struct segfault *a, const struct segfault *b)
{
	return a->core >= 0 && a->socket >= 0 ? a->core == b->core && a->socket == b->socket
					      : a->cpu == b->cpu;
}

/* Without the number that tells threads of one program apart. */
static size_t name_length(const char *comm)
{
	size_t length = strlen(comm);

	while (length > 1 && strchr("0123456789-_:/#.", comm[length - 1]))
		length--;
	return length;
}

static bool is_same_program(const struct segfault *a, const struct segfault *b)
{
	size_t length = name_length(a->comm);
	uint64_t offset_a, offset_b;

	if (length == name_length(b->comm) && !memcmp(a->comm, b->comm, length))
		return true;
	return segfault_offset(a, &offset_a) && segfault_offset(b, &offset_b) &&
	       offset_a == offset_b && !strcmp(a->object, b->object);
}

static bool has_voted(const struct segfault *const *votes, size_t count,
		      const struct segfault *fault)
{
	for (size_t i = 0; i < count; i++)
		if (is_same_core(votes[i], fault) && is_same_program(votes[i], fault))
			return true;
	return false;
}

static unsigned votes_for(const struct segfault *const *votes, size_t count,
			  const struct segfault *core)
{
	unsigned n = 0;

	for (size_t i = 0; i < count; i++)
		n += is_same_core(votes[i], core);
	return n;
}

double segfault_core_chance(unsigned n, unsigned k, double share)
{
	double term = 1, sum = 0;

	if (share <= 0 || share >= 1)
		return 1;
	for (unsigned i = 0; i < n; i++)
		term *= 1 - share;
	for (unsigned j = 0; j <= n; j++) { /* term: P(exactly j) on a given core */
		if (j >= k)
			sum += term;
		term *= share / (1 - share) * (n - j) / (j + 1);
	}
	return sum / share < 1 ? sum / share : 1;
}

/* CPUs the core's crashes name: threads of a core come in twos. */
static unsigned core_threads(const struct segfault *list, size_t count, const struct segfault *core)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].cpu >= 0 && is_same_core(&list[i], core) && list[i].cpu != core->cpu)
			return 2;
	return 1;
}

bool segfault_core_find(const struct segfault *list, size_t count, unsigned cpus,
			struct segfault_core *ret)
{
	const struct segfault *votes[VOTES_MAX];
	const struct segfault *best = NULL;
	unsigned of = 0, programs = 0, highest = 0;

	for (size_t i = 0; i < count && of < VOTES_MAX; i++) {
		if (list[i].cpu < 0)
			continue;
		highest = MAX(highest, (unsigned)list[i].cpu);
		if (!has_voted(votes, of, &list[i]))
			votes[of++] = &list[i];
	}
	for (unsigned i = 0; i < of; i++)
		if (votes_for(votes, of, votes[i]) > programs) {
			best = votes[i];
			programs = votes_for(votes, of, best);
		}
	*ret = (struct segfault_core){.programs = programs,
				      .of = of,
				      .cpus_known = cpus > highest,
				      .cpus = MAX(cpus, highest + 1)};
	if (programs < PROGRAMS_MIN || ret->cpus < 2)
		return false;
	ret->cpu = best->cpu;
	ret->core = best->core;
	ret->socket = best->socket;
	ret->chance = segfault_core_chance(of, programs,
					   (double)core_threads(list, count, best) / ret->cpus);
	return true;
}
