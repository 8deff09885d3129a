/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TYPES_DWARF_SCOPES
#define TRIAGE_KERNEL_TYPES_DWARF_SCOPES

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>

#define DWARF_SCOPES_MAX 64

/*
 * Function, inlined functions and blocks around an address as linked, innermost first; the inlined ones
 * as they were inlined there. libdw's dwarf_getscopes() looks into no structure, where methods of Rust
 * stand. How many there are.
 */
size_t dwarf_scopes(Dwarf *dwarf, Dwarf_Addr address, Dwarf_Die ret[DWARF_SCOPES_MAX]);
/* "lab::queue::get": a function's name with what it is declared in; false where it has no name. */
bool dwarf_qualified_name(Dwarf_Die *function, char *ret, size_t size);

#endif
