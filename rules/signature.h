/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_RULES_SIGNATURE
#define TRIAGE_RULES_SIGNATURE

#include "json.h"

/*
 * What makes two crashes the same. The exact one is a hash over the kind and the functions of the
 * first six reliable frames below the panic machinery: no addresses, offsets or compiler suffixes,
 * so that another build of the same kernel groups alike. Fuzzy ones are titles; any in common
 * means "probably the same bug".
 */
struct signature {
	char exact[17]; /* hex; "" when there is nothing to group by */
	json_t *fuzzy;	/* list of strings, owned */
};

/* crash: the verdict's "crash" object. */
void signature_of(const json_t *crash, const char *cause, struct signature *ret);

#endif
