/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TYPES_TYPES
#define TRIAGE_KERNEL_TYPES_TYPES

#include "kernel/types/type.h"

/* The providers of one kernel, asked in the order they were added; absent names are remembered. */
struct types;
struct err *types_open(struct types **ret);
/* Takes the provider over, also on error. */
struct err *types_add(struct types *types, struct type_provider *provider);
void types_close(struct types *types);
DEFINE_CLEANUP(struct types, types_close)
bool types_any(const struct types *types);
/* Grows with what providers know: an answer "absent" given before may not hold any more. */
size_t types_generation(const struct types *types);
/* The first provider of a source, "probed", or NULL. */
struct type_provider *types_provider(struct types *types, const char *source);
/* To be called when a provider that was added before has got new types or members. */
void types_grown(struct types *types);

/* Finds the types a module has of its own, and hands them to types_add(). */
typedef struct err *types_load_fn(void *context, const char *module);
/* Whom to ask, once for each module; context must outlive types. */
void types_set_loader(struct types *types, types_load_fn *load, void *context);

/* kind TYPE_NONE: any kind; typedef names are found too and resolved. TYPE_NONE when absent. */
struct type types_find(struct types *types, enum type_kind kind, const char *name);
struct type types_find_struct(struct types *types, const char *name);
/* With all its members, where anybody knows them: a profile has those alone that are in its tables. */
struct type types_find_whole(struct types *types, enum type_kind kind, const char *name);
/* From one module's own types first, loaded when first asked for; module may be "" or NULL. */
struct type types_find_in(struct types *types, const char *module, enum type_kind kind,
			  const char *name);
struct type types_find_symbol(struct types *types, const char *name);
/* The same of a module's own symbol; module "" or NULL: of the kernel's. */
struct type types_find_symbol_in(struct types *types, const char *module, const char *name);
bool types_enumerator(struct types *types, const char *enum_name, const char *name, uint64_t *ret);

#endif
