/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: linked lists and red-black trees that are broken in one place, from whatever nodes the crash's registers,
 *   stack and code hold: which word is wrong, what it should be, and whether one flipped bit made it.
 * Needs: symbols, types, stacks.
 * False positives: a list that another CPU was changing when the machine stopped is broken for that
 *   moment; such a place is told by the nodes around it, and never called a flipped bit.
 * Kernel commits: none: list_head, hlist_node and rb_node are as they were in 2.6.
 */
#include <inttypes.h>
#include <string.h>

#include "analysis.h"
#include "base/str.h"
#include "kernel/insn/flow.h"
#include "kernel/memory/memory.h"
#include "kernel/mm/slab_find.h"
#include "memory/broken_chain.h"
#include "memory/broken_list.h"
#include "memory/broken_tree.h"
#include "memory/kernel_pointer.h"
#include "memory/memory_found.h"

#define FRAMES 5	   /* from the crashed function's outwards */
#define FRAME_WORDS 64	   /* of each that are tried */
#define OBJECT_WORDS 128   /* of an object that a register points to */
#define NODES_BUDGET 50000 /* read in all */
#define IN_THE_TREE 0.9	   /* that the bad pointer was read from where a tree at hand holds it */
#define REACH 4096	   /* bytes from a node to the member of its structure that faulted */

struct hunt {
	struct analysis *analysis;
	struct kernel *kernel;
	unsigned budget;
	bool in_register; /* a register leads there; else what a stack or code holds */
	bool found;
	struct broken_list best;
};

/* --- how much it says about the crash --------------------------------------------------------- */

static bool says_list(const char *name)
{
	return strstr(name, "list_add") || strstr(name, "list_del") || strstr(name, "list_debug");
}

/* The kernel itself met a broken list: __list_del_entry_valid() and its like (lib/list_debug.c). */
static bool is_list_check(const struct crash *crash)
{
	struct symbol symbol;

	for (size_t i = 0; i < crash->trace.count && i <= crash->frame + 2; i++)
		if (crash_frame_symbol(crash, i, &symbol) && says_list(symbol.name))
			return true;
	return says_list(crash->message);
}

/* It is what the check was about, not some other list that was at hand. */
static bool is_blamed(const struct analysis *analysis, const struct broken_list *list)
{
	const struct blamed *blamed = analysis->memory.blamed;

	return !list->tree && blamed && !strcmp(blamed->what, "list_node") &&
	       is_list_check(analysis->crash) &&
	       (blamed->address == list->before || blamed->address == list->after ||
		blamed->address == list->lost || (list->at && blamed->address == list->found));
}

/* The code that faulted goes along such links, and had a node of it in hand. */
static bool is_walked(const struct hunt *hunt, const struct broken_list *list)
{
	const struct bad_value *bad = &hunt->analysis->memory.bad;

	return bad->chases && bad->chased == list->link && hunt->in_register;
}

/*
 * Going along the wrong word from node to node leads to what faulted. NULL is where any walk ends sooner or later: it
 * has to have been read from a node on the way, or by the function's own walk.
 */
static bool leads_to_fault(struct hunt *hunt, struct broken_list *list)
{
	const struct crash *crash = hunt->analysis->crash;
	const struct bad_value *bad = &hunt->analysis->memory.bad;
	uint64_t to = crash->address;

	if (!crash->fault)
		return false;
	if (to + REACH <= 2 * REACH && !is_walked(hunt, list)) {
		if (!bad->found)
			return false;
		to = bad->address;
	}
	return (list->tree ? broken_tree_leads_to : broken_list_leads_to)(hunt->kernel, list, to,
									  REACH, &list->steps);
}

static double weigh(const struct analysis *analysis, const struct broken_list *list)
{
	double confidence = list->leads			? 0.98
			    : analysis->crash->fault	? 0.4
			    : is_blamed(analysis, list) ? 0.96
							: 0.3;

	if (list->weak)
		confidence *= 0.5;
	/* Neighbours in a slab are one bit apart: a node of another list may have been put there. */
	return list->bit >= 0 && list->listed ? confidence * 0.5 : confidence;
}

/* Free objects and stack that is not in use any more hold lists of the past. */
static bool is_alive(struct hunt *hunt, uint64_t node)
{
	const struct crash *crash = hunt->analysis->crash;
	struct owner owner;

	owner_find(hunt->kernel, node, &owner);
	if (owner.kind == OWNER_SLAB)
		return owner.slab.state != OBJECT_FREE;
	return owner.kind != OWNER_STACK || !owner.task || owner.task != crash->task ||
	       node >= crash->regs.value[REG_RSP];
}

static void consider(struct hunt *hunt, struct broken_list *list)
{
	if (!is_alive(hunt, list->before) || (list->after && !is_alive(hunt, list->after)))
		return;

	list->leads = leads_to_fault(hunt, list);
	list->confidence = weigh(hunt->analysis, list);
	if (list->weak && !list->leads)
		return;
	if (hunt->found && hunt->best.confidence >= list->confidence)
		return;
	hunt->found = true;
	hunt->best = *list;
}

/* What the walk itself led to, gone through again, says as much as neighbours do. */
static void try_chain(struct hunt *hunt)
{
	struct broken_list list;

	if (!broken_chain_find(hunt->kernel, &hunt->analysis->memory.bad, &list) ||
	    (hunt->found && hunt->best.confidence >= list.confidence))
		return;
	hunt->found = true;
	hunt->best = list;
}

/* --- where to look ---------------------------------------------------------------------------- */

static void try_node(struct hunt *hunt, uint64_t node)
{
	struct broken_list list;

	if (hunt->budget && broken_list_find(hunt->kernel, node, &hunt->budget, &list))
		consider(hunt, &list);
	if (hunt->budget && broken_tree_find(hunt->kernel, node, &hunt->budget, &list))
		consider(hunt, &list);
}

/* Where a tree's root may stand, a variable or a member: what it points to is a node. */
static void try_root(struct hunt *hunt, uint64_t root)
{
	struct broken_list list;
	uint64_t node;

	if (hunt->budget && !(root % 8) && kernel_pointer_is(hunt->kernel->memory, root) &&
	    err_ok(memory_read_u64(hunt->kernel->memory, root, &node)) &&
	    broken_tree_find(hunt->kernel, node, &hunt->budget, &list))
		consider(hunt, &list);
}

/* Where the bad pointer's place is lost, a tree at hand that has it for a child tells: the node was overwritten. */
static void try_holder(struct hunt *hunt, uint64_t root)
{
	struct bad_value *bad = &hunt->analysis->memory.bad;
	struct broken_list astray;
	uint64_t node, at;

	if (bad->found || root % 8 || !kernel_pointer_is(hunt->kernel->memory, root) ||
	    !err_ok(memory_read_u64(hunt->kernel->memory, root, &node)))
		return;
	at = broken_tree_find_child(hunt->kernel, node, hunt->analysis->crash->pointer,
				    &hunt->budget, &astray);
	if (!at)
		return;
	if (astray.at) {
		consider(hunt, &astray);
		return;
	}
	struct holder holder = {.kind = HOLDER_LOADED, .address = at, .confidence = IN_THE_TREE};

	bad->found = bad->held = bad->whole = true;
	bad->address = bad->base = at;
	bad->value = hunt->analysis->crash->pointer;
	owner_find(hunt->kernel, at, &holder.owner);
	memory_found_holder(hunt->analysis, &holder);
}

/* Lists begin in objects, and their nodes lie in some. */
static void try_object(struct hunt *hunt, uint64_t address)
{
	struct slab_object object;
	uint64_t words[OBJECT_WORDS + 1] = {0};

	if (memory_class(hunt->kernel->memory, address) != VA_DIRECT_MAP ||
	    !err_ok(slab_find(hunt->kernel, address, &object)))
		return;
	uint64_t count = MIN(object.slab.cache->object_size / 8, (uint64_t)OBJECT_WORDS);
	if (!err_ok(memory_read(hunt->kernel->memory, object.start, words, count * 8)))
		return;
	for (uint64_t i = 0; i + 1 < count; i++)
		if (kernel_pointer_is(hunt->kernel->memory, words[i]) &&
		    kernel_pointer_is(hunt->kernel->memory, words[i + 1]))
			try_node(hunt, object.start + i * 8);
}

static void try_value(struct hunt *hunt, uint64_t value)
{
	struct broken_list list;

	if (!kernel_pointer_is(hunt->kernel->memory, value))
		return;
	try_node(hunt, value);
	try_root(hunt, value);
	if (hunt->budget && (broken_list_find_stray(hunt->kernel, value, &list) ||
			     broken_tree_find_stray(hunt->kernel, value, &list)))
		consider(hunt, &list);
}

static void try_registers(struct hunt *hunt, void (*try)(struct hunt *hunt, uint64_t value))
{
	const struct regs *regs = crash_regs(hunt->analysis->crash);

	for (enum reg reg = REG_RAX; reg <= REG_R15; reg++)
		if (regs_known(regs, reg))
			try(hunt, regs->value[reg]);
}

static void try_stack(struct hunt *hunt)
{
	const struct crash *crash = hunt->analysis->crash;
	size_t end = MIN(crash->frame + FRAMES, crash->trace.count);
	uint64_t value;

	for (size_t i = crash->frame; i < end; i++) {
		const struct frame *frame = &crash->trace.frames[i];
		uint64_t stop = i + 1 < crash->trace.count ? frame[1].return_slot : 0;

		if (frame->sp % 8)
			continue;
		for (uint64_t at = frame->sp; at < MIN(stop, frame->sp + 8 * FRAME_WORDS);
		     at += 8) {
			try_node(hunt, at); /* a list may begin on the stack itself */
			if (err_ok(memory_read_u64(hunt->kernel->memory, at, &value)))
				try_value(hunt, value);
		}
	}
}

/* Variables that the function's code names. */
static void try_variable(struct hunt *hunt, uint64_t address)
{
	try_node(hunt, address);
	try_root(hunt, address);
}

static void try_code(struct hunt *hunt)
{
	const struct crash *crash = hunt->analysis->crash;
	_cleanup_(cleanup_flow_close) struct flow *flow = NULL;

	if (!crash->trace.count ||
	    !err_ok(flow_open(hunt->kernel, crash->trace.frames[crash->frame].address, &flow)))
		return;
	for (size_t i = 0; i < flow->count; i++) {
		const struct insn *insn = &flow->insns[i];

		for (unsigned j = 0; j < insn->operand_count; j++) {
			const struct operand *operand = &insn->operands[j];

			if (operand->kind == OPERAND_IMMEDIATE)
				try_variable(hunt, (uint64_t)operand->immediate);
			else if (operand->kind == OPERAND_MEMORY && operand->base == REG_RIP)
				try_variable(hunt, insn->address + insn->size +
							   (uint64_t)operand->displacement);
		}
	}
}

/* --- what it comes to ------------------------------------------------------------------------- */

static void describe(const struct broken_list *list, struct str *text)
{
	char owner[256], stray[256];
	const char *name = broken_list_link(list), *kind = list->tree ? "tree" : "list";

	owner_format(&list->owner, owner, sizeof(owner));
	if (!list->at) {
		str_printf(text,
			   "node 0x%016" PRIx64 " of a list was overwritten while both its "
			   "neighbours point to it: %s",
			   list->lost, owner);
		return;
	}
	owner_format(&list->stray, stray, sizeof(stray));
	if (list->bit >= 0)
		str_printf(text, "bit %d flipped in %s of the %s node at 0x%016" PRIx64, list->bit,
			   name, kind, list->at - list->link);
	else
		str_printf(text, "%s of the %s node at 0x%016" PRIx64 " is wrong", name, kind,
			   list->at - list->link);
	str_printf(text,
		   " (%s): it is 0x%016" PRIx64 " (%s), but the node that %s is 0x%016" PRIx64,
		   owner, list->found, stray,
		   list->chain	 ? "is as the others and that nobody leads to"
		   : !list->tree ? "points back to it"
		   : list->link	 ? "says it is its child"
				 : "leads to it",
		   list->tree ? list->good & ~UINT64_C(3) : list->good);
}

static struct err *run(struct analysis *analysis)
{
	struct hunt hunt = {
		.analysis = analysis, .kernel = analysis->kernel, .budget = NODES_BUDGET};
	_str_ struct str text = {0};

	if (!analysis->crash || !analysis->crash->exception)
		return NULL;
	hunt.in_register = true;
	try_registers(&hunt, try_value);
	hunt.in_register = false;
	try_stack(&hunt);
	try_code(&hunt);
	try_chain(&hunt);
	if (!hunt.found)
		try_registers(&hunt, try_object);
	if (!hunt.found && analysis->crash->pointer_known && analysis->crash->pointer)
		try_registers(&hunt, try_holder);
	if (!hunt.found)
		return NULL;
	struct broken_list *list = &hunt.best;
	owner_find(analysis->kernel, list->at ? list->at : list->lost, &list->owner);
	if (list->at)
		owner_find(analysis->kernel, list->found, &list->stray);
	describe(list, &text);
	if (text.failed)
		return &err_nomem;
	memory_found_list(analysis, list, text.data);
	if (list->bit < 0)
		return NULL;
	struct hypothesis flip = {.kind = "bit_flip",
				  .confidence = list->confidence,
				  .bits = {(unsigned)list->bit},
				  .bit_count = 1,
				  .restored = list->good};
	copy_string(flip.text, sizeof(flip.text), text.data);
	memory_found_hypothesis(analysis, &flip);
	return NULL;
}

const struct analyzer list_analyzer = {
	.name = "list",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_STACKS,
	.run = run,
};
