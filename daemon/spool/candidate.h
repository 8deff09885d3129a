/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_SPOOL_CANDIDATE
#define TRIAGE_DAEMON_SPOOL_CANDIDATE

#include "daemon/spool/spool_dir.h"

/* What of a directory may be a dump, and what lies beside it: the layouts' answer. */
enum readiness {
	READY,	 /* the writer's own sign (a rename, a README) says it is finished */
	SETTLE,	 /* this layout has no sign: finished once nothing changes any more */
	WRITING, /* the writer's sign says that it is not finished */
};

enum companion {
	COMPANION_DMESG,
	COMPANION_README,
	COMPANION_KEXEC_LOG,
	COMPANION_KERNEL,
	COMPANION_SYSTEM_MAP,
	COMPANION_CONFIG,
	COMPANION_COUNT,
};

/* One dump, or one log that stands for a dump that was never written. */
struct candidate {
	const char *layout; /* name of the one that knew it */
	uint32_t dump;	    /* index into the directory's entries; NO_ENTRY: the log alone */
	enum readiness readiness;
	uint32_t companions[COMPANION_COUNT]; /* the same, NO_ENTRY where there is none */
	/*
	 * Of a log that is several files: the index of each, in the order of time, COMPANION_DMESG among
	 * them. Of a dump that is several: the same, dump among them. More may come, and it is still the
	 * same crash. made: the log was made of them, and is what is read.
	 */
	uint32_t *files;
	size_t file_count;
	bool made;
};

#define CANDIDATE_FILES_MAX 256

struct candidates {
	const char *layout; /* the one that is asked: candidates_add() notes it */
	struct candidate *list;
	size_t count;
	bool failed;   /* out of memory: the list is not whole */
	char note[96]; /* what the layout has to say about the directory, "" for nothing */
};

/*
 * Add one without companions, one an entry at most. It stays the list's, and where it is until the
 * next one is added; NULL on out-of-memory, and failed is set.
 */
struct candidate *candidates_add(struct candidates *candidates, uint32_t dump,
				 enum readiness readiness);
void candidates_deinit(struct candidates *candidates);
/* A further file of its log; beyond CANDIDATE_FILES_MAX it is left out. On out-of-memory failed is set. */
void candidates_add_file(struct candidates *candidates, struct candidate *candidate, uint32_t file);
/* The file that is to be read: the dump, or the log that stands for it. Never NULL. */
const struct spool_entry *candidate_entry(const struct spool_dir *dir,
					  const struct candidate *candidate);
/* "dmesg", "readme", …: the name a companion has in the store. */
const char *candidate_companion_name(enum companion companion);

#endif
