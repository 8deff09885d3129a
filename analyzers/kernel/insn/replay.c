/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Code run on the memory of a dump, as far as integers, jumps and calls go. */
#include "kernel/insn/replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "kernel/insn/flow.h"
#include "kernel/memory/memory.h"

#define FLOWS 8	   /* functions kept decoded */
#define STORES 256 /* words */
#define GENERAL (REG_R15 + 1)

struct store {
	uint64_t at; /* of a word: a multiple of 8 */
	uint64_t value;
	struct replay_origin origin;
};

struct value {
	uint64_t bits;
	bool known;
	struct replay_origin origin;
};

struct flags {
	bool known, zero, sign, carry, overflow;
};

struct replay {
	struct kernel *kernel;
	struct regs regs;
	struct replay_origin origins[GENERAL];
	struct flags flags;
	struct store stores[STORES];
	unsigned store_count;
	struct flow *flows[FLOWS];
	unsigned next_flow;
	struct replay_origin followed; /* of the last step */
	struct replay_load loaded;     /* likewise */
	bool compared;
	uint64_t other;
};

struct err *replay_open(struct kernel *kernel, const struct regs *regs, struct replay **ret)
{
	struct replay *replay = calloc(1, sizeof(*replay));

	if (!replay)
		return &err_nomem;
	replay->kernel = kernel;
	replay->regs = *regs;
	*ret = replay;
	return NULL;
}

void replay_close(struct replay *replay)
{
	for (unsigned i = 0; replay && i < FLOWS; i++)
		flow_close(replay->flows[i]);
	free(replay);
}

/* --- memory ----------------------------------------------------------------------------------- */

static struct store *find_store(struct replay *replay, uint64_t word)
{
	for (unsigned i = 0; i < replay->store_count; i++)
		if (replay->stores[i].at == word)
			return &replay->stores[i];
	return NULL;
}

static bool read_word(struct replay *replay, uint64_t word, uint64_t *ret)
{
	const struct store *store = find_store(replay, word);

	if (store)
		*ret = store->value;
	return store || err_ok(memory_read_u64(replay->kernel->memory, word, ret));
}

static uint64_t mask_of(unsigned size)
{
	return size >= 8 ? UINT64_MAX : (1ull << size * 8) - 1;
}

/* Values over the edge of a word are left alone: nobody's cursor is there. */
static bool is_whole(uint64_t address, unsigned size)
{
	return size && size <= 8 && address % 8 + size <= 8;
}

static bool load(struct replay *replay, uint64_t address, unsigned size, uint64_t *ret)
{
	uint64_t word;

	if (!is_whole(address, size) || !read_word(replay, address & ~7ull, &word))
		return false;
	*ret = word >> address % 8 * 8 & mask_of(size);
	return true;
}

static bool store(struct replay *replay, uint64_t address, unsigned size, const struct value *value)
{
	uint64_t word = address & ~7ull, old, mask;
	struct store *slot = find_store(replay, word);

	if (!value->known || !is_whole(address, size) || !read_word(replay, word, &old))
		return false;
	if (!slot && replay->store_count == STORES)
		return false;
	if (!slot)
		slot = &replay->stores[replay->store_count++];
	mask = mask_of(size) << address % 8 * 8;
	*slot = (struct store){word, (old & ~mask) | (value->bits << address % 8 * 8 & mask),
			       value->origin};
	return true;
}

/* --- operands --------------------------------------------------------------------------------- */

static const struct replay_origin *origin_of(const struct replay *replay, enum reg reg)
{
	return reg < GENERAL && replay->origins[reg].through ? &replay->origins[reg] : NULL;
}

/* The origin of an address: that of its base, or of its index. */
static const struct replay_origin *leads_there(const struct replay *replay,
					       const struct operand *operand)
{
	const struct replay_origin *base = origin_of(replay, operand->base);

	return base ? base : origin_of(replay, operand->index);
}

static bool load_operand(struct replay *replay, const struct insn *insn,
			 const struct operand *operand, struct value *ret)
{
	const struct replay_origin *by = leads_there(replay, operand);
	const struct store *kept;
	uint64_t at;

	*ret = (struct value){.known = false};
	if (!insn_operand_address(insn, operand, &replay->regs, &at) ||
	    !load(replay, at, operand->size, &ret->bits))
		return false;
	ret->known = true;
	kept = find_store(replay, at & ~7ull);
	if (!kept)
		replay->loaded = (struct replay_load){at, operand->size, ret->bits};
	if (by)
		replay->followed = *by;
	if (kept) /* what it put there itself */
		ret->origin = kept->origin;
	else
		ret->origin = (struct replay_origin){
			at, ret->bits, operand->index == REG_NONE ? operand->displacement : 0,
			by ? by->through + 1 : 1};
	return true;
}

/* ah, bh, ch, dh are given as the whole register. */
static bool is_high_byte(const struct operand *operand)
{
	return operand->size == 1 && operand->assembly[0] && operand->assembly[2] == 'h';
}

static bool get(struct replay *replay, const struct insn *insn, const struct operand *operand,
		struct value *ret)
{
	*ret = (struct value){.known = true};
	if (operand->kind == OPERAND_IMMEDIATE) {
		ret->bits = (uint64_t)operand->immediate;
		return true;
	}
	if (operand->kind == OPERAND_MEMORY)
		return load_operand(replay, insn, operand, ret);
	if (operand->reg >= GENERAL || is_high_byte(operand))
		return false;
	ret->known = regs_known(&replay->regs, operand->reg);
	ret->bits = replay->regs.value[operand->reg] & mask_of(operand->size);
	ret->origin = replay->origins[operand->reg];
	return true;
}

static void set_register(struct replay *replay, enum reg reg, unsigned size,
			 const struct value *value)
{
	uint64_t keep = size < 4 ? replay->regs.value[reg] & ~mask_of(size) : 0;

	replay->origins[reg] = value->origin;
	if (value->known && (size >= 4 || regs_known(&replay->regs, reg)))
		regs_set(&replay->regs, reg, keep | (value->bits & mask_of(size)));
	else
		regs_forget(&replay->regs, reg);
}

static bool put(struct replay *replay, const struct insn *insn, const struct operand *operand,
		const struct value *value)
{
	uint64_t at;

	if (operand->kind == OPERAND_MEMORY)
		return insn_operand_address(insn, operand, &replay->regs, &at) &&
		       store(replay, at, operand->size, value);
	if (operand->kind != OPERAND_REGISTER || operand->reg >= GENERAL || is_high_byte(operand))
		return false;
	set_register(replay, operand->reg, operand->size, value);
	return true;
}

/* --- arithmetic ------------------------------------------------------------------------------- */

/* "cmp", or "cmpl" where no register tells the size. */
static bool is_op(const struct insn *insn, const char *name)
{
	const char *mnemonic = insn_bare_mnemonic(insn);
	size_t length = strlen(name);

	return !strncmp(mnemonic, name, length) &&
	       (!mnemonic[length] || (strchr("bwlq", mnemonic[length]) && !mnemonic[length + 1]));
}

static uint64_t sign_extend(uint64_t bits, unsigned size)
{
	uint64_t sign = size >= 8 ? 0 : 1ull << (size * 8 - 1);

	return ((bits & mask_of(size)) ^ sign) - sign;
}

static struct flags flags_of(uint64_t a, uint64_t b, uint64_t result, unsigned size, bool minus)
{
	uint64_t mask = mask_of(size), top = 1ull << (size * 8 - 1);
	struct flags flags = {.known = true, .zero = !(result & mask), .sign = result & top};

	a &= mask, b &= mask, result &= mask;
	flags.carry = minus ? a < b : result < a;
	flags.overflow = minus ? (a ^ b) & (a ^ result) & top : ~(a ^ b) & (a ^ result) & top;
	return flags;
}

static struct flags flags_of_logic(uint64_t result, unsigned size)
{
	return (struct flags){.known = true,
			      .zero = !(result & mask_of(size)),
			      .sign = result >> (size * 8 - 1) & 1};
}

enum operation { OP_ADD, OP_SUB, OP_AND, OP_OR, OP_XOR, OP_SHL, OP_SHR, OP_SAR, OP_NONE };

static const struct {
	const char *name;
	enum operation operation;
	bool keeps; /* the first operand is not written */
} operations[] = {
	{"add", OP_ADD, false}, {"sub", OP_SUB, false}, {"cmp", OP_SUB, true},
	{"and", OP_AND, false}, {"test", OP_AND, true}, {"or", OP_OR, false},
	{"xor", OP_XOR, false}, {"shl", OP_SHL, false}, {"sal", OP_SHL, false},
	{"shr", OP_SHR, false}, {"sar", OP_SAR, false}, {"inc", OP_ADD, false},
	{"dec", OP_SUB, false},
};

static uint64_t compute(enum operation operation, uint64_t a, uint64_t b, unsigned size)
{
	uint64_t count = b & (size == 8 ? 63 : 31);

	switch (operation) {
	case OP_ADD:
		return a + b;
	case OP_SUB:
		return a - b;
	case OP_AND:
		return a & b;
	case OP_OR:
		return a | b;
	case OP_XOR:
		return a ^ b;
	case OP_SHL:
		return a << count;
	case OP_SHR:
		return (a & mask_of(size)) >> count;
	default:
		return (uint64_t)((int64_t)sign_extend(a, size) >> count);
	}
}

static void note_flags(struct replay *replay, enum operation operation, const struct value *a,
		       const struct value *b, uint64_t result, unsigned size)
{
	if (!a->known || !b->known || operation >= OP_SHL)
		replay->flags.known = false; /* a shift's carry is nobody's condition */
	else if (operation == OP_ADD || operation == OP_SUB)
		replay->flags = flags_of(a->bits, b->bits, result, size, operation == OP_SUB);
	else
		replay->flags = flags_of_logic(result, size);
	if (operation >= OP_SHL && a->known && b->known)
		replay->flags = flags_of_logic(result, size);
}

static void note_comparison(struct replay *replay, const struct value *a, const struct value *b)
{
	if (!a->origin.through == !b->origin.through)
		return;
	replay->compared = true;
	replay->other = a->origin.through ? b->bits : a->bits;
}

static bool calculate(struct replay *replay, const struct insn *insn, enum operation operation,
		      bool keeps)
{
	const struct operand *to = &insn->operands[0];
	struct value a, b = {.bits = 1, .known = true}, result;

	if (!insn->operand_count || !get(replay, insn, to, &a) ||
	    (insn->operand_count > 1 && !get(replay, insn, &insn->operands[1], &b)))
		return false;
	bool blank = operation == OP_XOR && to->kind == OPERAND_REGISTER &&
		     insn->operands[1].reg == to->reg;
	if (blank)
		a = b = (struct value){.known = true};
	result = (struct value){compute(operation, a.bits, b.bits, to->size), a.known && b.known,
				a.origin.through ? a.origin : b.origin};
	note_flags(replay, operation, &a, &b, result.bits, to->size);
	if (keeps && operation == OP_SUB)
		note_comparison(replay, &a, &b);
	return keeps || put(replay, insn, to, &result);
}

/* --- moves ------------------------------------------------------------------------------------ */

static bool load_address(struct replay *replay, const struct insn *insn)
{
	const struct operand *from = &insn->operands[1];
	const struct replay_origin *by = leads_there(replay, from);
	struct value value = {.known = false};

	value.known = insn_operand_address(insn, from, &replay->regs, &value.bits);
	if (by)
		value.origin = *by;
	return put(replay, insn, &insn->operands[0], &value);
}

static bool move(struct replay *replay, const struct insn *insn)
{
	const char *mnemonic = insn_bare_mnemonic(insn);
	const struct operand *to = &insn->operands[0], *from = &insn->operands[1];
	struct value value;

	if (insn->operand_count != 2 || !get(replay, insn, from, &value))
		return false;
	/* movs, which moves strings, has two operands in memory */
	if (!strncmp(mnemonic, "movs", 4) && to->kind == OPERAND_REGISTER)
		value.bits = sign_extend(value.bits, from->size);
	return put(replay, insn, to, &value);
}

static bool push(struct replay *replay, const struct value *value)
{
	replay->regs.value[REG_RSP] -= 8;
	return regs_known(&replay->regs, REG_RSP) &&
	       store(replay, replay->regs.value[REG_RSP], 8, value);
}

static bool pop(struct replay *replay, struct value *ret)
{
	uint64_t at = replay->regs.value[REG_RSP];
	const struct store *kept = find_store(replay, at);

	*ret = (struct value){.known = true};
	if (!regs_known(&replay->regs, REG_RSP) || !load(replay, at, 8, &ret->bits))
		return false;
	if (kept)
		ret->origin = kept->origin;
	replay->regs.value[REG_RSP] += 8;
	return true;
}

/* --- where it goes on ------------------------------------------------------------------------- */

/* By the letters behind "j", "set", "cmov": *ret is whether it holds. */
static bool condition_holds(const struct flags *flags, const char *letters, bool *ret)
{
	bool less = flags->sign != flags->overflow, below = flags->carry;
	const struct {
		const char *names;
		bool holds;
	} conditions[] = {
		{" e z ", flags->zero},
		{" ne nz ", !flags->zero},
		{" b c nae ", below},
		{" ae nb nc ", !below},
		{" be na ", below || flags->zero},
		{" a nbe ", !below && !flags->zero},
		{" l nge ", less},
		{" ge nl ", !less},
		{" le ng ", less || flags->zero},
		{" g nle ", !less && !flags->zero},
		{" s ", flags->sign},
		{" ns ", !flags->sign},
		{" o ", flags->overflow},
		{" no ", !flags->overflow},
	};
	char word[8];

	if (!flags->known || snprintf(word, sizeof(word), " %s ", letters) >= (int)sizeof(word))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(conditions); i++)
		if (strstr(conditions[i].names, word)) {
			*ret = conditions[i].holds;
			return true;
		}
	return false;
}

static bool jump(struct replay *replay, const struct insn *insn)
{
	bool holds = true;

	if (!insn->target ||
	    (insn->is_conditional &&
	     !condition_holds(&replay->flags, insn_bare_mnemonic(insn) + 1, &holds)))
		return false;
	if (holds)
		replay->regs.value[REG_RIP] = insn->target;
	return true;
}

static bool call(struct replay *replay, const struct insn *insn)
{
	struct value back = {.bits = replay->regs.value[REG_RIP], .known = true};

	if (!insn->target || !push(replay, &back))
		return false;
	replay->regs.value[REG_RIP] = insn->target;
	return true;
}

static bool return_back(struct replay *replay)
{
	struct value back;

	if (!pop(replay, &back))
		return false;
	replay->regs.value[REG_RIP] = back.bits;
	return true;
}

/* "sete", "cmove": by what the flags say. */
static bool by_condition(struct replay *replay, const struct insn *insn, bool sets)
{
	struct value value = {.known = true};
	bool holds;

	if (!condition_holds(&replay->flags, insn_bare_mnemonic(insn) + (sets ? 3 : 4), &holds))
		return false;
	if (sets) {
		value.bits = holds;
		return put(replay, insn, &insn->operands[0], &value);
	}
	/* Where it does not hold, the upper half is cleared all the same. */
	return get(replay, insn, &insn->operands[holds ? 1 : 0], &value) &&
	       put(replay, insn, &insn->operands[0], &value);
}

static bool does_nothing(const struct insn *insn)
{
	static const char *const names[] = {"nop",    "pause", "endbr64", "lfence", "mfence",
					    "sfence", "stac",  "clac",	  "cli",    "sti"};
	const char *mnemonic = insn_bare_mnemonic(insn);

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (is_op(insn, names[i]))
			return true;
	return !strncmp(mnemonic, "prefetch", 8);
}

static bool run(struct replay *replay, const struct insn *insn)
{
	const char *mnemonic = insn_bare_mnemonic(insn);
	struct value value;

	if (insn->is_return)
		return return_back(replay);
	if (insn->is_call)
		return call(replay, insn);
	if (insn->is_jump)
		return jump(replay, insn);
	if (!strncmp(insn->mnemonic, "rep", 3) && !does_nothing(insn))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(operations); i++)
		if (is_op(insn, operations[i].name))
			return calculate(replay, insn, operations[i].operation,
					 operations[i].keeps);
	if (is_op(insn, "lea"))
		return load_address(replay, insn);
	if (!strncmp(mnemonic, "mov", 3))
		return move(replay, insn);
	if (!strncmp(mnemonic, "set", 3) || !strncmp(mnemonic, "cmov", 4))
		return by_condition(replay, insn, mnemonic[0] == 's');
	if (is_op(insn, "push"))
		return get(replay, insn, &insn->operands[0], &value) && push(replay, &value);
	if (is_op(insn, "pop"))
		return pop(replay, &value) && put(replay, insn, &insn->operands[0], &value);
	return does_nothing(insn);
}

static struct flow *flow_at(struct replay *replay, uint64_t address, ssize_t *index)
{
	struct flow **slot;

	for (unsigned i = 0; i < FLOWS; i++)
		if (replay->flows[i] && (*index = flow_index(replay->flows[i], address)) >= 0)
			return replay->flows[i];
	slot = &replay->flows[replay->next_flow++ % FLOWS];
	flow_close(*slot);
	*slot = NULL;
	if (!err_ok(flow_open(replay->kernel, address, slot)))
		return NULL;
	*index = flow_index(*slot, address);
	return *index >= 0 ? *slot : NULL;
}

bool replay_step(struct replay *replay)
{
	ssize_t index;
	const struct flow *flow = regs_known(&replay->regs, REG_RIP)
					  ? flow_at(replay, replay->regs.value[REG_RIP], &index)
					  : NULL;

	replay->followed.through = 0;
	replay->loaded.size = 0;
	replay->compared = false;
	if (!flow)
		return false;
	const struct insn *insn = &flow->insns[index];

	replay->regs.value[REG_RIP] += insn->size;
	return run(replay, insn);
}

uint64_t replay_state(const struct replay *replay)
{
	uint64_t hash = hash_bytes(replay->regs.value, sizeof(replay->regs.value)) * 31 +
			hash_bytes(&replay->regs.known, sizeof(replay->regs.known));

	hash = hash * 31 + (replay->flags.known << 4 | replay->flags.zero << 3 |
			    replay->flags.sign << 2 | replay->flags.carry << 1 |
			    replay->flags.overflow);
	for (unsigned i = 0; i < replay->store_count; i++)
		hash = hash * 31 +
		       (replay->stores[i].at ^ replay->stores[i].value * 0x9e3779b97f4a7c15ull);
	return hash;
}

bool replay_loaded(const struct replay *replay, struct replay_load *ret)
{
	*ret = replay->loaded;
	return ret->size > 0;
}

const struct regs *replay_regs(const struct replay *replay)
{
	return &replay->regs;
}

bool replay_followed(const struct replay *replay, struct replay_origin *ret)
{
	*ret = replay->followed;
	return ret->through > 0;
}

bool replay_compared(const struct replay *replay, uint64_t *ret)
{
	*ret = replay->other;
	return replay->compared;
}
