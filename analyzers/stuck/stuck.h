/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_STUCK_STUCK
#define TRIAGE_STUCK_STUCK

#include "analysis.h"

/*
 * What does not go on though no task holds a lock: a CPU that one task keeps, a queue of work behind an
 * item that does not end, I/O that a device does not answer. Each is a finding of its own, beside the
 * locks, for one dump may have several such troubles.
 */

/* JSON of one: kind, how long it has been so (seconds; 0 unknown), and how many wait behind it. */
json_t *stuck_json(const char *kind, double seconds, size_t behind);

#endif
