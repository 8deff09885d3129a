/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_SYMBOLS_SYMBOL
#define TRIAGE_KERNEL_SYMBOLS_SYMBOL

#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol_list.h"
#include "kernel/symbols/symbol_name.h"

/*
 * Symbols of the dead kernel and its modules. Kernel symbols come from kallsyms (addresses in
 * VMCOREINFO since 5fd8fea935a1 v6.0, else found by scanning for the tables), or from a matching
 * vmlinux. Names stay compressed and are decoded when asked for.
 */
struct symbols;

struct symbol {
	uint64_t address;
	uint64_t size; /* to the next other address or the end of the image; 0 = unknown */
	char type;     /* as nm(1): 't', 'T', 'd', …; '?' when not known */
	char name[SYMBOL_NAME_MAX];
	char module[64]; /* "" for the kernel itself */
};

/* memory must outlive it; info may be NULL. ERR_NOT_FOUND when the dump holds no symbol table. */
struct err *symbols_open(struct memory *memory, const struct vmcoreinfo *info,
			 struct symbols **ret);
/* VMCOREINFO and the table tell the same addresses, or most; else ERR_CORRUPT: one of them is of another kernel. */
struct err *symbols_check(struct symbols *symbols, const struct vmcoreinfo *info);
/* From an ELF vmlinux (fd stays the caller's) instead; addresses moved by kaslr_offset. */
struct err *symbols_open_vmlinux(int fd, uint64_t kaslr_offset, struct symbols **ret);
/*
 * An error where some of the table's names or addresses are damaged (ERR_CORRUPT) or cannot be read (as reading them
 * gave it): those symbols are not found, nor held by addresses, nor is the one before a lost address but where it begins.
 */
struct err *symbols_damage(const struct symbols *symbols);
void symbols_close(struct symbols *symbols);
DEFINE_CLEANUP(struct symbols, symbols_close)

/* Address of the first kernel symbol of this exact name; module symbols after the kernel's. */
bool symbols_find(struct symbols *symbols, const char *name, uint64_t *ret);
/* Also with a compiler's suffix (".isra.0", ".constprop.0", ".cold", ".llvm.N"). */
bool symbols_find_fuzzy(struct symbols *symbols, const char *name, uint64_t *ret);
/*
 * Symbol that holds the address: the nearest at or below, in the same image or module. Of aliases
 * the one the kernel's own traces show. Per-CPU symbols of before v6.15 are small numbers: they
 * have names to find but hold no address.
 */
bool symbols_at(struct symbols *symbols, uint64_t address, struct symbol *ret);
/* The same for a per-CPU variable, as percpu_owner() gives it, whatever form it has. */
bool symbols_at_percpu(struct symbols *symbols, uint64_t variable, struct symbol *ret);
/* "name+0x12/0x34 [module]" as the kernel prints it, or "0x…" when nothing fits. */
void symbols_format(struct symbols *symbols, uint64_t address, char *buf, size_t size);
/*
 * The same for a return address, as in the kernel's call traces (sprint_backtrace): it belongs to
 * the function before it, also when that ended with the call. "caller+0x60/0x60".
 */
void symbols_format_return(struct symbols *symbols, uint64_t address, char *buf, size_t size);

/* [start, end) of a module's memory: one for each kind of it, since symbols end with theirs. */
struct symbol_range {
	uint64_t start, end;
};
/*
 * Make a module's symbols known. load fills the list (not finished) when an address in one of
 * the ranges, or a name the kernel does not have, is first asked for; what it adds before it fails
 * is kept. context must outlive symbols.
 */
struct err *symbols_add_module(struct symbols *symbols, const char *module,
			       const struct symbol_range *ranges, size_t range_count,
			       struct err *(*load)(void *context, struct symbol_list *list),
			       void *context);

#endif
