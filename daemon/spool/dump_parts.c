/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes one candidate of the files that are one dump. */
#include "daemon/spool/dump_parts.h"

#include <limits.h>
#include <string.h>

#include "base/hash.h"

static uint64_t set_of(const struct spool_dir *dir, const struct candidate *candidate)
{
	return candidate->dump == NO_ENTRY ? 0 : dir->entries[candidate->dump].set;
}

/* What one of them has, all have: the writer is at it, and a log lies beside the first alone. */
static void merge(struct candidate *into, const struct candidate *from)
{
	into->readiness = MAX(into->readiness, from->readiness);
	for (int i = 0; i < COMPANION_COUNT; i++)
		if (into->companions[i] == NO_ENTRY)
			into->companions[i] = from->companions[i];
}

/* Candidates of a set that is known already are merged; the others stay, in their order. known: where each set is. */
static void merge_all(const struct spool_dir *dir, struct candidates *candidates, struct map *known)
{
	size_t kept = 0;

	for (size_t i = 0; i < candidates->count; i++) {
		struct candidate *candidate = &candidates->list[i];
		uint64_t set = set_of(dir, candidate);
		const uint64_t *at = set ? map_get(known, set) : NULL;

		if (at) {
			merge(&candidates->list[*at], candidate);
			free(candidate->files);
			continue;
		}
		if (set && !map_set(known, set, kept))
			candidates->failed = true;
		candidates->list[kept++] = *candidate;
	}
	candidates->count = kept;
}

/* vm.vmem, of vm.vmss or vm.vmsn: nothing in it tells whose it is. */
static uint32_t find_memory(const struct spool_dir *dir, const char *snapshot)
{
	const char *dot = strrchr(snapshot, '.');
	char name[NAME_MAX + 1];

	if (!dot || dot - snapshot > NAME_MAX - 5)
		return NO_ENTRY;
	memcpy(name, snapshot, (size_t)(dot - snapshot));
	strcpy(name + (dot - snapshot), ".vmem");
	return spool_dir_find_file(dir, name);
}

static void join_memory(const struct spool_dir *dir, struct candidates *candidates,
			struct candidate *candidate)
{
	uint32_t memory =
		candidate->dump != NO_ENTRY && dir->entries[candidate->dump].format == SNIFF_VMWARE
			? find_memory(dir, dir->entries[candidate->dump].name)
			: NO_ENTRY;

	if (memory == NO_ENTRY)
		return;
	candidates_add_file(candidates, candidate, candidate->dump);
	candidates_add_file(candidates, candidate, memory);
}

void dump_parts_join(const struct spool_dir *dir, struct candidates *candidates)
{
	_cleanup_(map_deinit) struct map known = {0};

	merge_all(dir, candidates, &known);
	for (size_t i = 0; i < dir->count && known.count; i++) {
		uint64_t set = dir->entries[i].type == ENTRY_FILE ? dir->entries[i].set : 0;
		const uint64_t *at = set ? map_get(&known, set) : NULL;

		if (at)
			candidates_add_file(candidates, &candidates->list[*at], (uint32_t)i);
	}
	for (size_t i = 0; i < candidates->count; i++)
		join_memory(dir, candidates, &candidates->list[i]);
}
