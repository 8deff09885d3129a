/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_LIBKDUMPFILE
#define TRIAGE_KERNEL_DUMP_DUMP_LIBKDUMPFILE

#include "kernel/dump/dump_container.h"

container_open_fn libkdumpfile_dump_open;
/* Whether the library will be given this file, so that its end can be told to be that. */
bool libkdumpfile_reads(int fd);

#endif
