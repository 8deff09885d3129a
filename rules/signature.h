/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_RULES_SIGNATURE
#define TRIAGE_RULES_SIGNATURE

#include "base/str.h"
#include "json.h"

/*
 * Which way of making signatures this is. Whoever changes what one is made of counts it up: the store keeps it
 * with each signature, and the daemon makes older ones anew.
 */
#define SIGNATURE_VERSION 3

/*
 * What makes two crashes the same. The exact one is a hash over the kind and the functions of the
 * first six reliable frames from the place of the fault on, without those that every crash has, and those of
 * helpers (list_add(), mutex_lock(), kthread()), where any others are there: no addresses, offsets or compiler
 * suffixes, so that other builds and releases group alike. Where the CPU was sent to no function at all, it counts
 * whether that was where modules lie; of a bad pointer, whether it was one of user space; of a hang for I/O, which sort
 * of device does not answer.
 * Where the task that crashed only noticed a hang (hung_task), or was asked to crash while others hung,
 * the frames are those of who holds up the others, and of all tasks of a cycle. There is none where
 * the stack is chance: of a machine check, an NMI, memory that ran out, an RCU stall that an idle CPU noticed, and where
 * nothing is known but that somebody asked for the crash. Fuzzy ones
 * are titles; any in common means "probably the same bug".
 */
struct signature {
	char exact[17]; /* hex; "" when there is nothing to group by */
	json_t *fuzzy;	/* list of strings, owned */
};

/* Objects of the report, NULL where it has none; borrowed. */
struct signature_facts {
	const json_t *crash, *waits, *tasks;
	const char *cause; /* the verdict's, or NULL */
};

void signature_of(const struct signature_facts *facts, struct signature *ret);
/*
 * Append what the exact one is a hash of: the kind, what else counts (see target in signature.c), then a function a
 * line, an empty line between the tasks of a cycle. Nothing where there is no exact one.
 */
void signature_put_parts(const struct signature_facts *facts, struct str *out);

#endif
