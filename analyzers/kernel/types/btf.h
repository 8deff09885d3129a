/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TYPES_BTF
#define TRIAGE_KERNEL_TYPES_BTF

#include "kernel/types/type.h"

/*
 * Types of BTF: data is a whole .BTF section, malloc'd, taken over also on error; base is the
 * kernel's BTF for a module's split one (it must outlive this one), else NULL. module is "" for the
 * kernel's.
 */
struct err *btf_open(void *data, size_t size, struct type_provider *base, const char *module,
		     struct type_provider **ret);

#endif
