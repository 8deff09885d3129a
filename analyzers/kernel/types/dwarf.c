/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types and source lines from the DWARF of a vmlinux; the only file that knows libdw. A vmlinux has
 * thousands of units, each with its own copy of most types: they are scanned once at most, and only
 * as far as the names asked for make necessary; all names met on the way are kept.
 */
#include "kernel/types/dwarf.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <string.h>

#include "base/hash.h"
#include "base/str.h"

#define STRIP_MAX 32   /* typedefs and qualifiers on one type */
#define NESTING_MAX 16 /* arrays of arrays */
#define CURSORS 16
#define SCOPES_MAX 256
#define FORGET_UNITS 64 /* scanned, until their memory is given back: some 10 MiB */

/* An array of several dimensions is one DIE: ids carry which of them is meant. */
#define DIMENSION_SHIFT 56
#define ALTERNATE (UINT64_C(1) << 55) /* in the file of dwz */
#define OFFSET_MASK ((UINT64_C(1) << DIMENSION_SHIFT) - 1)

/* Where the last look at a type's children ended: members are asked for in order. */
struct cursor {
	uint64_t id;
	size_t i;
	Dwarf_Die die;
	bool valid;
};

struct dwarf {
	struct type_provider provider;
	struct dwarf_file *file;
	struct dwarf_file *scanning; /* this, then its alternate; NULL: all is scanned */
	Dwarf_CU *unit;		     /* the last one scanned */
	unsigned units;
	struct map names; /* hash of name space and name → offset of the DIE */
	struct cursor cursors[CURSORS];
};

/* Name spaces of the map. */
enum space { SPACE_NONE, SPACE_STRUCT, SPACE_UNION, SPACE_ENUM, SPACE_PLAIN, SPACE_SYMBOL };

static struct dwarf *dwarf_of(struct type_provider *provider)
{
	return (struct dwarf *)provider;
}

static bool get_die(struct dwarf *dwarf, uint64_t id, Dwarf_Die *ret)
{
	struct dwarf_file *file = id & ALTERNATE ? dwarf->file->alternate : dwarf->file;

	return id && file && dwarf_offdie(file->dbg, id & OFFSET_MASK & ~ALTERNATE, ret);
}

static uint64_t id_of(struct dwarf *dwarf, Dwarf_Die *die)
{
	uint64_t file = dwarf_cu_getdwarf(die->cu) == dwarf->file->dbg ? 0 : ALTERNATE;

	return dwarf_dieoffset(die) | file;
}

static bool attribute_number(Dwarf_Die *die, unsigned name, uint64_t *ret)
{
	Dwarf_Attribute attribute;

	return dwarf_attr_integrate(die, name, &attribute) && !dwarf_formudata(&attribute, ret);
}

static bool attribute_die(Dwarf_Die *die, unsigned name, Dwarf_Die *ret)
{
	Dwarf_Attribute attribute;

	return dwarf_attr_integrate(die, name, &attribute) && dwarf_formref_die(&attribute, ret);
}

/* --- names ------------------------------------------------------------------------------------ */

static enum space space_of(int tag)
{
	switch (tag) {
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
		return SPACE_STRUCT;
	case DW_TAG_union_type:
		return SPACE_UNION;
	case DW_TAG_enumeration_type:
		return SPACE_ENUM;
	case DW_TAG_base_type:
	case DW_TAG_typedef:
		return SPACE_PLAIN;
	case DW_TAG_subprogram:
	case DW_TAG_variable:
		return SPACE_SYMBOL;
	default:
		return SPACE_NONE;
	}
}

static uint64_t key_of(enum space space, const char *name)
{
	return hash_string(name) * 31 + space;
}

static void note_name(struct dwarf *dwarf, Dwarf_Die *die)
{
	enum space space = space_of(dwarf_tag(die));
	const char *name = space == SPACE_NONE ? NULL : dwarf_diename(die);

	/* A forward declaration has no members, while that of a variable has its type. */
	if (name && (space == SPACE_SYMBOL || !dwarf_hasattr(die, DW_AT_declaration)))
		map_add(&dwarf->names, key_of(space, name), id_of(dwarf, die));
}

/* Note the names of one more unit; false after the last. */
static bool scan_unit(struct dwarf *dwarf)
{
	Dwarf_Die unit, die;

	if (!dwarf->scanning)
		return false;
	if (dwarf_get_units(dwarf->scanning->dbg, dwarf->unit, &dwarf->unit, NULL, NULL, &unit,
			    NULL)) {
		dwarf->scanning = dwarf->scanning->alternate;
		dwarf->unit = NULL;
		return dwarf->scanning != NULL;
	}
	if (++dwarf->units % FORGET_UNITS == 0)
		dwarf_file_forget(dwarf->scanning);
	if (dwarf_child(&unit, &die))
		return true;
	do
		note_name(dwarf, &die);
	while (!dwarf_siblingof(&die, &die));
	return true;
}

/* What is no name in C, as of a cache ("kmalloc-32"), is not worth the search. */
static bool is_name(const char *name)
{
	return !name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789_")];
}

static bool find_die(struct dwarf *dwarf, enum space space, const char *name, Dwarf_Die *ret)
{
	uint64_t key = key_of(space, name), *offset;

	if (!is_name(name))
		return false;

	while (!(offset = map_get(&dwarf->names, key)))
		if (!scan_unit(dwarf))
			return false;
	if (!get_die(dwarf, *offset, ret))
		return false;
	const char *found = dwarf_diename(ret);
	return found && !strcmp(found, name);
}

/* --- the model -------------------------------------------------------------------------------- */

static enum type_kind kind_of(Dwarf_Die *die)
{
	uint64_t encoding;

	switch (dwarf_tag(die)) {
	case DW_TAG_base_type:
		return attribute_number(die, DW_AT_encoding, &encoding) && encoding == DW_ATE_float
			       ? TYPE_FLOAT
			       : TYPE_INT;
	case DW_TAG_pointer_type:
		return TYPE_POINTER;
	case DW_TAG_array_type:
		return TYPE_ARRAY;
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
		return TYPE_STRUCT;
	case DW_TAG_union_type:
		return TYPE_UNION;
	case DW_TAG_enumeration_type:
		return TYPE_ENUM;
	case DW_TAG_subroutine_type:
	case DW_TAG_subprogram:
		return TYPE_FUNCTION;
	default:
		return TYPE_NONE;
	}
}

static bool is_wrapper(int tag)
{
	return tag == DW_TAG_typedef || tag == DW_TAG_const_type || tag == DW_TAG_volatile_type ||
	       tag == DW_TAG_restrict_type || tag == DW_TAG_atomic_type || tag == DW_TAG_variable;
}

/* A DIE's type with all that wraps it taken off; a wrapper without DW_AT_type is void's. */
static struct type strip(struct dwarf *dwarf, Dwarf_Die die)
{
	for (unsigned i = 0; i < STRIP_MAX && is_wrapper(dwarf_tag(&die)); i++)
		if (!attribute_die(&die, DW_AT_type, &die))
			return (struct type){&dwarf->provider, 0, TYPE_VOID};
	enum type_kind kind = kind_of(&die);
	if (kind == TYPE_NONE)
		return (struct type){0};
	return (struct type){&dwarf->provider, id_of(dwarf, &die), kind};
}

/* What DW_AT_type names; void where there is none. */
static struct type type_of(struct dwarf *dwarf, Dwarf_Die *die)
{
	Dwarf_Die type;

	return attribute_die(die, DW_AT_type, &type)
		       ? strip(dwarf, type)
		       : (struct type){&dwarf->provider, 0, TYPE_VOID};
}

static struct type find(struct type_provider *provider, enum type_kind kind, const char *name)
{
	static const struct {
		enum type_kind kind;
		enum space space;
	} tagged[] = {
		{TYPE_STRUCT, SPACE_STRUCT}, {TYPE_UNION, SPACE_UNION}, {TYPE_ENUM, SPACE_ENUM}};
	struct dwarf *dwarf = dwarf_of(provider);
	Dwarf_Die die;

	for (size_t i = 0; i < ARRAY_SIZE(tagged); i++)
		if ((kind == TYPE_NONE || kind == tagged[i].kind) &&
		    find_die(dwarf, tagged[i].space, name, &die))
			return strip(dwarf, die);
	if (!find_die(dwarf, SPACE_PLAIN, name, &die))
		return (struct type){0};
	struct type type = strip(dwarf, die);
	return kind == TYPE_NONE || kind == type.kind ? type : (struct type){0};
}

static struct type find_symbol(struct type_provider *provider, const char *name)
{
	struct dwarf *dwarf = dwarf_of(provider);
	Dwarf_Die die;

	return find_die(dwarf, SPACE_SYMBOL, name, &die) ? strip(dwarf, die) : (struct type){0};
}

static const char *name_of(struct type_provider *provider, struct type type)
{
	Dwarf_Die die;

	return get_die(dwarf_of(provider), type.id, &die) ? dwarf_diename(&die) : NULL;
}

/* The DIE of a type; of one only declared where it stands, the definition from elsewhere. */
static bool get_complete(struct dwarf *dwarf, struct type type, Dwarf_Die *ret)
{
	if (!get_die(dwarf, type.id, ret))
		return false;
	if (!dwarf_hasattr(ret, DW_AT_declaration) || type.kind == TYPE_FUNCTION)
		return true;
	const char *name = dwarf_diename(ret);
	return name && find_die(dwarf, space_of(dwarf_tag(ret)), name, ret);
}

/* --- children --------------------------------------------------------------------------------- */

static bool is_part(int tag)
{
	return tag == DW_TAG_member || tag == DW_TAG_formal_parameter || tag == DW_TAG_enumerator ||
	       tag == DW_TAG_subrange_type;
}

/* Moves die on to the first part at or after it. */
static bool settle(Dwarf_Die *die)
{
	while (!is_part(dwarf_tag(die)))
		if (dwarf_siblingof(die, die))
			return false;
	return true;
}

static bool next_part(Dwarf_Die *die)
{
	return !dwarf_siblingof(die, die) && settle(die);
}

/* The i-th member, parameter, enumerator or dimension. */
static bool get_part(struct dwarf *dwarf, struct type type, size_t i, Dwarf_Die *ret)
{
	struct cursor *cursor = &dwarf->cursors[type.id / 8 % CURSORS];
	Dwarf_Die parent;

	if (!cursor->valid || cursor->id != type.id || cursor->i > i) {
		cursor->valid = get_complete(dwarf, type, &parent) &&
				!dwarf_child(&parent, &cursor->die) && settle(&cursor->die);
		cursor->id = type.id;
		cursor->i = 0;
	}
	while (cursor->valid && cursor->i < i) {
		cursor->valid = next_part(&cursor->die);
		cursor->i++;
	}
	*ret = cursor->die;
	return cursor->valid;
}

static size_t count_parts(struct dwarf *dwarf, struct type type)
{
	Dwarf_Die die;
	size_t count = 0;

	if (!get_complete(dwarf, type, &die) || dwarf_child(&die, &die) || !settle(&die))
		return 0;
	do
		count++;
	while (next_part(&die));
	return count;
}

/* Elements in one dimension of an array; 0 for a flexible one. */
static size_t array_length(struct dwarf *dwarf, struct type type)
{
	struct type whole = {type.provider, type.id & OFFSET_MASK, TYPE_ARRAY};
	uint64_t value;
	Dwarf_Die range;

	if (!get_part(dwarf, whole, type.id >> DIMENSION_SHIFT, &range))
		return 0;
	if (attribute_number(&range, DW_AT_count, &value))
		return value;
	/* gcc writes -1 as the upper bound of an array of no elements. */
	return attribute_number(&range, DW_AT_upper_bound, &value) && value < UINT32_MAX ? value + 1
											 : 0;
}

static size_t count(struct type_provider *provider, struct type type)
{
	return type.kind == TYPE_ARRAY ? array_length(dwarf_of(provider), type)
				       : count_parts(dwarf_of(provider), type);
}

static struct type element_of(struct dwarf *dwarf, struct type type)
{
	struct type whole = {type.provider, type.id & OFFSET_MASK, TYPE_ARRAY};
	uint64_t next = (type.id >> DIMENSION_SHIFT) + 1;
	Dwarf_Die die;

	if (next < 128 && get_part(dwarf, whole, next, &die))
		return (struct type){type.provider, whole.id | next << DIMENSION_SHIFT, TYPE_ARRAY};
	return get_die(dwarf, type.id, &die) ? type_of(dwarf, &die) : (struct type){0};
}

static struct type target(struct type_provider *provider, struct type type)
{
	Dwarf_Die die;

	if (type.kind == TYPE_ARRAY)
		return element_of(dwarf_of(provider), type);
	if ((type.kind == TYPE_POINTER || type.kind == TYPE_FUNCTION) &&
	    get_die(dwarf_of(provider), type.id, &die))
		return type_of(dwarf_of(provider), &die);
	return (struct type){0};
}

static uint64_t size_of(struct type_provider *provider, struct type type)
{
	struct dwarf *dwarf = dwarf_of(provider);
	uint64_t elements = 1, size;
	Dwarf_Die die;

	for (unsigned i = 0; i < NESTING_MAX && type.kind == TYPE_ARRAY; i++) {
		elements *= array_length(dwarf, type);
		if (!elements || elements > UINT32_MAX)
			return 0;
		type = element_of(dwarf, type);
	}
	if (type.kind == TYPE_POINTER)
		return elements * 8;
	if (type.kind == TYPE_FUNCTION || type.kind == TYPE_ARRAY ||
	    !get_complete(dwarf, type, &die))
		return 0;
	return attribute_number(&die, DW_AT_byte_size, &size) && size <= UINT32_MAX
		       ? elements * size
		       : 0;
}

/* DWARF 2 gives the place as an expression, DW_OP_plus_uconst N; later versions as a number. */
static uint64_t member_bytes(Dwarf_Die *die)
{
	Dwarf_Attribute attribute;
	Dwarf_Op *ops;
	size_t length;
	uint64_t offset;

	if (!dwarf_attr(die, DW_AT_data_member_location, &attribute))
		return 0;
	if (!dwarf_formudata(&attribute, &offset))
		return offset;
	if (!dwarf_getlocation(&attribute, &ops, &length) && length == 1 &&
	    ops[0].atom == DW_OP_plus_uconst)
		return ops[0].number;
	return 0;
}

static void place_member(struct dwarf *dwarf, Dwarf_Die *die, struct member *member)
{
	uint64_t bytes = member_bytes(die), value, storage;

	member->bit_offset = bytes * 8;
	if (!attribute_number(die, DW_AT_bit_size, &member->bit_size))
		return;
	if (attribute_number(die, DW_AT_data_bit_offset, &value)) {
		member->bit_offset = value;
	} else if (attribute_number(die, DW_AT_bit_offset, &value)) {
		/* Until DWARF 4 counted from the storage unit's most significant bit. */
		if (!attribute_number(die, DW_AT_byte_size, &storage))
			storage = size_of(&dwarf->provider, member->type);
		member->bit_offset += storage * 8 - value - member->bit_size;
	}
}

static bool member(struct type_provider *provider, struct type type, size_t i, struct member *ret)
{
	struct dwarf *dwarf = dwarf_of(provider);
	Dwarf_Die die;

	if (type.kind == TYPE_ARRAY || type.kind == TYPE_ENUM || !get_part(dwarf, type, i, &die))
		return false;
	*ret = (struct member){.name = dwarf_diename(&die), .type = type_of(dwarf, &die)};
	if (type.kind != TYPE_FUNCTION)
		place_member(dwarf, &die, ret);
	return true;
}

static bool enumerator(struct type_provider *provider, struct type type, size_t i,
		       const char **name, uint64_t *value)
{
	Dwarf_Attribute attribute;
	Dwarf_Sword number;
	Dwarf_Die die;

	if (type.kind != TYPE_ENUM || !get_part(dwarf_of(provider), type, i, &die) ||
	    !dwarf_attr(&die, DW_AT_const_value, &attribute) ||
	    dwarf_formsdata(&attribute, &number))
		return false;
	*name = dwarf_diename(&die);
	*value = (uint64_t)number;
	return true;
}

/* --- opening ---------------------------------------------------------------------------------- */

static void close_dwarf(struct type_provider *provider)
{
	struct dwarf *dwarf = dwarf_of(provider);

	dwarf_file_close(dwarf->file);
	map_deinit(&dwarf->names);
	free(dwarf);
}

static const struct type_ops dwarf_ops = {
	.name = "dwarf",
	.find = find,
	.find_symbol = find_symbol,
	.type_name = name_of,
	.size = size_of,
	.target = target,
	.count = count,
	.member = member,
	.enumerator = enumerator,
	.close = close_dwarf,
};

struct err *dwarf_open(int fd, const struct dwarf_search *search, struct type_provider **ret)
{
	_cleanup_(cleanup_dwarf_file_close) struct dwarf_file *file = NULL;

	TRY(dwarf_file_open(fd, search, &file));
	struct dwarf *dwarf = calloc(1, sizeof(*dwarf));
	if (!dwarf)
		return &err_nomem;
	dwarf->file = dwarf->scanning = take_ptr(file);
	dwarf->provider.ops = &dwarf_ops;
	*ret = &dwarf->provider;
	return NULL;
}

/* --- lines ------------------------------------------------------------------------------------ */

/* The unit of an address; .debug_aranges may be left out (clang does), then by asking each one. */
static bool find_unit(Dwarf *dbg, uint64_t address, Dwarf_Die *ret)
{
	Dwarf_CU *unit = NULL;

	if (dwarf_addrdie(dbg, address, ret))
		return true;
	while (!dwarf_get_units(dbg, unit, &unit, NULL, NULL, ret, NULL))
		if (dwarf_haspc(ret, address) > 0)
			return true;
	return false;
}

static void put_place(struct source_line *line, const char *file, uint64_t number)
{
	copy_string(line->file, sizeof(line->file), file ? file : "");
	line->line = (unsigned)number;
}

static void put_address_place(Dwarf_Die *unit, uint64_t address, struct source_line *line)
{
	Dwarf_Line *at = dwarf_getsrc_die(unit, address);
	int number = 0;

	if (at)
		dwarf_lineno(at, &number);
	put_place(line, at ? dwarf_linesrc(at, NULL, NULL) : NULL, (uint64_t)number);
}

/* Where an inlined function's call stands. */
static void put_call_place(Dwarf_Die *unit, Dwarf_Die *inlined, struct source_line *line)
{
	uint64_t file = 0, number = 0;
	Dwarf_Files *files;
	size_t count;

	attribute_number(inlined, DW_AT_call_file, &file);
	attribute_number(inlined, DW_AT_call_line, &number);
	bool known = !dwarf_getsrcfiles(unit, &files, &count) && file < count;
	put_place(line, known ? dwarf_filesrc(files, file, NULL, NULL) : NULL, number);
}

static size_t walk_scopes(Dwarf_Die *unit, uint64_t address, Dwarf_Die *scopes, int scope_count,
			  struct source_line *ret, size_t max)
{
	Dwarf_Die *inlined = NULL;
	size_t count = 0;

	for (int i = 0; i < MIN(scope_count, SCOPES_MAX) && count < max; i++) {
		int tag = dwarf_tag(&scopes[i]);
		const char *name = dwarf_diename(&scopes[i]);

		if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram)
			continue;
		if (inlined)
			put_call_place(unit, inlined, &ret[count]);
		else
			put_address_place(unit, address, &ret[count]);
		copy_string(ret[count].function, sizeof(ret[count].function), name ? name : "");
		count++;
		inlined = &scopes[i];
		if (tag == DW_TAG_subprogram)
			break;
	}
	return count;
}

size_t dwarf_lines(struct type_provider *provider, uint64_t address, struct source_line *ret,
		   size_t max)
{
	Dwarf_Die unit, *innermost = NULL, *scopes = NULL;
	size_t count = 0;

	if (!max || !find_unit(dwarf_of(provider)->file->dbg, address, &unit))
		return 0;
	/* By address the scopes around an inlined function are those of its definition; by DIE
	 * those of where it was inlined, which is what is asked for here. */
	if (dwarf_getscopes(&unit, address, &innermost) > 0) {
		int found = dwarf_getscopes_die(&innermost[0], &scopes);

		count = walk_scopes(&unit, address, scopes, found, ret, max);
	}
	free(innermost);
	free(scopes);
	if (!count) {
		put_address_place(&unit, address, &ret[0]);
		ret[0].function[0] = '\0';
		count = ret[0].line > 0;
	}
	return count;
}
