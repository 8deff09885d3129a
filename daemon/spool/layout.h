/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_SPOOL_LAYOUT
#define TRIAGE_DAEMON_SPOOL_LAYOUT

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/spool/sniff.h"

/*
 * Which files of a directory are a dump, which lie beside it, and whether its writer says that
 * it is done. Layouts are pure functions over a snapshot of one directory; reading directories,
 * waiting and deciding is spool.c's.
 *
 * How to add a layout: layout_NAME.c ending in `const struct layout layout_NAME`, one line in
 * layouts.def (its place there is the order of asking), one case in tests/unit/daemon/spool/test_layout.c.
 */
enum entry_type { ENTRY_FILE, ENTRY_DIR, ENTRY_SYMLINK, ENTRY_OTHER };

struct spool_entry {
	char *name;
	enum entry_type type;
	enum sniff_format format; /* of the first bytes; SNIFF_NONE also where unreadable */
	uint64_t device, inode, size;
	int64_t mtime_ns; /* since the epoch */
};

struct spool_dir {
	const char *name; /* last component of its path */
	bool is_root;	  /* a configured root, not something below one */
	struct spool_entry *entries;
	size_t count;
	char *readme; /* the first bytes of README.txt, NULL without one */
};

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

#define NO_ENTRY UINT32_MAX

/* One dump, or one log that stands for a dump that was never written. */
struct candidate {
	const char *layout;
	uint32_t dump; /* index into entries; NO_ENTRY: the log alone */
	enum readiness readiness;
	size_t companions[COMPANION_COUNT]; /* indices, NO_ENTRY where there is none */
	char note[96]; /* what the layout has to say about it, "" for nothing */
};

#define CANDIDATES_MAX 65536 /* of one directory */

struct candidates {
	struct candidate *list;
	size_t count;
	bool failed;   /* out of memory, or more than CANDIDATES_MAX */
	char note[96]; /* what the layout has to say about the directory, "" for nothing */
};

struct layout {
	const char *name;
	/* Add what is there and return true, or return false: not mine. */
	bool (*recognize)(const struct spool_dir *dir, struct candidates *candidates);
};

#define LAYOUT(name) extern const struct layout layout_##name;
#include "daemon/spool/layouts.def"
#undef LAYOUT

/* Ask each layout in turn; the first that knows the directory has it. */
void layouts_recognize(const struct spool_dir *dir, struct candidates *candidates);
void candidates_deinit(struct candidates *candidates);
/* The file that is to be read: the dump, or the log that stands for it. Never NULL. */
const struct spool_entry *candidate_entry(const struct spool_dir *dir,
					  const struct candidate *candidate);
/* "dmesg", "readme", …: the name a companion has in the store. */
const char *companion_name(enum companion companion);

/* --- for layouts --- */

/* Add a candidate without companions; the list's own, or NULL when there is no room. */
struct candidate *candidates_add(struct candidates *candidates, const char *layout, uint32_t dump,
				 enum readiness readiness);
/* The regular file with this name, or NO_ENTRY. */
uint32_t find_file(const struct spool_dir *dir, const char *name);
/* The first regular file whose name begins with prefix, or NO_ENTRY. */
uint32_t find_prefixed(const struct spool_dir *dir, const char *prefix);
/* The symlink or regular file with this name, or NO_ENTRY: links are noted, never followed. */
uint32_t find_link(const struct spool_dir *dir, const char *name);
bool is_file(const struct spool_entry *entry);
bool has_prefix(const char *text, const char *prefix);
bool has_suffix(const char *text, const char *suffix);
/*
 * Does text match a shape? In it "9" is a digit, "*" ends it and matches any rest, anything else
 * stands for itself.
 */
bool has_shape(const char *text, const char *shape);

#endif
