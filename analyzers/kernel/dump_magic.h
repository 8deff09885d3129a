/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DUMP_MAGIC_H
#define TRIAGE_DUMP_MAGIC_H

#include "kernel/dump_source.h"

/* An error that says what a file is which no container format knows. Only kernel/dump*.c. */
struct err *magic_explain(struct source *source);

#endif
