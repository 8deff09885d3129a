/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/dump/regs.h"
#include "kernel/memory/memory.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"
#include "kernel/unwind/unwind.h"
#include "kernel/unwind/unwind_state.h"

/* struct pt_regs (arch/x86/include/asm/ptrace.h): what entry code saved. */
static const struct {
	enum member_id id;
	enum reg reg;
} pt_regs_members[] = {
	{MEMBER_PT_REGS_R15, REG_R15},	    {MEMBER_PT_REGS_R14, REG_R14},
	{MEMBER_PT_REGS_R13, REG_R13},	    {MEMBER_PT_REGS_R12, REG_R12},
	{MEMBER_PT_REGS_BP, REG_RBP},	    {MEMBER_PT_REGS_BX, REG_RBX},
	{MEMBER_PT_REGS_R11, REG_R11},	    {MEMBER_PT_REGS_R10, REG_R10},
	{MEMBER_PT_REGS_R9, REG_R9},	    {MEMBER_PT_REGS_R8, REG_R8},
	{MEMBER_PT_REGS_AX, REG_RAX},	    {MEMBER_PT_REGS_CX, REG_RCX},
	{MEMBER_PT_REGS_DX, REG_RDX},	    {MEMBER_PT_REGS_SI, REG_RSI},
	{MEMBER_PT_REGS_DI, REG_RDI},	    {MEMBER_PT_REGS_ORIG_AX, REG_ORIG_RAX},
	{MEMBER_PT_REGS_IP, REG_RIP},	    {MEMBER_PT_REGS_CS, REG_CS},
	{MEMBER_PT_REGS_FLAGS, REG_RFLAGS}, {MEMBER_PT_REGS_SP, REG_RSP},
	{MEMBER_PT_REGS_SS, REG_SS},
};

#define PT_REGS_SIZE 256 /* room for more than there is */

static void decode_regs(struct kernel *kernel, const void *bytes, size_t length, struct regs *ret)
{
	uint64_t value;

	*ret = (struct regs){0};
	for (size_t i = 0; i < ARRAY_SIZE(pt_regs_members); i++)
		if (member_get(kernel, bytes, length, pt_regs_members[i].id, &value))
			regs_set(ret, pt_regs_members[i].reg, value);
}

static struct err *pt_regs_size(struct kernel *kernel, size_t *ret)
{
	const struct member *last = members_get(kernel->members, MEMBER_PT_REGS_SS);
	const struct member *ip = members_get(kernel->members, MEMBER_PT_REGS_IP);

	if (!last || !ip || member_offset(last) + 8 > PT_REGS_SIZE)
		return err_new(ERR_NOT_FOUND, "no struct pt_regs among this kernel's types");
	*ret = member_offset(last) + 8;
	return NULL;
}

struct err *pt_regs_read(struct kernel *kernel, uint64_t address, struct regs *ret)
{
	uint8_t bytes[PT_REGS_SIZE];
	size_t size;

	TRY(pt_regs_size(kernel, &size));
	TRY(err_wrap(memory_read(kernel->memory, address, bytes, size), "pt_regs"));
	decode_regs(kernel, bytes, size, ret);
	return NULL;
}

struct err *unwind_read_regs(struct unwind_state *state, uint64_t address, struct regs *ret)
{
	uint8_t bytes[PT_REGS_SIZE];
	size_t size;

	TRY(pt_regs_size(state->kernel, &size));
	TRY(err_wrap(unwind_read_stack(state, address, bytes, size), "pt_regs"));
	decode_regs(state->kernel, bytes, size, ret);
	return NULL;
}
