/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_MODULES_MODULE
#define TRIAGE_KERNEL_MODULES_MODULE

#include "base/error.h"

struct kernel;

/* Loaded modules (kernel/module/main.c: modules). Layouts: core_layout until v6.3, mem[] since. */
#define MODULE_RANGES 8
struct module {
	uint64_t address; /* of struct module */
	char name[64];
	uint64_t base, size; /* the core text's range, for lists */
	struct {
		uint64_t start, end;
		bool text, init; /* init: freed after loading, reused since */
	} ranges[MODULE_RANGES];
	unsigned range_count;
	uint64_t taints;
	uint64_t orc_ip, orc, orc_count; /* unwind tables (struct mod_arch_specific), 0 = none */
	uint64_t btf, btf_size;		 /* split BTF, 0 = none */
	uint64_t kallsyms;		 /* struct mod_kallsyms, before v4.5 the module; 0 = none */
};

struct modules;
/*
 * Walk the list of modules, and make each one known to kernel->symbols, which reads its symbols when
 * first asked for one. Needs symbols and types. kernel must outlive the symbols. A list cut short is
 * no error: see modules_error().
 */
struct err *modules_open(struct kernel *kernel, struct modules **ret);
/* After this kernel->symbols may only be closed. */
void modules_close(struct modules *modules);
size_t modules_count(const struct modules *modules);
const struct module *modules_at(const struct modules *modules, size_t i);
/* The module whose range holds an address, or NULL. */
const struct module *modules_find(const struct modules *modules, uint64_t address);
/* Where the list was cut short (ERR_LOOP, ERR_EXCLUDED …) or NULL; owned by modules. */
const struct err *modules_error(const struct modules *modules);

#endif
