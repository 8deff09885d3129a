/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_FORWARD_FORWARD_TEXT
#define TRIAGE_DAEMON_FORWARD_FORWARD_TEXT

#include <stddef.h>

/*
 * JSON as a server takes it, in place and of the same length. Bytes that are no UTF-8 become "?", and what jsonb
 * has no place for, an escaped NUL or half of a surrogate pair, becomes U+FFFD.
 */
void forward_text_clean(char *json);

#endif
