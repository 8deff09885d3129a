/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where several paths of the code lead to an instruction: which of them a value can have come by.
 */
#include "memory/provenance_branch.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kernel/dump/regs.h"
#include "kernel/insn/insn.h"
#include "kernel/memory/memory.h"

#define ROUNDS_MAX 65536 /* iterations of a loop that are repeated */
#define MOVES_MAX 8

enum agrees { AGREES, MAY_AGREE, DISAGREES };

static enum agrees compare(const struct trail *trail, bool known, uint64_t value)
{
	if (!known)
		return MAY_AGREE;
	return provenance_same_bits(trail, value) ? AGREES : DISAGREES;
}

/* Whether the instruction can have left the value in the register. */
static enum agrees way_agrees(struct trail *trail, size_t at)
{
	const struct insn *insn = &trail->scope->flow->insns[at];
	struct point point = {trail->scope, at, &trail->points[trail->point_count - 1]};
	struct known known;

	/* A call returns its result in RAX and leaves nothing useful in other registers. */
	if (insn->is_call)
		return trail->place.reg == REG_RAX ? MAY_AGREE : DISAGREES;
	if (trail->place.reg == REG_NONE) {
		const struct operand *source;
		int64_t slot;

		if (!flow_store(trail->scope->flow, at, &slot, &source) ||
		    slot != trail->place.slot)
			return MAY_AGREE;
		bool found = provenance_operand_value(trail->walk, &point, source, &known);
		return compare(trail, found, known.value);
	}
	bool found = provenance_value_after(trail->walk, &point, trail->place.reg, &known);
	return compare(trail, found, known.value);
}

static enum agrees caller_agrees(struct trail *trail)
{
	struct scope *scope = trail->scope, *caller = provenance_caller(trail->walk, scope);
	struct known known;

	if (trail->place.reg == REG_NONE || !caller || scope->link != LINK_CALL)
		return MAY_AGREE;
	bool found = provenance_register_value(
		trail->walk, &(struct point){caller, caller->at, NULL}, trail->place.reg, &known);
	return compare(trail, found, known.value);
}

/* --- loops ------------------------------------------------------------------------------------ */

/* A loop along a list, x = [x + inner] + outer. */
struct recurrence {
	int64_t inner, outer;
	uint64_t first; /* x before the first iteration */
};

/* A move, or a sum with a constant: its source register, the constant added to *sum. Else false. */
static bool is_affine(const struct insn *insn, enum reg *reg, int64_t *sum)
{
	const struct operand *to = &insn->operands[0], *from = &insn->operands[1];

	if (insn->operand_count != 2 || to->kind != OPERAND_REGISTER || to->size != 8)
		return false;
	if (insn_is(insn, "mov") && from->kind == OPERAND_REGISTER) {
		*reg = from->reg;
		return true;
	}
	if (insn_is(insn, "lea") && from->index == REG_NONE && from->base < REG_RIP) {
		*reg = from->base;
		*sum += from->displacement;
		return true;
	}
	if (from->kind != OPERAND_IMMEDIATE || (!insn_is(insn, "add") && !insn_is(insn, "sub")))
		return false;
	*reg = to->reg;
	*sum += insn_is(insn, "add") ? from->immediate : -from->immediate;
	return true;
}

/* Back through moves and sums as long as each has one definition, to where paths join. */
static void strip_moves(struct flow *flow, enum reg *reg, size_t *index, int64_t *sum,
			struct flow_definitions *set)
{
	size_t at;
	bool entry;

	for (unsigned i = 0; i < MOVES_MAX; i++) {
		flow_definitions(flow, (struct flow_place){.reg = *reg}, *index, set);
		if (!flow_only(set, &at, &entry) || entry || !is_affine(&flow->insns[at], reg, sum))
			return;
		*index = at;
	}
}

/*
 * Does a definition of the loop's register come from the load? What was added since goes to *sum.
 */
static bool comes_from(struct flow *flow, size_t definition, size_t load, int64_t *sum)
{
	struct flow_definitions set;
	size_t at = definition;
	bool entry;
	enum reg reg;

	for (unsigned i = 0; i < MOVES_MAX && at != load; i++) {
		if (!is_affine(&flow->insns[at], &reg, sum))
			return false;
		flow_definitions(flow, (struct flow_place){.reg = reg}, at, &set);
		if (!flow_only(&set, &at, &entry) || entry)
			return false;
	}
	return at == load;
}

/*
 * What the loop's register held before the first iteration: by the one path from outside of the
 * loop.
 */
static bool find_first(struct trail *trail, size_t load, enum reg reg, size_t index,
		       const struct flow_definitions *set, struct recurrence *ret)
{
	struct flow *flow = trail->scope->flow;
	struct point point = {trail->scope, index, &trail->points[trail->point_count - 1]};
	unsigned rounds = 0, starts = 0;
	struct known known;

	for (unsigned i = 0; i < set->count; i++) {
		int64_t sum = 0;
		struct point way = {trail->scope, set->at[i], &point};

		if (comes_from(flow, set->at[i], load, &sum)) {
			ret->outer = sum;
			rounds++;
		} else if (provenance_value_after(trail->walk, &way, reg, &known)) {
			ret->first = known.value;
			starts++;
		}
	}
	if (set->entry) {
		struct scope *caller = provenance_caller(trail->walk, trail->scope);

		if (caller && trail->scope->link == LINK_CALL &&
		    provenance_register_value(
			    trail->walk, &(struct point){caller, caller->at, NULL}, reg, &known)) {
			ret->first = known.value;
			starts++;
		}
	}
	return rounds == 1 && starts == 1 && set->count + set->entry == 2;
}

static bool find_recurrence(struct trail *trail, size_t load, struct recurrence *ret)
{
	struct flow *flow = trail->scope->flow;
	const struct insn *insn = &flow->insns[load];
	const struct operand *from = &insn->operands[1];
	struct flow_definitions set;
	enum reg reg = from->base;
	size_t index = load;

	if (!insn_is(insn, "mov") || insn->operand_count != 2 || from->kind != OPERAND_MEMORY ||
	    from->size != 8 || from->index != REG_NONE || from->base >= REG_RIP || from->gs ||
	    from->fs)
		return false;
	*ret = (struct recurrence){.inner = from->displacement};
	strip_moves(flow, &reg, &index, &ret->inner, &set);
	return find_first(trail, load, reg, index, &set, ret);
}

bool provenance_replay_loop(struct trail *trail, size_t load)
{
	struct kernel *kernel = trail->walk->kernel;
	struct recurrence loop;
	uint64_t x, next;
	char place[384];
	struct typed typed;

	if (!provenance_is_telling(&trail->bits) || !find_recurrence(trail, load, &loop))
		return false;
	x = loop.first;
	for (unsigned round = 1; round <= ROUNDS_MAX; round++, x = next + (uint64_t)loop.outer) {
		uint64_t address = x + (uint64_t)loop.inner;

		if (!err_ok(memory_read_u64(kernel->memory, address, &next)))
			return false;
		if (!provenance_same_bits(trail, next))
			continue;
		struct point point = {trail->scope, load, &trail->points[trail->point_count - 1]};
		const struct operand *from = &trail->scope->flow->insns[load].operands[1];

		provenance_step(trail, true,
				"%s: loaded in a loop that began at 0x%016" PRIx64
				"; gone through again, round %u loads it from 0x%016" PRIx64
				", which still holds the value",
				provenance_where(trail, load, place, sizeof(place)), loop.first,
				round, address);
		provenance_set_result(trail, address - (uint64_t)from->displacement, address, true);
		if (!trail->objects)
			trail->result->loop =
				(struct bad_value_loop){loop.first, round, loop.inner, loop.outer};
		if (provenance_type_of_access(trail->walk, &point, from, trail->used_as, &typed))
			provenance_name_member(trail, &typed);
		return true;
	}
	return false;
}

/* --- choosing --------------------------------------------------------------------------------- */

struct ways {
	struct flow_definitions set;
	enum agrees agrees[FLOW_DEFINITIONS + 1]; /* the last: of the value as the caller left it */
	unsigned count[3];			  /* by enum agrees */
};

static void judge_ways(struct trail *trail, struct ways *ways)
{
	for (unsigned i = 0; i < ways->set.count; i++) {
		ways->agrees[i] = way_agrees(trail, ways->set.at[i]);
		ways->count[ways->agrees[i]]++;
	}
	if (ways->set.entry) {
		ways->agrees[FLOW_DEFINITIONS] = caller_agrees(trail);
		ways->count[ways->agrees[FLOW_DEFINITIONS]]++;
	}
}

static enum way pick(const struct ways *ways, enum agrees wanted, size_t *at)
{
	for (unsigned i = 0; i < ways->set.count; i++) {
		if (ways->agrees[i] != wanted)
			continue;
		*at = ways->set.at[i];
		return WAY_HERE;
	}
	return WAY_CALLER;
}

static void tell_ways(struct trail *trail, const struct ways *ways)
{
	const struct flow *flow = trail->scope->flow;
	char text[400] = "", *at = text;

	for (unsigned i = 0; i < ways->set.count; i++) {
		char place[384];
		int n = snprintf(at, (size_t)(text + sizeof(text) - at), "%s%s", i ? ", " : "",
				 provenance_where(trail, ways->set.at[i], place, sizeof(place)));

		at += MIN(n, text + sizeof(text) - 1 - at);
	}
	if (!ways->set.count && !ways->set.entry)
		provenance_step(trail, false,
				"%s: how the code came here is not known, the chain ends",
				flow->symbol.name);
	else
		provenance_step(
			trail, false,
			"%s(): several ways lead here, by which it came cannot be told: %s%s",
			flow->symbol.name, ways->set.count ? text : "somewhere unknown",
			ways->set.entry ? ", or the caller" : "");
}

enum way provenance_choose_way(struct trail *trail, size_t *at)
{
	struct ways ways = {0};
	bool entry;

	flow_definitions(trail->scope->flow, trail->place, trail->index, &ways.set);
	if (flow_only(&ways.set, at, &entry)) {
		trail->certain &= trail->scope->flow->whole;
		return entry ? WAY_CALLER : WAY_HERE;
	}
	trail->certain = false;
	judge_ways(trail, &ways);
	if (ways.count[AGREES] == 1)
		return pick(&ways, AGREES, at);
	for (unsigned i = 0; i < ways.set.count && !ways.count[AGREES]; i++)
		if (ways.agrees[i] == MAY_AGREE && trail->place.reg != REG_NONE &&
		    provenance_replay_loop(trail, ways.set.at[i]))
			return WAY_LOOP;
	if (!ways.count[AGREES] && ways.count[MAY_AGREE] == 1 && !ways.set.lost)
		return pick(&ways, MAY_AGREE, at);
	tell_ways(trail, &ways);
	return WAY_END;
}
