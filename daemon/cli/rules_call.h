/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_CLI_RULES_CALL
#define TRIAGE_DAEMON_CLI_RULES_CALL

#include "daemon/cli/cmd_common.h"
#include "rules/rules.h"

/* What the verbs below `triage rules` share. */
struct rules_call {
	struct cmd *cmd;
	const char *dir;     /* of a site's rules */
	const char *word[2]; /* what was named behind the verb; NULL: nothing */
	int status;	     /* exit status, where there is no error */
};

/* A rule by id, or by the path of its file, with all others that there are. */
struct err *rules_call_find(const struct rules_call *call, struct rules **rules,
			    const struct rule **rule);
/* The directory of a file or directory that was named, the site's without a name; the caller's. */
struct err *rules_call_place(const struct rules_call *call, char **dir, char **file);

/* Verbs with a file of their own: rows of a rule; all matches of a dump; a case made of a dump; cases. */
struct err *rules_run(struct rules_call *call);
struct err *rules_explain(struct rules_call *call);
struct err *rules_case(struct rules_call *call);
struct err *rules_test(struct rules_call *call);

/* Where to read of what a rule is about: a list of strings, escaped; owned by the caller. */
json_t *rules_call_see(const struct rule *rule);

#endif
