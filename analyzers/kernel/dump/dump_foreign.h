/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_FOREIGN
#define TRIAGE_KERNEL_DUMP_DUMP_FOREIGN

#include "kernel/dump/dump_file.h"

/* An error that says what a file is that no container format knows. */
struct err *foreign_explain(struct dump_file *file);

#endif
