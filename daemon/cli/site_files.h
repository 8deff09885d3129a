/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_CLI_SITE_FILES
#define TRIAGE_DAEMON_CLI_SITE_FILES

#include "base/str.h"
#include "json.h"

/* The files of a site: pages are replaced as a whole, and only where their text is another one. */
struct site_files {
	char *dir, *crashes; /* where pages lie, and those of one crash */
	unsigned written, kept;
};

/* Makes the two directories where they are not. */
struct err *site_files_open(const char *dir, struct site_files *ret);
void site_files_deinit(struct site_files *files);

/* name is the file's, in one of the directories. */
struct err *site_files_put(struct site_files *files, const char *dir, const char *name,
			   const struct str *text);
/* Is there a page of this crash? href is its address from the site's own pages. */
bool site_files_has(const struct site_files *files, const char *uid, char href[128]);
/* Of a uid that may be a file's name; false for another one. */
bool site_files_name(const char *uid, char name[128]);

/* The uids of all crashes that have a page, as a JSON list. */
struct err *site_files_pages(const struct site_files *files, char **ret);
/* Away with the page of one; nothing where there is none. */
struct err *site_files_remove(const struct site_files *files, const char *uid);

/* What the last run wrote: {"epoch", "cursor", "version"}; an empty object where there was none. */
json_t *site_files_state(const struct site_files *files);
struct err *site_files_keep_state(const struct site_files *files, const json_t *state);

#endif
