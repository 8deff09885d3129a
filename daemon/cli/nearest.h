/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_CLI_NEAREST
#define TRIAGE_DAEMON_CLI_NEAREST

#include <stdbool.h>
#include <stddef.h>

/*
 * Which of the known words somebody may have meant. Words are compared by the letters that are
 * missing, too many, wrong or swapped; a beginning of a word is near to it. Only the first
 * NEAREST_LENGTH bytes of each are looked at.
 */
#define NEAREST_LENGTH 64

struct nearest {
	char word[NEAREST_LENGTH + 1]; /* "" while there is none */
	size_t distance;	       /* of it */
};

/* Take known into account for what was meant; NULL is no word. Begin with a struct of zeros. */
void nearest_try(struct nearest *nearest, const char *meant, const char *known);
/* Near enough to be a slip of the fingers? */
bool nearest_is_typo(const struct nearest *nearest, const char *meant);

#endif
