/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Irq work that raises itself: its CPU takes one interrupt of it after the other. */
#include "cpus/raised_work.h"

#include <string.h>

#include "kernel/insn/flow.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/percpu.h"

#define RAISED_MAX 16 /* works of a list looked at */

static bool raises(struct kernel *kernel, uint64_t target)
{
	struct symbol symbol;

	if (!target || !symbols_at(kernel->symbols, target, &symbol))
		return false;
	symbol_name_strip_suffix(symbol.name);
	return !strcmp(symbol.name, "irq_work_queue") || !strcmp(symbol.name, "irq_work_queue_on");
}

/* Does the function that begins at the address call what raises irq work? */
static bool raises_again(struct kernel *kernel, uint64_t function)
{
	_cleanup_(cleanup_flow_close) struct flow *flow = NULL;

	if (!err_ok(flow_open(kernel, function, &flow)) || flow->symbol.address != function)
		return false;
	for (size_t i = 0; i < flow->count; i++) {
		const struct insn *insn = &flow->insns[i];

		if ((insn->is_call || insn->is_jump) && raises(kernel, insn->target))
			return true;
	}
	return false;
}

/*
 * include/linux/irq_work.h: the function stands behind the list's link, and since struct __call_single_node (v5.8)
 * behind the flags after it.
 */
static bool read_function(struct kernel *kernel, uint64_t link, struct report_place *ret)
{
	static const unsigned behind[] = {8, 16};
	struct symbol symbol;
	uint64_t function;

	for (size_t i = 0; i < ARRAY_SIZE(behind); i++) {
		if (!err_ok(memory_read_u64(kernel->memory, link + behind[i], &function)) ||
		    !symbols_at(kernel->symbols, function, &symbol) ||
		    !raises_again(kernel, function))
			continue;
		*ret = (struct report_place){0};
		copy_string(ret->symbol, sizeof(ret->symbol), symbol.name);
		copy_string(ret->module, sizeof(ret->module), symbol.module);
		return true;
	}
	return false;
}

bool raised_work_find(struct kernel *kernel, unsigned cpu, struct report_place *ret)
{
	uint64_t link;

	if (!err_ok(percpu_symbol(kernel, "raised_list", cpu, &link)))
		return false;
	for (unsigned i = 0; i < RAISED_MAX; i++) {
		if (!err_ok(memory_read_u64(kernel->memory, link, &link)) || !link)
			return false;
		if (read_function(kernel, link, ret))
			return true;
	}
	return false;
}
