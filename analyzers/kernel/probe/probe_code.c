/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Members by what the kernel's own functions do with them. */
#include "kernel/probe/probe_code.h"

#include <stddef.h>
#include <string.h>

#include "kernel/kernel.h"
#include "kernel/probe/code_use.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/probed.h"
#include "kernel/types/type.h"

/* The struct that a function uses: of a source, or what that one's member leads to. */
struct accessor_source {
	enum code_source source;
	unsigned argument;
	const char *symbol;
	const char *type, *member; /* NULL: the struct itself */
};

struct accessor_use {
	enum code_use use;
	unsigned number;
	const char *callee;
};

struct accessor {
	const char *function;
	struct accessor_source from;
	struct accessor_use use;
	const char *type, *member;
	struct probed_value value;
};

#define ARGUMENT(number) FROM_ARGUMENT, number, NULL, NULL, NULL
#define CURRENT FROM_CURRENT, 0, NULL, NULL, NULL
#define RESULT(function) FROM_RESULT, 0, function, NULL, NULL
#define VARIABLE(name) FROM_VARIABLE, 0, name, NULL, NULL
#define POINTER(name) FROM_POINTER, 0, name, NULL, NULL
#define ARGUMENT_TO(number, type, member) FROM_ARGUMENT, number, NULL, type, member
#define CURRENT_TO(member) FROM_CURRENT, 0, NULL, "task_struct", member
#define RESULT_TO(function, type, member) FROM_RESULT, 0, function, type, member
#define LOADS(bytes) USE_LOAD, bytes, NULL
#define STORES(bytes) USE_STORE, bytes, NULL
#define PASSES(callee, number) USE_PASS, number, callee
#define HANDS(callee, number) USE_PASS_TO, number, callee
#define KEEPS(callee) USE_KEEP, 8, callee
#define SUBTRACTS_FROM(callee) USE_SUBTRACT, 8, callee

#define ACCESSOR(function, from, use, type, member, ...)                                           \
	{function, {from}, {use}, type, member, __VA_ARGS__},
static const struct accessor accessors[] = {
#include "kernel/probe/accessors.def"
};
static const struct accessor accessors_tried[] = {
#include "kernel/probe/accessors_tried.def"
};
#undef ACCESSOR

/* False where the member that leads to the struct is not known. */
static bool make_rule(const struct accessor *accessor, struct type_provider *types,
		      struct code_rule *ret)
{
	const struct accessor_source *from = &accessor->from;
	struct member member;

	*ret = (struct code_rule){.source = from->source,
				  .argument = from->argument,
				  .symbol = from->symbol,
				  .use = accessor->use.use,
				  .number = accessor->use.number,
				  .callee = accessor->use.callee};
	if (!from->type)
		return true;
	if (!type_find_member(types->ops->find(types, TYPE_STRUCT, from->type), from->member,
			      &member))
		return false;
	ret->loaded = true;
	ret->via = (int64_t)member_offset(&member);
	return true;
}

typedef struct err *witness(struct type_provider *types, const char *type, const char *member,
			    uint64_t offset, struct probed_value value);

/* The code last looked at: lines of one function stand together. */
struct reader {
	struct kernel *kernel;
	witness *take; /* what is done with what a line says */
	const char *function;
	struct flow *flow; /* NULL: there is none that can be read */
};

static struct err *read_function(struct reader *reader, const char *function)
{
	uint64_t address;

	if (reader->function && !strcmp(reader->function, function))
		return NULL;
	flow_close(take_ptr(reader->flow));
	reader->function = function;
	if (symbols_find(reader->kernel->symbols, function, &address) &&
	    !TRY_OK(flow_open(reader->kernel, address, &reader->flow)))
		reader->flow = NULL;
	return NULL;
}

static struct err *ask(struct reader *reader, const struct accessor *accessor,
		       struct type_provider *types)
{
	struct code_rule rule;
	uint64_t offset;
	bool found;

	/* Reading code is what takes the time here: a third witness is not asked. */
	if (probed_is_proven(types, accessor->type, accessor->member))
		return NULL;
	TRY(read_function(reader, accessor->function));
	if (!reader->flow || !make_rule(accessor, types, &rule))
		return NULL;
	TRY(code_find(reader->kernel, reader->flow, &rule, &found, &offset));
	return found ? reader->take(types, accessor->type, accessor->member, offset,
				    accessor->value)
		     : NULL;
}

static struct err *ask_all(struct kernel *kernel, const struct accessor *list, size_t count,
			   witness *take, struct type_provider *types)
{
	struct reader reader = {.kernel = kernel, .take = take};
	struct err *err = NULL;

	for (size_t i = 0; !err && i < count; i++)
		err = ask(&reader, &list[i], types);
	flow_close(reader.flow);
	return err;
}

/* Of thread_struct: cr2, trap_nr and error_code, one behind the other. */
static struct err *add_trap(struct type_provider *types)
{
	struct member trap;

	if (!type_find_member(types->ops->find(types, TYPE_STRUCT, "task_struct"), "thread.trap_nr",
			      &trap) ||
	    member_offset(&trap) < 8)
		return NULL;
	TRY(probed_witness(types, "task_struct", "thread.cr2", member_offset(&trap) - 8,
			   PROBED_NUMBER(8)));
	return probed_witness(types, "task_struct", "thread.error_code", member_offset(&trap) + 8,
			      PROBED_NUMBER(8));
}

struct err *probe_code(struct kernel *kernel, struct type_provider *types)
{
	uint64_t entry;
	bool tried = symbols_find(kernel->symbols, "entry_SYSCALL_64", &entry);

	TRY(ask_all(kernel, accessors, ARRAY_SIZE(accessors), probed_witness, types));
	TRY(ask_all(kernel, accessors_tried, ARRAY_SIZE(accessors_tried),
		    tried ? probed_witness : probed_hint, types));
	return add_trap(types);
}
