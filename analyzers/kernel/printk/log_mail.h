/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PRINTK_LOG_MAIL
#define TRIAGE_KERNEL_PRINTK_LOG_MAIL

#include "base/str.h"

/*
 * A mail kept as it was sent, in "quoted-printable" (RFC 2045): "=3D" for "=", and "=" at the end of a
 * line that goes on. Its text as it was written goes to ret. False, and nothing in ret, for any other
 * text: nothing says so but the lines, of which several have to be as long as the encoding cuts them.
 */
bool log_mail_decode(const char *text, size_t length, struct str *ret);

#endif
