/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_VMCOREINFO
#define TRIAGE_KERNEL_DUMP_VMCOREINFO

#include "base/error.h"

/*
 * VMCOREINFO: the key=value lines the kernel leaves for dump tools (kernel/vmcore_info.c, earlier
 * kernel/crash_core.c and kernel/kexec.c). Keys as written there: "SYMBOL(swapper_pg_dir)".
 */
struct vmcoreinfo;

/*
 * Parse; copies what it needs. Lines without a key or with a control byte are left out, and so is
 * what goes beyond 64 KiB or 4096 lines.
 * ERR_CORRUPT when there is no key=value line at all.
 */
struct err *vmcoreinfo_parse(const char *text, size_t length, struct vmcoreinfo **ret);
void vmcoreinfo_free(struct vmcoreinfo *info);
DEFINE_CLEANUP(struct vmcoreinfo, vmcoreinfo_free)

/* NULL when the key is absent; owned by info. A NULL info has no keys. */
const char *vmcoreinfo_get(const struct vmcoreinfo *info, const char *key);
/* SYMBOL(name) in hex; NUMBER(name), OFFSET(name), SIZE(name) in decimal (signed ones wrap) or hex. */
bool vmcoreinfo_symbol(const struct vmcoreinfo *info, const char *name, uint64_t *ret);
bool vmcoreinfo_number(const struct vmcoreinfo *info, const char *name, uint64_t *ret);
bool vmcoreinfo_offset(const struct vmcoreinfo *info, const char *name, uint64_t *ret);
bool vmcoreinfo_size(const struct vmcoreinfo *info, const char *name, uint64_t *ret);
/* KERNELOFFSET in hex, 0 when absent; OSRELEASE, BUILD-ID through vmcoreinfo_get(). */
uint64_t vmcoreinfo_kaslr_offset(const struct vmcoreinfo *info);

#endif
