/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scopes around an address in a program's DWARF, and the full names of functions. */
#include "kernel/types/dwarf_scopes.h"

#include <dwarf.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "kernel/symbols/demangle.h"

#define DIES_MAX 4000000 /* looked at in one search */

struct walk {
	Dwarf_Addr address;
	Dwarf_Die chain[DWARF_SCOPES_MAX]; /* outermost first */
	size_t depth, left;
};

static bool is_scope(int tag)
{
	return tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine ||
	       tag == DW_TAG_lexical_block;
}

static bool holds_scopes(int tag)
{
	return tag == DW_TAG_namespace || tag == DW_TAG_structure_type ||
	       tag == DW_TAG_class_type || tag == DW_TAG_module;
}

/* Enter the first child with the address in it; those that only hold scopes are gone through. */
static bool descend(struct walk *walk, Dwarf_Die *parent, unsigned nesting)
{
	Dwarf_Die die;

	if (nesting >= DWARF_SCOPES_MAX || dwarf_child(parent, &die))
		return false;
	do {
		int tag = dwarf_tag(&die);

		if (!walk->left || !walk->left--)
			return false;
		if (holds_scopes(tag) && descend(walk, &die, nesting + 1))
			return true;
		if (!is_scope(tag) || dwarf_haspc(&die, walk->address) <= 0 ||
		    walk->depth == DWARF_SCOPES_MAX)
			continue;
		walk->chain[walk->depth++] = die;
		descend(walk, &die, nesting + 1);
		return true;
	} while (!dwarf_siblingof(&die, &die));
	return false;
}

size_t dwarf_scopes(Dwarf *dwarf, Dwarf_Addr address, Dwarf_Die ret[DWARF_SCOPES_MAX])
{
	struct walk walk = {.address = address, .left = DIES_MAX};
	Dwarf_Die unit;

	if (!dwarf_addrdie(dwarf, address, &unit))
		return 0;
	descend(&walk, &unit, 0);
	for (size_t i = 0; i < walk.depth; i++)
		ret[i] = walk.chain[walk.depth - 1 - i];
	return walk.depth;
}

/* The DIE of the declaration that a concrete or inlined function stands for. */
static void declaration_of(Dwarf_Die *die)
{
	static const unsigned links[] = {DW_AT_abstract_origin, DW_AT_specification};

	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		Dwarf_Attribute attribute;

		if (dwarf_attr(die, links[i], &attribute))
			dwarf_formref_die(&attribute, die);
	}
}

static bool put_parents(Dwarf_Die *function, struct str *text)
{
	_free_ Dwarf_Die *scopes = NULL;
	int count = dwarf_getscopes_die(function, &scopes);

	for (int i = count - 1; i > 0; i--)
		if (holds_scopes(dwarf_tag(&scopes[i])) && dwarf_diename(&scopes[i]))
			str_printf(text, "%s::", dwarf_diename(&scopes[i]));
	return count > 0;
}

bool dwarf_qualified_name(Dwarf_Die *function, char *ret, size_t size)
{
	Dwarf_Die die = *function;
	Dwarf_Attribute attribute;
	_str_ struct str text = {0};
	const char *linked = dwarf_attr_integrate(function, DW_AT_linkage_name, &attribute)
				     ? dwarf_formstring(&attribute)
				     : NULL;

	if (linked) {
		demangle(linked, ret, size);
		return true;
	}
	declaration_of(&die);
	if (!dwarf_diename(&die))
		return false;
	put_parents(&die, &text);
	str_puts(&text, dwarf_diename(&die));
	if (!text.failed)
		copy_string(ret, size, text.data);
	return !text.failed;
}
