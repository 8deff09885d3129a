/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of what may be a dump in a directory, which layouts fill. */
#include "daemon/spool/candidate.h"

#include "base/array.h"

struct candidate *candidates_add(struct candidates *candidates, uint32_t dump,
				 enum readiness readiness)
{
	struct candidate *added;

	if (!array_grow(candidates->list, candidates->count)) {
		candidates->failed = true;
		return NULL;
	}
	added = &candidates->list[candidates->count++];
	*added = (struct candidate){
		.layout = candidates->layout, .dump = dump, .readiness = readiness};
	for (int i = 0; i < COMPANION_COUNT; i++)
		added->companions[i] = NO_ENTRY;
	return added;
}

void candidates_add_file(struct candidates *candidates, struct candidate *candidate, uint32_t file)
{
	if (candidate->file_count == CANDIDATE_FILES_MAX)
		return;
	if (array_grow(candidate->files, candidate->file_count))
		candidate->files[candidate->file_count++] = file;
	else
		candidates->failed = true;
}

void candidates_deinit(struct candidates *candidates)
{
	for (size_t i = 0; i < candidates->count; i++)
		free(candidates->list[i].files);
	free(candidates->list);
	*candidates = (struct candidates){0};
}

const struct spool_entry *candidate_entry(const struct spool_dir *dir,
					  const struct candidate *candidate)
{
	uint32_t at = candidate->dump != NO_ENTRY ? candidate->dump
						  : candidate->companions[COMPANION_DMESG];

	return &dir->entries[at];
}

const char *candidate_companion_name(enum companion companion)
{
	static const char *const names[COMPANION_COUNT] = {
		[COMPANION_DMESG] = "dmesg",	       [COMPANION_README] = "readme",
		[COMPANION_KEXEC_LOG] = "kexec_log",   [COMPANION_KERNEL] = "kernel",
		[COMPANION_SYSTEM_MAP] = "system_map", [COMPANION_CONFIG] = "config",
	};

	return names[companion];
}
