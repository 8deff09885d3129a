/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The code of one function as a graph, and what may have written a register or a stack slot. */
#include "kernel/insn/flow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "kernel/dump/dump.h"
#include "kernel/insn/disasm.h"
#include "kernel/memory/memory.h"

#define NONE UINT32_MAX
#define DEPTH_UNKNOWN INT64_MIN
#define DEPTH_UNSEEN INT64_MAX
#define CALLER_SAVED                                                                               \
	(1u << REG_RAX | 1u << REG_RCX | 1u << REG_RDX | 1u << REG_RSI | 1u << REG_RDI |           \
	 1u << REG_R8 | 1u << REG_R9 | 1u << REG_R10 | 1u << REG_R11)

struct flow_node {
	uint32_t target;		/* of a jump, within the function */
	uint32_t first_jump, next_jump; /* the jumps that lead here, chained */
	uint32_t seen, kept;		/* the last walk that came by, the last that marked it */
	int64_t depth;			/* of RSP below the return address */
};

/* --- decoding --------------------------------------------------------------------------------- */

/* As much of a stretch of code as can be read, page by page: *ret bytes. */
static struct err *read_code(struct kernel *kernel, uint64_t start, uint8_t *code, size_t length,
			     size_t *ret)
{
	size_t done = 0;

	while (done < length) {
		size_t step = MIN(length - done, PAGE_SIZE - ((start + done) & (PAGE_SIZE - 1)));

		if (!TRY_OK(memory_read(kernel->memory, start + done, code + done, step)))
			break;
		done += step;
	}
	*ret = done;
	return NULL;
}

/* In place of bytes that are no instruction: execution does not go on behind it. */
static struct insn bad_insn(uint64_t address, uint8_t byte, uint8_t size)
{
	struct insn insn = {.address = address, .bytes = {byte}, .size = size, .is_trap = true};

	copy_string(insn.assembly, sizeof(insn.assembly), "(bad)");
	copy_string(insn.mnemonic, sizeof(insn.mnemonic), "(bad)");
	return insn;
}

/* Zeroes decode as add %al,(%rax): a page that was cleared or left out, no code. */
static bool is_nothing(const struct insn *insn)
{
	return insn->size == 2 && !insn->bytes[0] && !insn->bytes[1];
}

static struct err *decode(struct kernel *kernel, struct flow *flow, uint64_t start, uint64_t length)
{
	_free_ uint8_t *code = malloc(MAX(length, 1u));
	size_t readable;

	if (!code)
		return &err_nomem;
	TRY(read_code(kernel, start, code, length, &readable));
	flow->whole &= readable == length;
	for (size_t at = 0; at < readable;) {
		if (!array_grow(flow->insns, flow->count))
			return &err_nomem;
		struct insn *insn = &flow->insns[flow->count++];
		bool known = disasm_one(kernel->disasm, code + at, readable - at, start + at, insn);
		if (!known || is_nothing(insn))
			*insn = bad_insn(start + at, code[at], known ? insn->size : 1);
		at += insn->size;
	}
	return NULL;
}

static bool is_cold_of(const char *cold, const char *name)
{
	size_t length = strlen(name);

	return !strncmp(cold, name, length) && !strncmp(cold + length, ".cold", 5);
}

/* The rarely run part, which compilers put elsewhere: found by a jump that leads there. */
static struct err *decode_cold(struct kernel *kernel, struct flow *flow)
{
	struct symbol symbol;

	for (size_t i = 0; i < flow->cold; i++) {
		const struct insn *insn = &flow->insns[i];

		if (!insn->is_jump || !insn->target || flow_index(flow, insn->target) >= 0 ||
		    !symbols_at(kernel->symbols, insn->target, &symbol) ||
		    !is_cold_of(symbol.name, flow->symbol.name))
			continue;
		flow->whole &= symbol.size && symbol.size <= FLOW_CODE_MAX;
		return decode(kernel, flow, symbol.address, MIN(symbol.size, FLOW_CODE_MAX));
	}
	return NULL;
}

/* --- the graph -------------------------------------------------------------------------------- */

static ssize_t index_in(const struct flow *flow, size_t low, size_t high, uint64_t address)
{
	const struct insn *insns = flow->insns + low;
	size_t count = high - low, at = array_first(count, i, insns[i].address >= address);

	return at < count && insns[at].address == address ? (ssize_t)(low + at) : -1;
}

ssize_t flow_index(const struct flow *flow, uint64_t address)
{
	ssize_t found = index_in(flow, 0, flow->cold, address);

	return found >= 0 ? found : index_in(flow, flow->cold, flow->count, address);
}

ssize_t flow_index_before(const struct flow *flow, uint64_t address)
{
	for (size_t i = 0; i < flow->count; i++)
		if (flow->insns[i].address + flow->insns[i].size == address)
			return (ssize_t)i;
	return -1;
}

/* Execution goes on behind the ud2 of a WARN(), and any ud2 may be one. */
static bool falls_through(const struct flow *flow, size_t i)
{
	const struct insn *insn = &flow->insns[i];

	if (i + 1 == flow->cold || i + 1 == flow->count || insn->is_return ||
	    (insn->is_jump && !insn->is_conditional))
		return false;
	return !insn->is_trap || insn_is(insn, "ud2");
}

static void link_jumps(struct flow *flow)
{
	for (size_t i = 0; i < flow->count; i++)
		flow->nodes[i] = (struct flow_node){NONE, NONE, NONE, 0, 0, DEPTH_UNSEEN};
	for (size_t i = 0; i < flow->count; i++) {
		const struct insn *insn = &flow->insns[i];
		ssize_t target = -1;

		if (insn->is_jump && insn->target)
			target = flow_index(flow, insn->target);
		flow->indirect |= insn->is_jump && !insn->target;
		if (target < 0)
			continue;
		flow->nodes[i].target = (uint32_t)target;
		flow->nodes[i].next_jump = flow->nodes[target].first_jump;
		flow->nodes[target].first_jump = (uint32_t)i;
	}
}

/*
 * A walk along the graph visits each instruction once. Those yet to be visited are in flow->work,
 * in which all instructions have room. One walk at a time.
 */
static void walk_begin(struct flow *flow)
{
	flow->walk++;
	flow->work_count = 0;
}

static void walk_add(struct flow *flow, size_t i)
{
	if (flow->nodes[i].seen == flow->walk)
		return;
	flow->nodes[i].seen = flow->walk;
	flow->work[flow->work_count++] = (uint32_t)i;
}

/* The next instruction to visit; false at the end of the walk. */
static bool walk_next(struct flow *flow, size_t *i)
{
	if (!flow->work_count)
		return false;
	*i = flow->work[--flow->work_count];
	return true;
}

/* False when nothing is known to lead to i. */
static bool add_predecessors(struct flow *flow, size_t i)
{
	bool any = false;

	if (i && i != flow->cold && falls_through(flow, i - 1)) {
		walk_add(flow, i - 1);
		any = true;
	}
	for (uint32_t j = flow->nodes[i].first_jump; j != NONE; j = flow->nodes[j].next_jump) {
		walk_add(flow, j);
		any = true;
	}
	return any;
}

static void add_successors(struct flow *flow, size_t i)
{
	if (falls_through(flow, i))
		walk_add(flow, i + 1);
	if (flow->nodes[i].target != NONE)
		walk_add(flow, flow->nodes[i].target);
}

/* --- the stack -------------------------------------------------------------------------------- */

/* How the depth changes over an instruction; DEPTH_UNKNOWN when that cannot be told. */
static int64_t depth_after(const struct insn *insn, int64_t depth)
{
	const struct operand *first = &insn->operands[0], *second = &insn->operands[1];

	if (insn->is_call || !(insn->regs_written & 1u << REG_RSP) || depth == DEPTH_UNKNOWN)
		return depth;
	if (!strncmp(insn->mnemonic, "push", 4))
		return depth + 8;
	if (!strncmp(insn->mnemonic, "pop", 3))
		return first->kind == OPERAND_REGISTER && first->reg == REG_RSP ? DEPTH_UNKNOWN
										: depth - 8;
	if (insn->operand_count == 2 && second->kind == OPERAND_IMMEDIATE) {
		if (insn_is(insn, "sub"))
			return depth + second->immediate;
		if (insn_is(insn, "add"))
			return depth - second->immediate;
	}
	if (insn_is(insn, "lea") && second->base == REG_RSP && second->index == REG_NONE)
		return depth - second->displacement;
	return DEPTH_UNKNOWN;
}

static bool note_depth(struct flow *flow, size_t i, int64_t depth)
{
	int64_t *known = &flow->nodes[i].depth;

	if (*known == depth || *known == DEPTH_UNKNOWN)
		return false;
	*known = *known == DEPTH_UNSEEN ? depth : DEPTH_UNKNOWN;
	return true;
}

/* Each instruction is visited at most twice: its depth becomes known once, unknown once. */
static struct err *find_depths(struct flow *flow)
{
	_free_ uint32_t *items = malloc((2 * flow->count + 2) * 2 * sizeof(*items));
	size_t count = 0;

	if (!items)
		return &err_nomem;
	if (flow->count && note_depth(flow, 0, 0))
		items[count++] = 0;
	while (count) {
		size_t i = items[--count];
		int64_t depth = depth_after(&flow->insns[i], flow->nodes[i].depth);
		uint32_t target = flow->nodes[i].target;

		if (falls_through(flow, i) && note_depth(flow, i + 1, depth))
			items[count++] = (uint32_t)(i + 1);
		if (target != NONE && note_depth(flow, target, depth))
			items[count++] = target;
	}
	return NULL;
}

bool flow_depth(const struct flow *flow, size_t index, int64_t *ret)
{
	*ret = flow->nodes[index].depth;
	return *ret != DEPTH_UNKNOWN && *ret != DEPTH_UNSEEN;
}

/* RBP is a frame pointer when one mov %rsp,%rbp sets it and only its restoring writes it again. */
static void find_frame_pointer(struct flow *flow)
{
	for (size_t i = 0; i < flow->count; i++) {
		const struct insn *insn = &flow->insns[i];
		const struct operand *source = &insn->operands[1];

		if (!(insn->regs_written & 1u << REG_RBP) || insn_is(insn, "pop") ||
		    insn_is(insn, "leave"))
			continue;
		bool sets = !flow->frame_pointer && insn_is(insn, "mov") &&
			    source->kind == OPERAND_REGISTER && source->reg == REG_RSP &&
			    flow_depth(flow, i, &flow->frame_depth);
		flow->frame_pointer = sets;
		if (!sets)
			return;
	}
}

bool flow_slot(const struct flow *flow, size_t index, const struct operand *operand, int64_t *ret)
{
	int64_t depth;

	if (operand->kind != OPERAND_MEMORY || operand->index != REG_NONE || operand->gs ||
	    operand->fs)
		return false;
	if (operand->base == REG_RSP && flow_depth(flow, index, &depth))
		*ret = operand->displacement - depth;
	else if (operand->base == REG_RBP && flow->frame_pointer)
		*ret = operand->displacement - flow->frame_depth;
	else
		return false;
	return true;
}

bool flow_store(const struct flow *flow, size_t index, int64_t *slot, const struct operand **source)
{
	const struct insn *insn = &flow->insns[index];
	const struct operand *first = &insn->operands[0];
	int64_t depth;

	if (insn_is(insn, "push") && flow_depth(flow, index, &depth)) {
		*slot = -depth - 8;
		*source = first;
		return true;
	}
	*source = &insn->operands[1];
	return !strncmp(insn->mnemonic, "mov", 3) && insn->operand_count == 2 &&
	       first->kind == OPERAND_MEMORY && first->size == 8 &&
	       flow_slot(flow, index, first, slot);
}

/* --- definitions ------------------------------------------------------------------------------ */

static bool writes_slot(const struct flow *flow, size_t i, int64_t slot)
{
	const struct insn *insn = &flow->insns[i];
	const struct operand *first = &insn->operands[0];
	int64_t depth, at;

	if (!strncmp(insn->mnemonic, "push", 4))
		return flow_depth(flow, i, &depth) && slot == -depth - 8;
	return insn->operand_count && first->written && flow_slot(flow, i, first, &at) &&
	       at < slot + 8 && slot < at + (int64_t)MAX(first->size, 1u);
}

bool flow_defines(const struct flow *flow, size_t index, struct flow_place place)
{
	const struct insn *insn = &flow->insns[index];

	if (place.reg == REG_NONE)
		return writes_slot(flow, index, place.slot);
	if (insn_is(insn, "(bad)"))
		return true;
	if (insn->is_call && place.reg != REG_RSP)
		return CALLER_SAVED >> place.reg & 1 && index != flow->hook;
	return insn->regs_written >> place.reg & 1;
}

void flow_definitions(struct flow *flow, struct flow_place place, size_t index,
		      struct flow_definitions *ret)
{
	size_t i;

	*ret = (struct flow_definitions){.entry = index == 0};
	walk_begin(flow);
	if (!add_predecessors(flow, index) && index)
		ret->lost = true;
	while (walk_next(flow, &i)) {
		if (flow_defines(flow, i, place)) {
			if (ret->count < FLOW_DEFINITIONS)
				ret->at[ret->count++] = i;
			else
				ret->lost = true;
			continue;
		}
		bool any = add_predecessors(flow, i);
		ret->entry |= i == 0;
		/*
		 * Code that nothing leads to: behind a static branch that is off, or run in place
		 * of an access that failed; unless an indirect jump has its targets there.
		 */
		ret->lost |= !any && i && flow->indirect;
	}
}

bool flow_only(const struct flow_definitions *definitions, size_t *at, bool *entry)
{
	*entry = definitions->entry;
	*at = definitions->at[0];
	return !definitions->lost && definitions->count + definitions->entry == 1;
}

/*
 * Mark what may run before `to` and after the last run of `from`: kept is then the number of this
 * walk, which is returned.
 */
static uint32_t mark_backward(struct flow *flow, size_t from, size_t to)
{
	size_t i;

	walk_begin(flow);
	add_predecessors(flow, to);
	while (walk_next(flow, &i)) {
		flow->nodes[i].kept = flow->walk;
		if (i != from)
			add_predecessors(flow, i);
	}
	return flow->walk;
}

bool flow_unchanged(struct flow *flow, struct flow_place place, size_t from, size_t to)
{
	uint32_t before = mark_backward(flow, from, to);
	size_t i;

	walk_begin(flow);
	add_successors(flow, from);
	while (walk_next(flow, &i)) {
		if (i == from || flow->nodes[i].kept != before)
			continue;
		if (flow_defines(flow, i, place))
			return false;
		add_successors(flow, i);
	}
	return true;
}

bool flow_in_loop(struct flow *flow, size_t index)
{
	size_t i;

	walk_begin(flow);
	add_successors(flow, index);
	while (walk_next(flow, &i))
		add_successors(flow, i);
	return flow->nodes[index].seen == flow->walk;
}

/* --- opening ---------------------------------------------------------------------------------- */

/* In place of a function's cold part, the function. */
static void find_function(struct kernel *kernel, struct symbol *symbol)
{
	const char *cold = strstr(symbol->name, ".cold");
	struct symbol whole;
	char name[SYMBOL_NAME_MAX];
	uint64_t address;

	if (!cold)
		return;
	snprintf(name, sizeof(name), "%.*s", (int)(cold - symbol->name), symbol->name);
	if (symbols_find(kernel->symbols, name, &address) &&
	    symbols_at(kernel->symbols, address, &whole) && !strcmp(whole.name, name))
		*symbol = whole;
}

/*
 * The call to a tracer, the first instruction or right behind the endbr64, leaves all registers as
 * they are. It is known by its name, or it goes to a trampoline that no symbol covers.
 */
static void find_hook(struct kernel *kernel, struct flow *flow)
{
	static const char *const tracers[] = {"__fentry__", "mcount", "ftrace_"};
	struct symbol symbol;

	flow->hook = SIZE_MAX;
	for (size_t i = 0; i < MIN(flow->count, 4u); i++) {
		const struct insn *insn = &flow->insns[i];

		if (!insn->is_call || !insn->target)
			continue;
		bool known = symbols_at(kernel->symbols, insn->target, &symbol);
		bool tracer = !known || insn->target - symbol.address >= MAX(symbol.size, 1u);
		for (size_t j = 0; known && j < ARRAY_SIZE(tracers); j++)
			tracer |= !strncmp(symbol.name, tracers[j], strlen(tracers[j]));
		if (tracer)
			flow->hook = i;
		return;
	}
}

/* Does a way lead into code that was not read? What merely follows the function does not matter. */
static bool leaves_what_is_read(struct flow *flow)
{
	uint64_t end = flow->symbol.address + flow->symbol.size;
	bool leaves = false;
	size_t i;

	if (!flow->count)
		return true;
	walk_begin(flow);
	walk_add(flow, 0);
	while (walk_next(flow, &i)) {
		const struct insn *insn = &flow->insns[i];
		bool last = i + 1 == flow->cold || i + 1 == flow->count;

		leaves |= last && !insn->is_return && !insn->is_trap &&
			  (!insn->is_jump || insn->is_conditional);
		leaves |= insn->is_jump && insn->target && flow->nodes[i].target == NONE &&
			  insn->target >= flow->symbol.address && insn->target < end;
		add_successors(flow, i);
	}
	return leaves;
}

static struct err *build(struct kernel *kernel, struct flow *flow)
{
	uint64_t size = flow->symbol.size;
	bool fits = size && size <= FLOW_CODE_MAX;

	flow->whole = fits;
	flow->cold = SIZE_MAX; /* until it is decoded too, all is the function itself */
	TRY(decode(kernel, flow, flow->symbol.address, fits ? size : FLOW_CODE_MAX));
	flow->cold = flow->count;
	TRY(decode_cold(kernel, flow));
	flow->nodes = calloc(flow->count + 1, sizeof(*flow->nodes));
	flow->work = calloc(flow->count + 1, sizeof(*flow->work));
	if (!flow->nodes || !flow->work)
		return &err_nomem;
	link_jumps(flow);
	flow->whole = flow->whole || !leaves_what_is_read(flow);
	find_hook(kernel, flow);
	TRY(find_depths(flow));
	find_frame_pointer(flow);
	return NULL;
}

struct err *flow_open(struct kernel *kernel, uint64_t address, struct flow **ret)
{
	_cleanup_(cleanup_flow_close) struct flow *flow = calloc(1, sizeof(*flow));

	if (!flow)
		return &err_nomem;
	if (!symbols_at(kernel->symbols, address, &flow->symbol))
		return err_at(ERR_NOT_FOUND, address, "no function is known");
	find_function(kernel, &flow->symbol);
	TRY(build(kernel, flow));
	*ret = take_ptr(flow);
	return NULL;
}

void flow_close(struct flow *flow)
{
	if (!flow)
		return;
	free(flow->insns);
	free(flow->nodes);
	free(flow->work);
	free(flow);
}
