/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_LOCK_JSON
#define TRIAGE_LOCKS_LOCK_JSON

#include "json.h"
#include "locks/lock.h"

/* LOCK: an element of "locks" in the verdict. */
json_t *lock_json(const struct lock *lock);

#endif
