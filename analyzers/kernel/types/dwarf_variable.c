/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which variable a register holds at an instruction, and which member of it is meant. */
#include "kernel/types/dwarf_variable.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "kernel/types/dwarf_scopes.h"

#define VARIABLES_MAX 2000 /* of one scope */
#define NESTING_MAX 8	   /* structures within structures */
#define EXPRESSIONS_MAX 4
#define MEMBERS_MAX 4000

struct search {
	const struct dwarf_use *use;
	Dwarf_Die variable;
	int64_t added; /* the register holds the variable's value plus this */
};

/* --- the variable ----------------------------------------------------------------------------- */

/* The register itself, or a value computed of it alone. */
static bool is_in_register(const Dwarf_Op *ops, size_t count, unsigned reg, int64_t *added)
{
	*added = 0;
	if (!count)
		return false;
	if (count == 1 && ops[0].atom >= DW_OP_reg0 && ops[0].atom <= DW_OP_reg31)
		return (unsigned)(ops[0].atom - DW_OP_reg0) == reg;
	*added = -(int64_t)ops[0].number;
	return count == 2 && ops[1].atom == DW_OP_stack_value && ops[0].atom >= DW_OP_breg0 &&
	       ops[0].atom <= DW_OP_breg31 && (unsigned)(ops[0].atom - DW_OP_breg0) == reg;
}

static bool holds(struct search *search, Dwarf_Die *variable)
{
	Dwarf_Op *ops[EXPRESSIONS_MAX];
	size_t lengths[EXPRESSIONS_MAX];
	Dwarf_Attribute location;

	if (!dwarf_attr(variable, DW_AT_location, &location))
		return false;
	int count = dwarf_getlocation_addr(&location, search->use->address, ops, lengths,
					   EXPRESSIONS_MAX);
	for (int i = 0; i < count; i++)
		if (is_in_register(ops[i], lengths[i], search->use->reg, &search->added))
			return true;
	return false;
}

static bool find_in_scope(struct search *search, Dwarf_Die *scope)
{
	Dwarf_Die die;
	size_t left = VARIABLES_MAX;

	if (dwarf_child(scope, &die))
		return false;
	do {
		int tag = dwarf_tag(&die);

		if ((tag == DW_TAG_variable || tag == DW_TAG_formal_parameter) &&
		    dwarf_diename(&die) && holds(search, &die)) {
			search->variable = die;
			return true;
		}
	} while (--left && !dwarf_siblingof(&die, &die));
	return false;
}

static bool find_variable(struct search *search, Dwarf *dwarf)
{
	Dwarf_Die scopes[DWARF_SCOPES_MAX];
	size_t count = dwarf_scopes(dwarf, search->use->address, scopes);

	for (size_t i = 0; i < count; i++)
		if (find_in_scope(search, &scopes[i]))
			return true;
	return false;
}

/* --- its members ------------------------------------------------------------------------------ */

/* The type of a DIE without typedefs and qualifiers. */
static bool bare_type(Dwarf_Die *die, Dwarf_Die *ret)
{
	Dwarf_Attribute attribute;

	return dwarf_attr_integrate(die, DW_AT_type, &attribute) &&
	       dwarf_formref_die(&attribute, ret) && !dwarf_peel_type(ret, ret);
}

static bool is_pointer(Dwarf_Die *type)
{
	int tag = dwarf_tag(type);

	return tag == DW_TAG_pointer_type || tag == DW_TAG_reference_type ||
	       tag == DW_TAG_rvalue_reference_type;
}

static bool is_structure(Dwarf_Die *type)
{
	int tag = dwarf_tag(type);

	return tag == DW_TAG_structure_type || tag == DW_TAG_class_type || tag == DW_TAG_union_type;
}

/* The part of a structure that an offset lies in; a base class' members count as its own. */
static bool part_at(Dwarf_Die *structure, int64_t *offset, Dwarf_Die *part)
{
	size_t left = MEMBERS_MAX;

	if (dwarf_child(structure, part))
		return false;
	do {
		Dwarf_Attribute attribute;
		Dwarf_Word start = 0, size;
		Dwarf_Die type;
		int tag = dwarf_tag(part);

		if ((tag != DW_TAG_member && tag != DW_TAG_inheritance) || !bare_type(part, &type))
			continue;
		if (dwarf_attr(part, DW_AT_data_member_location, &attribute) &&
		    dwarf_formudata(&attribute, &start))
			continue;
		if (!dwarf_aggregate_size(&type, &size) && *offset >= (int64_t)start &&
		    (uint64_t)*offset - start < size) {
			*offset -= (int64_t)start;
			return true;
		}
	} while (--left && !dwarf_siblingof(part, part));
	return false;
}

/* Appends ".member.member" down to what stands at the offset; type becomes that of it. */
static bool put_members(struct str *text, const char *join, int64_t offset, Dwarf_Die *type)
{
	for (unsigned i = 0; i < NESTING_MAX && is_structure(type); i++) {
		Dwarf_Die part;

		if (offset < 0 || !part_at(type, &offset, &part) || !bare_type(&part, type))
			return false;
		if (dwarf_tag(&part) == DW_TAG_inheritance || !dwarf_diename(&part))
			continue;
		str_puts(text, join);
		str_puts(text, dwarf_diename(&part));
		join = ".";
	}
	if (dwarf_tag(type) == DW_TAG_array_type) {
		str_puts(text, "[i]");
		return bare_type(type, type);
	}
	return !offset;
}

/* What lies at an offset behind a pointer whose name is in text already. */
static bool put_target(struct str *text, int64_t offset, bool indexed, Dwarf_Die *pointer)
{
	Dwarf_Die type;
	Dwarf_Word size = 0;

	if (!is_pointer(pointer) || !bare_type(pointer, &type))
		return false;
	*pointer = type;
	if (is_structure(&type) && !indexed)
		return put_members(text, "->", offset, pointer);
	if (indexed) {
		str_puts(text, "[i]");
		return true;
	}
	if (dwarf_aggregate_size(&type, &size) || !size || offset % (int64_t)size)
		return false;
	str_printf(text, "[%lld]", (long long)(offset / (int64_t)size));
	return true;
}

static bool describe(struct search *search, struct str *text)
{
	const struct dwarf_use *use = search->use;
	Dwarf_Die type;

	str_puts(text, dwarf_diename(&search->variable));
	if (!bare_type(&search->variable, &type))
		return false;
	if (!put_target(text, use->offset + search->added, use->indexed && !use->loaded, &type))
		return false;
	return !use->loaded || put_target(text, use->then, use->indexed, &type);
}

bool dwarf_variable_use(int fd, const struct dwarf_use *use, char *ret, size_t size)
{
	struct search search = {.use = use};
	_str_ struct str text = {0};
	Dwarf *dwarf = dwarf_begin(fd, DWARF_C_READ);
	bool found =
		dwarf && find_variable(&search, dwarf) && describe(&search, &text) && !text.failed;

	if (found)
		copy_string(ret, size, text.data);
	dwarf_end(dwarf);
	return found;
}
