/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_SYMBOL_H
#define TRIAGE_SYMBOL_H

#include "kernel/memory.h"

/*
 * Symbols of the dead kernel and its modules. Kernel symbols come from kallsyms (addresses in
 * VMCOREINFO since f09bddbd8661 v6.0, else found by scanning for the tables), or from a matching
 * vmlinux or System.map. Names stay compressed and are decoded when asked for.
 */
struct symbols;

#define SYMBOL_NAME_MAX 512 /* KSYM_NAME_LEN: 128, 512 since b8a94bfb33952 v6.1 */

struct symbol {
	uint64_t address;
	uint64_t size;		/* to the next symbol or the section's end; 0 = unknown */
	char type;		/* as nm(1): 't', 'T', 'd', …; '?' when not known */
	char name[SYMBOL_NAME_MAX];
	char module[64];	/* "" for the kernel itself */
};

/* memory and info must outlive it. ERR_NOT_FOUND when the dump holds no symbol table. */
struct err *symbols_open(struct memory *memory, const struct vmcoreinfo *info,
			 struct symbols **ret);
/* From an ELF vmlinux (fd stays the caller's) instead; addresses moved by kaslr_offset. */
struct err *symbols_open_vmlinux(int fd, uint64_t kaslr_offset, struct symbols **ret);
void symbols_close(struct symbols *symbols);
DEFINE_CLEANUP(struct symbols, symbols_close)

/* Where they came from: "kallsyms", "kallsyms (scan)", "vmlinux". */
const char *symbols_source(const struct symbols *symbols);
size_t symbols_count(const struct symbols *symbols);
/* Address of the first kernel symbol of this exact name; module symbols after the kernel's. */
bool symbols_find(struct symbols *symbols, const char *name, uint64_t *ret);
/* Also with a compiler's suffix (".isra.0", ".constprop.0", ".cold", ".llvm.N"). */
bool symbols_find_fuzzy(struct symbols *symbols, const char *name, uint64_t *ret);
/* Symbol that holds the address: the nearest at or below, in the same image or module. */
bool symbols_at(struct symbols *symbols, uint64_t address, struct symbol *ret);
/* "name+0x12/0x34 [module]" as the kernel prints it, or "0x…" when nothing fits. */
void symbols_format(struct symbols *symbols, uint64_t address, char *buf, size_t size);
/*
 * Add a module's symbol table (called by module.c). names are offsets into strings; copies.
 * [start, end) pairs are the module's address ranges.
 */
struct module_symbol {
	uint64_t address;
	uint64_t size;
	uint32_t name; /* offset into strings */
	char type;
};
struct err *symbols_add_module(struct symbols *symbols, const char *module, uint64_t start,
			       uint64_t end, const struct module_symbol *list, size_t count,
			       const char *strings, size_t strings_size);

#endif
