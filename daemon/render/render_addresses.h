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

#endif
