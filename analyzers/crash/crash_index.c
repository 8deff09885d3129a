/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An index that leads far out of its array: the array is memory, what lies at the index is none. */
#include "crash/crash_index.h"

#include "kernel/memory/memory.h"

static bool is_mapped(const struct crash *crash, uint64_t address)
{
	uint64_t phys;

	return err_ok(memory_translate(crash->kernel->memory, address, &phys));
}

/* The kernel's own memory, with and without the operand's displacement. */
static bool is_array(const struct crash *crash, uint64_t array, const struct operand *operand)
{
	return array >> 63 && is_mapped(crash, array) &&
	       is_mapped(crash, array + (uint64_t)operand->displacement);
}

/* An index that is an address is none. */
static bool is_index(const struct crash *crash, uint64_t index)
{
	return !is_mapped(crash, index) &&
	       memory_class(crash->kernel->memory, index) != VA_NON_CANONICAL;
}

void crash_index_take(struct crash *crash, const struct operand *operand)
{
	if (crash->report || !crash->kernel->memory || crash->pointer_known ||
	    operand->base >= REG_RIP || operand->index >= REG_RIP ||
	    operand->base == operand->index)
		return;
	uint64_t array = crash->regs.value[operand->base];
	uint64_t index = crash->regs.value[operand->index];

	if (!is_array(crash, array, operand) || !is_index(crash, index))
		return;
	crash->index_known = true;
	crash->array = array;
	crash->index = index;
}
