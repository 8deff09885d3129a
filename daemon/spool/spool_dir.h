/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_SPOOL_SPOOL_DIR
#define TRIAGE_DAEMON_SPOOL_SPOOL_DIR

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/spool/sniff.h"

/* One directory of a spool as it was found, and how to find a file in it by its name. */
enum entry_type { ENTRY_FILE, ENTRY_DIR, ENTRY_SYMLINK, ENTRY_OTHER };

struct spool_entry {
	char *name;
	enum entry_type type;
	enum sniff_format format; /* of the first bytes; SNIFF_NONE also where unreadable */
	uint64_t set;		  /* the same in all files of one dump; 0: of a file that is one */
	uint64_t device, inode, size;
	int64_t mtime_ns, ctime_ns; /* since the epoch */
};

struct spool_dir {
	const char *name;	     /* last component of its path */
	bool is_root;		     /* a configured root, not something below one */
	struct spool_entry *entries; /* in the order of their names */
	size_t count;
	char *readme; /* the first bytes of README.txt, NULL without one */
};

/* In place of an index into a directory's entries. */
#define NO_ENTRY UINT32_MAX

/* Index of the regular file with this name, or NO_ENTRY. */
uint32_t spool_dir_find_file(const struct spool_dir *dir, const char *name);
/* The first regular file whose name begins with prefix, or NO_ENTRY. */
uint32_t spool_dir_find_prefixed(const struct spool_dir *dir, const char *prefix);
/* The regular file with this name, or with it and what a compressor adds, or NO_ENTRY: logs. */
uint32_t spool_dir_find_log(const struct spool_dir *dir, const char *name);
/* The symlink or regular file with this name, or NO_ENTRY: links are noted, never followed. */
uint32_t spool_dir_find_link(const struct spool_dir *dir, const char *name);
/* Is there a dump in it, by first bytes or by name? Logs beside one are not crashes of their own. */
bool spool_dir_has_dump(const struct spool_dir *dir);
/*
 * Does a name have a shape? In it "9" is a digit, "*" ends it and matches any rest, anything else
 * stands for itself.
 */
bool spool_dir_has_shape(const char *name, const char *shape);

#endif
