/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_RENDER_RENDER_ADDRESSES
#define TRIAGE_DAEMON_RENDER_RENDER_ADDRESSES

#include "base/str.h"
#include "json.h"

/*
 * The addresses of a verdict's crash, a line each: registers with what they point to, or what their
 * value says by itself; then the address that faulted, values of the stack, locks. Every string is
 * escaped; out is left as it is when no address was looked up.
 */
void render_addresses(const json_t *report, struct str *out);
/* Its second half: what is no register. */
void render_other_addresses(const json_t *report, struct str *out);
/*
 * What a register of the crash points to, or what its value says by itself, appended to what; false where
 * its value is not known.
 */
bool render_register(const json_t *report, const char *name, uint64_t *value, struct str *what);

#endif
