/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_EVENT_GHES
#define TRIAGE_LOG_EVENT_GHES

#include "log/event.h"

/*
 * The firmware's own records of errors (APEI: GHES while the machine runs, BERT after it did not),
 * which drivers/acpi/apei prints in lines of their own: how bad it was, of what, where.
 */
bool event_ghes_begins(const char *text);
/* A further line of the record that the event is of. False: it is none. */
bool event_ghes_take(struct event *event, const char *text);

#endif
