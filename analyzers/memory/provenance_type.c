/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What kind of object an address belongs to: by parameters, variables and members on the way. */
#include "memory/provenance_type.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kernel/dump/regs.h"
#include "kernel/insn/insn.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/types.h"

#define PARAMETERS_MAX 16

/* The registers of the first six integer arguments (System V ABI). */
int provenance_argument_index(enum reg reg)
{
	static const enum reg arguments[] = {REG_RDI, REG_RSI, REG_RDX, REG_RCX, REG_R8, REG_R9};

	for (size_t i = 0; i < ARRAY_SIZE(arguments); i++)
		if (arguments[i] == reg)
			return (int)i;
	return -1;
}

static bool is_record(struct type type)
{
	return type.kind == TYPE_STRUCT || type.kind == TYPE_UNION;
}

/* --- functions -------------------------------------------------------------------------------- */

/*
 * A compiler's clone (".isra.0", ".constprop.1", ".part.2") is known to types by its plain name.
 * *clone: its parameters may differ from the original's, some dropped, some replaced.
 */
static struct type function_type(struct walk *walk, const struct symbol *symbol, bool *clone)
{
	size_t length = strcspn(symbol->name, ".");
	char name[SYMBOL_NAME_MAX];

	snprintf(name, sizeof(name), "%.*s", (int)length, symbol->name);
	*clone = symbol->name[length] == '.';
	struct type type = types_find_symbol_in(walk->kernel->types, symbol->module, name);
	return type.kind == TYPE_FUNCTION ? type : (struct type){0};
}

/* What a parameter points to; TYPE_NONE when it is no pointer, or one to nothing in particular. */
static struct type parameter_target(struct type function, size_t parameter)
{
	struct member argument;

	if (function.kind != TYPE_FUNCTION || !type_member_at(function, parameter, &argument) ||
	    argument.type.kind != TYPE_POINTER)
		return (struct type){0};
	struct type target = type_target(argument.type);
	return is_record(target) || target.kind == TYPE_POINTER ? target : (struct type){0};
}

struct type provenance_parameter(struct walk *walk, const struct scope *scope, enum reg reg)
{
	bool clone;
	struct type function = function_type(walk, &scope->flow->symbol, &clone);
	int argument = provenance_argument_index(reg);

	if (clone || argument < 0)
		return (struct type){0};
	struct type target = parameter_target(function, (size_t)argument);
	return is_record(target) ? target : (struct type){0};
}

/* --- members ---------------------------------------------------------------------------------- */

static bool member_covering(struct type type, int64_t offset, char *path, size_t size,
			    struct member *ret)
{
	return is_record(type) && offset >= 0 &&
	       type_describe_offset(type, (uint64_t)offset, path, size, ret);
}

/*
 * The object has a pointer at this offset, and it points to what the value was used as, if that is
 * known.
 */
static bool fits(struct type object, int64_t offset, struct type used_as)
{
	struct member member;
	char path[96];

	if (!member_covering(object, offset, path, sizeof(path), &member) ||
	    member.type.kind != TYPE_POINTER || member_offset(&member) != (uint64_t)offset)
		return false;
	const char *name = type_name(type_target(member.type)), *used = type_name(used_as);
	return !name || !used || !strcmp(name, used);
}

/*
 * The only parameter of the original that fits a clone's register. The compiler may have dropped
 * parameters, so it is the one of that register or a later one.
 */
static struct type only_fitting(struct type function, size_t first, int64_t offset,
				struct type used_as)
{
	struct type found = {0};

	for (size_t i = first; i < type_count(function) && i < PARAMETERS_MAX; i++) {
		struct type object = parameter_target(function, i);

		if (!fits(object, offset, used_as))
			continue;
		if (found.kind != TYPE_NONE)
			return (struct type){0};
		found = object;
	}
	return found;
}

/* --- back through the code -------------------------------------------------------------------- */

static bool type_of_register(struct walk *walk, const struct point *point, enum reg reg,
			     struct type used_as, struct typed *ret);

/* What a pointer of this type points to, from its start. */
static bool point_to(struct type pointer, struct typed *ret)
{
	ret->type = pointer.kind == TYPE_POINTER ? type_target(pointer) : (struct type){0};
	ret->offset = 0;
	return is_record(ret->type) || ret->type.kind == TYPE_POINTER;
}

static bool type_of_parameter(struct walk *walk, struct scope *scope, enum reg reg,
			      struct type used_as, struct typed *ret)
{
	bool clone;
	struct type function = function_type(walk, &scope->flow->symbol, &clone);
	int parameter = provenance_argument_index(reg);

	if (parameter < 0 || function.kind == TYPE_NONE)
		return false;
	ret->type = clone ? only_fitting(function, (size_t)parameter, ret->offset, used_as)
			  : parameter_target(function, (size_t)parameter);
	if (clone)
		ret->doubt = "the only parameter that fits, of those the compiler may have moved";
	return ret->type.kind != TYPE_NONE;
}

/* What the register held on entry: by the function's own type, else by what the caller passed. */
static bool type_of_argument(struct walk *walk, struct scope *scope, enum reg reg,
			     struct type used_as, struct typed *ret)
{
	if (type_of_parameter(walk, scope, reg, used_as, ret))
		return true;
	struct scope *caller = provenance_caller(walk, scope);
	if (!caller || scope->link != LINK_CALL)
		return false;
	return type_of_register(walk, &(struct point){caller, caller->at, NULL}, reg, used_as, ret);
}

static bool type_of_variable(struct walk *walk, uint64_t address, struct typed *ret)
{
	struct symbol symbol;

	if (!symbols_at(walk->kernel->symbols, address, &symbol))
		return false;
	ret->type = types_find_symbol_in(walk->kernel->types, symbol.module, symbol.name);
	ret->offset += (int64_t)(address - symbol.address);
	if (ret->type.kind == TYPE_POINTER)
		snprintf(ret->path, sizeof(ret->path), "%.90s", symbol.name);
	return is_record(ret->type) || ret->type.kind == TYPE_POINTER;
}

/* From the place an access landed at to what the pointer there points to. */
static bool follow_member(struct typed *typed)
{
	struct type type = typed->type;
	struct member member;
	char path[96];

	if (type.kind == TYPE_POINTER) /* an array of them, or a variable */
		return point_to(type, typed);
	if (!member_covering(type, typed->offset, path, sizeof(path), &member) ||
	    member_offset(&member) != (uint64_t)typed->offset || !point_to(member.type, typed))
		return false;
	if (typed->type.kind == TYPE_POINTER)
		snprintf(typed->path, sizeof(typed->path), "%.40s.%.50s",
			 type_name(type) ? type_name(type) : "", path);
	return true;
}

static bool type_of_load(struct walk *walk, const struct point *point,
			 const struct operand *operand, struct typed *ret)
{
	return provenance_type_of_access(walk, point, operand, (struct type){0}, ret) &&
	       follow_member(ret);
}

/* What the instruction at a point left in reg, with ret->offset still to be added. */
static bool type_of_result(struct walk *walk, const struct point *point, enum reg reg,
			   struct type used_as, struct typed *ret)
{
	const struct insn *insn = &point->scope->flow->insns[point->index];
	const struct operand *to = &insn->operands[0], *from = &insn->operands[1];
	int64_t offset = ret->offset;
	struct symbol symbol;
	bool clone;

	if (insn->is_call)
		return reg == REG_RAX && insn->target &&
		       symbols_at(walk->kernel->symbols, insn->target, &symbol) &&
		       point_to(type_target(function_type(walk, &symbol, &clone)), ret) &&
		       ((ret->offset = offset), true);
	if (insn->operand_count != 2 || to->kind != OPERAND_REGISTER || to->size != 8)
		return false;
	if (insn_is(insn, "lea") && from->base == REG_RIP)
		return type_of_variable(walk, insn->address + insn->size + from->displacement, ret);
	if (insn_is(insn, "lea") && from->index == REG_NONE && from->base != REG_NONE) {
		ret->offset += from->displacement;
		return type_of_register(walk, point, from->base, used_as, ret);
	}
	if ((insn_is(insn, "add") || insn_is(insn, "sub")) && from->kind == OPERAND_IMMEDIATE) {
		ret->offset += insn_is(insn, "add") ? from->immediate : -from->immediate;
		return type_of_register(walk, point, reg, used_as, ret);
	}
	if (insn_is(insn, "add") && from->kind == OPERAND_MEMORY && from->gs)
		return type_of_register(walk, point, reg, used_as, ret); /* this_cpu_ptr() */
	if (!insn_is(insn, "mov"))
		return false;
	if (from->kind == OPERAND_REGISTER)
		return type_of_register(walk, point, from->reg, used_as, ret);
	if (from->kind == OPERAND_IMMEDIATE)
		return type_of_variable(walk, (uint64_t)from->immediate, ret);
	if (!type_of_load(walk, point, from, ret))
		return false;
	ret->offset = offset;
	return true;
}

static bool same_type(const struct typed *a, const struct typed *b)
{
	const char *name = type_name(a->type), *other = type_name(b->type);

	return a->offset == b->offset && a->type.kind == b->type.kind &&
	       (name && other ? !strcmp(name, other) : a->type.id == b->type.id);
}

/* By each path that leads here; those that give a type have to give the same. */
static bool type_of_ways(struct walk *walk, const struct point *point, enum reg reg,
			 struct type used_as, struct typed *ret)
{
	struct scope *scope = point->scope;
	struct flow_definitions set;
	unsigned told = 0, ways;

	flow_definitions(scope->flow, provenance_in_register(reg), point->index, &set);
	ways = set.count + set.entry;
	for (unsigned i = 0; i < ways; i++) {
		struct point way = {scope, i < set.count ? set.at[i] : 0, point};
		struct typed typed = {.offset = ret->offset};
		bool found = i < set.count ? type_of_result(walk, &way, reg, used_as, &typed)
					   : type_of_argument(walk, scope, reg, used_as, &typed);

		if (!found)
			continue;
		if (told++ && !same_type(&typed, ret))
			return false;
		*ret = typed;
	}
	if (!ret->doubt && (ways > 1 || set.lost))
		ret->doubt = "on any way here that tells";
	return told > 0;
}

static bool type_of_register(struct walk *walk, const struct point *point, enum reg reg,
			     struct type used_as, struct typed *ret)
{
	if (reg >= REG_RIP || !walk->budget || walk->depth == WALK_DEPTH)
		return false;
	walk->budget--;
	walk->depth++;
	bool found = type_of_ways(walk, point, reg, used_as, ret);
	walk->depth--;
	return found;
}

/* --- accesses --------------------------------------------------------------------------------- */

static uint64_t per_cpu_variable(const struct insn *insn, const struct operand *operand)
{
	return (uint64_t)operand->displacement +
	       (operand->base == REG_RIP ? insn->address + insn->size : 0);
}

bool provenance_type_of_access(struct walk *walk, const struct point *point,
			       const struct operand *operand, struct type used_as,
			       struct typed *ret)
{
	const struct insn *insn = &point->scope->flow->insns[point->index];
	struct known index = {0};

	*ret = (struct typed){0};
	if (operand->kind != OPERAND_MEMORY || operand->fs)
		return false;
	if (operand->index != REG_NONE &&
	    !provenance_register_value(walk, point, operand->index, &index))
		return false;
	ret->offset = (int64_t)(index.value * (uint64_t)operand->scale);
	if (operand->base == REG_RIP || operand->base == REG_NONE)
		return type_of_variable(walk, per_cpu_variable(insn, operand), ret);
	ret->offset += operand->displacement;
	return !operand->gs && type_of_register(walk, point, operand->base, used_as, ret);
}

bool provenance_typed_member(const struct typed *typed, char *member, size_t size)
{
	struct member found;

	member[0] = '\0';
	return is_record(typed->type) &&
	       (typed->offset < 0 ||
		member_covering(typed->type, typed->offset, member, size, &found));
}

bool provenance_typed_format(const struct typed *typed, char *buf, size_t size)
{
	char type[96], member[96];

	type_format(typed->type, type, sizeof(type));
	if (typed->type.kind == TYPE_POINTER) {
		if (!typed->path[0])
			return false;
		if (typed->offset)
			snprintf(buf, size, "%s[%" PRId64 "], a %s", typed->path, typed->offset / 8,
				 type);
		else
			snprintf(buf, size, "%s, a %s", typed->path, type);
		return true;
	}
	if (!provenance_typed_member(typed, member, sizeof(member)))
		return false;
	if (member[0])
		snprintf(buf, size, "%s.%s, at offset %" PRId64, type, member, typed->offset);
	else
		snprintf(buf, size, "%" PRId64 " bytes before a %s, in what it is a member of",
			 -typed->offset, type);
	return true;
}
