/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_SUBJECT
#define TRIAGE_MEMORY_SUBJECT

#include "base/str.h"
#include "kernel/kernel.h"
#include "kernel/types/types.h"

/*
 * Names an object of this type, "net_device eth0, registered", "buffer_head 0x…, not locked"; false for types that have
 * neither name nor state to tell, and where that cannot be read.
 */
bool subject_describe(struct kernel *kernel, struct type type, uint64_t object, struct str *text);

#endif
