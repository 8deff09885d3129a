/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_XEN_CUT
#define TRIAGE_KERNEL_DUMP_DUMP_XEN_CUT

#include "kernel/dump/dump_container.h"

/* xl dump-core: sections, and no segment. */
bool xen_is_core(struct dump_file *file);
bool xen_is_cut(struct dump_file *file);
/*
 * A core of xl dump-core that is cut off; of one that is whole ERR_NOT_FOUND, for libkdumpfile reads that. ERR_TRUNCATED
 * where it ends before its pages begin.
 */
container_open_fn xen_cut_dump_open;

#endif
