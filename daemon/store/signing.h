/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_STORE_SIGNING
#define TRIAGE_DAEMON_STORE_SIGNING

#include "daemon/store/store.h"
#include "rules/signature.h"

/* The signature of a dump whose findings are in the store; cause: its verdict's. ret->fuzzy is the caller's. */
struct err *signing_make(struct store *store, int64_t dump, const char *cause,
			 struct signature *ret);

struct signing_result {
	int64_t made, changed; /* verdicts looked at; such that have another signature now */
};
/*
 * Make anew what was made in another way than SIGNATURE_VERSION, of so many verdicts at most, in one
 * transaction. Reports of those that changed are due again. Adds to result; made grows by 0 when none is left.
 */
struct err *signing_renew(struct store *store, int64_t most, struct signing_result *result);

#endif
