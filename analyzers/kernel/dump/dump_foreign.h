/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_FOREIGN
#define TRIAGE_KERNEL_DUMP_DUMP_FOREIGN

#include "kernel/dump/dump_file.h"

/* What a file is by its first bytes, and what to do about it: "a qcow2 disk image, …"; NULL unknown. */
const char *foreign_name(const char *data, size_t length, enum err_code *code);
/* An error that says what a file is that no container format knows; NULL when it can be told by its content alone. */
struct err *foreign_explain(struct dump_file *file);

#endif
